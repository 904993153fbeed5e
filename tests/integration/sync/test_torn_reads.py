"""Reads of several rows during a change: a product must be what Amazon returned at one moment.

Every read is interrupted before each of its AWS calls by one change.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from amzlinkr.config import Config
from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.imports import Job, chunks_of, entry_of
from amzlinkr.storage import item_keys
from amzlinkr.storage.product_items import item_from_details
from amzlinkr.storage.records import OfferItem
from amzlinkr.storage.shelf_items import item_from_shelf
from amzlinkr.wiring import Dependencies
from tests.clock import FakeClock
from tests.iam.enforcer import without_enforcement
from tests.integration.aws_spy import run_before_call
from tests.integration.feed_reader import check_shown
from tests.integration.feed_scenario import ASINS, Content, FeedScenario

FIRST, SECOND = ASINS[:2]
NEW = Content(2000, "in_stock", "Second")


def refresh(scenario: FeedScenario) -> None:
    (shelf,) = [
        shelf for shelf in scenario.deps.shelves.list_for_site(scenario.site.site_id) if shelf.slots
    ]
    found = {asin: scenario.observe(asin) for asin in shelf.asins}
    scenario.deps.product_writer.refresh(shelf, LookupResult(scenario.now(), found))


def observe_again(scenario: FeedScenario) -> None:
    scenario.clock.advance(minutes=5)
    refresh(scenario)


def change(scenario: FeedScenario) -> None:
    scenario.clock.advance(minutes=5)
    scenario.history[FIRST].append((scenario.now(), NEW))
    refresh(scenario)


def change_title(scenario: FeedScenario) -> None:
    scenario.clock.advance(minutes=5)
    scenario.history[FIRST].append((scenario.now(), NEW._replace(price=1000)))
    refresh(scenario)


def remove(scenario: FeedScenario) -> None:
    scenario.deps.product_writer.remove(scenario.site.site_id, "US", FIRST)


def remove_and_import_older_response(scenario: FeedScenario) -> None:
    scenario.clock.advance(minutes=1)
    scenario.history[FIRST].append((scenario.now(), NEW))
    old = scenario.observe(FIRST)
    scenario.clock.advance(minutes=1)
    scenario.history[FIRST].append((scenario.now(), NEW._replace(price=1000)))
    refresh(scenario)
    remove(scenario)
    scenario.deps.product_writer.add(scenario.site.site_id, "US", [old])


def expire(scenario: FeedScenario) -> None:
    scenario.clock.advance(hours=25)
    for shelf in scenario.deps.shelves.list_for_site(scenario.site.site_id):
        scenario.expire(shelf)


def vanish(scenario: FeedScenario) -> None:
    """Let Amazon name one product as inaccessible."""
    scenario.clock.advance(minutes=5)
    (shelf,) = [
        shelf for shelf in scenario.deps.shelves.list_for_site(scenario.site.site_id) if shelf.slots
    ]
    found = {SECOND: scenario.observe(SECOND)}
    lookup = LookupResult(scenario.now(), found, {FIRST: "ItemNotAccessible"})
    scenario.deps.product_writer.refresh(shelf, lookup)


def vanish_and_return(scenario: FeedScenario) -> None:
    vanish(scenario)
    change(scenario)


def expire_and_change(scenario: FeedScenario) -> None:
    expire(scenario)
    change(scenario)


def move_to_another_shelf(scenario: FeedScenario) -> None:
    """Move the products to another shelf, as a compaction would, and refresh them there."""
    site_id = scenario.site.site_id
    (shelf,) = [shelf for shelf in scenario.deps.shelves.list_for_site(site_id) if shelf.slots]
    item_from_shelf(replace(shelf, shelf_id="elsewhere")).save()
    item_from_shelf(replace(shelf, slots=())).save()
    for asin in shelf.asins:
        row = OfferItem.get(site_id, item_keys.product("US", asin))
        row.update([OfferItem.shelf_id.set("elsewhere")])
    change(scenario)


CHANGES = [
    observe_again,
    change,
    change_title,
    remove,
    remove_and_import_older_response,
    expire,
    expire_and_change,
    vanish,
    vanish_and_return,
    move_to_another_shelf,
]


def read_import_job(scenario: FeedScenario) -> list[dict[str, Any]]:
    """Return the products in the results of a completed import job."""
    site_id = scenario.site.site_id
    entries = (entry_of(FIRST, 0, "US"), entry_of(SECOND, 1, "US"))
    chunks = chunks_of(entries)
    job = Job("job_1", site_id, entries, chunks, scenario.now())
    scenario.deps.jobs.create(job)
    scenario.deps.jobs.finish(job, chunks[0], {FIRST: None, SECOND: None})
    reply = scenario.site.get("/v1/import/job_1")
    assert reply.status in (200, 404)  # 404 after the job's 24 hours
    return [entry["product"] for entry in reply.json.get("results", ()) if "product" in entry]


READS: dict[str, Callable[[FeedScenario], list[dict[str, Any]]]] = {
    "product": lambda scenario: [scenario.site.get(f"/v1/products/{FIRST}", marketplace="US").json],
    "products": lambda scenario: scenario.site.get("/v1/products", marketplace="US").json[
        "products"
    ],
    "changes": lambda scenario: [
        change["product"]
        for change in scenario.site.get("/v1/changes").json["changes"]
        if "product" in change
    ],
    "job": read_import_job,
    "export": lambda scenario: scenario.site.get("/v1/export").json["products"],
}


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("make_change", CHANGES)
def test_product_read_during_a_change_is_consistent(
    make_change: Callable[[FeedScenario], None], read: str, aws: Config, clock: FakeClock
) -> None:
    numbers = count()
    deps = Dependencies(aws, clock)

    def read_with_change(number: int) -> int:
        """Make the change before this AWS call of the read; return the number of calls."""
        scenario = FeedScenario(deps, clock, next(numbers))
        deps.product_writer.add(
            scenario.site.site_id, "US", [scenario.observe(FIRST), scenario.observe(SECOND)]
        )

        def interrupt() -> None:
            with without_enforcement():
                make_change(scenario)

        with run_before_call(number, interrupt) as made:
            shown = READS[read](scenario)
        for product in shown:
            if "asin" in product:
                check_shown(product, scenario)
        return len(made)

    calls = read_with_change(0)
    assert calls >= 2
    for number in range(1, calls + 1):
        read_with_change(number)


def test_rows_that_do_not_match_their_fingerprint_are_shown(aws: Config, clock: FakeClock) -> None:
    scenario = FeedScenario(Dependencies(aws, clock), clock, 1)
    site_id, stores = scenario.site.site_id, scenario.deps
    stores.product_writer.add(site_id, "US", [scenario.observe(FIRST)])
    (shelf,) = stores.shelves.list_for_site(site_id)
    (slot,) = shelf.slots
    assert slot.fingerprint is not None
    other = replace(slot, fingerprint=replace(slot.fingerprint, details="0" * 12))
    item_from_shelf(replace(shelf, slots=(other,))).save()

    assert (
        scenario.site.get(f"/v1/products/{FIRST}", marketplace="US").json["price"]["amount"] == 1000
    )
    clock.advance(hours=24)
    assert (
        scenario.site.get(f"/v1/products/{FIRST}", marketplace="US").json["price_status"]
        == "expired"
    )


@pytest.mark.parametrize("read", READS)
def test_product_expired_during_the_read_is_shown_without_content(
    read: str, aws: Config, clock: FakeClock
) -> None:
    # The details row is of an earlier moment than the offer row, and the clock is behind.
    scenario = FeedScenario(Dependencies(aws, clock), clock, 1)
    seen = scenario.observe(FIRST)
    scenario.deps.product_writer.add(scenario.site.site_id, "US", [seen])
    expire(scenario)
    item_from_details(scenario.site.site_id, seen).save()
    clock.advance(hours=-1, seconds=-1)

    (shown,) = READS[read](scenario)

    assert check_shown(shown, scenario) is None
    assert shown["price_status"] == "expired"


@pytest.mark.parametrize("read", READS)
def test_product_possibly_older_than_24_hours_is_expired(
    read: str, aws: Config, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = FeedScenario(Dependencies(aws, clock), clock, 1)
    scenario.deps.product_writer.add(scenario.site.site_id, "US", [scenario.observe(FIRST)])
    clock.advance(hours=23, minutes=59, seconds=58)
    assert [shown["price_status"] for shown in READS[read](scenario)] == ["current"]

    monkeypatch.setattr(clock, "uncertainty", lambda: timedelta(seconds=2))

    assert [shown["price_status"] for shown in READS[read](scenario)] == ["expired"]
