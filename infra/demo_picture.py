"""Picture of the demo for the README: selected steps of its output, as an SVG file.

    FORCE_COLOR=1 COLUMNS=100 make --silent demo | python -m infra.demo_picture docs/images/demo.svg

The numbers of other steps may follow the file name: `… docs/images/demo.svg 1-4 10`.
"""

import io
import re
import sys
from collections.abc import Iterable

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.padding import Padding
from rich.terminal_theme import MONOKAI
from rich.text import Text

COLUMNS = 100
DEFAULT_STEPS = ("1-3", "8", "10-11", "15", "17-19")
TITLE = "make demo"
_STEP = re.compile(r"^\s*(\d+)\. ")
_COLOR = re.compile(r"\x1b\[[\d;]*m")
_CURSOR = re.compile(r"\x1b\[[\d;?]*[A-LN-Za-ln-z]")
# The format of rich loads a font from the internet, which viewers of repositories block.
_FONTS = re.compile(r"@font-face\s*\{\{.*?\}\}\s*", re.DOTALL)


def steps_of(output: str) -> dict[int, list[str]]:
    """Return the lines of each step of the demo, with their colors."""
    steps: dict[int, list[str]] = {}
    number = 0
    for raw in output.split("\n"):
        # A progress bar rewrites its line; only its last state is of use in a picture.
        line = _CURSOR.sub("\r", raw).rstrip("\r").rpartition("\r")[2]
        if match := _STEP.match(_COLOR.sub("", line)):
            number = int(match[1])
            steps[number] = []
        if number:
            steps[number].append(line)
    return steps


def numbers_of(ranges: Iterable[str]) -> list[int]:
    """Return the numbers of ranges such as `1-3` and `8`."""
    bounds = [text.partition("-") for text in ranges]
    return [
        number for first, _, last in bounds for number in range(int(first), int(last or first) + 1)
    ]


def picture_of(output: str, ranges: Iterable[str]) -> str:
    """Return the selected steps of the demo's output as SVG."""
    steps = steps_of(output)
    lines = [line for number in numbers_of(ranges) for line in steps.get(number, [])]
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    for line in lines:
        text = line.lstrip(" ")
        # Padding keeps the indent of lines that the picture wraps.
        console.print(Padding(Text.from_ansi(text), (0, 0, 0, len(line) - len(text))))
    code_format = _FONTS.sub("", CONSOLE_SVG_FORMAT)
    return console.export_svg(title=TITLE, theme=MONOKAI, code_format=code_format, unique_id="demo")


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(__doc__)
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.write(picture_of(sys.stdin.read(), sys.argv[2:] or DEFAULT_STEPS))
