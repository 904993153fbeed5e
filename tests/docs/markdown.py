"""Reader for the parts of Markdown that the tests of the documents need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent

_FENCE = re.compile(
    r"^(?P<fence> *`{3,})(?P<language>[\w+-]*)[^\n`]*\n(?P<content>.*?)^(?P=fence)[ \t]*$",
    re.DOTALL | re.MULTILINE,
)
_CODE = re.compile(r"(?<!`)`([^`\n]+(?:\n[^`\n]+)?)`(?!`)")
_LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\[\]]*\])*\]\(<?([^()\s<>]+(?:\([^()\s]*\))?)>?[^()]*\)")
_DEFINITION = re.compile(r"^\[[^\]]+\]:[ \t]*(\S+)", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6}[ \t]+(.*?)[ \t]*#*$", re.MULTILINE)
_NOT_IN_ANCHORS = re.compile(r"[^\w\- ]")


@dataclass(frozen=True)
class Block:
    """A fenced block of code."""

    language: str
    content: str


def fenced_blocks(text: str) -> list[Block]:
    """Return the fenced blocks in their order, also those of list items, without indentation."""
    return [Block(match["language"], dedent(match["content"])) for match in _FENCE.finditer(text)]


def prose(text: str) -> str:
    """Return the text without its fenced blocks; line numbers stay the same."""
    return _FENCE.sub(lambda match: "\n" * match.group().count("\n"), text)


def links(text: str) -> Iterator[str]:
    """Yield the targets of links and images, except those inside code."""
    outside = _CODE.sub("``", prose(text))
    for pattern in (_LINK, _DEFINITION):
        yield from (match[1] for match in pattern.finditer(outside))


def code_spans(text: str) -> Iterator[str]:
    """Yield the inline code of the paragraphs."""
    yield from (" ".join(match[1].split()) for match in _CODE.finditer(prose(text)))


def anchors(text: str) -> set[str]:
    """Return the anchors that a host of repositories makes of the headings."""
    found: dict[str, int] = {}
    names = set()
    for match in _HEADING.finditer(prose(text)):
        visible = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", match[1])
        name = _NOT_IN_ANCHORS.sub("", visible.lower().strip()).replace(" ", "-")
        repeated = found.get(name, 0)
        found[name] = repeated + 1
        names.add(f"{name}-{repeated}" if repeated else name)
    return names
