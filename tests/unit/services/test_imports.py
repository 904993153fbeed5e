"""Job IDs, the product limit, and problems that are known without a call."""

from typing import Any
from unittest import mock

import pytest

from amzlinkr.domain.amazon_errors import Upstream
from amzlinkr.domain.connections import AccountProblem, Connection, State
from amzlinkr.domain.errors import IdempotencyMismatch, ProductLimitReached
from amzlinkr.domain.imports import Job, chunks_of, entry_of
from amzlinkr.domain.shelves import Shelf, Slot
from amzlinkr.services.imports import (
    Imports,
    ImportSubmission,
    check_same_payload,
    current_problem,
)
from tests.clock import START, FakeClock

ASINS = [f"B{number:09d}" for number in range(25)]
DOWN = AccountProblem("amazon_not_eligible", "Wait.", START, Upstream("paapi5", 403, "Denied"))


def job(asins: list[str], body_hash: str = "") -> Job:
    entries = tuple(entry_of(asin, index, "US") for index, asin in enumerate(asins))
    return Job("job_1", "site_a", entries, chunks_of(entries), START, body_hash)


def submission(key: str | None) -> ImportSubmission:
    return ImportSubmission(ASINS, "US", key, "hash")


def imports(present: int, maximum: int) -> Imports:
    """Return the service for a site that has this number of products."""
    slots = tuple(Slot(asin, None) for asin in ASINS[:present])
    collaborators: dict[str, Any] = {
        name: mock.Mock() for name in Imports.__dataclass_fields__ if name != "clock"
    }
    collaborators["shelves"].list_for_site.return_value = [
        Shelf("site_a", "US", "1", slots, START, START)
    ]
    collaborators["limits"].products = maximum
    return Imports(clock=FakeClock(), **collaborators)


def test_job_id_depends_on_the_idempotency_key_only() -> None:
    assert submission("a").job_id() == submission("a").job_id() != submission("b").job_id()
    assert submission(None).job_id() != submission(None).job_id()


def test_repeated_request_must_have_the_same_body() -> None:
    earlier = job(ASINS[:1], "hash")

    assert check_same_payload(earlier, "hash") is earlier
    with pytest.raises(IdempotencyMismatch):
        check_same_payload(earlier, "other")


def test_products_up_to_the_limit_are_accepted() -> None:
    service = imports(present=5, maximum=10)

    service.check_product_limit(job(ASINS[:10]))
    with pytest.raises(ProductLimitReached) as error:
        service.check_product_limit(job(ASINS[:11]))
    assert error.value.detail == (
        "The site has 5 of at most 10 products. This import would add 6 products."
    )


def test_site_above_a_lowered_limit_may_import_its_products_again() -> None:
    service = imports(present=10, maximum=5)

    service.check_product_limit(job(ASINS[:10]))
    with pytest.raises(ProductLimitReached):
        service.check_product_limit(job(ASINS[:11]))


@pytest.mark.parametrize(
    ("chunk", "state", "has_problem"),
    [(0, State.NOT_ELIGIBLE, False), (1, State.NOT_ELIGIBLE, True), (1, State.THROTTLED, False)],
)
def test_only_later_chunks_of_a_failing_account_are_not_fetched(
    chunk: int, state: State, has_problem: bool
) -> None:
    whole = job(ASINS)
    connection = Connection(
        "US", "paapi5", "t-20", "…", "s", "1", "account", START, state, problem=DOWN
    )

    problem = current_problem(whole, whole.chunks[chunk], connection)

    assert (problem is not None) == has_problem
