"""The change feed under concurrent writes: no change is lost, and no content is outdated."""

import base64
from typing import Any
from unittest import mock

import pytest

from amzlinkr.config import Config
from amzlinkr.storage.products import FeedPage, ProductStore
from amzlinkr.wiring import Dependencies
from tests.clock import FakeClock
from tests.integration.feed_scenario import ASINS, STEPS, FeedScenario


@pytest.fixture
def stores(aws: Config, clock: FakeClock) -> Dependencies:
    return Dependencies(aws, clock)


@pytest.mark.parametrize("seed", range(4))
def test_reader_receives_every_change(seed: int, stores: Dependencies, clock: FakeClock) -> None:
    FeedScenario(stores, clock, seed).run(STEPS)


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(10))
def test_reader_receives_every_change_in_many_scenarios(
    batch: int, stores: Dependencies, clock: FakeClock
) -> None:
    restarts = 0
    for seed in range(1000 + 100 * batch, 1100 + 100 * batch):
        scenario = FeedScenario(stores, clock, seed)
        scenario.run(STEPS)
        restarts += scenario.reader.restarts
    assert restarts > 0


def test_reader_slower_than_the_tombstones_starts_again(
    stores: Dependencies, clock: FakeClock
) -> None:
    scenario = FeedScenario(stores, clock, 1)

    scenario.read_for_months()

    assert scenario.reader.restarts == 1


@pytest.fixture
def scenario(stores: Dependencies, clock: FakeClock) -> FeedScenario:
    """Return a site with two products."""
    scenario = FeedScenario(stores, clock, 1)
    stores.product_writer.add(
        scenario.site.site_id, "US", [scenario.observe(asin) for asin in ASINS[:2]]
    )
    return scenario


def test_page_with_a_concurrent_change_has_more(scenario: FeedScenario) -> None:
    site, product_writer = scenario.site, scenario.deps.product_writer
    page = site.get("/v1/changes").json
    read = ProductStore.changes

    def write_and_read(store: ProductStore, *arguments: Any) -> FeedPage:
        product_writer.add(site.site_id, "US", [scenario.observe(ASINS[0])])
        return read(store, *arguments)

    product_writer.remove(site.site_id, "US", ASINS[0])
    with mock.patch.object(ProductStore, "changes", write_and_read):
        during = site.get("/v1/changes", cursor=page["next_cursor"]).json
    after = site.get("/v1/changes", cursor=during["next_cursor"]).json

    assert (during["changes"], during["has_more"]) == ([], True)
    assert [change["asin"] for change in after["changes"]] == [ASINS[0]]
    assert not after["has_more"]


def test_cursor_at_the_end_is_valid_for_29_days(scenario: FeedScenario, clock: FakeClock) -> None:
    cursor = ""
    for _ in range(3):
        page = scenario.site.get("/v1/changes", cursor=cursor)
        assert (page.status, page.json["has_more"]) == (200, False)
        cursor = page.json["next_cursor"]
        clock.advance(days=29)

    assert scenario.site.get("/v1/changes", cursor=cursor).status == 200
    clock.advance(milliseconds=1)
    refused = scenario.site.get("/v1/changes", cursor=cursor)
    assert (refused.status, refused.json["code"]) == (410, "cursor_too_old")
    assert (refused.json["field"], refused.json["retryable"]) == ("cursor", False)
    assert "without a cursor" in refused.json["action"]


def test_cursor_in_the_middle_keeps_its_age(scenario: FeedScenario, clock: FakeClock) -> None:
    first = scenario.site.get("/v1/changes", limit="1").json
    scenario.deps.product_writer.add(scenario.site.site_id, "US", [scenario.observe(ASINS[2])])
    clock.advance(days=28)
    middle = scenario.site.get("/v1/changes", limit="1", cursor=first["next_cursor"]).json
    assert (first["has_more"], middle["has_more"]) == (True, True)

    clock.advance(days=1, milliseconds=1)

    refused = scenario.site.get("/v1/changes", limit="1", cursor=middle["next_cursor"])
    assert refused.status == 410


def test_changed_or_outdated_cursor_is_rejected(scenario: FeedScenario) -> None:
    cursor = scenario.site.get("/v1/changes").json["next_cursor"]
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    changed = [
        base64.urlsafe_b64encode(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]).decode()
        for at in range(len(raw))
    ]
    signer, site_id = scenario.deps.signer, scenario.site.site_id
    outdated = [
        signer.sign_cursor("changes", site_id, content) for content in (7, "7", [7], {"after": 7})
    ]

    for wrong in [*(text.rstrip("=") for text in changed), *outdated]:
        refused = scenario.site.get("/v1/changes", cursor=wrong)
        assert (refused.status, refused.json["field"]) == (400, "cursor"), wrong
        assert "since" not in refused.text
        assert site_id not in refused.text
