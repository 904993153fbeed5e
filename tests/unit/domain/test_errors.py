"""The errors of the service: stable codes, a complete text, and the documented tree."""

import pytest

from amzlinkr.domain import amazon_errors, errors
from amzlinkr.domain.errors import (
    AmzlinkrError,
    CursorTooOld,
    InvalidCursor,
    InvalidRequest,
    NotFound,
    ProductLimitReached,
    RateLimited,
)
from amzlinkr.domain.limits import ONE_HOUR, Limit, LimitUsage
from amzlinkr.domain.service_switches import ServiceReadOnly
from amzlinkr.http.presenters.problems import error_classes

ERRORS = [error for error in error_classes() if error is not AmzlinkrError]


def test_error_codes_are_distinct() -> None:
    codes = [error.code for error in ERRORS]

    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("kind", ERRORS)
def test_error_is_in_the_tree_of_its_module_docstring(kind: type[AmzlinkrError]) -> None:
    trees = (errors.__doc__ or "") + (amazon_errors.__doc__ or "")

    assert any(
        kind.__name__ in line and f"{kind.status} {kind.code}" in line
        for line in trees.splitlines()
    )


@pytest.mark.parametrize("kind", [kind for kind in ERRORS if not issubclass(kind, InvalidRequest)])
def test_title_and_action_of_the_class_are_the_defaults(kind: type[AmzlinkrError]) -> None:
    error = kind()

    assert (str(error), error.detail, error.action) == (kind.title, kind.title, kind.default_action)
    assert (error.retry_after is None) is (kind is not ServiceReadOnly)


def test_given_detail_and_action_replace_the_defaults() -> None:
    missing, invalid = NotFound("No list x.", "Create it."), InvalidRequest("page", "Too low.")

    assert str(missing) == missing.detail == "No list x."
    assert missing.action == "Create it."
    assert (invalid.field, invalid.detail) == ("page", "Too low.")
    assert invalid.action == InvalidRequest.default_action


@pytest.mark.parametrize("kind", [InvalidCursor, CursorTooOld])
def test_problem_of_a_cursor_names_its_field(kind: type[InvalidCursor | CursorTooOld]) -> None:
    assert (kind().field, kind.retryable) == ("cursor", False)


def test_exceeded_limit_states_when_another_request_makes_sense() -> None:
    error = RateLimited("", LimitUsage(Limit("calls", 5, ONE_HOUR), 5, resets_in=30))

    assert (error.status, error.retryable, error.retry_after) == (429, True, 30)
    assert error.usage is not None
    assert error.usage.remaining == 0


def test_cap_on_a_total_is_a_conflict_that_time_does_not_end() -> None:
    error = ProductLimitReached("250 of 250")

    assert (error.status, error.retryable, error.retry_after) == (409, False, None)


def test_problem_of_a_request_names_each_wrong_field_once() -> None:
    error = InvalidRequest("a", "Too long.")
    for field in ("b", "a", "b"):
        error.add(InvalidRequest(field, "Empty."))

    assert (error.field, error.detail) == ("a", "Too long.")
    assert error.errors == [("a", "Too long."), ("b", "Empty.")]
