"""DynamoDB's condition, key and update expressions, as far as the stores use them.

Unsupported syntax raises `NotImplementedError` and is never ignored.
"""

import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

Value = dict[str, Any]
Item = dict[str, Value]
Node = tuple[Any, ...]
Names = Mapping[str, str]
Values = Mapping[str, Value]

_TOKEN = re.compile(r"\s*(#\w+|:\w+|[A-Za-z_]\w*|<>|<=|>=|[=<>()+\-,])")
_COMPARATORS = {"=", "<>", "<", "<=", ">", ">="}
_FUNCTIONS = {"attribute_exists", "attribute_not_exists", "begins_with"}


class _Tokens:
    """The tokens of an expression, taken from the left."""

    def __init__(self, text: str) -> None:
        self._rest: list[str] = []
        position = 0
        text = text.strip()
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                raise NotImplementedError(f"expression {text!r} at {position}")
            self._rest.append(match[1])
            position = match.end()
        self._rest.reverse()

    def peek(self) -> str:
        return self._rest[-1] if self._rest else ""

    def take(self, expected: str = "") -> str:
        token = self._rest.pop() if self._rest else ""
        if not token or (expected and token.upper() != expected):
            raise NotImplementedError(f"{token!r} instead of {expected!r}")
        return token

    def skip(self, keyword: str) -> bool:
        if self.peek().upper() != keyword:
            return False
        self._rest.pop()
        return True


@lru_cache(maxsize=1024)
def condition(text: str) -> Node:
    """Return a condition or key condition as a tree."""
    tokens = _Tokens(text)
    tree = _disjunction(tokens)
    if tokens.peek():
        raise NotImplementedError(f"left over in {text!r}: {tokens.peek()!r}")
    return tree


def _disjunction(tokens: _Tokens) -> Node:
    tree = _conjunction(tokens)
    while tokens.skip("OR"):
        tree = ("or", tree, _conjunction(tokens))
    return tree


def _conjunction(tokens: _Tokens) -> Node:
    tree = _negation(tokens)
    while tokens.skip("AND"):
        tree = ("and", tree, _negation(tokens))
    return tree


def _negation(tokens: _Tokens) -> Node:
    if tokens.skip("NOT"):
        return ("not", _negation(tokens))
    if tokens.skip("("):
        tree = _disjunction(tokens)
        tokens.take(")")
        return tree
    if tokens.peek() in _FUNCTIONS:
        return _function(tokens)
    left = _operand(tokens)
    if tokens.skip("BETWEEN"):
        low = _operand(tokens)
        tokens.take("AND")
        return ("between", left, low, _operand(tokens))
    if tokens.skip("IN"):
        return ("in", left, *_arguments(tokens))
    comparator = tokens.take()
    if comparator not in _COMPARATORS:
        raise NotImplementedError(comparator)
    return (comparator, left, _operand(tokens))


def _function(tokens: _Tokens) -> Node:
    return (tokens.take(), *_arguments(tokens))


def _arguments(tokens: _Tokens) -> list[Node]:
    tokens.take("(")
    arguments = [_operand(tokens)]
    while tokens.skip(","):
        arguments.append(_operand(tokens))
    tokens.take(")")
    return arguments


def _operand(tokens: _Tokens) -> Node:
    token = tokens.take()
    if token.startswith(":"):
        return ("value", token)
    if token.lower() == "if_not_exists":
        tokens.take("(")
        path = _operand(tokens)
        tokens.take(",")
        default = _operand(tokens)
        tokens.take(")")
        return ("if_not_exists", path, default)
    if not re.match(r"[#A-Za-z_]", token):
        raise NotImplementedError(token)
    return ("path", token)


