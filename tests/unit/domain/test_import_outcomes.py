"""Outcomes of import chunks: from a response, and those that are known without a call."""

import pytest

from amzlinkr.domain.amazon_errors import AmazonError, Upstream
from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.connection_errors import AmazonNoCredentials
from amzlinkr.domain.connections import AccountProblem, Connection, State
from amzlinkr.domain.errors import NotConnected
from amzlinkr.domain.import_outcomes import (
    ENTRY_ERRORS,
    WAITING_ERRORS,
    known_outcome,
    outcomes_of,
)
from amzlinkr.domain.imports import WAITING, Chunk, Job, Problem, chunks_of, entry_of
from tests.clock import START
from tests.fakes import product

ASINS = [f"B0{number:08d}" for number in range(12)]
DOWN = AccountProblem("amazon_keys_rejected", "Wait.", START, Upstream("paapi5", 403, "Denied"))


def test_each_asin_of_a_chunk_has_its_outcome() -> None:
    chunk = Chunk(0, "US", tuple(ASINS[:5]))
    refused = {
        ASINS[1]: "InvalidParameterValue",
        ASINS[2]: "ItemNotAccessible",
        ASINS[3]: "Unreadable",
    }

    outcomes = outcomes_of(chunk, LookupResult(START, {ASINS[0]: product(ASINS[0])}, refused))

    codes = {
        asin: outcome.code if isinstance(outcome, Problem) else outcome
        for asin, outcome in outcomes.items()
    }
    assert codes == {
        ASINS[0]: None,
        ASINS[1]: "not_found",
        ASINS[2]: "not_accessible",
        ASINS[3]: "amazon_unavailable",
        ASINS[4]: "not_found",
    }


@pytest.mark.parametrize(
    ("state", "later"),
    [
        (State.VALID, None),
        (State.THROTTLED, None),
        (State.KEYS_REJECTED, "amazon_keys_rejected"),
        (State.TAG_REJECTED, "amazon_keys_rejected"),
        (State.NOT_ELIGIBLE, WAITING),
        (State.ACCESS_DENIED, WAITING),
        (State.RETIRED, WAITING),
    ],
)
def test_only_later_chunks_of_a_failing_account_are_not_fetched(
    state: State, later: str | None
) -> None:
    entries = tuple(entry_of(asin, index, "US") for index, asin in enumerate(ASINS))
    job = Job("job_1", "site_a", entries, chunks_of(entries), START)
    problem = None if state is State.VALID else DOWN
    connection = Connection(
        "US", "paapi5", "t-20", "…", "s", "1", "account", START, state, problem=problem
    )

    outcomes = [known_outcome(job, chunk, connection) for chunk in job.chunks]

    assert outcomes[0] is None
    shown = outcomes[1].code if isinstance(outcomes[1], Problem) else outcomes[1]
    assert shown == later


def test_each_error_of_amazon_has_one_effect_on_an_import() -> None:
    waiting = {"amazon_not_eligible", "amazon_access_denied", "amazon_paapi_retired"}
    failed = {"amazon_keys_rejected", "amazon_partner_tag_rejected"}
    raised = {
        "amazon_throttled", "amazon_clock_skew", "amazon_rejected_request", "amazon_unavailable",
    }  # fmt: skip

    assert {error.code for error in WAITING_ERRORS} == waiting | {AmazonNoCredentials.code}
    assert {error.code for error in ENTRY_ERRORS} == failed | {NotConnected.code}
    every = {error.code for error in AmazonError.__subclasses__()}
    assert every == waiting | failed | raised
