"""IAM's decision on one request, as the User Guide's "Policy evaluation logic" describes it.

An explicit deny wins, then any allow, and nothing said is a no. Actions ignore case, resources do
not; `*` and `?` are wildcards in both. Conditions: all operators and all keys must hold, any value
of a key suffices; `ForAllValues` holds for an absent key, negated operators too, `ForAnyValue`
never, and `IfExists` skips absent keys. ARNs are compared part by part.
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
    """One action on one resource; `context` holds the condition keys of the request."""

    action: str
    resource: str
    context: Mapping[str, Sequence[str]] = field(default_factory=dict, hash=False)


def decide(statements: Sequence[Statement], ask: PermissionRequest) -> Statement | None:
    """The statement that allows this; None if none does or one denies it."""
    matching = [statement for statement in statements if applies(statement, ask)]
    if any(statement["Effect"] == "Deny" for statement in matching):
        return None
    return matching[0] if matching else None


def applies(statement: Statement, ask: PermissionRequest) -> bool:
    """Whether a statement speaks about this request."""
    return (
        _named(statement, "Action", ask.action.lower(), str.lower)
        and _named(statement, "Resource", ask.resource, str)
        and all(
            _holds(operator, key, _list(values), ask.context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _named(statement: Statement, element: str, value: str, spelled: Callable[[str], str]) -> bool:
    if f"Not{element}" in statement:
        patterns = _list(statement[f"Not{element}"])
        return not any(matches(spelled(pattern), value) for pattern in patterns)
    return any(matches(spelled(pattern), value) for pattern in _list(statement[element]))


def matches(pattern: str, text: str) -> bool:
    """Whether `text` fits a pattern with `*` and `?`."""
    return _compiled(pattern).fullmatch(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(char) or re.escape(char) for char in pattern), re.DOTALL)


def is_arn_like(pattern: str, arn: str) -> bool:
    """Whether each of the six parts fits: a wildcard ends at a colon, but for those in the last."""
    wanted, given = pattern.split(":", ARN_COLONS), arn.split(":", ARN_COLONS)
    return len(wanted) == len(given) and all(map(matches, wanted, given))


def _holds(
    operator: str, key: str, wanted: Sequence[str], context: Mapping[str, Sequence[str]]
) -> bool:
    given = next((list(v) for name, v in context.items() if name.lower() == key.lower()), None)
    quantifier, _, plain = operator.rpartition(":")
    if plain == "Null":
        return (given is None) == (wanted[0].lower() == "true")
    if plain.endswith("IfExists"):
        if given is None:
            return True
        plain = plain.removesuffix("IfExists")
    negated = "Not" in plain
    if given is None:
        return quantifier == "ForAllValues" or (negated and quantifier != "ForAnyValue")
    compare = _OPERATORS[plain.replace("Not", "")]

    def fits(value: str) -> bool:
        found = any(compare(one, value) for one in wanted)
        return not found if negated else found

    if quantifier == "ForAnyValue":
        return any(map(fits, given))
    return all(map(fits, given))


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, value: wanted == value,
    "StringEqualsIgnoreCase": lambda wanted, value: wanted.lower() == value.lower(),
    "StringLike": matches,
    "ArnEquals": is_arn_like,
    "ArnLike": is_arn_like,
    "Bool": lambda wanted, value: wanted.lower() == value.lower(),
}


def _list(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
