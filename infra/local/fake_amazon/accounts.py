"""Associate accounts: keys, partner tags, standing, and how often they may ask."""

from collections import deque
from dataclasses import dataclass, field, replace
from typing import Literal

from infra.local.fake_amazon import errors
from infra.local.fake_amazon.errors import Refusal
from infra.local.fake_amazon.marketplaces import MARKETPLACES, Marketplace

State = Literal["ok", "not_eligible", "retired", "access_denied", "aws_user", "invalid_associate"]

DEMO_ACCESS_KEY = "AKIADEMO000000000001"
DEMO_SECRET_KEY = "demo/secret/key+not+real/000000000000001"  # noqa: S105  made up, opens nothing
NOT_ELIGIBLE_ACCESS_KEY = "AKIADEMO000000000002"
NOT_ELIGIBLE_SECRET_KEY = "demo/secret/key+not+real/000000000000002"  # noqa: S105  made up
RETIRED_ACCESS_KEY = "AKIADEMO000000000003"
RETIRED_SECRET_KEY = "demo/secret/key+not+real/000000000000003"  # noqa: S105  made up

FIRST_TPS = 1
FIRST_TPD = 8640
_WINDOW_SECONDS = 1.0
_TAG_SUFFIXES = {"US": "20", "CA": "20", "MX": "20", "BR": "20", "JP": "22", "AU": "22"}

DEMO_PARTNER_TAGS = {code: f"demo-{_TAG_SUFFIXES.get(code, '21')}" for code in MARKETPLACES}


@dataclass(frozen=True)
class Account:
    """One associate: a key pair, its tags per marketplace, its standing and its limits."""

    access_key: str
    secret_key: str = field(repr=False)
    partner_tags: dict[str, tuple[str, ...]]
    state: State = "ok"
    tps: int = FIRST_TPS
    tpd: int = FIRST_TPD

    def standing(self, marketplace: Marketplace) -> Refusal | None:
        """What Amazon says to an account that may not use the API."""
        site = marketplace.associates_site
        match self.state:
            case "not_eligible":
                return errors.not_eligible()
            case "retired":
                return errors.retired()
            case "access_denied":
                return errors.access_denied(self.access_key)
            case "aws_user":
                return errors.access_denied_aws_user(self.access_key)
            case "invalid_associate":
                return errors.invalid_associate(self.access_key, site)
            case _:
                return None

    def owns(self, tag: str, marketplace: Marketplace) -> bool:
        """Whether this tag is one of the account's in this marketplace."""
        return tag in self.partner_tags.get(marketplace.code, ())


class Throttle:
    """Counts one account's accepted requests; those refused do not count."""

    def __init__(self) -> None:
        """Start with nothing used."""
        self._accepted: deque[float] = deque()
        self._day = ""
        self._used_today = 0

    def admits(self, account: Account, seconds: float, day: str) -> bool:
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


def demo_accounts() -> dict[str, Account]:
    """The accounts that are there from the start, with obviously made-up keys."""
    tags: dict[str, tuple[str, ...]] = {code: (tag,) for code, tag in DEMO_PARTNER_TAGS.items()}
    ready = Account(DEMO_ACCESS_KEY, DEMO_SECRET_KEY, tags)
    others = (
        replace(
            ready,
            access_key=NOT_ELIGIBLE_ACCESS_KEY,
            secret_key=NOT_ELIGIBLE_SECRET_KEY,
            state="not_eligible",
        ),
        replace(
            ready,
            access_key=RETIRED_ACCESS_KEY,
            secret_key=RETIRED_SECRET_KEY,
            state="retired",
        ),
    )
    return {account.access_key: account for account in (ready, *others)}
