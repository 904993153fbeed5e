"""An Amazon for virtual time: it keeps each account's limits, and one price in ten changes.

Its answers have the real shape and size; it stands in for the connection, so the signer, the
limiter, the retries and the parser are the service's own.
"""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zlib import crc32

from amzlinkr.amazon.transport import AmazonResponse, Transport
from amzlinkr.domain.clock import Clock, Deadline
from infra.local.fake_amazon.catalog import FakeCatalog
from infra.local.fake_amazon.items import full_item
from infra.local.fake_amazon.marketplaces import MARKETPLACES

ARRIVES, ANSWERS = 0.02, 0.28
"""Seconds from us to Amazon, and until the answer is back."""
CALLS_A_DAY = 8_640
_PRICE = "123456.78"


class VirtualAmazon:
    """Answers GetItems in the place of `Transport.post`."""

    def __init__(self, clock: Clock, epoch_seconds: float) -> None:
        self._clock = clock
        self._epoch = epoch_seconds
        self._last: dict[str, float] = {}
        self._days: Counter[tuple[str, date]] = Counter()
        self._began = clock.now().timestamp() - epoch_seconds
        self.calls = self.refused = 0
        self.down: tuple[float, float] = (0.0, 0.0)
        self.most_a_day: int = 0

    def post(
        self,
        transport: Transport,
        host: str,
        path: str,
        body: bytes,
        headers: Mapping[str, str],
        deadline: Deadline,
    ) -> AmazonResponse:
        """One request and its answer, some time later."""
        self._clock.sleep(ARRIVES)
        now = self._clock.now().timestamp()
        self.calls += 1
        if self.down[0] <= now < self.down[1]:
            self._clock.sleep(ANSWERS)
            return AmazonResponse(503, {}, b"")
        account = headers["Authorization"].split("/")[0]
        if not self._admits(account, now):
            self.refused += 1
            return AmazonResponse(
                429, {}, b'{"Errors": [{"Code": "TooManyRequests", "Message": "-"}]}'
            )
        asked = json.loads(body)["ItemIds"]
        self._clock.sleep(ANSWERS)
        items = ", ".join(self._item(asin, account, now) for asin in asked)
        return AmazonResponse(200, {}, f'{{"ItemsResult": {{"Items": [{items}]}}}}'.encode())

    def _admits(self, account: str, now: float) -> bool:
        """One a second and 8,640 a day, by the strictest reading."""
        day = account, datetime.fromtimestamp(now, UTC).date()
        if now - self._last.get(account, 0) < 1 or self._days[day] >= CALLS_A_DAY:
            return False
        self._last[account] = now
        self._days[day] += 1
        self.most_a_day = max(self.most_a_day, self._days[day])
        return True

    def _item(self, asin: str, account: str, now: float) -> str:
        """The product; in each epoch, which begins for each account at another time, one price in
        ten is new.
        """
        offset = crc32(account.encode()) % self._epoch
        first, epoch = (int((at + offset) / self._epoch) for at in (self._began, now))
        news = (crc32(f"{asin}{account}{past}".encode()) for past in range(first + 1, epoch + 1))
        step = sum(new % 10 == 0 for new in news)
        return _template(asin).replace(_PRICE, f"{20 + step}.99")


@lru_cache(maxsize=8_192)
def _template(asin: str) -> str:
    """The item as JSON, with a price to be filled in."""
    shop = MARKETPLACES["US"]
    item = full_item(FakeCatalog().look_up(asin, shop), "scale-20", "ogi", date(2026, 11, 24))
    for listing in item.get("OffersV2", {}).get("Listings", []):  # type: ignore[attr-defined] # JSON
        money = listing.get("Price", {}).get("Money", {})
        money["Amount"], money["DisplayAmount"] = float(_PRICE), f"${_PRICE}"
    return json.dumps(item)


def connected(amazon: VirtualAmazon) -> Any:
    """`Transport.post` as a method that goes to this Amazon."""

    def post(transport: Transport, *arguments: Any) -> AmazonResponse:
        return amazon.post(transport, *arguments)

    return post
