"""Rows as release 0.2.0 wrote them: they stay readable, and are replaced by the next refresh."""

import json
from datetime import timedelta
from typing import Any

import pytest

from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.freshness import status_of
from amzlinkr.domain.imports import Problem
from amzlinkr.domain.money import Money
from amzlinkr.domain.products import Details, Image, Offer
from amzlinkr.storage import item_keys
from amzlinkr.storage.job_records import ChunkItem, JobItem
from amzlinkr.storage.jobs import job_from_items
from amzlinkr.storage.records import DetailsItem, FeedItem, OfferItem, ShelfItem
from amzlinkr.wiring import Dependencies
from tests.clock import START
from tests.fakes import offer, product
from tests.feed_pages import changed_products

HOUR = timedelta(hours=1)
ASINS = [f"B{number:09d}" for number in range(4)]
LIMITED, REGULAR, OPEN_ENDED, EXPIRED = ASINS
OFFER = (
    '{"price":{"amount":1999,"currency":"USD","display":"$19.99"},'
    '"list_price":{"amount":2499,"currency":"USD","display":"$24.99"},"savings_percent":20,'
    '"availability":"in_stock","condition":"New","merchant":"Amazon.com","deal":%s,"prime":true,'
    '"hidden":false}'
)
DEALS = {
    LIMITED: '{"badge":null,"access":"PRIME_EXCLUSIVE","ends_at":"2026-11-24T12:00Z"}',
    REGULAR: "null",
    OPEN_ENDED: '{"badge":"Deal","access":null,"ends_at":null}',
}
DETAILS = (
    '{"title":"A thing","url":"https://www.amazon.com/dp/B000000000?tag=test-20",'
    '"image":{"url":"https://m.media-amazon.com/images/I/1.jpg","width":500,"height":375},'
    '"brand":"Maker","features":["Boils water"],"binding":"Kitchen"}'
)
SLOTS = (
    '[["B000000000","989d8acf47d7357914e2c10d0a06ef90d860",null],'
    '["B000000001","ad6e79934f53357914e2c10d0a06ef90d860",1795435140000],'
    '["B000000002","97a4fcd497b5981309c194450a06ef90d860",null],'
    '["B000000003","",1795435200000]]'
)
SHELF_TIMES: dict[str, Any] = {"observed_at": 1795435200000, "due_at": 1795438800000, "shard": 1}
READ_DETAILS = Details(
    "A thing",
    "https://www.amazon.com/dp/B000000000?tag=test-20",
    Image("https://m.media-amazon.com/images/I/1.jpg", 500, 375),
    "Maker",
    ("Boils water",),
    "Kitchen",
)


@pytest.fixture
def upgraded(stores: Dependencies) -> Dependencies:
    """Return the stores over the rows of a site with four products, the last one expired."""
    for seq, asin in enumerate(ASINS, 1):
        is_shown = asin in DEALS
        OfferItem(
            "site_a",
            item_keys.product("US", asin),
            seq=seq,
            kind="added" if is_shown else "expired",
            offer=OFFER % DEALS[asin] if is_shown else None,
            shelf_id="shelf1",
        ).save()
        if is_shown:
            DetailsItem("site_a", item_keys.details("US", asin), details=DETAILS).save()
    ShelfItem(
        "site_a", item_keys.shelf("US", "shelf1"), slots=SLOTS, version=1, **SHELF_TIMES
    ).save()
    FeedItem("site_a", item_keys.FEED, last_seq=len(ASINS)).save()
    return stores


def test_products_are_read_and_the_price_of_a_deal_is_hidden(upgraded: Dependencies) -> None:
    page = {entry.asin: entry for entry in changed_products(upgraded, "site_a", 0, 100)}

    assert {asin: entry.offer.price for asin, entry in page.items()} == {
        LIMITED: None,
        REGULAR: Money(1999, "USD", "$19.99"),
        OPEN_ENDED: None,
        EXPIRED: None,
    }
    assert {asin: status_of(entry, START) for asin, entry in page.items()} == {
        LIMITED: "hidden",
        REGULAR: "current",
        OPEN_ENDED: "hidden",
        EXPIRED: "expired",
    }
    hidden = Offer(
        availability="in_stock", condition="New", merchant="Amazon.com", prime=True, hidden=True
    )
    assert (page[LIMITED].offer, page[OPEN_ENDED].offer) == (hidden, hidden)
    assert page[LIMITED].details == READ_DETAILS
    assert page[LIMITED].observed_at == START
    assert page[REGULAR].observed_at == START - timedelta(minutes=1)
    for asin, entry in page.items():
        assert upgraded.products.get("site_a", "US", asin) == entry


def test_refresh_replaces_the_rows(upgraded: Dependencies) -> None:
    (shelf,) = upgraded.shelves.list_for_site("site_a")
    at = START + HOUR
    found = {asin: product(asin, offer(), at) for asin in ASINS[:3]}

    upgraded.product_writer.expire(shelf, START + timedelta(minutes=5))
    (shelf,) = upgraded.shelves.list_for_site("site_a")
    upgraded.product_writer.refresh(shelf, LookupResult(at, found))

    for asin in found:
        shown = upgraded.products.get("site_a", "US", asin)
        assert shown is not None
        assert (shown.offer, shown.observed_at) == (offer(), at)


@pytest.mark.parametrize(
    "members",
    [
        {"availability": "backorder"},
        {"list_price": 5},
        {"prime": "yes"},
        {"deal": [], "condition": 3},
        {"unknown": 1, "deal": {"access": "members"}},
    ],
)
def test_member_in_another_form_hides_the_price_and_nothing_else(
    upgraded: Dependencies, members: dict[str, Any]
) -> None:
    item = OfferItem.get("site_a", item_keys.product("US", REGULAR))
    item.offer = json.dumps(json.loads(item.offer or "") | members)
    item.save()

    shown = upgraded.products.get("site_a", "US", REGULAR)

    assert shown is not None
    assert (shown.offer.price, shown.offer.list_price, shown.offer.hidden) == (None, None, True)
    assert shown.offer.merchant == "Amazon.com"


def test_import_job_is_read() -> None:
    job = job_from_items(
        JobItem(
            "site_a",
            "job",
            entries='[{"input":"B000000000","asin":"B000000000","marketplace":"US","problem":null},'
            '{"input":"x","asin":null,"marketplace":null,"problem":{"code":"invalid_request",'
            '"detail":"d","action":"a","field":"items[1]"}}]',
            chunks='[{"number":0,"marketplace":"US","asins":["B000000000"]}]',
            created_at=1795435200000,
            body_hash="hash",
            expires=1795521600,
        ),
        [
            ChunkItem(
                "site_a",
                "job#0",
                number=0,
                outcomes='{"B000000000":{"code":"not_found","detail":"d","action":"a","field":null}}',
                expires=1795521600,
            )
        ],
    )

    assert [entry.asin for entry in job.entries] == ["B000000000", None]
    assert job.entries[1].problem == Problem("invalid_request", "d", "a", "items[1]")
    assert job.by_asin == {("US", "B000000000"): Problem("not_found", "d", "a")}
    assert (job.status, job.counts) == ("done", (2, 2))
