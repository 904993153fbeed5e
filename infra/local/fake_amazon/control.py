"""What may be changed while the fake runs; the same calls in Python and over HTTP."""

from dataclasses import replace
from datetime import timedelta
from typing import Literal

import msgspec

from infra.local.fake_amazon.accounts import Account, AccountState, Api
from infra.local.fake_amazon.catalog import ANYWHERE
from infra.local.fake_amazon.marketplaces import MARKETPLACES, Marketplace
from infra.local.fake_amazon.products import Flavour, asin_for, flavour_of, is_asin
from infra.local.fake_amazon.state import ONE_SERVICE_KINDS, Fault, LoggedCall, State
from infra.local.fake_amazon.state_file import StateFile
from infra.local.fake_amazon.token_service import VERSIONS

_CREATORS_STATES = (None, "ok", "not_eligible", "access_denied", "invalid_associate")
_FLAVOURS: tuple[Flavour, ...] = ("ordinary", "no_offer", "out_of_stock", "used", "map", "deal")


class Wrong(Exception):
    """A control call that cannot be carried out."""


class AccountBody(msgspec.Struct, forbid_unknown_fields=True):
    """An account as the control API takes it; what is left out stays as it is.

    Secrets and versions of the Creators API have names of their own. Accounts of the same owner
    have the same limits, and use them up together.
    """

    api: Api | None = None
    secret_key: str | None = None
    credential_secret: str | None = None
    credential_version: str | None = None
    partner_tags: dict[str, str | list[str]] | None = None
    tps: int | None = None
    tpd: int | None = None
    state: AccountState | None = None
    owner: str | None = None


class PriceBody(msgspec.Struct, forbid_unknown_fields=True):
    """A new price: an amount in minor units, or a change in percent, or back to the first."""

    asin: str
    marketplace: str
    amount: int | None = None
    percent: float | None = None
    reset: bool = False


class NameBody(msgspec.Struct, forbid_unknown_fields=True):
    """What a product is called: whatever its seller typed."""

    asin: str
    marketplace: str
    title: str
    brand: str


class StockBody(msgspec.Struct, forbid_unknown_fields=True):
    """In stock or not."""

    asin: str
    available: bool
    marketplace: str = ANYWHERE


class GoneBody(msgspec.Struct, forbid_unknown_fields=True):
    """Gone from the catalogue, or back."""

    asin: str
    marketplace: str = ANYWHERE
    gone: bool = True
    code: Literal["InvalidParameterValue", "ItemNotAccessible"] = "InvalidParameterValue"


class ClockBody(msgspec.Struct, forbid_unknown_fields=True):
    """How far this Amazon's clock is ahead of the machine's."""

    offset_seconds: float


