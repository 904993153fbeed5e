"""The import of a chunk: products are stored, or wait for an account without access."""

from collections import Counter
from collections.abc import Collection
from typing import Any
from unittest import mock

import pytest

from amzlinkr.domain.amazon_errors import (
    AmazonError,
    AmazonKeysRejected,
    AmazonNotEligible,
    AmazonThrottled,
    AmazonUnavailable,
    Upstream,
)
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.errors import AmzlinkrError, NotConnected
from amzlinkr.domain.import_outcomes import WAITING_ERRORS
from amzlinkr.domain.imports import WAITING, Chunk, Job, entry_of
from amzlinkr.domain.ports import Priority
from amzlinkr.domain.sites import Caller
from amzlinkr.services.amazon_accounts import AmazonAccounts
from amzlinkr.services.chunk_imports import ChunkImports
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock
from tests.fakes import FakeCatalog, product
from tests.integration.aws_spy import record_calls
from tests.stored_sites import connection

pytestmark = pytest.mark.memory_aws
A, B = "B000000001", "B000000002"
CHUNK = Chunk(0, "US", (A, B))


def run(
    deps: Dependencies,
    error: AmzlinkrError | None = None,
    present: Collection[tuple[str, str]] = (),
) -> dict[str, Any]:
    """Import a chunk with a catalog that has product A, or fails; return the outcomes."""
    accounts = mock.create_autospec(AmazonAccounts, instance=True)
    if error is None or isinstance(error, AmazonError):
        catalog = accounts.catalog.return_value = mock.create_autospec(FakeCatalog, instance=True)
        catalog.items.side_effect = error or FakeCatalog([product(A)], deps.clock).items
    else:
        accounts.catalog.side_effect = error
    chunks = ChunkImports(deps.product_writer, accounts, deps.config.limits)
    site, deadline = deps.sites.require("site_a"), Deadline.after(deps.clock, 5)
    return dict(chunks.fetch(CHUNK, site, Priority.IMPORT, deadline, present))


def kinds(deps: Dependencies) -> dict[str, str]:
    found = deps.products.get_many("site_a", "US", CHUNK.asins)
    return {asin: stored.kind for asin, stored in found.items()}


def test_products_that_the_site_has_do_not_wait_again(deps: Dependencies, caller: Caller) -> None:
    with record_calls() as made:
        assert run(deps, WAITING_ERRORS[0](), present={("US", A), ("US", B)}) == {
            A: WAITING, B: WAITING,
        }  # fmt: skip
    assert set(made) == {"Query"}, "the site is read"
    assert kinds(deps) == {}

    run(deps, WAITING_ERRORS[0](), present={("US", A), ("DE", B)})
    assert kinds(deps) == {B: "waiting"}


def test_found_products_are_stored(deps: Dependencies, caller: Caller) -> None:
    outcomes = run(deps)

    assert outcomes[A] is None
    assert outcomes[B].code == "not_found"
    assert kinds(deps) == {A: "added"}


@pytest.mark.parametrize("error", WAITING_ERRORS)
def test_products_of_an_account_without_access_wait(
    deps: Dependencies, caller: Caller, error: type[AmzlinkrError], metrics: Counter[str]
) -> None:
    assert run(deps, error()) == {A: WAITING, B: WAITING}

    assert kinds(deps) == {A: "waiting", B: "waiting"}
    assert metrics["ProductsWaiting"] == 2


def known_outcomes(deps: Dependencies, caller: Caller, error: AmazonError) -> list[dict[str, Any]]:
    """Return the outcomes of two chunks that are known after this error of a connection."""
    chunks = Chunk(0, "US", (A,)), Chunk(1, "US", (B,))
    entries = (entry_of(A, 0, "US"), entry_of(B, 1, "US"))
    job = Job("job", "site_a", entries, chunks, START, "hash")
    deps.sites.connect(caller, connection().with_result(error, START), None, START)
    site = deps.sites.require("site_a")
    return [dict(deps.imports.chunks.known_outcomes(job, chunk, site)) for chunk in chunks]


def test_later_chunk_of_an_account_with_rejected_keys_fails_without_a_call(
    deps: Dependencies, caller: Caller
) -> None:
    upstream = Upstream("paapi5", 401, "UnrecognizedClient")

    first, later = known_outcomes(deps, caller, AmazonKeysRejected("Wrong.", upstream=upstream))

    assert first == {}
    assert list(later) == [B]
    assert later[B].code == AmazonKeysRejected.code
    assert kinds(deps) == {}


def test_later_chunk_of_an_account_without_access_waits_without_a_call(
    deps: Dependencies, caller: Caller
) -> None:
    upstream = Upstream("paapi5", 403, "AssociateNotEligible")

    first, later = known_outcomes(deps, caller, AmazonNotEligible(upstream=upstream))

    assert (first, later) == ({}, {B: WAITING})
    assert kinds(deps) == {B: "waiting"}


@pytest.mark.parametrize("error", [AmazonThrottled(), AmazonUnavailable(), NotConnected()])
def test_other_errors_store_nothing(
    deps: Dependencies, caller: Caller, error: AmzlinkrError
) -> None:
    with pytest.raises(type(error)):
        run(deps, error)

    assert kinds(deps) == {}


def test_product_that_the_site_has_keeps_its_content(
    deps: Dependencies, caller: Caller, clock: FakeClock
) -> None:
    run(deps)
    before = deps.products.get("site_a", "US", A)
    clock.advance(hours=1)

    assert run(deps, WAITING_ERRORS[0]()) == {A: WAITING, B: WAITING}

    assert deps.products.get("site_a", "US", A) == before
    assert kinds(deps) == {A: "added", B: "waiting"}
