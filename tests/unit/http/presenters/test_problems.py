"""Problems of import entries: those of a request, without `request_id`."""

import json

import msgspec
import pytest

from amzlinkr.domain.amazon_errors import AmazonThrottled, Upstream
from amzlinkr.domain.errors import AmzlinkrError, InvalidRequest, NotConnected
from amzlinkr.domain.imports import Problem, problem_of
from amzlinkr.domain.product_errors import ShortLink
from amzlinkr.http.presenters.problems import entry_problem, error_classes
from amzlinkr.http.response import problem
from tests.calls import API_URL

ERRORS: list[AmzlinkrError] = [
    InvalidRequest("page", "Too low."),
    ShortLink("items[0]"),
    AmazonThrottled("Slow.", "Wait.", 7, Upstream("paapi5", 429, "TooManyRequests", "request-1")),
    *(kind() for kind in error_classes()[1:] if not issubclass(kind, InvalidRequest)),
]


@pytest.mark.parametrize("error", ERRORS)
def test_entry_has_the_problem_of_a_request_without_its_id(error: AmzlinkrError) -> None:
    entry = json.loads(msgspec.json.encode(entry_problem(problem_of(error), API_URL)))
    whole = json.loads(problem(error, "request-1", API_URL).encoded())

    assert whole.pop("request_id") == "request-1"
    whole.pop("errors", None)
    if isinstance(error, NotConnected):
        # The marketplace of an entry may be that of a URL.
        assert whole.pop("field") == "marketplace"
    assert entry == whole


def test_problem_of_another_release_has_all_fields() -> None:
    shown = entry_problem(Problem("code_of_another_release", "Detail.", "Action."), API_URL)

    assert (shown.code, shown.detail, shown.action) == (
        "code_of_another_release", "Detail.", "Action.",
    )  # fmt: skip
    assert (shown.status, shown.title) == (500, AmzlinkrError.title)
