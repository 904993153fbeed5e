"""All that the fake knows while it runs: accounts, catalogue, clock, faults, calls."""

import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from infra.local.fake_amazon.accounts import Account, Throttle, demo_accounts
from infra.local.fake_amazon.catalog import Catalog

FaultKind = Literal["429", "500", "expired", "timeout", "slow", "garbage", "truncated", "html"]
_CALLS_KEPT = 10_000


class Fault(msgspec.Struct, forbid_unknown_fields=True):
    """Something to go wrong, `times` times, for one operation or account if named."""

    kind: FaultKind
    times: int = 1
    seconds: float | None = None
    operation: str | None = None
    access_key: str | None = None


class LoggedCall(msgspec.Struct, frozen=True):
    """One request that arrived, without its secrets."""

    time: str
    operation: str
    marketplace: str
    access_key: str
    item_ids: list[str]
    keywords: str
    status: int
    code: str


class World:
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
        self.offset = timedelta()

    @classmethod
    def on_this_machine(cls) -> "World":
        """A world that goes by the machine's clocks."""
        return cls(time.time, time.monotonic)

    def now(self) -> datetime:
        """The time as this Amazon sees it."""
        return datetime.fromtimestamp(self._wall(), UTC) + self.offset

    def admits(self, account: Account) -> bool:
        """Count the request, unless the account's second or day is full."""
        day = self.now().date().isoformat()
        with self._lock:
            throttle = self._throttles.setdefault(account.access_key, Throttle())
            return throttle.admits(account, self._ticks(), day)

    def secret_of(self, access_key: str) -> str | None:
        """The secret of an account, if there is such an account."""
        account = self.accounts.get(access_key)
        return account.secret_key if account else None

    def add_fault(self, fault: Fault) -> None:
        """Let the next requests go wrong."""
        with self._lock:
            self._faults.append(fault)

    def next_fault(self, operation: str, access_key: str) -> Fault | None:
        """The fault this request runs into; uses it up by one."""
        with self._lock:
            for fault in self._faults:
                hits = fault.operation in (None, operation) and fault.access_key in (
                    None,
                    access_key,
                )
                if hits and fault.times > 0:
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
        self.offset = timedelta()
        with self._lock:
            self._throttles.clear()
            self._faults.clear()
            self._calls.clear()
