"""Outcomes of operations as the two APIs send them: status, envelope, spelling, errors."""

from typing import Any

from tests.second_amazon.faults import Fault, Json
from tests.second_amazon.operations import Call, Outcome
from tests.second_amazon.spelling import pascal, pascal_tree

_ENVELOPES = {"B0ENVELOP1": "itemResults", "B0ENVELOP2": ""}
"""ASINs for which the Creators API uses a name of its GetItems page, or no envelope."""


def paapi_answer(call: Call, outcome: Outcome) -> Fault:
    """Return the answer of PA-API: always 200, unless the keywords are `nothing404`."""
    body: Json = {}
    if outcome.result is not None:
        body[pascal(outcome.name)] = pascal_tree(_without_nulls(outcome.result))
    if outcome.errors:
        # The documentation and live answers name the inner type differently.
        kind = "com.amazon.paapi5#ErrorData" if body else "com.amazon.paapi#ErrorData"
        body["Errors"] = [{"__type": kind, **pascal_tree(error)} for error in outcome.errors]
    if not body and call.operation == "getItems":
        body = {"ItemsResult": {"Items": []}}
    is_missing = outcome.result is None and "nothing404" in _keywords(call)
    return Fault(404 if is_missing else 200, body)


def creators_answer(call: Call, outcome: Outcome) -> Fault:
    """Return the answer of the Creators API: a 404 if there is nothing at all."""
    if outcome.result is None and outcome.errors and call.operation != "getVariations":
        return _not_found(call)
    body: Json = {}
    if outcome.result is not None:
        envelope = _envelope(call, outcome.name)
        body |= {envelope: outcome.result} if envelope else outcome.result
    elif not outcome.errors:
        body[outcome.name] = {"items": []}
    if outcome.errors:
        body["errors"] = outcome.errors
    return Fault(200, body)


def _envelope(call: Call, name: str) -> str:
    chosen = [_ENVELOPES[asin] for asin in call.body.get("itemIds", ()) if asin in _ENVELOPES]
    return chosen[0] if chosen else name


def _not_found(call: Call) -> Fault:
    """Return the answer to a search without hits or to IDs that are all invalid.

    The documentation, Amazon's library and live answers show a search without hits differently;
    the keyword chooses between them.
    """
    keywords = _keywords(call)
    if call.operation == "searchItems":
        message = "No results found for your search request"
        if "nothing200" in keywords:
            return Fault(200, {"errors": [{"code": "NoResults", "message": message}]})
        if "nothingempty" in keywords:
            return Fault(200, {"searchResult": {"items": [], "totalResultCount": 0}})
        kind = "type" if "nothingtype" in keywords else "__type"
        prefix = "" if kind == "type" else "com.amazon.creators#"
        body = {
            kind: f"{prefix}ResourceNotFoundException",
            "message": message,
            "resourceType": "SearchResult",
            "resourceId": keywords,
        }
        return Fault(404, body)
    ids = call.body.get("itemIds") or call.body.get("browseNodeIds") or [""]
    return Fault(
        404,
        {
            "type": "ResourceNotFoundException",
            "message": "No items found for the requested item IDs.",
            "resourceType": "Item",
            "resourceId": ids[0],
        },
    )


def _keywords(call: Call) -> str:
    return str(call.body.get("keywords", ""))


def _without_nulls(value: Any) -> Any:
    """Return JSON without null fields, which only the Creators API is known to send."""
    if isinstance(value, dict):
        return {name: _without_nulls(part) for name, part in value.items() if part is not None}
    if isinstance(value, list):
        return [_without_nulls(entry) for entry in value]
    return value
