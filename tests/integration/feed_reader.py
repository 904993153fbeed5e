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
    from tests.integration.feed_scenario import Content, World

DAY = timedelta(hours=24)
ENOUGH_PAGES = 100
ASIN_ALONE = {"asin", "marketplace", "price_status", "observed_at", "fresh_until", "disclaimer"}


class Reader:
    """`held`: content by ASIN, None for a product of which nothing is shown. `named` is kept while
    it reads from the beginning: at the end, what was not named is dropped."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cursor = ""
        self.held: dict[str, Content | None] = {}
        self.named: set[str] | None = set()
        self.is_reading = False
        self.restarts = 0

    def page(self, limit: int = 0) -> bool:
        """Read one page; whether there are more."""
        self.is_reading = True
        self._forget_tombstones()
        limit = limit or self.world.rng.randint(1, 3)
        before = self._place(self.cursor)
        away = self.world.now() - before.since
        reply = self.world.site.get("/v1/changes", cursor=self.cursor, limit=str(limit))
        self.is_reading = False
        if reply.status == 410:
            assert away > MAX_CURSOR_AGE - timedelta(hours=1), away
            assert reply.json["code"] == "cursor_too_old"
            self.cursor, self.named = "", set()
            self.restarts += 1
            return True
        assert reply.status == 200, reply.text
        page = reply.json
        after = self._place(page["next_cursor"])
        assert len(page["changes"]) <= limit
        assert after.after >= before.after + len(page["changes"]), "numbers must rise"
        for change in page["changes"]:
            self._enter(change)
        self.cursor = page["next_cursor"]
        if not page["has_more"]:
            self._at_the_end(page["checked_at"])
        return bool(page["has_more"])

    def read_to_the_end(self) -> None:
        """Nobody writes any more: read what is left, and know what the tables know."""
        for _ in range(ENOUGH_PAGES):
            if not self.page():
                break
        else:
            raise AssertionError("the feed has no end")
        assert {asin: self._is_known(asin, row) for asin, row in self._rows().items()} == (
            dict.fromkeys(self.held, True)
        )

    def _place(self, cursor: str) -> FeedPosition:
        if not cursor:
            return FeedPosition.start(self.world.now())
        sealer = self.world.deps.signer
        return sealer.verify_cursor("changes", self.world.site.site_id, cursor, FeedPosition)

    def _enter(self, change: dict[str, Any]) -> None:
        asin = change["asin"]
        if self.named is not None:
            self.named.add(asin)
        if change["kind"] == "removed":
            assert "product" not in change
            self.held.pop(asin, None)
        else:
            self.held[asin] = honest(change["product"], self.world)

    def _at_the_end(self, checked_at: dict[str, str]) -> None:
        if self.named is not None:
            self.held = {asin: known for asin, known in self.held.items() if asin in self.named}
            self.named = None
        for asin, known in self.held.items():
            if known is not None:
                moment = datetime.fromisoformat(checked_at["US"])
                assert self.world.was_true_after(asin, known, moment), (asin, known, moment)

    def _forget_tombstones(self) -> None:
        """What DynamoDB's TTL may have deleted by now is gone."""
        now = self.world.now().timestamp()
        for item in OfferItem.query(self.world.site.site_id):
            if isinstance(item, OfferItem) and item.expires and item.expires <= now:
                item.delete()

    def _rows(self) -> dict[str, Content | None]:
        """What the tables have, read without the code under test."""
        from tests.integration.feed_scenario import Content

        site_id = self.world.site.site_id
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

    def _is_known(self, asin: str, row: Content | None) -> bool:
        """The reader holds what the row says; nothing, if that is too old to be shown."""
        held = self.held.get(asin)
        if held == row:
            return asin in self.held
        shelves = self.world.deps.shelves.list_for_site(self.world.site.site_id)
        seen = max(at for shelf in shelves if (at := shelf.last_seen_at(asin)))
        return held is None and asin in self.held and self.world.now() - seen >= DAY


def honest(shown: dict[str, Any], world: World) -> Content | None:
    """What a product in an answer says; it must be what Amazon said at its `observed_at`."""
    from tests.integration.feed_scenario import Content

    if shown["price_status"] == "expired":
        assert {name for name, said in shown.items() if said not in (None, [])} <= ASIN_ALONE
        return None
    observed_at = datetime.fromisoformat(shown["observed_at"])
    told = Content(shown["price"]["amount"], shown["availability"], shown["title"])
    assert told == world.truth(shown["asin"], observed_at), (shown["asin"], told, observed_at)
    assert world.now() - observed_at < DAY
    return told
