"""A client of the change feed that keeps what it is told, and checks each page it is given."""

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
EXPIRED_FIELDS = {"asin", "marketplace", "price_status", "observed_at", "fresh_until", "disclaimer"}


class FeedReader:
    """`held`: content by ASIN, None for a product of which nothing is shown. `named` is kept while
    it reads from the beginning: at the end, what was not named is dropped."""

    def __init__(self, world: FeedScenario) -> None:
        self.scenario = world
        self.cursor = ""
        self.products: dict[str, Content | None] = {}
        self.listed: set[str] | None = set()
        self.is_reading = False
        self.restarts = 0

    def read_page(self, limit: int = 0) -> bool:
        """Read one page; whether there are more."""
        self.is_reading = True
        self._delete_expired_tombstones()
        limit = limit or self.scenario.rng.randint(1, 3)
        before = self._position(self.cursor)
        away = self.scenario.now() - before.since
        reply = self.scenario.site.get("/v1/changes", cursor=self.cursor, limit=str(limit))
        self.is_reading = False
        if reply.status == 410:
            assert away > MAX_CURSOR_AGE - timedelta(hours=1), away
            assert reply.json["code"] == "cursor_too_old"
            self.cursor, self.listed = "", set()
            self.restarts += 1
            return True
        assert reply.status == 200, reply.text
        page = reply.json
        after = self._position(page["next_cursor"])
        assert len(page["changes"]) <= limit
        assert after.after >= before.after + len(page["changes"]), "numbers must rise"
        for change in page["changes"]:
            self._apply(change)
        self.cursor = page["next_cursor"]
        if not page["has_more"]:
            self._finish(page["checked_at"])
        return bool(page["has_more"])

    def read_to_the_end(self) -> None:
        """Nobody writes any more: read what is left, and know what the tables know."""
        for _ in range(MAX_PAGES):
            if not self.read_page():
                break
        else:
            raise AssertionError("the feed has no end")
        assert {
            asin: self._has_stored(asin, row) for asin, row in self._stored_products().items()
        } == (dict.fromkeys(self.products, True))

    def _position(self, cursor: str) -> FeedPosition:
        if not cursor:
            return FeedPosition.start(self.scenario.now())
        sealer = self.scenario.deps.signer
        return sealer.verify_cursor("changes", self.scenario.site.site_id, cursor, FeedPosition)

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
                asin: known for asin, known in self.products.items() if asin in self.listed
            }
            self.listed = None
        for asin, known in self.products.items():
            if known is not None:
                moment = datetime.fromisoformat(checked_at["US"])
                assert self.scenario.was_current_after(asin, known, moment), (asin, known, moment)

    def _delete_expired_tombstones(self) -> None:
        """What DynamoDB's TTL may have deleted by now is gone."""
        now = self.scenario.now().timestamp()
        for item in OfferItem.query(self.scenario.site.site_id):
            if isinstance(item, OfferItem) and item.expires and item.expires <= now:
                item.delete()

    def _stored_products(self) -> dict[str, Content | None]:
        """What the tables have, read without the code under test."""
        from tests.integration.feed_scenario import Content

        site_id = self.scenario.site.site_id
        rows: dict[str, Content | None] = {}
        for item in OfferItem.query(site_id, OfferItem.sk.startswith("US#")):
            if not isinstance(item, OfferItem) or item.removed:
                continue
            asin = item_keys.split_sort_key(item.sk)[1]
            rows[asin] = None
            if item.offer:
                offer = msgspec.json.decode(item.offer, type=Offer)
                described = DetailsItem.get(site_id, item_keys.details("US", asin))
                details = msgspec.json.decode(described.details, type=Details)
                assert offer.price is not None
                rows[asin] = Content(offer.price.amount, offer.availability, details.title)
        return rows

    def _has_stored(self, asin: str, row: Content | None) -> bool:
        """The reader holds what the row says; nothing, if that is too old to be shown."""
        held = self.products.get(asin)
        if held == row:
            return asin in self.products
        shelves = self.scenario.deps.shelves.list_for_site(self.scenario.site.site_id)
        seen = max(at for shelf in shelves if (at := shelf.last_seen_at(asin)))
        return held is None and asin in self.products and self.scenario.now() - seen >= DAY


def check_shown(shown: dict[str, Any], world: FeedScenario) -> Content | None:
    """What a product in an answer says; it must be what Amazon said at its `observed_at`."""
    from tests.integration.feed_scenario import Content

    if shown["price_status"] == "expired":
        assert {name for name, said in shown.items() if said not in (None, [])} <= EXPIRED_FIELDS
        return None
    observed_at = datetime.fromisoformat(shown["observed_at"])
    told = Content(shown["price"]["amount"], shown["availability"], shown["title"])
    assert told == world.content_at(shown["asin"], observed_at), (shown["asin"], told, observed_at)
    assert world.now() - observed_at < DAY
    return told
