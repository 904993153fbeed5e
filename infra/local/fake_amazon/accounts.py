"""Accounts of the fake Amazon: demo credentials, partner tags, state, and request limits."""

from collections import deque
from dataclasses import dataclass, field, replace
from typing import Literal

from infra.local.fake_amazon.marketplaces import MARKETPLACES, Marketplace

Api = Literal["paapi5", "creators"]
AccountState = Literal[
    "ok", "not_eligible", "retired", "access_denied", "aws_user", "invalid_associate"
]

DEMO_ACCESS_KEY = "AKIADEMO000000000001"
DEMO_SECRET_KEY = "demo/secret/key+not+real/000000000000001"  # noqa: S105  made up, valid nowhere else
NOT_ELIGIBLE_ACCESS_KEY = "AKIADEMO000000000002"
NOT_ELIGIBLE_SECRET_KEY = "demo/secret/key+not+real/000000000000002"  # noqa: S105  made up
RETIRED_ACCESS_KEY = "AKIADEMO000000000003"
RETIRED_SECRET_KEY = "demo/secret/key+not+real/000000000000003"  # noqa: S105  made up

# Creators API credentials of the same associates: ID, secret, version.
DEMO_CREDENTIAL = (
    "amzn1.application-oa2-client.demo0000000000000000000000000001",
    "amzn1.oa2-cs.v1.demo0not0real0000000000000000000000000000000000000001",
    "3.1",
)
COGNITO_CREDENTIAL = (
    "demo0000000000000000000001",
    "demo0not0real000000000000000000000000000000000000001",
    "2.1",
)
NOT_ELIGIBLE_CREDENTIAL = (
    "amzn1.application-oa2-client.demo0000000000000000000000000002",
    "amzn1.oa2-cs.v1.demo0not0real0000000000000000000000000000000000000002",
    "3.1",
)

INITIAL_TPS = 1
INITIAL_TPD = 8640
_WINDOW_SECONDS = 1.0
_DAILY_LIMIT_RETRY_SECONDS = 60
_TAG_SUFFIXES = {"US": "20", "CA": "20", "MX": "20", "BR": "20", "JP": "22", "AU": "22"}

DEMO_PARTNER_TAGS = {code: f"demo-{_TAG_SUFFIXES.get(code, '21')}" for code in MARKETPLACES}


@dataclass(frozen=True)
class Account:
    """A key pair of an associate: partner tags per marketplace, state, and limits.

    For the Creators API, `access_key` is the credential ID and `secret_key` its secret. Key
    pairs of the same owner share their limits.
    """

    access_key: str
    secret_key: str = field(repr=False)
    partner_tags: dict[str, tuple[str, ...]]
    state: AccountState = "ok"
    tps: int = INITIAL_TPS
    tpd: int = INITIAL_TPD
    api: Api = "paapi5"
    version: str = ""
    owner: str = ""

    @property
    def throttle_key(self) -> str:
        """Return the key under which the account's requests are counted."""
        return self.owner or self.access_key

    def has_tag(self, tag: str, marketplace: Marketplace) -> bool:
        """Return True if the tag belongs to the account in this marketplace."""
        return tag in self.partner_tags.get(marketplace.code, ())


class Throttle:
    """Counter of an account's accepted requests; throttled requests are not counted."""

    def __init__(self) -> None:
        """Start without counted requests."""
        self._accepted: deque[float] = deque()
        self._day = ""
        self._used_today = 0

    def count_request(self, account: Account, monotonic_seconds: float, day: str) -> bool:
        """Count a request and return True; return False if a limit per second or day is reached."""
        if day != self._day:
            self._day, self._used_today = day, 0
        # A sliding window: a limit per clock second would admit twice as many calls around its end.
        while self._accepted and monotonic_seconds - self._accepted[0] >= _WINDOW_SECONDS:
            self._accepted.popleft()
        if len(self._accepted) >= account.tps or self._used_today >= account.tpd:
            return False
        self._accepted.append(monotonic_seconds)
        self._used_today += 1
        return True

    def retry_after(self, account: Account) -> int:
        """Return the number of seconds that a throttled caller must wait."""
        return _DAILY_LIMIT_RETRY_SECONDS if self._used_today >= account.tpd else 1


def demo_accounts() -> dict[str, Account]:
    """Return the initial accounts, with obviously made-up keys."""
    tags: dict[str, tuple[str, ...]] = {code: (tag,) for code, tag in DEMO_PARTNER_TAGS.items()}
    eligible = Account(DEMO_ACCESS_KEY, DEMO_SECRET_KEY, tags, owner="demo")
    not_eligible = Account(
        NOT_ELIGIBLE_ACCESS_KEY, NOT_ELIGIBLE_SECRET_KEY, tags, "not_eligible", owner="newcomer"
    )
    accounts = (
        eligible,
        _with_credential(eligible, *DEMO_CREDENTIAL),
        _with_credential(eligible, *COGNITO_CREDENTIAL),
        not_eligible,
        _with_credential(not_eligible, *NOT_ELIGIBLE_CREDENTIAL),
        Account(RETIRED_ACCESS_KEY, RETIRED_SECRET_KEY, tags, "retired"),
    )
    return {account.access_key: account for account in accounts}


def _with_credential(account: Account, name: str, secret: str, version: str) -> Account:
    return replace(account, access_key=name, secret_key=secret, api="creators", version=version)
