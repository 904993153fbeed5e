"""All that the fake knows while it runs: accounts, catalogue, clock, faults, calls."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from infra.local.fake_amazon.accounts import Account, Api, Throttle, demo_accounts
from infra.local.fake_amazon.catalog import Catalog
from infra.local.fake_amazon.tokens import Tokens

Service = Literal["paapi5", "creators", "token"]
FaultKind = Literal[
    "429", "500", "timeout", "slow", "garbage", "truncated", "html",
    "expired", "token_expired", "invalid_token",
]  # fmt: skip
# These kinds are an answer of one service only; they wait for a request to it.
ONE_SERVICE_KINDS: dict[FaultKind, Service] = {
    "expired": "paapi5",
    "token_expired": "creators",
    "invalid_token": "creators",
}
_CALLS_KEPT = 10_000


class Fault(msgspec.Struct, forbid_unknown_fields=True):
    """Something to go wrong, `times` times, for one operation, account or service if named.

    Requests for a token are only hit when operation or service says so.
    """

    kind: FaultKind
    times: int = 1
    seconds: float | None = None
    operation: str | None = None
    access_key: str | None = None
    api: Service | None = None

    def hits(self, api: Service, operation: str, access_key: str) -> bool:
        """Whether it is meant for such a request."""
        is_named = self.operation is not None or self.api is not None
        return (
            (is_named or api != "token")
            and self.operation in (None, operation)
            and self.access_key in (None, access_key)
            and self.api in (None, api)
            and ONE_SERVICE_KINDS.get(self.kind, api) == api
        )


class LoggedCall(msgspec.Struct, frozen=True):
    """One request that arrived, without its secrets."""

    time: str
    api: Service
    operation: str
    marketplace: str
    access_key: str
    item_ids: list[str]
    keywords: str
    status: int
    code: str


class State:
    """The state behind the service and its control API."""

    def __init__(self, wall: Callable[[], float], ticks: Callable[[], float]) -> None:
        """`wall` is seconds since 1970, `ticks` a clock that never jumps."""
        self._wall = wall
        self._ticks = ticks
        self._lock = threading.Lock()
        self._throttles: dict[str, Throttle] = {}
        self._faults: list[Fault] = []
        self._calls: deque[LoggedCall] = deque(maxlen=_CALLS_KEPT)
        self.accounts: dict[str, Account] = demo_accounts()
        self.catalog = Catalog()
        self.tokens = Tokens()
        self.offset = timedelta()

    @classmethod
    def on_this_machine(cls) -> "State":
        """A world that goes by the machine's clocks."""
        return cls(time.time, time.monotonic)

    def now(self) -> datetime:
        """The time as this Amazon sees it."""
        return datetime.fromtimestamp(self._wall(), UTC) + self.offset

    def admits(self, account: Account) -> bool:
        """Count the request, unless the account's second or day is full."""
        day = self.now().date().isoformat()
        with self._lock:
            throttle = self._throttles.setdefault(account.limited_as, Throttle())
            return throttle.admits(account, self._ticks(), day)

    def retry_after(self, account: Account) -> int:
        """In how many seconds a refused account may ask again."""
        with self._lock:
            throttle = self._throttles.setdefault(account.limited_as, Throttle())
            return throttle.retry_after(account)

    def put_account(self, account: Account, tps: int | None, tpd: int | None) -> None:
        """Make or change an account; its limits are those of all accounts of its owner."""
        with self._lock:
            others = [one for one in self.accounts.values() if one.limited_as == account.limited_as]
            before = others[0] if others else account
            limits = before.tps if tps is None else tps, before.tpd if tpd is None else tpd
            for one in (*others, account):
                self.accounts[one.access_key] = replace(one, tps=limits[0], tpd=limits[1])

    def account(self, api: Api, name: str) -> Account | None:
        """The account with this access key or credential id, if the API knows it."""
        found = self.accounts.get(name)
        return found if found and found.api == api else None

    def secret_of(self, access_key: str) -> str | None:
        """The secret key behind an access key, if there is one."""
        account = self.account("paapi5", access_key)
        return account.secret_key if account else None

    def add_fault(self, fault: Fault) -> None:
        """Let the next requests go wrong."""
        with self._lock:
            self._faults.append(fault)

    def next_fault(self, api: Service, operation: str, access_key: str) -> Fault | None:
        """The fault this request runs into; uses it up by one."""
        with self._lock:
            for fault in self._faults:
                if fault.times > 0 and fault.hits(api, operation, access_key):
                    fault.times -= 1
                    return fault
        return None

    def log(self, call: LoggedCall) -> None:
        """Remember the call."""
        with self._lock:
            self._calls.append(call)

    def calls(self) -> list[LoggedCall]:
        """The calls so far, oldest first."""
        with self._lock:
            return list(self._calls)

    def forget_calls(self) -> None:
        """Empty the log."""
        with self._lock:
            self._calls.clear()

    def reset(self) -> None:
        """Back to the beginning: demo accounts, first prices, true clock, no faults, no calls."""
        self.accounts = demo_accounts()
        self.catalog.reset()
        self.tokens.forget()
        self.offset = timedelta()
        with self._lock:
            self._throttles.clear()
            self._faults.clear()
            self._calls.clear()
