"""Amazon without sockets: the fake's own answers, spoilt on the way; it knows what was true when.

A product's price names its state: every change gives it a number that it never had before, so that
a stored price tells which of Amazon's answers it comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from amzlinkr.amazon.transport import AmazonResponse, Transport
from amzlinkr.domain.clock import Deadline
from infra.local.fake_amazon.accounts import Account
from infra.local.fake_amazon.exchange import HttpResponse
from infra.local.fake_amazon.marketplaces import MARKETPLACES
from infra.local.fake_amazon.service import serve
from infra.local.fake_amazon.signature import HttpRequest
from infra.local.fake_amazon.state import Fault, FaultKind, LoggedCall, State
from infra.local.fake_amazon.token_service import TOKEN_SERVICES
from tests.simulation import faults as kinds
from tests.simulation.clocks import true_time
from tests.simulation.faults import Faults
from tests.simulation.schedule import Scheduler, Worker

USUAL, JITTER = 0.06, 0.02
SLOW = 2.5
ODDS = 4.0
"""There are few calls to Amazon among those to AWS."""
_SPOILT: dict[str, FaultKind] = {
    kinds.AMAZON_429: "429",
    kinds.AMAZON_5XX: "500",
    kinds.AMAZON_GARBAGE: "garbage",
    kinds.AMAZON_TRUNCATED: "truncated",
    kinds.TOKEN_DOWN: "500",
    kinds.TOKEN_REFUSED: "token_expired",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: when it left us, when it arrived, and what it was about."""

    left_at: float
    arrived_at: float
    worker: Worker | None
    call: LoggedCall


class ScriptedAmazon:
    """Answers in the place of `Transport.post`."""

    def __init__(self, scheduler: Scheduler, faults: Faults, seen: Callable[[Asked], None]) -> None:
        self._scheduler = scheduler
        self._faults = faults
        self._seen = seen
        self.world = State(lambda: true_time(scheduler).timestamp(), lambda: scheduler.now)
        self.world.accounts = {}
        self.is_down = False
        self._prices: dict[tuple[str, str], int] = {}
        self.answered: dict[tuple[str, str, int], float] = {}
        """By marketplace, ASIN and price: when Amazon last said so."""

    def open_account(self, account: Account) -> None:
        """From now on there is this account."""
        self.world.put_account(account, None, None)

    def change_price(self, shop: str, asin: str) -> None:
        """Give a product a price that no product ever had."""
        amount = 1000 + len(self._prices) if (shop, asin) not in self._prices else 0
        amount = amount or self._prices[shop, asin] + 1000
        self._prices[shop, asin] = amount
        self.world.catalog.set_price(asin, MARKETPLACES[shop], amount)

    def price(self, shop: str, asin: str) -> int:
        """What it costs now."""
        return self._prices[shop, asin]

    def post(
        self,
        transport: Transport,
        host: str,
        path: str,
        body: bytes,
        headers: Mapping[str, str],
        deadline: Deadline,
    ) -> AmazonResponse:
        """One request and its answer."""
        unavailable = transport._unavailable
        if deadline.remaining() <= 0:
            raise unavailable("There was no time left to call Amazon.", "DeadlineExceeded")
        is_token = host in TOKEN_SERVICES
        possible: tuple[str, ...] = kinds.TOKENS[:1] if is_token else kinds.AMAZON
        if host == "creatorsapi.amazon":
            possible = (*kinds.AMAZON, kinds.TOKEN_REFUSED)
        fault = self._faults.next(path, possible, ODDS)
        self._scheduler.note(f"{host}{path} {fault or ''}".rstrip())
        rng, left_at = self._scheduler.rng, self._scheduler.now
        if fault == kinds.AMAZON_LOST or self.is_down:
            self._scheduler.sleep(min(1.5 * rng.random(), deadline.remaining()))
            raise unavailable("Amazon could not be reached.", "ConnectionError")
        self._scheduler.sleep(USUAL + JITTER * rng.random())
        reply = self._arrive(host, path, body, headers, fault, left_at)
        took = USUAL / 2 + (SLOW * rng.random() if fault == kinds.AMAZON_SLOW else 0)
        if fault == kinds.AMAZON_CRASH:
            self._scheduler.crash("while Amazon is asked")
        if fault == kinds.AMAZON_SILENT or took > deadline.remaining():
            self._scheduler.sleep(deadline.remaining())
            raise unavailable("Amazon did not respond in time.", "Timeout")
        self._scheduler.sleep(took)
        if reply.is_truncated:
            raise unavailable("Amazon could not be reached.", "ConnectionError")
        date = true_time(self._scheduler).strftime("%a, %d %b %Y %H:%M:%S GMT")
        return AmazonResponse(reply.status, {"date": date}, reply.body)

    def _arrive(
        self,
        host: str,
        path: str,
        body: bytes,
        headers: Mapping[str, str],
        fault: str | None,
        left_at: float,
    ) -> HttpResponse:
        if fault in _SPOILT:
            service: Literal["token"] | None = "token" if fault == kinds.TOKEN_DOWN else None
            self.world.add_fault(Fault(_SPOILT[fault], api=service))
        named = {name.lower(): [value] for name, value in {**headers, "host": host}.items()}
        reply = serve(HttpRequest("POST", path, "", named, body), self.world)
        (call,) = self.world.calls()
        self.world.clear_calls()
        if fault in (kinds.ITEMS_MISSING, kinds.ITEMS_SHUFFLED):
            reply = self._disordered(reply, fault)
        scheduler = self._scheduler
        if reply.status == 200 and not reply.is_truncated and fault not in _SPOILT:
            for asin in call.item_ids:
                price = self._prices.get((call.marketplace, asin))
                if price is not None:
                    self.answered[call.marketplace, asin, price] = scheduler.now
        self._seen(Asked(left_at, scheduler.now, scheduler.current, call))
        return reply

    def _disordered(self, reply: HttpResponse, fault: str) -> HttpResponse:
        rng = self._scheduler.rng
        whole: dict[str, Any] = msgspec.json.decode(reply.body)
        for result, name in (("ItemsResult", "Items"), ("itemsResult", "items")):
            items = whole.get(result, {}).get(name)
            if items:
                rng.shuffle(items)
                if fault == kinds.ITEMS_MISSING:
                    whole[result][name] = items[: rng.randrange(len(items))]
        return HttpResponse(reply.status, msgspec.json.encode(whole), reply.code)
