"""Metric filters of CloudWatch Logs, evaluated as the CloudWatch Logs User Guide describes them.

Only the comparisons of texts, `&&`, and `||` of JSON patterns are supported.
"""

import ast
import re
from collections.abc import Mapping
from typing import Any

from tests.observability.emf import MetricName

WORD = re.compile(r'"[^"]*"|\$\.(?P<field>\w+)|&&|\|\||!=|=|[()]|\s+')


def matches(pattern: str, line: Mapping[str, str]) -> bool:
    """Return whether a JSON pattern matches a line. Raises `ValueError` for other patterns."""
    names = {"&&": " and ", "||": " or ", "=": "=="}
    text, position = "", 0
    inner = pattern.removeprefix("{").removesuffix("}").strip()
    while position < len(inner):
        word = WORD.match(inner, position)
        if word is None:
            raise ValueError(f"unsupported: {inner[position:]}")
        position, field = word.end(), word["field"]
        text += names.get(word[0], word[0]) if field is None else repr(line.get(field))
    return _value(ast.parse(text.strip(), mode="eval").body)


def _value(node: ast.expr) -> bool:
    if isinstance(node, ast.BoolOp):
        combine = all if isinstance(node.op, ast.And) else any
        return combine(_value(each) for each in node.values)
    assert isinstance(node, ast.Compare)
    left, right = ast.literal_eval(node.left), ast.literal_eval(node.comparators[0])
    return bool(left == right) == isinstance(node.ops[0], ast.Eq)


def metric_of(transformation: Mapping[str, Any], line: Mapping[str, str]) -> MetricName:
    """Return the metric of a matching line."""
    fields = {one["Key"]: one["Value"].removeprefix("$.") for one in transformation["Dimensions"]}
    dimensions = frozenset((key, line[field]) for key, field in fields.items())
    return transformation["MetricNamespace"], transformation["MetricName"], dimensions
