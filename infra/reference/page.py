"""Reference page as one HTML file: Redoc, the OpenAPI document, and the guides."""

import json
import re
from pathlib import Path
from typing import Any

from infra.reference.examples import add_examples
from infra.reference.guides import guide_tags
from infra.reference.samples import add_samples
from infra.reference.static import Render, static_html

ROOT = Path(__file__).parents[2]
DOCUMENT_FILE = ROOT / "infra" / "openapi.json"
GUIDE_FOLDER = ROOT / "docs" / "guides"
HTML_FILE = Path(__file__).with_name("page.html")
COVERED = frozenset({"Authentication", "Errors", "Limits", "Pages", "Caching"})
"""Sections of the introduction that a guide describes at length."""
SCHEMAS = "schemas"
LOGO = "https://cdn.redoc.ly/redoc/logo-mini.svg"
"""The only picture of Redoc, which it would request from the network."""
EMPTY_PICTURE = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E"


def reference_page(script: str, render: Render) -> str:
    """Return the page; `script` is that of Redoc, and `render` makes HTML of Markdown."""
    if LOGO not in script:
        raise ValueError("Redoc has another picture: find out what it requests")
    document = page_document()
    description = json.dumps(document, ensure_ascii=False)
    parts = {
        "/*SCRIPT*/": _in_script(script.replace(LOGO, EMPTY_PICTURE)),
        "/*DOCUMENT*/": _in_script(description),
        "/*STATIC*/": static_html(document, render),
    }
    page = HTML_FILE.read_text(encoding="utf-8")
    return re.sub(r"/\*[A-Z]+\*/", lambda match: parts[match[0]], page)


def page_document() -> dict[str, Any]:
    """Return the OpenAPI document with calls by curl, and with the guides as tags, in groups."""
    document: dict[str, Any] = json.loads(DOCUMENT_FILE.read_text(encoding="utf-8"))
    document["info"]["description"] = introduction(document["info"]["description"])
    add_samples(document)
    add_examples(document)
    guides, operations = guide_tags(GUIDE_FOLDER), document["tags"]
    schemas = {
        "name": SCHEMAS,
        "x-displayName": "Schemas",
        "description": "Objects of requests and responses.",
    }
    document["tags"] = [*guides, *operations, schemas]
    document["x-tagGroups"] = [
        {"name": "Guides", "tags": [tag["name"] for tag in guides]},
        {"name": "Operations", "tags": [tag["name"] for tag in operations]},
        {"name": "Objects", "tags": [SCHEMAS]},
    ]
    return document


def introduction(text: str) -> str:
    """Return the introduction of the document without the sections that guides describe."""
    first, *sections = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    kept = [one for one in sections if one.partition("\n")[0].removeprefix("## ") not in COVERED]
    if len(sections) - len(kept) != len(COVERED):
        raise ValueError("the introduction has other sections")
    return first + "".join(kept)


def _in_script(text: str) -> str:
    """Return text that does not end the element `script` which contains it."""
    return re.sub(r"<(?=/script|!--)", r"\\u003c", text, flags=re.IGNORECASE)
