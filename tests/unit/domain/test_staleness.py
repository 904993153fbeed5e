"""The lateness of due shelves, per connection."""

from dataclasses import replace
from datetime import datetime, timedelta

from amzlinkr.domain.changes import Fingerprint
from amzlinkr.domain.clock import to_unix_ms
from amzlinkr.domain.connections import Connection, State
from amzlinkr.domain.imports import PendingJob
from amzlinkr.domain.ports import DailyBudget, Priority
from amzlinkr.domain.reservations import daily_limit
from amzlinkr.domain.shelves import Shelf, Slot
from amzlinkr.domain.staleness import (
    IMPORT_RETRY_INTERVAL,
    Staleness,
    import_age,
    staleness_of,
)
from tests.clock import START

HOUR = timedelta(hours=1)
VALID = Connection("US", "paapi5", "t-20", "…", "s", "1", "account", START, State.VALID)
REACHABLE = replace(VALID, since=START - 99 * HOUR)
SEEN = Fingerprint("1", "2", "3")


def shelf(site: str, overdue: timedelta, *ages: timedelta | None) -> Shelf:
    """Return a shelf with a product of each age; None is one without content."""
    slots = tuple(
        Slot(f"B{number:09d}", None if age is None else SEEN, START - (age or 99 * HOUR))
        for number, age in enumerate(ages)
    )
    return Shelf(site, "US", "shelf", slots, START, START - overdue)


def age(
    connection: Connection | None = REACHABLE,
    used: int = 0,
    created: timedelta = 7 * HOUR,
    now: datetime = START,
) -> timedelta:
    """Return the age of an import job, which was created this long ago."""
    job = PendingJob("site_a", "US", "job", now - created, now)
    return import_age(job, connection, DailyBudget(used), now)


def test_import_that_can_be_continued_has_its_age() -> None:
    assert age() == 7 * HOUR


def test_import_that_waits_for_its_account_has_no_age() -> None:
    rate = DailyBudget().call_rate
    import_limit = daily_limit(rate, to_unix_ms(START - IMPORT_RETRY_INTERVAL), Priority.IMPORT)

    assert age(None) == timedelta()
    assert age(replace(REACHABLE, state=State.THROTTLED)) == timedelta()
    assert [age(used=import_limit - 1), age(used=import_limit)] == [7 * HOUR, timedelta()]


def test_age_of_an_import_counts_from_midnight_and_from_the_recovery_of_its_account() -> None:
    assert age(created=20 * HOUR) == 12 * HOUR
    assert age(replace(REACHABLE, since=START - HOUR)) == HOUR
    midnight = START + 12 * HOUR
    assert age(used=0, created=20 * HOUR, now=midnight) == timedelta()
    assert age(used=0, created=20 * HOUR, now=midnight + HOUR / 4) == HOUR / 4


def test_longest_overdue_shelf_and_oldest_content_of_each_connection() -> None:
    due = [
        shelf("site_a", 2 * HOUR, 3 * HOUR, None),
        shelf("site_a", HOUR, 5 * HOUR, HOUR),
        shelf("site_b", 7 * HOUR, None),
    ]
    connections = {(site, "US"): VALID for site in ("site_a", "site_b")}

    assert staleness_of(due, connections, START) == [
        Staleness("site_b", "US", "account", 7 * HOUR, timedelta()),
        Staleness("site_a", "US", "account", 2 * HOUR, 5 * HOUR),
    ]


def test_accounts_that_cannot_be_called_and_sandboxes_are_left_out() -> None:
    sites = ("site_down", "test_site", "site_gone")
    due = [shelf(site, HOUR, HOUR) for site in sites]
    down = replace(VALID, state=State.KEYS_REJECTED)
    connections = {("site_down", "US"): down, ("test_site", "US"): VALID}

    assert staleness_of(due, connections, START) == []