@lru_cache(maxsize=1024)
def update(text: str) -> tuple[Node, ...]:
    """Return an update expression as a list of actions."""
    tokens, actions = _Tokens(text), []
    while tokens.peek():
        kind = tokens.take().upper()
        if kind not in {"SET", "REMOVE", "ADD"}:
            raise NotImplementedError(kind)
        while True:
            actions.append(_action(kind, tokens))
            if not tokens.skip(","):
                break
    return tuple(actions)


def _action(kind: str, tokens: _Tokens) -> Node:
    path = _operand(tokens)
    if kind == "REMOVE":
        return ("remove", path)
    if kind == "ADD":
        return ("add", path, _operand(tokens))
    tokens.take("=")
    left = _operand(tokens)
    if tokens.peek() in {"+", "-"}:
        return ("set", path, (tokens.take(), left, _operand(tokens)))
    return ("set", path, left)


def name_of(node: Node, names: Names) -> str:
    """Return the attribute that a path names."""
    kind, text = node
    if kind != "path":
        raise NotImplementedError(node)
    return names[text] if text.startswith("#") else str(text)


def value_of(node: Node, item: Item, names: Names, values: Values) -> Value | None:
    """Return the value of an operand, None if the attribute is missing."""
    kind = node[0]
    if kind == "value":
        return values[node[1]]
    if kind == "path":
        return item.get(name_of(node, names))
    if kind == "if_not_exists":
        found = item.get(name_of(node[1], names))
        return found if found is not None else value_of(node[2], item, names, values)
    left, right = (value_of(operand, item, names, values) for operand in node[1:])
    if left is None or right is None:
        raise LookupError("The provided expression refers to an attribute that does not exist")
    sign = 1 if kind == "+" else -1
    return {"N": str(number(left) + sign * number(right))}


def number(value: Value) -> int | float:
    """Return a number, an exact `int` if it is whole."""
    text: str = value["N"]
    return int(text) if text.lstrip("-").isdigit() else float(text)


def comparable(value: Value) -> tuple[str, Any]:
    """Return type and content of a value: values of different types have no order."""
    ((kind, content),) = value.items()
    if kind == "N":
        return kind, number(value)
    if kind not in {"S", "BOOL"}:
        raise NotImplementedError(kind)
    return kind, content


def holds(node: Node, item: Item, names: Names, values: Values) -> bool:
    """Return whether an item fulfills a condition; missing attributes make comparisons false."""
    kind = node[0]
    if kind in {"and", "or"}:
        decisive = bool(kind == "or")
        if holds(node[1], item, names, values) == decisive:
            return decisive
        return holds(node[2], item, names, values)
    if kind == "not":
        return not holds(node[1], item, names, values)
    if kind in {"attribute_exists", "attribute_not_exists"}:
        return (name_of(node[1], names) in item) is (kind == "attribute_exists")
    operands = [value_of(operand, item, names, values) for operand in node[1:]]
    if any(operand is None for operand in operands):
        return False
    kinds, contents = zip(*(comparable(value) for value in operands if value), strict=True)
    same_kind = len(set(kinds)) == 1
    return same_kind and bool(_COMPARE[kind](*contents))


_COMPARE: dict[str, Callable[..., Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "between": lambda value, low, high: low <= value <= high,
    "in": lambda value, *among: value in among,
    "begins_with": lambda value, beginning: str(value).startswith(beginning),
}


def updated(actions: tuple[Node, ...], item: Item, names: Names, values: Values) -> Item:
    """Return the item after an update; every operand has its value in the old item."""
    new = dict(item)
    for kind, path, *rest in actions:
        name = name_of(path, names)
        if kind == "remove":
            new.pop(name, None)
        elif kind == "set":
            value = value_of(rest[0], item, names, values)
            if value is None:
                raise LookupError("The provided expression refers to a missing attribute")
            new[name] = value
        else:
            added = value_of(rest[0], item, names, values)
            old = item.get(name, {"N": "0"})
            if added is None or "N" not in added or "N" not in old:
                raise NotImplementedError("ADD of other values than numbers")
            new[name] = {"N": str(number(old) + number(added))}
    return new
