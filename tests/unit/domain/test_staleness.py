"""The lateness of due shelves, per connection."""

from dataclasses import replace
from datetime import timedelta

from amzlinkr.domain.changes import Fingerprint
from amzlinkr.domain.connections import Connection, State
from amzlinkr.domain.shelves import Shelf, Slot
from amzlinkr.domain.staleness import Staleness, staleness_of
from tests.clock import START

HOUR = timedelta(hours=1)
VALID = Connection("US", "paapi5", "t-20", "…", "s", "1", "account", START, State.VALID)
SEEN = Fingerprint("1", "2", "3")


def shelf(site: str, overdue: timedelta, *ages: timedelta | None) -> Shelf:
    """Return a shelf with a product of each age; None is one without content."""
    slots = tuple(
        Slot(f"B{number:09d}", None if age is None else SEEN, START - (age or 99 * HOUR))
        for number, age in enumerate(ages)
    )
    return Shelf(site, "US", "shelf", slots, START, START - overdue)


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
