"""Examples of schemas on the reference page, from the examples of responses in the document.

The document itself has each example once: everyone may read it, so it is kept small.
"""

from typing import Any

DocumentPart = dict[str, Any]
SAME_FORM = {"price": ("added", "availability", "details"), "missing": ("expired", "waiting")}
"""Kinds of changes by the kind with the same form that the document has as an example."""


def add_examples(document: DocumentPart) -> None:
    """Add an example to each schema that occurs in a response, and one of each kind of change."""
    for item in document["paths"].values():
        for operation in item.values():
            for response in operation["responses"].values():
                content = response.get("content", {}).get("application/json", {})
                if "example" in content:
                    _add(document["components"]["schemas"], content["schema"], content["example"])
    _add_kinds(document["paths"]["/changes"]["get"]["responses"]["200"])


def _add(schemas: DocumentPart, schema: DocumentPart, value: Any) -> None:
    """Add a value to the schema that it matches, and its parts to theirs."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
        schema.setdefault("examples", [value])
    if isinstance(value, dict):
        for name, part in value.items():
            rest = schema.get("additionalProperties")
            inner = schema.get("properties", {}).get(name, rest)
            if isinstance(inner, dict):
                _add(schemas, inner, part)
    elif isinstance(value, list):
        for part in value:
            _add(schemas, schema.get("items", {}), part)


def _add_kinds(response: DocumentPart) -> None:
    """Replace the example of a page of changes by one of each kind of change."""
    content = response["content"]["application/json"]
    page = content.pop("example")
    entries = {}
    for entry in page["changes"]:
        entries[entry["kind"]] = entry
        for kind in SAME_FORM.get(entry["kind"], ()):
            entries[kind] = entry | {"kind": kind}
            if kind in ("expired", "waiting"):
                entries[kind]["product"] = entry["product"] | {"price_status": kind}
    content["examples"] = {"page": {"summary": "several kinds", "value": page}} | {
        kind: {"summary": kind, "value": page | {"changes": [entry]}}
        for kind, entry in entries.items()
    }
