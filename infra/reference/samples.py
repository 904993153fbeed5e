"""Calls of the operations with curl, as samples of the reference page."""

import json
from typing import Any
from urllib.parse import quote

SEARCH, SEARCH_TERM = "searchProducts", "keywords"
"""Operation that requires one of several parameters, and the parameter in its sample."""


def add_samples(document: dict[str, Any]) -> None:
    """Add a call with curl to each operation of the document."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            source = _call(document, method.upper(), path, operation)
            operation["x-codeSamples"] = [{"lang": "Shell", "label": "curl", "source": source}]


def _call(document: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> str:
    """Return the call of an operation with the parameters that it requires."""
    query = []
    for parameter in operation["parameters"]:
        is_shown = parameter.get("name") == SEARCH_TERM and operation["operationId"] == SEARCH
        if not (parameter.get("required") or is_shown):
            continue
        value = quote(str(parameter["example"]), safe=",")
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", value)
        else:
            query.append(f"{parameter['name']}={value}")
    url = f"$API{path}" + (f"?{'&'.join(query)}" if query else "")
    body = operation.get("requestBody")
    has_method = method == "GET" or (method == "POST" and body)
    lines = [f'curl -sS{"" if has_method else f" -X {method}"} "{url}"']
    if operation.get("security", document["security"]):
        lines.append('-H "Authorization: Bearer $KEY"')
    if body:
        text = json.dumps(_body_example(body), ensure_ascii=False)
        lines.append("-d '{}'".format(text.replace("'", r"'\''")))
    return " \\\n  ".join(lines)


def _body_example(body: dict[str, Any]) -> Any:
    content = body["content"]["application/json"]
    if "example" in content:
        return content["example"]
    return next(iter(content["examples"].values()))["value"]
