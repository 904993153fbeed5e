"""The purge: the grace period of deleted sites, the end of its time, and entries that fail."""

from collections import Counter

import pytest

from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.ports import Task
from amzlinkr.domain.sites import Caller
from amzlinkr.services.purge import DELETION_GRACE, PURGE_RESERVE_SECONDS
from amzlinkr.storage.site_deletions import BATCH_WRITE_SIZE
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock
from tests.fakes import product
from tests.integration.aws_spy import Arguments, fail_calls, secrets, table
from tests.stored_sites import claim_site
from tests.unit.amazon.accounts import credentials

pytestmark = pytest.mark.memory_aws


def delete_site(deps: Dependencies, caller: Caller, products: int = 1) -> None:
    """Delete a site that has this number of products."""
    asins = [f"B{number:09d}" for number in range(products)]
    for start in range(0, products, 10):
        found = [product(asin) for asin in asins[start : start + 10]]
        deps.product_writer.add(caller.site_id, "US", found)
    deps.site_deletions.delete_site(caller, deps.clock.now())


def run(deps: Dependencies, seconds: float = PURGE_RESERVE_SECONDS + 60) -> tuple[int, int]:
    return deps.purge.run(Deadline.after(deps.clock, seconds))


def rows(deps: Dependencies, site_id: str = "site_a") -> int:
    """Return the number of the site's rows in the products table."""
    return sum(key.startswith(site_id) for key in table(deps.config.products_table))


def test_rows_are_purged_in_every_run_until_the_grace_has_passed(
    deps: Dependencies, caller: Caller, clock: FakeClock, metrics: Counter[str]
) -> None:
    delete_site(deps, caller)

    assert (run(deps), rows(deps)) == ((1, 0), 0)
    deps.product_writer.add("site_a", "US", [product("B000000009")])
    clock.advance(seconds=DELETION_GRACE.total_seconds() - 1)
    assert (run(deps), rows(deps), metrics["SitePurged"]) == ((1, 0), 0, 0)
    clock.advance(seconds=1)
    assert (run(deps), metrics["SitePurged"]) == ((1, 0), 1)
    assert run(deps) == (0, 0)


def test_purge_without_enough_time_is_incomplete_and_continues(
    deps: Dependencies, caller: Caller, clock: FakeClock, metrics: Counter[str]
) -> None:
    delete_site(deps, caller, products=2 * BATCH_WRITE_SIZE)
    before = rows(deps)
    clock.advance(seconds=DELETION_GRACE.total_seconds())

    def use_up_time(_arguments: object) -> bool:
        clock.advance(seconds=1)
        return False

    with fail_calls(use_up_time, ""):
        assert run(deps, PURGE_RESERVE_SECONDS + 6) == (1, 0)
    assert 0 < rows(deps) < before
    assert metrics == {"PurgeIncomplete": 1}

    assert run(deps) == (1, 0)
    assert (rows(deps), metrics["SitePurged"]) == (0, 1)


def test_secrets_are_deleted_although_a_site_needs_more_than_its_time(
    deps: Dependencies, caller: Caller, clock: FakeClock, metrics: Counter[str]
) -> None:
    delete_site(deps, caller, products=4 * BATCH_WRITE_SIZE)
    deps.outbox.schedule(Task.SECRET_DELETION, "s/unused", START)

    def use_up_time(_arguments: object) -> bool:
        clock.advance(seconds=1)
        return False

    with fail_calls(use_up_time, ""):
        assert run(deps, PURGE_RESERVE_SECONDS + 12) == (1, 1)

    assert metrics == {"PurgeIncomplete": 1}
    assert deps.outbox.due(Task.SECRET_DELETION, clock.now()) == []


def test_nothing_is_deleted_within_the_reserve(
    deps: Dependencies, caller: Caller, metrics: Counter[str]
) -> None:
    delete_site(deps, caller)
    deps.outbox.schedule(Task.SECRET_DELETION, "s/unused", START)
    before = rows(deps)

    assert run(deps, PURGE_RESERVE_SECONDS) == (1, 1)

    assert rows(deps) == before > 0
    assert [entry.subject for entry in deps.outbox.due(Task.SECRET_DELETION, START)] == ["s/unused"]
    assert metrics == {}


def test_unused_secret_is_deleted_when_it_is_due(deps: Dependencies, clock: FakeClock) -> None:
    deps.amazon_accounts.store_credentials("site_a", credentials(), None)
    assert (run(deps), len(secrets())) == ((0, 0), 1)
    clock.advance(hours=1)

    assert (run(deps), secrets()) == ((0, 1), {})
    assert run(deps) == (0, 0)


def test_failure_of_one_entry_leaves_it_to_the_next_run_and_the_others_continue(
    deps: Dependencies,
    caller: Caller,
    clock: FakeClock,
    metrics: Counter[str],
    faults: list[str],
) -> None:
    delete_site(deps, caller)
    delete_site(deps, claim_site(deps, "site_b"))
    for name in ("s/1", "s/2"):
        deps.outbox.schedule(Task.SECRET_DELETION, name, START)
    clock.advance(seconds=DELETION_GRACE.total_seconds())

    def is_failing(arguments: Arguments) -> bool:
        queried = arguments.get("ExpressionAttributeValues", {}).get(":0")
        return arguments.get("SecretId") == "s/1" or queried == {"S": "site_a"}

    with fail_calls(is_failing, "InternalServerError"):
        assert run(deps) == (2, 2)

    assert metrics == {"SitePurgeFailed": 1, "SitePurged": 1, "SecretNotDeleted": 1}
    assert faults == ["StoreUnavailable"] * 2
    assert (rows(deps, "site_b"), rows(deps, "site_a") > 0) == (0, True)
    assert run(deps) == (1, 1)
