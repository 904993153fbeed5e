"""Picture of the demo for the README: selected steps of its output, as an SVG file.

`make demo-picture` passes the output of the demo to `python -m infra.demo_picture`. The numbers of
other steps may follow the file name: `docs/images/demo.svg 1-4 10`.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.padding import Padding
from rich.terminal_theme import MONOKAI
from rich.text import Text

COLUMNS = 100
DEFAULT_STEPS = ("1-3", "10-11", "15", "17-19", "21", "30", "32-33", "35", "40")
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
    # The last line has the number of all steps, so that the selection is recognized as one.
    end = output.rstrip().rpartition("\n")[2]
    lines += [end] if end not in lines else []
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    for line in lines:
        text = line.lstrip(" ")
        # Padding keeps the indent of lines that the picture wraps.
        console.print(Padding(Text.from_ansi(text), (0, 0, 0, len(line) - len(text))))
    code_format = _FONTS.sub("", CONSOLE_SVG_FORMAT)
    return console.export_svg(title=TITLE, theme=MONOKAI, code_format=code_format, unique_id="demo")


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the file and the steps; exit with a usage message if an argument is wrong."""
    parser = argparse.ArgumentParser(prog="python -m infra.demo_picture")
    parser.add_argument("file", type=Path, help="the SVG file to write")
    parser.add_argument("steps", nargs="*", help="steps to show, such as 1-3 and 8")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    options = parse_arguments(sys.argv[1:])
    picture = picture_of(sys.stdin.read(), options.steps or DEFAULT_STEPS)
    options.file.write_text(picture, encoding="utf-8")
