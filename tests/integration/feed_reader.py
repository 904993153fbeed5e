"""A reader of the change feed that keeps its own copy of the products and checks every page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from amzlinkr.domain.feed import MAX_CURSOR_AGE, FeedPosition
from amzlinkr.domain.products import Details, Offer
from amzlinkr.storage import item_keys
from amzlinkr.storage.records import DetailsItem, OfferItem

if TYPE_CHECKING:
    from tests.integration.feed_scenario import Content, FeedScenario

DAY = timedelta(hours=24)
MAX_PAGES = 100
WITHOUT_CONTENT = {"expired", "missing"}
FIELDS_WITHOUT_CONTENT = {"asin", "marketplace", "url", "price_status"}
"""All fields of an expired or missing product."""


class FeedReader:
    """A client of `GET /v1/changes`.

    `products` holds the content by ASIN, or None for a product that is shown without content.
    While the reader reads from the start, `listed` collects the ASINs of all pages; at the end,
    products that were not listed are dropped. Otherwise `listed` is None.
    """

    def __init__(self, scenario: FeedScenario) -> None:
        self.scenario = scenario
        self.cursor = ""
        self.products: dict[str, Content | None] = {}
        self.listed: set[str] | None = set()
        self.is_reading = False
        self.restarts = 0

    def read_page(self, limit: int = 0) -> bool:
        """Read and check one page; return whether there are more."""
        self.is_reading = True
        self._delete_expired_tombstones()
        limit = limit or self.scenario.rng.randint(1, 3)
        before = self._position(self.cursor)
        cursor_age = self.scenario.now() - before.since
        reply = self.scenario.site.get("/v1/changes", cursor=self.cursor, limit=str(limit))
        self.is_reading = False
        if reply.status == 410:
            # The age was read before the request, during which other steps may take time.
            assert cursor_age > MAX_CURSOR_AGE - timedelta(hours=1), cursor_age
            assert reply.json["code"] == "cursor_too_old"
            self.cursor, self.listed = "", set()
            self.restarts += 1
            return True
        assert reply.status == 200, reply.text
        page = reply.json
        after = self._position(page["next_cursor"])
        assert len(page["changes"]) <= limit
        assert after.after >= before.after + len(page["changes"]), "sequence numbers must increase"
        for change in page["changes"]:
            self._apply(change)
        self.cursor = page["next_cursor"]
        if not page["has_more"]:
            self._finish(page["checked_at"])
        return bool(page["has_more"])

    def read_to_the_end(self) -> None:
        """Read all remaining pages without concurrent writes, and compare with the tables."""
        for _ in range(MAX_PAGES):
            if not self.read_page():
                break
        else:
            raise AssertionError(f"the feed has more than {MAX_PAGES} pages")
        stored = self._stored_products()
        assert {asin: self._has_stored(asin, content) for asin, content in stored.items()} == (
            dict.fromkeys(self.products, True)
        )

    def _position(self, cursor: str) -> FeedPosition:
        if not cursor:
            return FeedPosition.start(self.scenario.now())
        signer = self.scenario.deps.signer
        return signer.verify_cursor("changes", self.scenario.site.site_id, cursor, FeedPosition)

    def _apply(self, change: dict[str, Any]) -> None:
        asin = change["asin"]
        if self.listed is not None:
            self.listed.add(asin)
        if change["kind"] == "removed":
            assert "product" not in change
            self.products.pop(asin, None)
        else:
            self.products[asin] = check_shown(change["product"], self.scenario)

    def _finish(self, checked_at: dict[str, str]) -> None:
        if self.listed is not None:
            self.products = {
                asin: content for asin, content in self.products.items() if asin in self.listed
            }
            self.listed = None
        for asin, content in self.products.items():
            if content is not None:
                assert "US" in checked_at, f"{asin} has content"
                moment = datetime.fromisoformat(checked_at["US"])
                assert self.scenario.was_current_after(asin, content, moment), (asin, moment)

    def _delete_expired_tombstones(self) -> None:
        """Delete what DynamoDB's TTL may have deleted by now; moto has no TTL."""
        now = self.scenario.now().timestamp()
        for item in OfferItem.query(self.scenario.site.site_id):
            if isinstance(item, OfferItem) and item.expires and item.expires <= now:
                item.delete()

    def _stored_products(self) -> dict[str, Content | None]:
        """Return the stored products by ASIN, read without the code under test."""
        from tests.integration.feed_scenario import Content

        site_id = self.scenario.site.site_id
        products: dict[str, Content | None] = {}
        for item in OfferItem.query(site_id, OfferItem.sk.startswith("US#")):
            if not isinstance(item, OfferItem) or item.removed:
                continue
            asin = item_keys.split_sort_key(item.sk)[1]
            products[asin] = None
            if item.offer:
                offer = msgspec.json.decode(item.offer, type=Offer)
                described = DetailsItem.get(site_id, item_keys.details("US", asin))
                details = msgspec.json.decode(described.details, type=Details)
                assert offer.price is not None
                products[asin] = Content(offer.price.amount, offer.availability, details.title)
        return products

    def _has_stored(self, asin: str, stored: Content | None) -> bool:
        """Return whether the reader has the stored content, or none if that has expired."""
        own = self.products.get(asin)
        if own == stored:
            return asin in self.products
        shelves = self.scenario.deps.shelves.list_for_site(self.scenario.site.site_id)
        last_seen = max(at for shelf in shelves if (at := shelf.last_seen_at(asin)))
        is_expired = self.scenario.now() - last_seen >= DAY
        return own is None and asin in self.products and is_expired


def check_shown(shown: dict[str, Any], scenario: FeedScenario) -> Content | None:
    """Return a shown product's content; fail unless Amazon returned it at its `observed_at`."""
    from tests.integration.feed_scenario import Content

    if shown["price_status"] in WITHOUT_CONTENT:
        assert set(shown) == FIELDS_WITHOUT_CONTENT
        assert shown["url"].endswith(f"/dp/{shown['asin']}")
        return None
    observed_at = datetime.fromisoformat(shown["observed_at"])
    content = Content(shown["price"]["amount"], shown["availability"], shown["title"])
    assert content == scenario.content_at(shown["asin"], observed_at), (shown["asin"], observed_at)
    assert scenario.now() - observed_at < DAY
    return content
