"""Concurrent writes, on the embedded AWS only: moto runs them one after another."""

import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import pairwise
from typing import TypeVar

from amzlinkr.domain.amazon_errors import AmazonThrottled
from amzlinkr.domain.call_rate import INITIAL_CALL_RATE, INITIAL_INTERVAL_MS
from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.clock import Deadline, to_unix_ms
from amzlinkr.domain.connection_errors import ConnectionLimitReached
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.ports import Priority
from amzlinkr.domain.reservations import daily_limit
from amzlinkr.domain.shelves import Shelf
from amzlinkr.domain.sites import ApiKeyRecord
from amzlinkr.storage import item_keys
from amzlinkr.storage.connection import find
from amzlinkr.storage.rate_limiter_store import RateLimiterStore
from amzlinkr.storage.records import RateLimiterItem
from amzlinkr.storage.secret_counts import SecretCounts
from amzlinkr.storage.secret_records import SecretCountItem
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock
from tests.fakes import offer, product
from tests.feed_pages import changed_products
from tests.stored_sites import key, signup

T = TypeVar("T")
THREADS = 16


def run_concurrently(calls: list[Callable[[], T]]) -> list[T]:
    """Start all calls at the same moment and return their results."""
    barrier = threading.Barrier(len(calls))

    def started(call: Callable[[], T]) -> T:
        barrier.wait(10)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(started, calls))


def reserve(account_key: str, priority: Priority, seconds: float = 120) -> int | None:
    """Return the moment that a caller reserves (Unix ms), or None if it is rejected."""
    clock = FakeClock()
    try:
        RateLimiterStore(clock).rate_limiter(account_key, priority).acquire(
            Deadline.after(clock, seconds)
        )
    except AmazonThrottled:
        return None
    return to_unix_ms(clock.now())


def test_concurrent_callers_get_moments_at_least_one_interval_apart(racing: Dependencies) -> None:
    name = secrets.token_hex(8)
    priorities = [
        Priority.INTERACTIVE,
        Priority.INTERACTIVE,
        Priority.SYNC,
        Priority.INTERACTIVE,
    ] * (THREADS // 4)

    moments = run_concurrently([partial(reserve, name, priority) for priority in priorities])

    given = sorted(moment for moment in moments if moment is not None)
    assert (
        sum(s is not None for s, priority in zip(moments, priorities, strict=True))
        >= THREADS * 3 // 4
    )
    gaps = [after - before for before, after in pairwise(given)]
    assert min(gaps) >= INITIAL_INTERVAL_MS
    assert racing.rate_limiters.budget(name, START).used == len(given)


def test_last_calls_of_a_day_are_granted_exactly_once(racing: Dependencies) -> None:
    for priority in Priority:
        limit = daily_limit(INITIAL_CALL_RATE, to_unix_ms(START), priority)
        name = secrets.token_hex(8)
        RateLimiterItem(name, day=START.date().isoformat(), used=limit - 5, next_at=0).save()

        moments = run_concurrently([partial(reserve, name, priority)] * THREADS)

        granted = sum(moment is not None for moment in moments)
        # An import call waits for the next moment only, so that some calls of the day remain.
        assert granted in (range(1, 6) if priority is Priority.IMPORT else (5,))
        assert racing.rate_limiters.budget(name, START).used == limit - 5 + granted


def test_concurrent_sign_ups_of_one_host_create_one_site_with_one_key(racing: Dependencies) -> None:
    for _ in range(5):
        host = f"{secrets.token_hex(8)}.example"
        held = [key() for _ in range(8)]

        def claim(number: int, host: str, held: list[ApiKeyRecord]) -> str:
            site = f"site_{number}{host}"
            return racing.signups.claim(signup(host), site, held[number], START).site_id

        new = run_concurrently([partial(claim, number, host, held) for number in range(4)])
        known = run_concurrently([partial(claim, number, host, held) for number in range(4, 8)])

        assert len({*new, *known}) == 1
        valid = [racing.api_keys.owner(record.digest, START) for record in held]
        assert sum(site is not None for site in valid) == 1


def test_concurrent_changes_leave_no_gap_in_the_feed_and_lose_no_product(
    racing: Dependencies,
) -> None:
    site = f"site_{secrets.token_hex(13)}"
    writer = racing.product_writer
    removed = [f"B9{number:08d}" for number in range(6)]
    writer.add(site, "US", [product(asin) for asin in removed])
    later = START + timedelta(hours=1)

    def persist(change: Callable[[], object]) -> None:
        while True:
            try:
                change()
            except StoreUnavailable:
                continue
            return

    def import_products(number: int) -> None:
        asins = [f"B{number}{place:08d}" for place in range(4)]
        persist(lambda: writer.add(site, "US", [product(asin) for asin in asins]))

    refreshed: list[int] = []

    def refresh(shelf: Shelf, lookup: LookupResult) -> None:
        refreshed.append(len(writer.refresh(shelf, lookup).changes))

    def refresh_all() -> None:
        for shelf in racing.shelves.list_for_site(site):
            found = {asin: product(asin, offer(7), later) for asin in shelf.asins}
            persist(partial(refresh, shelf, LookupResult(later, found)))

    imports: list[Callable[[], None]] = [partial(import_products, number) for number in range(4)]
    removals: list[Callable[[], None]] = [
        *(partial(persist, partial(writer.remove, site, "US", asin)) for asin in removed[:3]),
        partial(persist, partial(writer.remove_some, site, "US", removed[2:])),
    ]
    run_concurrently([*imports, *removals, refresh_all])

    wanted = {f"B{number}{place:08d}" for number in range(4) for place in range(4)}
    feed = changed_products(racing, site, 0, 1000)
    placed = [asin for shelf in racing.shelves.list_for_site(site) for asin in shelf.asins]
    assert sorted(placed) == sorted(wanted)
    assert {item.asin for item in feed if not item.removed} == wanted
    assert {item.asin for item in feed if item.removed} == set(removed)
    numbers = [item.seq for item in feed]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == len(wanted) + 2 * len(removed) + sum(refreshed)
    assert max(len(shelf.slots) for shelf in racing.shelves.list_for_site(site)) <= 10


def test_concurrent_secrets_never_exceed_their_limit(racing: Dependencies) -> None:
    account = secrets.token_hex(8)
    limits = replace(racing.config.limits, connections_of_account=5)
    counts = SecretCounts(racing.connection, racing.clock, limits)

    def add(number: int) -> bool | None:
        try:
            counts.add(f"{account}/{number}", account)
        except ConnectionLimitReached:
            return False
        except StoreUnavailable:  # too many conflicts: the client repeats the call
            return None
        return True

    results = run_concurrently([partial(add, number) for number in range(THREADS)])
    repeated = [add(number) for number, result in enumerate(results) if result is None]

    assert [*results, *repeated].count(True) == 5
    item = find(SecretCountItem, item_keys.secret_count(account))
    assert item is not None
    assert item.used == 5
