"""State of the fake Amazon: accounts, catalog, clock, faults, and the call log."""

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
# Faults that only one service can return; they apply to the next request to that service.
SINGLE_SERVICE_FAULTS: dict[FaultKind, ServiceName] = {
    "expired": "paapi5",
    "token_expired": "creators",
    "invalid_token": "creators",
}
_MAX_CALLS = 10_000
ErrorBodies = Literal[
    "documented", "errors", "Errors", "reason_in_errors", "top_level", "type", "upper_snake_case",
]  # fmt: skip
Retirement = Literal[
    "deprecated", "unauthorized", "unauthorized_xml", "not_found", "gone", "gone_html", "gone_empty"
]
RetryAfter = Literal["documented", "seconds", "date"]


class Fault(msgspec.Struct, forbid_unknown_fields=True):
    """A failure to simulate `times` times, limited to an operation, account or service if set.

    It applies to token requests only if `operation` or `api` selects them.
    """

    kind: FaultKind
    times: int = 1
    seconds: float | None = None
    operation: str | None = None
    access_key: str | None = None
    api: ServiceName | None = None

    def applies_to(self, api: ServiceName, operation: str, access_key: str) -> bool:
        """Return True if the fault applies to a request."""
        is_named = self.operation is not None or self.api is not None
        return (
            (is_named or api != "token")
            and self.operation in (None, operation)
            and self.access_key in (None, access_key)
            and self.api in (None, api)
            and SINGLE_SERVICE_FAULTS.get(self.kind, api) == api
        )


class Dialect(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The selected dialects: of error bodies, of the retired PA-API, and of `Retry-After`."""

    errors: ErrorBodies = "documented"
    retirement: Retirement = "deprecated"
    retry_after: RetryAfter = "documented"


class LoggedCall(msgspec.Struct, frozen=True):
    """A received request, without its secrets."""

    time: str
    api: ServiceName
    operation: str
    marketplace: str
    access_key: str
    item_ids: list[str]
    keywords: str
    status: int
    code: str


class FakeAmazonState:
    """The state that the product APIs, the token services and the control API share."""

    def __init__(
        self, wall_clock: Callable[[], float], monotonic_clock: Callable[[], float]
    ) -> None:
        """Use `wall_clock` (seconds since 1970) and a `monotonic_clock` that never jumps."""
        self._wall_clock = wall_clock
        self._monotonic_clock = monotonic_clock
        self._lock = threading.Lock()
        self._throttles: dict[str, Throttle] = {}
        self._faults: list[Fault] = []
        self._calls: deque[LoggedCall] = deque(maxlen=_MAX_CALLS)
        self.accounts: dict[str, Account] = demo_accounts()
        self.catalog = FakeCatalog()
        self.tokens = TokenStore()
        self.dialect = Dialect()
        self.offset = timedelta()

    @classmethod
    def with_system_clocks(cls) -> "FakeAmazonState":
        """Return a new state that uses the machine's clocks."""
        return cls(time.time, time.monotonic)

    def now(self) -> datetime:
        """Return the current time of this Amazon, offset included."""
        return datetime.fromtimestamp(self._wall_clock(), UTC) + self.offset

    def count_request(self, account: Account) -> bool:
        """Count a request and return True; return False if a limit of the account is reached."""
        day = self.now().date().isoformat()
        with self._lock:
            throttle = self._throttles.setdefault(account.throttle_key, Throttle())
            return throttle.count_request(account, self._monotonic_clock(), day)

    def retry_after(self, account: Account) -> int:
        """Return the number of seconds after which a throttled account may call again."""
        with self._lock:
            throttle = self._throttles.setdefault(account.throttle_key, Throttle())
            return throttle.retry_after(account)

    def put_account(self, account: Account, tps: int | None, tpd: int | None) -> None:
        """Create or replace an account; its limits apply to all accounts of its owner."""
        with self._lock:
            # Accounts of one owner share their limits, so new limits apply to all of them.
            others = [a for a in self.accounts.values() if a.throttle_key == account.throttle_key]
            before = others[0] if others else account
            limits = before.tps if tps is None else tps, before.tpd if tpd is None else tpd
            for entry in (*others, account):
                self.accounts[entry.access_key] = replace(entry, tps=limits[0], tpd=limits[1])

    def find_account(self, api: Api, name: str) -> Account | None:
        """Return the API's account with this access key or credential ID, or None."""
        found = self.accounts.get(name)
        return found if found and found.api == api else None

    def find_secret_key(self, access_key: str) -> str | None:
        """Return the secret key of a PA-API access key, or None."""
        account = self.find_account("paapi5", access_key)
        return account.secret_key if account else None

    def add_fault(self, fault: Fault) -> None:
        """Add a fault for the next requests."""
        with self._lock:
            self._faults.append(fault)

    def next_fault(self, api: ServiceName, operation: str, access_key: str) -> Fault | None:
        """Return the first fault that applies to the request, and reduce its count."""
        with self._lock:
            for fault in self._faults:
                if fault.times > 0 and fault.applies_to(api, operation, access_key):
                    fault.times -= 1
                    return fault
        return None

    def log(self, call: LoggedCall) -> None:
        """Add a call to the log."""
        with self._lock:
            self._calls.append(call)

    def calls(self) -> list[LoggedCall]:
        """Return the logged calls, oldest first."""
        with self._lock:
            return list(self._calls)

    def clear_calls(self) -> None:
        """Clear the call log."""
        with self._lock:
            self._calls.clear()

    def reset(self) -> None:
        """Restore demo accounts, prices, dialect and clock; delete faults, tokens and calls."""
        self.accounts = demo_accounts()
        self.catalog.reset()
        self.tokens.clear()
        self.dialect = Dialect()
        self.offset = timedelta()
        with self._lock:
            self._throttles.clear()
            self._faults.clear()
            self._calls.clear()
