"""An Amazon in virtual time, with limits per account and a new price for one product in ten.

Its responses have the real shape and size. It replaces only the connection: the signer, the rate
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

ARRIVAL_SECONDS, RESPONSE_SECONDS = 0.02, 0.28
MAX_CALLS_PER_DAY = 8_640
_PRICE = "123456.78"


class VirtualAmazon:
    """A replacement of `Transport.post` for GetItems."""

    def __init__(self, clock: Clock, epoch_seconds: float) -> None:
        self._clock = clock
        self._epoch = epoch_seconds
        self._last: dict[str, float] = {}
        self._days: Counter[tuple[str, date]] = Counter()
        self._began = clock.now().timestamp() - epoch_seconds
        self.calls = self.refused = 0
        self.down: tuple[float, float] = (0.0, 0.0)
        self.max_calls_per_day: int = 0

    def post(
        self,
        transport: Transport,
        host: str,
        path: str,
        body: bytes,
        headers: Mapping[str, str],
        deadline: Deadline,
    ) -> AmazonResponse:
        """Return the response to a request, some time later."""
        self._clock.sleep(ARRIVAL_SECONDS)
        now = self._clock.now().timestamp()
        self.calls += 1
        if self.down[0] <= now < self.down[1]:
            self._clock.sleep(RESPONSE_SECONDS)
            return AmazonResponse(503, {}, b"")
        account = headers["Authorization"].split("/")[0]
        if not self._admits(account, now):
            self.refused += 1
            return AmazonResponse(
                429, {}, b'{"Errors": [{"Code": "TooManyRequests", "Message": "-"}]}'
            )
        asins = json.loads(body)["ItemIds"]
        self._clock.sleep(RESPONSE_SECONDS)
        items = ", ".join(self._item(asin, account, now) for asin in asins)
        return AmazonResponse(200, {}, f'{{"ItemsResult": {{"Items": [{items}]}}}}'.encode())

    def _admits(self, account: str, now: float) -> bool:
        """Return whether the call is within one per second and 8,640 per day."""
        day = account, datetime.fromtimestamp(now, UTC).date()
        if now - self._last.get(account, 0) < 1 or self._days[day] >= MAX_CALLS_PER_DAY:
            return False
        self._last[account] = now
        self._days[day] += 1
        self.max_calls_per_day = max(self.max_calls_per_day, self._days[day])
        return True

    def _item(self, asin: str, account: str, now: float) -> str:
        """Return a product; in each epoch of its account, one price in ten is new."""
        offset = crc32(account.encode()) % self._epoch
        first, epoch = (int((at + offset) / self._epoch) for at in (self._began, now))
        news = (crc32(f"{asin}{account}{past}".encode()) for past in range(first + 1, epoch + 1))
        step = sum(new % 10 == 0 for new in news)
        return _template(asin).replace(_PRICE, f"{20 + step}.99")


@lru_cache(maxsize=8_192)
def _template(asin: str) -> str:
    """Return the item as JSON, with a placeholder for the price."""
    marketplace = MARKETPLACES["US"]
    item = full_item(
        FakeCatalog().look_up(asin, marketplace), "scale-20", "ogi", date(2026, 11, 24)
    )
    for listing in item.get("OffersV2", {}).get("Listings", []):  # type: ignore[attr-defined] # JSON
        money = listing.get("Price", {}).get("Money", {})
        money["Amount"], money["DisplayAmount"] = float(_PRICE), f"${_PRICE}"
    return json.dumps(item)


def connected(amazon: VirtualAmazon) -> Any:
    """Return a method to replace `Transport.post`, which calls this Amazon."""

    def post(transport: Transport, *arguments: Any) -> AmazonResponse:
        return amazon.post(transport, *arguments)

    return post