class Control:
    """Changes the world; keeps what should outlive the process in the state file, if any."""

    def __init__(self, world: State, state_file: StateFile | None = None) -> None:
        """Work on this world."""
        self._world = world
        self._state_file = state_file

    def put_account(self, access_key: str, body: AccountBody) -> None:
        """Make an account, or change one."""
        account = self._world.accounts.get(access_key) or _new(access_key, body)
        if any(limit is not None and limit < 0 for limit in (body.tps, body.tpd)):
            raise Wrong("a limit must be 0 or more")
        self._world.put_account(_changed(account, body), body.tps, body.tpd)
        self._save()

    def set_price(self, body: PriceBody) -> int:
        """Change a price; the answer is the new one in minor units."""
        marketplace = _marketplace(body.marketplace)
        catalog = self._world.catalog
        _check_asin(body.asin)
        if body.reset:
            catalog.reset_price(body.asin, marketplace)
        elif (body.amount is None) == (body.percent is None):
            raise Wrong("give either amount or percent")
        else:
            now = catalog.look_up(body.asin, marketplace).price
            changed = round(now * (1 + (body.percent or 0) / 100))
            price = changed if body.amount is None else body.amount
            if price < 1:
                raise Wrong("a price must stay above nothing")
            catalog.set_price(body.asin, marketplace, price)
        self._save()
        return catalog.look_up(body.asin, marketplace).price

    def rename(self, body: NameBody) -> None:
        """Call a product something else."""
        _check_asin(body.asin)
        marketplace = _marketplace(body.marketplace)
        self._world.catalog.rename(body.asin, marketplace, body.title, body.brand)
        self._save()

    def set_stock(self, body: StockBody) -> None:
        """Put a product in or out of stock."""
        _check_asin(body.asin)
        marketplace = _code_or_anywhere(body.marketplace)
        self._world.catalog.set_stock(body.asin, marketplace, body.available)
        self._save()

    def set_gone(self, body: GoneBody) -> None:
        """Take a product out of the catalogue, or put it back."""
        _check_asin(body.asin)
        code = body.code if body.gone else ""
        self._world.catalog.set_gone(body.asin, _code_or_anywhere(body.marketplace), code)
        self._save()

    def add_fault(self, body: Fault) -> None:
        """Let the next requests go wrong."""
        if body.times < 1:
            raise Wrong("times must be 1 or more")
        if body.api and ONE_SERVICE_KINDS.get(body.kind, body.api) != body.api:
            raise Wrong(f"{body.kind} is no answer of {body.api}")
        self._world.add_fault(body)

    def set_clock(self, body: ClockBody) -> None:
        """Move this Amazon's clock."""
        self._world.offset = timedelta(seconds=body.offset_seconds)

    def calls(self) -> list[LoggedCall]:
        """What was asked so far."""
        return self._world.calls()

    def forget_calls(self) -> None:
        """Empty the log of calls."""
        self._world.forget_calls()

    def forget_tokens(self) -> None:
        """Make every token that was issued unknown."""
        self._world.tokens.forget()

    def examples(self) -> dict[str, str]:
        """One ASIN of each flavour."""
        found: dict[str, str] = {}
        place = 0
        while len(found) < len(_FLAVOURS):
            asin = asin_for("example", str(place))
            found.setdefault(flavour_of(asin), asin)
            place += 1
        return {flavour: found[flavour] for flavour in _FLAVOURS}

    def reset(self) -> None:
        """Back to the beginning."""
        self._world.reset()
        self._save()

    def save(self) -> None:
        """Write the state file, if there is one."""
        self._save()

    def _save(self) -> None:
        if self._state_file:
            self._state_file.save(self._world)


def _new(access_key: str, body: AccountBody) -> Account:
    if body.api == "creators" and not (body.credential_secret and body.credential_version):
        raise Wrong("credential_secret and credential_version are needed for a new credential")
    if body.api != "creators" and not body.secret_key:
        raise Wrong("secret_key is needed for a new account")
    return Account(access_key, "", {}, api=body.api or "paapi5")


def _changed(account: Account, body: AccountBody) -> Account:
    is_creators = account.api == "creators"
    foreign = body.secret_key if is_creators else body.credential_secret or body.credential_version
    if body.api not in (None, account.api) or foreign:
        raise Wrong(f"{account.access_key} is an account of {account.api}")
    if is_creators and body.state not in _CREATORS_STATES:
        raise Wrong(f"{body.state} is no state of a Creators credential")
    if body.credential_version not in (None, *VERSIONS):
        raise Wrong(f"no credential version {body.credential_version}")
    return replace(
        account,
        secret_key=body.secret_key or body.credential_secret or account.secret_key,
        version=body.credential_version or account.version,
        partner_tags=_tags(body.partner_tags, account.partner_tags),
        state=body.state or account.state,
        owner=body.owner or account.owner,
    )


def _tags(
    given: dict[str, str | list[str]] | None, otherwise: dict[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    if given is None:
        return otherwise
    for code in given:
        _marketplace(code)
    return {code: (tags,) if isinstance(tags, str) else tuple(tags) for code, tags in given.items()}


def _marketplace(code: str) -> Marketplace:
    if code not in MARKETPLACES:
        raise Wrong(f"no marketplace {code}")
    return MARKETPLACES[code]


def _code_or_anywhere(code: str) -> str:
    return code if code == ANYWHERE else _marketplace(code).code


def _check_asin(asin: str) -> None:
    if not is_asin(asin):
        raise Wrong(f"{asin} is not an ASIN")
