"""Amazon without sockets: the fake Amazon's responses, with faults on the way.

Every price change gives a product a price that it never had before, and so does the start or end of
a deal. So a stored price identifies the response it comes from, and the deal it belongs to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from amzlinkr.amazon.transport import AmazonResponse, Transport
from amzlinkr.domain.clock import Deadline
from infra.local.fake_amazon.accounts import Account
from infra.local.fake_amazon.exchange import HttpRequest, HttpResponse
from infra.local.fake_amazon.marketplaces import MARKETPLACES
from infra.local.fake_amazon.service import serve
from infra.local.fake_amazon.state import FakeAmazonState, Fault, FaultKind, LoggedCall
from infra.local.fake_amazon.token_service import TOKEN_SERVICES
from tests.simulation import faults as kinds
from tests.simulation.clocks import true_time
from tests.simulation.deals import AmazonDeal
from tests.simulation.faults import Faults
from tests.simulation.schedule import Scheduler, Worker

CALL_SECONDS, JITTER_SECONDS = 0.06, 0.02
MAX_DELAY_SECONDS = 2.5
FAULT_WEIGHT = 4.0
"""Calls to Amazon are rare compared with calls to AWS."""
_FAULT_OF: dict[str, FaultKind] = {
    kinds.AMAZON_429: "429",
    kinds.AMAZON_5XX: "500",
    kinds.AMAZON_NOT_JSON: "garbage",
    kinds.AMAZON_TRUNCATED: "truncated",
    kinds.TOKEN_DOWN: "500",
    kinds.TOKEN_EXPIRED: "token_expired",
}


@dataclass(frozen=True, slots=True)
class SentRequest:
    """A request to Amazon with the times at which it was sent and arrived."""

    sent_at: float
    arrived_at: float
    worker: Worker | None
    call: LoggedCall


class ScriptedAmazon:
    """A replacement of `Transport.post`."""

    def __init__(
        self, scheduler: Scheduler, faults: Faults, after_request: Callable[[SentRequest], None]
    ) -> None:
        self._scheduler = scheduler
        self._faults = faults
        self._after_request = after_request
        self.state = FakeAmazonState(
            lambda: true_time(scheduler).timestamp(), lambda: scheduler.now
        )
        self.state.accounts = {}
        self.is_down = False
        self._prices: dict[tuple[str, str], int] = {}
        self.listings: dict[str, list[str]] = {}
        """By keywords: the products that a search finds, in Amazon's order."""
        self._running: dict[tuple[str, str], AmazonDeal] = {}
        self.deals: dict[tuple[str, str, int], AmazonDeal] = {}
        """By marketplace, ASIN and price: the deal that the price belongs to."""
        self.returned_at: dict[tuple[str, str, int], float] = {}
        """By marketplace, ASIN and price: when Amazon last returned this price."""

    def add_account(self, account: Account) -> None:
        """Add an account."""
        self.state.put_account(account, None, None)

    def change_price(self, marketplace_code: str, asin: str) -> None:
        """Give a product a price that it never had."""
        amount = 1000 + len(self._prices) if (marketplace_code, asin) not in self._prices else 0
        amount = amount or self._prices[marketplace_code, asin] + 1000
        self._prices[marketplace_code, asin] = amount
        if deal := self._running.get((marketplace_code, asin)):
            self.deals[marketplace_code, asin, amount] = deal
        self.state.catalog.set_price(asin, MARKETPLACES[marketplace_code], amount)

    def start_deal(self, marketplace_code: str, asin: str, deal: AmazonDeal) -> None:
        """Start a deal, with its own price."""
        self._running[marketplace_code, asin] = deal
        listings: list[dict[str, object]] = [{"DealDetails": deal.details()}]
        self.state.catalog.set_offer(asin, MARKETPLACES[marketplace_code], listings)
        self.change_price(marketplace_code, asin)

    def end_deals(self, now: float) -> None:
        """End the deals that end by this moment; their products get another price."""
        for name in [name for name, deal in self._running.items() if deal.ends_at <= now]:
            del self._running[name]
            self.state.catalog.set_offer(name[1], MARKETPLACES[name[0]], [])
            self.change_price(*name)

    def current_price(self, marketplace_code: str, asin: str) -> int | None:
        """Return the price of this moment, None for a product that has vanished."""
        is_gone = self.is_gone(marketplace_code, asin)
        return None if is_gone else self._prices[marketplace_code, asin]

    def set_gone(self, marketplace_code: str, asin: str, code: str) -> None:
        """Let a product vanish with this error code or `OMITTED`, or with "" return."""
        self.state.catalog.set_gone(asin, marketplace_code, code)

    def is_gone(self, marketplace_code: str, asin: str) -> bool:
        """Return whether a product has vanished."""
        return bool(self.state.catalog.error_code_for(asin, MARKETPLACES[marketplace_code]))

    def post(
        self,
        transport: Transport,
        host: str,
        path: str,
        body: bytes,
        headers: Mapping[str, str],
        deadline: Deadline,
    ) -> AmazonResponse:
        """Send a request, and return the response or raise a fault."""
        unavailable = transport._unavailable
        if deadline.is_over:
            raise unavailable("There was no time left to call Amazon.", "DeadlineExceeded")
        is_token = host in TOKEN_SERVICES
        possible: tuple[str, ...] = kinds.TOKENS[:1] if is_token else kinds.AMAZON
        if host == "creatorsapi.amazon":
            possible = (*kinds.AMAZON, kinds.TOKEN_EXPIRED)
        fault = self._faults.next(path, possible, FAULT_WEIGHT)
        self._scheduler.record(f"{host}{path} {fault or ''}".rstrip())
        rng, sent_at = self._scheduler.rng, self._scheduler.now
        if fault == kinds.AMAZON_LOST or self.is_down:
            self._scheduler.sleep(min(1.5 * rng.random(), deadline.remaining()))
            raise unavailable("Amazon could not be reached.", "ConnectionError")
        self._scheduler.sleep(CALL_SECONDS + JITTER_SECONDS * rng.random())
        reply = self._serve(host, path, body, headers, fault, sent_at)
        took = CALL_SECONDS / 2 + (
            MAX_DELAY_SECONDS * rng.random() if fault == kinds.AMAZON_SLOW else 0
        )
        if fault == kinds.CRASH_DURING_AMAZON:
            self._scheduler.crash("during a call to Amazon")
        if fault == kinds.AMAZON_TIMEOUT or took > deadline.remaining():
            self._scheduler.sleep(deadline.remaining())
            raise unavailable("Amazon did not respond in time.", "Timeout")
        self._scheduler.sleep(took)
        if reply.is_truncated:
            raise unavailable("Amazon could not be reached.", "ConnectionError")
        date = true_time(self._scheduler).strftime("%a, %d %b %Y %H:%M:%S GMT")
        return AmazonResponse(reply.status, {"date": date}, reply.body)

    def _serve(
        self,
        host: str,
        path: str,
        body: bytes,
        headers: Mapping[str, str],
        fault: str | None,
        sent_at: float,
    ) -> HttpResponse:
        planted: Fault | None = None
        if fault in _FAULT_OF:
            service: Literal["token"] | None = "token" if fault == kinds.TOKEN_DOWN else None
            planted = Fault(_FAULT_OF[fault], api=service)
            self.state.add_fault(planted)
        self.end_deals(self._scheduler.now)
        named = {name.lower(): [value] for name, value in {**headers, "host": host}.items()}
        reply = serve(HttpRequest("POST", path, "", named, body), self.state)
        if planted is not None:
            planted.times = 0  # a request that is refused before must not leave it to the next one
        (call,) = self.state.calls()
        self.state.clear_calls()
        if fault in (kinds.ITEMS_MISSING, kinds.ITEMS_SHUFFLED):
            reply = self._shuffle_items(reply, fault)
        scheduler = self._scheduler
        if reply.status == 200 and not reply.is_truncated and fault not in _FAULT_OF:
            for asin in [*call.item_ids, *self.listings.get(call.keywords, ())]:
                price = self._prices.get((call.marketplace, asin))
                if price is not None and not self.is_gone(call.marketplace, asin):
                    self.returned_at[call.marketplace, asin, price] = scheduler.now
        self._after_request(SentRequest(sent_at, scheduler.now, scheduler.current, call))
        return reply

    def _shuffle_items(self, reply: HttpResponse, fault: str) -> HttpResponse:
        rng = self._scheduler.rng
        whole: dict[str, Any] = msgspec.json.decode(reply.body)
        for result, name in (("ItemsResult", "Items"), ("itemsResult", "items")):
            items = whole.get(result, {}).get(name)
            if items:
                rng.shuffle(items)
                if fault == kinds.ITEMS_MISSING:
                    whole[result][name] = items[: rng.randrange(len(items))]
        return HttpResponse(reply.status, msgspec.json.encode(whole), reply.code)
