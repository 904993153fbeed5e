"""The readable parts of error bodies; `test_errors_dialects` covers the places of codes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.amazon.error_bodies import MAX_TEXT, ErrorBody, code_name, read_error_body
from amzlinkr.amazon.errors import ERRORS_BY_CODE
from amzlinkr.amazon.json_depth import MAX_JSON_DEPTH
from amzlinkr.amazon.transport import AmazonResponse


def read(body: Any, **headers: str) -> ErrorBody:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_error_body(AmazonResponse(400, headers, content))


@pytest.mark.parametrize(
    "code",
    ["AccessDenied", "accessDenied", "ACCESS_DENIED", "access-denied", "AccessDeniedException"],
)
def test_spellings_of_a_code_have_the_same_name(code: str) -> None:
    assert code_name(code) == "accessdenied"


def test_no_two_errors_have_codes_with_the_same_name() -> None:
    for code, kind in ERRORS_BY_CODE.items():
        same = {
            other for text, other in ERRORS_BY_CODE.items() if code_name(text) == code_name(code)
        }
        assert same == {kind}, code


def test_codes_are_as_amazon_spelled_them_without_namespace() -> None:
    body = {"__type": "com.amazon.paapi5#FirstException", "errors": [{"code": "second_code"}]}
    assert read(body).codes == ("second_code", "FirstException")


def test_other_is_no_code() -> None:
    assert read({"reason": "Other", "type": "ValidationException"}).codes == (
        "ValidationException",
    )


@pytest.mark.parametrize("body", [b"", b"<html>Gone</html>", b"{", b"3", b"\xff", b"null"])
def test_body_that_is_no_object_is_text(body: bytes) -> None:
    found = read(body)
    assert not found.is_readable
    assert found.codes == found.names == ()
    assert found.text == body.decode(errors="replace")
    assert len(found.texts) == bool(body)
    assert not any((found.has_result, found.has_items, found.is_from_framework))


def test_text_of_an_unreadable_body_is_bounded() -> None:
    assert len(read(b"x" * 100_000).text) == MAX_TEXT


def test_too_deep_body_is_unreadable() -> None:
    def nested(levels: int) -> bytes:
        return b'{"error":' * (levels - 1) + b'{"code":"X"}' + b"}" * (levels - 1)

    assert read(nested(MAX_JSON_DEPTH)).codes == ("X",)
    assert not read(nested(MAX_JSON_DEPTH + 1)).is_readable


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        (["a", "b"], ("a", "b")),
        ([{"name": "a"}, {"Name": "b", "message": "x"}], ("a", "b")),
        ([1, None, {}, {"name": 3}, "", "c"], ("c",)),
        ("a", ()),
        (None, ()),
    ],
)
def test_invalid_fields_are_named(fields: object, names: tuple[str, ...]) -> None:
    assert read({"fieldList": fields}).field_names == names


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(60, 60.0), ("7", 7.0), (1.5, 1.5), ("x", None), ("nan", None), (None, None), ([], None)],
)
def test_retry_after_is_a_number(value: object, seconds: float | None) -> None:
    assert read({"RetryAfterSeconds": value}).retry_after == seconds
    assert read({"errors": [{"code": "X"}], "RetryAfterSeconds": value}).retry_after == seconds


@pytest.mark.parametrize(
    ("body", "has_result", "has_items"),
    [
        ({"itemsResult": {"items": []}}, True, False),
        ({"ItemResults": {"Items": []}}, True, False),
        ({"itemsResult": {"items": [1]}}, True, True),
        ({"searchResult": {"totalResultCount": 1, "items": []}}, True, False),
        ({"items": [1]}, True, True),
        ({"BrowseNodes": []}, True, False),
        ({"items": {"asin": "B000000001"}}, False, False),
        ({"items": "B000000001"}, False, False),
        ({"other": [1]}, False, False),
        ({"searchResult": None, "errors": []}, False, False),
        ({}, False, False),
    ],
)
def test_results_beside_errors_are_seen(body: object, has_result: bool, has_items: bool) -> None:
    found = read(body)

    assert (found.has_result, found.has_items) == (has_result, has_items)


@given(st.binary(max_size=200))
def test_any_body_can_be_read(body: bytes) -> None:
    assert read(body).is_from_framework is False or b"coral" in body


@pytest.mark.parametrize(
    ("resource", "asins"),
    [
        ("B0AAAA0001", ("B0AAAA0001",)),
        (["B0AAAA0001", "B0AAAA0002", "B0AAAA0001"], ("B0AAAA0001", "B0AAAA0002")),
        ([{"id": "B0AAAA0001"}, 7, None], ("B0AAAA0001",)),
        (7, ()),
        ("WASSERFEST", ()),
    ],
)
def test_resources_are_apart_from_other_asins(resource: object, asins: tuple[str, ...]) -> None:
    part = read({"resourceId": resource, "message": "The item B0BBBB0001 is gone."}).parts[-1]

    assert (part.resource_asins, part.asins) == (asins, ("B0BBBB0001",))


@pytest.mark.parametrize("body", [b"", b"{}", b"<html>"])
@pytest.mark.parametrize(
    ("header", "codes"),
    [("AccessDeniedException:http://internal.amazon.com/coral/", ("AccessDeniedException",)),
     ("a.b#ValidationException", ("ValidationException",)), ("", ()), ("Other", ())],
)  # fmt: skip
def test_code_in_the_header_counts_for_any_body(
    body: bytes, header: str, codes: tuple[str, ...]
) -> None:
    found = read(body, **{"x-amzn-errortype": header})

    assert found.codes == codes
    assert found.is_from_framework is (body == b"{}" and "coral" in header)


@pytest.mark.parametrize(
    ("body", "codes", "texts", "parts"),
    [
        ([{"code": "X"}], ("X",), (), 2),
        ({"errors": [{"code": "AccessDenied"}], "code": "Y"}, ("Y", "AccessDenied"), (), 2),
        ({"errors": [{"code": "X"}], "code": "Y"}, ("X", "Y"), (), 2),
        ({"errors": ["NotFound", "It is gone.", 5, None, []]}, ("NotFound",), ("It is gone.",), 3),
        ({"error": "invalid_client"}, ("invalid_client",), (), 1),
        ({"errors": {"code": "X"}}, ("X",), (), 2),
        ({"message": "a", "detail": "b", "errorMessage": ""}, (), ("a", "b"), 1),
    ],
)
def test_errors_of_every_place_are_parts(
    body: object, codes: tuple[str, ...], texts: tuple[str, ...], parts: int
) -> None:
    found = read(body)

    assert (found.codes, found.texts, len(found.parts)) == (codes, texts, parts)
    assert found.text == (texts[0] if texts else "")
