"""Part of the reference page that needs no JavaScript: guides, and a list of the operations."""

import re
from collections.abc import Callable
from html import escape
from typing import Any

Render = Callable[[list[str]], list[str]]
"""Function that returns the HTML of Markdown texts."""
_HEADING = re.compile(r"<h([1-6])>(.*?)</h\1>", re.DOTALL)
_ELEMENT = re.compile(r"<[^>]+>")


def static_html(document: dict[str, Any], render: Render) -> str:
    """Return the introduction, the guides, and the operations of the document as HTML."""
    guides = [tag for tag in document["tags"] if tag.get("x-traitTag")]
    texts = [document["info"]["description"], *(guide["description"] for guide in guides)]
    introduction, *rendered = render(texts)
    parts = [f"<h1>{escape(document['info']['title'])}</h1>", introduction]
    for guide, html in zip(guides, rendered, strict=True):
        anchor = f"tag/{guide['name']}"
        parts.append(f'<h2 id="{anchor}">{escape(guide["x-displayName"])}</h2>')
        parts.append(_with_anchors(html, anchor))
    return "\n".join([*parts, *_operations(document)])


def _with_anchors(html: str, prefix: str) -> str:
    """Return the HTML of a guide with the anchors that its headings have with JavaScript."""

    def heading(match: re.Match[str]) -> str:
        level, text = match.groups()
        anchor = _ELEMENT.sub("", text).replace(" ", "-")
        return f'<h{int(level) + 1} id="{prefix}/{anchor}">{text}</h{int(level) + 1}>'

    return _HEADING.sub(heading, html)


def _operations(document: dict[str, Any]) -> list[str]:
    """Return a list of the operations with their summaries, by tag."""
    by_tag: dict[str, list[str]] = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            call = f"<code>{method.upper()} {escape(path)}</code>"
            line = f"<li>{call}: {escape(operation['summary'])}</li>"
            by_tag.setdefault(operation["tags"][0], []).append(line)
    parts = ["<h2>Operations</h2>"]
    for tag, lines in by_tag.items():
        parts.append(f"<h3>{escape(tag)}</h3>\n<ul>\n" + "\n".join(lines) + "\n</ul>")
    return parts
