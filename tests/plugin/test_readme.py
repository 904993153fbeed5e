"""The headers and sections that the WordPress directory reads."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "clients/wordpress/amzlinkr"
README = (PLUGIN / "readme.txt").read_text()
MAIN = (PLUGIN / "amzlinkr.php").read_text()
SHOWN_VERSION = re.compile(r"^\d+\.\d+$")


def header(text: str, name: str) -> str:
    """Return the value of a header."""
    found = re.search(rf"^(?: \* )?{name}:\s+(\S.*)$", text, re.MULTILINE)
    assert found, name
    return found.group(1)


def section(name: str) -> str:
    """Return the text of a section."""
    _, _, rest = README.partition(f"\n== {name} ==\n")
    assert rest, name
    return rest.partition("\n== ")[0]


def test_headers_are_complete_and_agree() -> None:
    for name in ("Plugin Name", "Description", "Author", "License URI", "Text Domain"):
        assert header(MAIN, name)
    for name in ("Requires at least", "Requires PHP"):
        assert header(MAIN, name) == header(README, name)
    assert header(MAIN, "Version") == header(README, "Stable tag")
    tested, least = header(README, "Tested up to"), header(README, "Requires at least")
    assert SHOWN_VERSION.match(tested)
    assert tuple(map(int, tested.split("."))) > tuple(map(int, least.split(".")))
    assert len(header(README, "Tags").split(",")) <= 5
    short = README.split("\n\n")[1]
    assert 0 < len(short) <= 150


def test_each_screenshot_has_a_picture() -> None:
    captions = re.findall(r"^(\d+)\. \S", section("Screenshots"), re.MULTILINE)
    rows = re.findall(r"^\| (\d+) \| `(.+)` \|$", (PLUGIN / "README.md").read_text(), re.MULTILINE)
    assert captions == [number for number, _ in rows] == [str(n + 1) for n in range(len(rows))]
    assert captions
    for _, picture in rows:
        assert (ROOT / "docs/images" / picture).is_file(), picture


def test_external_services_are_named_with_their_terms() -> None:
    text = section("Description")
    for name in ("aws.amazon.com/agreement", "aws.amazon.com/privacy", "help/operating/policies"):
        assert name in text
