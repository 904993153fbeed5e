"""IAM's decision on one request, as the User Guide's "Policy evaluation logic" describes it.

An explicit deny overrides an allow, and without an allow the request is denied. Actions are
case-insensitive, resources are case-sensitive; `*` and `?` are wildcards in both. All operators and
keys of a condition must match; one value of a key is enough. For an absent key, `ForAllValues` and
negated operators match, `ForAnyValue` does not, and `IfExists` is ignored. ARNs are compared part
by part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

Statement = Mapping[str, Any]
ARN_COLONS = 5


@dataclass(frozen=True)
class PermissionRequest:
    """An action on a resource; `context` contains the condition keys of the request."""

    action: str
    resource: str
    context: Mapping[str, Sequence[str]] = field(default_factory=dict, hash=False)


def decide(statements: Sequence[Statement], request: PermissionRequest) -> Statement | None:
    """Return the statement that allows the request, or None if it is denied."""
    matching = [statement for statement in statements if applies(statement, request)]
    if any(statement["Effect"] == "Deny" for statement in matching):
        return None
    return matching[0] if matching else None


def applies(statement: Statement, request: PermissionRequest) -> bool:
    """Return whether a statement matches the request."""
    return (
        _matches_element(statement, "Action", request.action.lower(), str.lower)
        and _matches_element(statement, "Resource", request.resource, str)
        and all(
            _matches_condition(operator, key, _list(values), request.context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _matches_element(
    statement: Statement, element: str, value: str, spelled: Callable[[str], str]
) -> bool:
    if f"Not{element}" in statement:
        patterns = _list(statement[f"Not{element}"])
        return not any(matches(spelled(pattern), value) for pattern in patterns)
    return any(matches(spelled(pattern), value) for pattern in _list(statement[element]))


def matches(pattern: str, text: str) -> bool:
    """Return whether `text` matches a pattern with `*` and `?`."""
    return _compiled(pattern).fullmatch(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(char) or re.escape(char) for char in pattern), re.DOTALL)


def is_arn_like(pattern: str, arn: str) -> bool:
    """Return whether all six parts match; only wildcards in the last part match colons."""
    expected, given = pattern.split(":", ARN_COLONS), arn.split(":", ARN_COLONS)
    return len(expected) == len(given) and all(map(matches, expected, given))


def _matches_condition(
    operator: str, key: str, expected: Sequence[str], context: Mapping[str, Sequence[str]]
) -> bool:
    given = next((list(v) for name, v in context.items() if name.lower() == key.lower()), None)
    quantifier, _, plain = operator.rpartition(":")
    if plain == "Null":
        return (given is None) == (expected[0].lower() == "true")
    if plain.endswith("IfExists"):
        if given is None:
            return True
        plain = plain.removesuffix("IfExists")
    negated = "Not" in plain
    if given is None:
        return quantifier == "ForAllValues" or (negated and quantifier != "ForAnyValue")
    compare = _OPERATORS[plain.replace("Not", "")]

    def is_match(value: str) -> bool:
        found = any(compare(candidate, value) for candidate in expected)
        return not found if negated else found

    if quantifier == "ForAnyValue":
        return any(map(is_match, given))
    return all(map(is_match, given))


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda expected, value: expected == value,
    "StringEqualsIgnoreCase": lambda expected, value: expected.lower() == value.lower(),
    "StringLike": matches,
    "ArnEquals": is_arn_like,
    "ArnLike": is_arn_like,
    "Bool": lambda expected, value: expected.lower() == value.lower(),
}


def _list(value: Any) -> list[str]:
    return [str(entry) for entry in value] if isinstance(value, list) else [str(value)]
