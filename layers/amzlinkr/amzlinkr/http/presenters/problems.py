"""Problems by their codes, and the problems of import entries."""

from __future__ import annotations

from functools import cache

from msgspec import UNSET

from amzlinkr.domain import (
    amazon_errors,
    connection_errors,
    product_errors,
    scopes,
    service_switches,
    sign_up_errors,
)
from amzlinkr.domain.errors import AmzlinkrError, NotFound
from amzlinkr.domain.imports import Problem
from amzlinkr.http.presenters.sites import upstream_out
from amzlinkr.http.schemas.problems import EntryProblem, ProblemTypeOut

_MODULES = (
    amazon_errors,
    connection_errors,
    product_errors,
    scopes,
    service_switches,
    sign_up_errors,
)
"""The modules that define further subclasses of `AmzlinkrError`."""


def problem_type(code: str, api_url: str) -> str:
    """Return the URL that identifies the type of a problem and describes it (RFC 9457, "type")."""
    return f"{api_url}/problems/{code}"


def error_classes() -> list[type[AmzlinkrError]]:
    """Return all error classes, except the base class of Amazon's errors."""
    classes: list[type[AmzlinkrError]] = [AmzlinkrError]
    for error in classes:
        classes += error.__subclasses__()
    return [error for error in classes if error is not amazon_errors.AmazonError]


@cache
def _classes_by_code() -> dict[str, type[AmzlinkrError]]:
    return {error.code: error for error in error_classes()}


def problem_type_out(code: str, api_url: str) -> ProblemTypeOut:
    """Return what a problem code means. Raises `NotFound`."""
    kind = _classes_by_code().get(code)
    if kind is None:
        raise NotFound("This is not a problem code of the service.")
    meaning = " ".join((kind.__doc__ or "").partition("\n\n")[0].split())
    return ProblemTypeOut(
        problem_type(code, api_url),
        code,
        kind.title,
        kind.status,
        meaning,
        kind.default_action,
        kind.retryable,
    )


def entry_problem(problem: Problem, api_url: str) -> EntryProblem:
    """Return the problem of an import entry: that of a request, without `request_id`."""
    # A job may have been stored by a release with other codes.
    kind = _classes_by_code().get(problem.code, AmzlinkrError)
    return EntryProblem(
        type=problem_type(problem.code, api_url),
        title=kind.title,
        status=kind.status,
        detail=problem.detail,
        code=problem.code,
        action=problem.action,
        retryable=kind.retryable,
        field=problem.field or UNSET,
        retry_after=UNSET if problem.retry_after is None else problem.retry_after,
        upstream=upstream_out(problem.upstream) if problem.upstream else UNSET,
    )
