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
from infra.local.fake_amazon.catalog import FakeCatalog
from infra.local.fake_amazon.tokens import TokenStore

ServiceName = Literal["paapi5", "creators", "token"]
FaultKind = Literal[
    "429", "500", "timeout", "slow", "garbage", "truncated", "html",
    "expired", "token_expired", "invalid_token",
]  # fmt: skip
# These kinds are an answer of one service only; they wait for a request to it.
SINGLE_SERVICE_FAULTS: dict[FaultKind, ServiceName] = {
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
    api: ServiceName | None = None

    def applies_to(self, api: ServiceName, operation: str, access_key: str) -> bool:
        """Whether it is meant for such a request."""
        is_named = self.operation is not None or self.api is not None
        return (
            (is_named or api != "token")
            and self.operation in (None, operation)
            and self.access_key in (None, access_key)
            and self.api in (None, api)
            and SINGLE_SERVICE_FAULTS.get(self.kind, api) == api
        )


class LoggedCall(msgspec.Struct, frozen=True):
    """One request that arrived, without its secrets."""

    time: str
    api: ServiceName
    operation: str
    marketplace: str
    access_key: str
    item_ids: list[str]
    keywords: str
    status: int
    code: str


class State:
    """The state behind the service and its control API."""

    def __init__(
        self, wall_clock: Callable[[], float], monotonic_clock: Callable[[], float]
    ) -> None:
        """`wall` is seconds since 1970, `ticks` a clock that never jumps."""
        self._wall = wall_clock
        self._ticks = monotonic_clock
        self._lock = threading.Lock()
        self._throttles: dict[str, Throttle] = {}
        self._faults: list[Fault] = []
        self._calls: deque[LoggedCall] = deque(maxlen=_CALLS_KEPT)
        self.accounts: dict[str, Account] = demo_accounts()
        self.catalog = FakeCatalog()
        self.tokens = TokenStore()
        self.offset = timedelta()

    @classmethod
    def with_system_clocks(cls) -> "State":
        """A world that goes by the machine's clocks."""
        return cls(time.time, time.monotonic)

    def now(self) -> datetime:
        """The time as this Amazon sees it."""
        return datetime.fromtimestamp(self._wall(), UTC) + self.offset

    def count_request(self, account: Account) -> bool:
        """Count the request, unless the account's second or day is full."""
        day = self.now().date().isoformat()
        with self._lock:
            throttle = self._throttles.setdefault(account.throttle_key, Throttle())
            return throttle.count_request(account, self._ticks(), day)

    def retry_after(self, account: Account) -> int:
        """In how many seconds a refused account may ask again."""
        with self._lock:
            throttle = self._throttles.setdefault(account.throttle_key, Throttle())
            return throttle.retry_after(account)

    def put_account(self, account: Account, tps: int | None, tpd: int | None) -> None:
        """Make or change an account; its limits are those of all accounts of its owner."""
        with self._lock:
            others = [
                one for one in self.accounts.values() if one.throttle_key == account.throttle_key
            ]
            before = others[0] if others else account
            limits = before.tps if tps is None else tps, before.tpd if tpd is None else tpd
            for one in (*others, account):
                self.accounts[one.access_key] = replace(one, tps=limits[0], tpd=limits[1])

    def find_account(self, api: Api, name: str) -> Account | None:
        """The account with this access key or credential id, if the API knows it."""
        found = self.accounts.get(name)
        return found if found and found.api == api else None

    def find_secret_key(self, access_key: str) -> str | None:
        """The secret key behind an access key, if there is one."""
        account = self.find_account("paapi5", access_key)
        return account.secret_key if account else None

    def add_fault(self, fault: Fault) -> None:
        """Let the next requests go wrong."""
        with self._lock:
            self._faults.append(fault)

    def next_fault(self, api: ServiceName, operation: str, access_key: str) -> Fault | None:
        """The fault this request runs into; uses it up by one."""
        with self._lock:
            for fault in self._faults:
                if fault.times > 0 and fault.applies_to(api, operation, access_key):
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

    def clear_calls(self) -> None:
        """Empty the log."""
        with self._lock:
            self._calls.clear()

    def reset(self) -> None:
        """Back to the beginning: demo accounts, first prices, true clock, no faults, no calls."""
        self.accounts = demo_accounts()
        self.catalog.reset()
        self.tokens.clear()
        self.offset = timedelta()
        with self._lock:
            self._throttles.clear()
            self._faults.clear()
            self._calls.clear()
