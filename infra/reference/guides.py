"""Guides in Markdown as sections of the reference page."""

import re
from pathlib import Path
from typing import Any

GUIDE_NAMES = (
    "quick-start", "sandbox", "authentication", "errors", "paging", "feed", "showing-products",
    "lists", "waiting-products", "limits",
)  # fmt: skip
"""Names of the guides in the order of the page."""
LANGUAGES = {".py": ("Python", "python"), ".php": ("PHP", "php"), ".js": ("JavaScript", "js")}
_TITLE = re.compile(r"\A# (.+)\n")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_PROGRAM = re.compile(r"^\[[^\]]+\]\((clients/[\w.]+)\)$", re.MULTILINE)
_HEADING = re.compile(r"^#{2,3} (.+)$", re.MULTILINE)
_FENCED = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)


def guide_tags(folder: Path) -> list[dict[str, Any]]:
    """Return a tag of the OpenAPI document for each guide in a folder."""
    texts = {name: (folder / f"{name}.md").read_text(encoding="utf-8") for name in GUIDE_NAMES}
    return [
        {
            "name": tag_name(name),
            "x-displayName": title_of(text),
            "x-traitTag": True,
            "description": description_of(name, texts, folder),
        }
        for name, text in texts.items()
    ]


def tag_name(name: str) -> str:
    """Return the name of the tag of a guide, which no tag of operations has."""
    return f"guide-{name}"


def title_of(text: str) -> str:
    """Return the title of a guide."""
    match = _TITLE.match(text)
    if match is None:
        raise ValueError("a guide begins with its title")
    return match[1]


def description_of(name: str, texts: dict[str, str], folder: Path) -> str:
    """Return a guide without its title, with links inside the page and with its programs."""
    text = _TITLE.sub("", texts[name])
    parts = _FENCED.split(text)
    for number in range(0, len(parts), 2):
        parts[number] = _LINK.sub(lambda match: _link(match, name, texts), parts[number])
    joined = "".join(parts).replace("\n```sh\n", "\n```bash\n")
    return _PROGRAM.sub(lambda match: _program(folder / match[1]), joined).strip()


def _link(match: re.Match[str], name: str, texts: dict[str, str]) -> str:
    """Return a link to a section of the page; the words alone if it leads elsewhere."""
    words, target = match.groups()
    if target.startswith(("clients/", "https:")):
        return match[0]
    path, _, anchor = target.partition("#")
    guide = path.removesuffix(".md") or name
    if guide not in texts:
        return words
    return f"[{words}](#tag/{tag_name(guide)}{_section(texts[guide], anchor)})"


def _section(text: str, anchor: str) -> str:
    """Return the part of an anchor on the page for one on a host of repositories."""
    if not anchor:
        return ""
    headings = _HEADING.findall(_FENCED.sub("", text))
    (heading,) = (one for one in headings if one.lower().replace(" ", "-") == anchor)
    return f"/{heading.replace(' ', '-')}"


def _program(file: Path) -> str:
    """Return a program, which readers unfold."""
    title, language = LANGUAGES[file.suffix]
    summary = f"<details><summary>{title}: {file.name}</summary>"
    return f"{summary}\n\n```{language}\n{file.read_text(encoding='utf-8')}```\n\n</details>"
