"""All wrong fields of a request: by its schema, each with its own detail."""

from typing import Any

import pytest

from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.http.field_errors import MAX_ERRORS
from amzlinkr.http.request import Request
from amzlinkr.http.schemas.requests import (
    CredentialsInput,
    ImportRequest,
    SignupRequest,
    SiteSettings,
)
from amzlinkr.http.schemas.search_requests import ListInput, SearchQuery
from tests.calls import event_of
from tests.clock import FakeClock


def errors_of(body: object, schema: Any, query: dict[str, str] | None = None) -> dict[str, str]:
    """Return the wrong fields of a request with their details."""
    event = event_of("POST", "/v1/any", body, query)
    request = Request(event, "r1", Deadline.after(FakeClock(), 3), {})
    with pytest.raises(InvalidRequest) as caught:
        request.query(schema) if query else request.body_union(schema)
    assert caught.value.errors[0] == (caught.value.field, caught.value.detail)
    return dict(caught.value.errors)


@pytest.mark.parametrize(
    ("body", "schema", "expected"),
    [
        (
            {"site_url": 5, "email": None, "other": 1},
            SignupRequest,
            {
                "site_url": "This must be text, not a whole number.",
                "email": "This field is null.",
                "other": "This field does not exist.",
            },
        ),
        (
            {"items": ["a", 3, "b", None], "marketplace": "USA"},
            ImportRequest,
            {
                "items[1]": "This must be text, not a whole number.",
                "items[3]": "This must be text, not null.",
                "marketplace": "This is longer than 2 characters.",
            },
        ),
        (
            {"items": [], "x": 1},
            ImportRequest,
            {"items": "This list is empty.", "x": "This field does not exist."},
        ),
        (
            {"api": "creators", "credential_id": ""},
            CredentialsInput,
            {
                "credential_id": "This is empty.",
                **dict.fromkeys(
                    ("credential_secret", "credential_version", "partner_tag", "marketplace"),
                    "This field is required.",
                ),
            },
        ),
        ({"api": "other"}, CredentialsInput, {"api": "This value is not allowed."}),
        (
            {"keywords": 5, "sort": "x", "size": 0},
            ListInput,
            {
                "keywords": "This must be text, not a whole number.",
                "sort": "This value is not allowed.",
                "size": "This must be 1 or more.",
            },
        ),
        ({"email": None}, SiteSettings, {"email": "This field is null."}),
        ([], ImportRequest, {"body": "This must be an object, not a list."}),
        (
            '{"email": 1, "refresh_hours": ',
            SiteSettings,
            {"email": "This must be text, not a whole number."},
        ),
        (
            '{"email": "a", "email": "b", "refresh_hours": 99}',
            SiteSettings,
            {
                "refresh_hours": "This must be 12 or less.",
            },
        ),
    ],
)
def test_each_wrong_field_is_named_with_its_detail(
    body: object, schema: Any, expected: dict[str, str]
) -> None:
    assert errors_of(body, schema) == expected


def test_each_wrong_parameter_is_named() -> None:
    assert errors_of(None, SearchQuery, {"page": "0", "sort": "bad", "zzz": "1"}) == {
        "page": "This must be 1 or more.",
        "sort": "This value is not allowed.",
        "zzz": "This parameter does not exist.",
    }


@pytest.mark.parametrize("more", [{}, {"marketplace": 5}])
def test_problem_names_a_limited_number_of_fields(more: dict[str, object]) -> None:
    # The field of the problem is the first in the body, and may be the last in the schema.
    errors = errors_of(more | {"items": [1] * 1_000}, ImportRequest)

    assert len(errors) == MAX_ERRORS
    assert errors.keys() >= more.keys()
