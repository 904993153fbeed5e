"""Associate accounts: keys, partner tags, standing, and how often they may ask."""

from collections import deque
from dataclasses import dataclass, field, replace
from typing import Literal

from infra.local.fake_amazon.marketplaces import MARKETPLACES, Marketplace

Api = Literal["paapi5", "creators"]
AccountState = Literal[
    "ok", "not_eligible", "retired", "access_denied", "aws_user", "invalid_associate"
]

DEMO_ACCESS_KEY = "AKIADEMO000000000001"
DEMO_SECRET_KEY = "demo/secret/key+not+real/000000000000001"  # noqa: S105  made up, opens nothing
NOT_ELIGIBLE_ACCESS_KEY = "AKIADEMO000000000002"
NOT_ELIGIBLE_SECRET_KEY = "demo/secret/key+not+real/000000000000002"  # noqa: S105  made up
RETIRED_ACCESS_KEY = "AKIADEMO000000000003"
RETIRED_SECRET_KEY = "demo/secret/key+not+real/000000000000003"  # noqa: S105  made up

# The same associates' credentials for the Creators API: id, secret, version.
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
_DAY_IS_FULL_SECONDS = 60
_TAG_SUFFIXES = {"US": "20", "CA": "20", "MX": "20", "BR": "20", "JP": "22", "AU": "22"}

DEMO_PARTNER_TAGS = {code: f"demo-{_TAG_SUFFIXES.get(code, '21')}" for code in MARKETPLACES}


@dataclass(frozen=True)
class Account:
    """One key pair of an associate: its tags per marketplace, its standing and its limits.

    For the Creators API the access key is the credential id, the secret key its secret. Key
    pairs of the same owner use up the same limits.
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
        """Whose limits its requests use up."""
        return self.owner or self.access_key

    def has_tag(self, tag: str, marketplace: Marketplace) -> bool:
        """Whether this tag is one of the account's in this marketplace."""
        return tag in self.partner_tags.get(marketplace.code, ())


class Throttle:
    """Counts one account's accepted requests; those refused do not count."""

    def __init__(self) -> None:
        """Start with nothing used."""
        self._accepted: deque[float] = deque()
        self._day = ""
        self._used_today = 0

    def count_request(self, account: Account, seconds: float, day: str) -> bool:
        """Count the request unless the last second or the (UTC) day is full."""
        if day != self._day:
            self._day, self._used_today = day, 0
        while self._accepted and seconds - self._accepted[0] >= _WINDOW_SECONDS:
            self._accepted.popleft()
        if len(self._accepted) >= account.tps or self._used_today >= account.tpd:
            return False
        self._accepted.append(seconds)
        self._used_today += 1
        return True

    def retry_after(self, account: Account) -> int:
        """How many seconds one who was refused is told to wait."""
        return _DAY_IS_FULL_SECONDS if self._used_today >= account.tpd else 1


def demo_accounts() -> dict[str, Account]:
    """The accounts that are there from the start, with obviously made-up keys."""
    tags: dict[str, tuple[str, ...]] = {code: (tag,) for code, tag in DEMO_PARTNER_TAGS.items()}
    ready = Account(DEMO_ACCESS_KEY, DEMO_SECRET_KEY, tags, owner="demo")
    waiting = Account(
        NOT_ELIGIBLE_ACCESS_KEY, NOT_ELIGIBLE_SECRET_KEY, tags, "not_eligible", owner="newcomer"
    )
    accounts = (
        ready,
        _with_credential(ready, *DEMO_CREDENTIAL),
        _with_credential(ready, *COGNITO_CREDENTIAL),
        waiting,
        _with_credential(waiting, *NOT_ELIGIBLE_CREDENTIAL),
        Account(RETIRED_ACCESS_KEY, RETIRED_SECRET_KEY, tags, "retired"),
    )
    return {account.access_key: account for account in accounts}


def _with_credential(account: Account, name: str, secret: str, version: str) -> Account:
    return replace(account, access_key=name, secret_key=secret, api="creators", version=version)
