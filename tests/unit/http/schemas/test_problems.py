"""Problem types: members that do not apply are absent."""

import json

import msgspec
import pytest

from amzlinkr.http.schemas.problems import EntryProblem, ProblemOut, UpstreamOut

REQUIRED = {
    "type": "https://api.example.com/v1/problems/not_found",
    "title": "Not found",
    "status": 404,
    "detail": "No list x.",
    "code": "not_found",
    "action": "Create it.",
    "retryable": False,
    "request_id": "r1",
}


def test_problem_without_optional_members_has_the_required_ones_only() -> None:
    problem = msgspec.convert(REQUIRED, ProblemOut)

    assert json.loads(msgspec.json.encode(problem)) == REQUIRED


@pytest.mark.parametrize("name", REQUIRED)
def test_every_problem_has_the_required_members(name: str) -> None:
    rest = {key: value for key, value in REQUIRED.items() if key != name}

    with pytest.raises(msgspec.ValidationError, match=name):
        msgspec.convert(rest, ProblemOut)


def test_optional_members_are_present_if_they_apply() -> None:
    upstream = UpstreamOut("paapi5", 429, "TooManyRequests", "request-1")
    problem = msgspec.structs.replace(
        msgspec.convert(REQUIRED, ProblemOut), field="page", retry_after=0, upstream=upstream
    )

    body = json.loads(msgspec.json.encode(problem))
    assert body == REQUIRED | {
        "field": "page",
        "retry_after": 0,
        "upstream": {
            "service": "paapi5",
            "status": 429,
            "code": "TooManyRequests",
            "request_id": "request-1",
        },
    }


def test_problem_of_an_import_entry_names_a_field_only_if_there_is_one() -> None:
    fields = {name: value for name, value in REQUIRED.items() if name != "request_id"}
    problem = msgspec.convert(fields, EntryProblem)

    assert json.loads(msgspec.json.encode(problem)) == fields
    assert b'"field":"items"' in msgspec.json.encode(
        msgspec.structs.replace(problem, field="items")
    )
