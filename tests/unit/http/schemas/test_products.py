"""Response types about products: times with a zone, absent members, and exact amounts."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.imports import Problem
from amzlinkr.http.presenters.problems import entry_problem
from amzlinkr.http.schemas import exports, feed, lists, products
from amzlinkr.http.schemas.imports import ImportResult
from amzlinkr.http.schemas.products import MoneyOut
from tests.calls import API_URL
from tests.unit.http.schemas.inspection import schemas_of, types_in

SCHEMAS = [schema for module in (products, lists, feed, exports) for schema in schemas_of(module)]


def encoded(value: msgspec.Struct) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(msgspec.json.encode(value))
    return body


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_time_has_a_zone(schema: type[msgspec.Struct]) -> None:
    times = [kind for _, kind in types_in(schema) if isinstance(kind, msgspec.inspect.DateTimeType)]

    assert all(time.tz for time in times)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_no_number_is_a_float(schema: type[msgspec.Struct]) -> None:
    floats = [
        name for name, kind in types_in(schema) if isinstance(kind, msgspec.inspect.FloatType)
    ]

    assert floats == []


@pytest.mark.parametrize("schema", SCHEMAS)
def test_member_that_can_be_absent_is_never_null(schema: type[msgspec.Struct]) -> None:
    for field in msgspec.structs.fields(schema):
        if field.default is msgspec.UNSET:
            kinds = [kind for name, kind in types_in(schema) if name == field.name]
            assert not any(isinstance(kind, msgspec.inspect.NoneType) for kind in kinds)


@given(st.integers(0, 10**10), st.sampled_from(["USD", "JPY"]), st.text())
def test_money_is_the_same_after_encoding(amount: int, currency: str, display: str) -> None:
    price = MoneyOut(amount, currency, display)

    assert msgspec.json.decode(msgspec.json.encode(price), type=MoneyOut) == price
    assert encoded(price)["amount"] == amount


def test_import_result_omits_what_does_not_apply() -> None:
    problem = entry_problem(Problem("not_found", "Gone.", "Remove it."), API_URL)

    assert encoded(ImportResult(input="x", status="failed", problem=problem)) == {
        "input": "x",
        "status": "failed",
        "problem": {
            "type": f"{API_URL}/problems/not_found",
            "title": "Not found",
            "status": 404,
            "detail": "Gone.",
            "code": "not_found",
            "action": "Remove it.",
            "retryable": False,
        },
    }
