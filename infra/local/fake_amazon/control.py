"""What may be changed while the fake runs; the same calls in Python and over HTTP."""

from dataclasses import replace
from datetime import timedelta
from typing import Literal

import msgspec

from infra.local.fake_amazon.accounts import Account, AccountState, Api
from infra.local.fake_amazon.catalog import ALL_MARKETPLACES
from infra.local.fake_amazon.marketplaces import MARKETPLACES, Marketplace
from infra.local.fake_amazon.products import OfferType, is_asin, offer_type_of, stable_asin
from infra.local.fake_amazon.state import SINGLE_SERVICE_FAULTS, Fault, LoggedCall, State
from infra.local.fake_amazon.state_file import StateFile
from infra.local.fake_amazon.token_service import CREDENTIAL_VERSIONS

_CREATORS_STATES = (None, "ok", "not_eligible", "access_denied", "invalid_associate")
_FLAVOURS: tuple[OfferType, ...] = ("ordinary", "no_offer", "out_of_stock", "used", "map", "deal")


class InvalidControlRequest(Exception):
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
    marketplace: str = ALL_MARKETPLACES


class GoneBody(msgspec.Struct, forbid_unknown_fields=True):
    """Gone from the catalogue, or back."""

    asin: str
    marketplace: str = ALL_MARKETPLACES
    gone: bool = True
    code: Literal["InvalidParameterValue", "ItemNotAccessible"] = "InvalidParameterValue"


class ClockBody(msgspec.Struct, forbid_unknown_fields=True):
    """How far this Amazon's clock is ahead of the machine's."""

    offset_seconds: float


class Control:
    """Changes the world; keeps what should outlive the process in the state file, if any."""

    def __init__(self, state: State, state_file: StateFile | None = None) -> None:
        """Work on this world."""
        self._state = state
        self._state_file = state_file

    def put_account(self, access_key: str, body: AccountBody) -> None:
        """Make an account, or change one."""
        account = self._state.accounts.get(access_key) or _new(access_key, body)
        if any(limit is not None and limit < 0 for limit in (body.tps, body.tpd)):
            raise InvalidControlRequest("a limit must be 0 or more")
        self._state.put_account(_changed(account, body), body.tps, body.tpd)
        self._save()

    def set_price(self, body: PriceBody) -> int:
        """Change a price; the answer is the new one in minor units."""
        marketplace = _marketplace(body.marketplace)
        catalog = self._state.catalog
        _check_asin(body.asin)
        if body.reset:
            catalog.reset_price(body.asin, marketplace)
        elif (body.amount is None) == (body.percent is None):
            raise InvalidControlRequest("give either amount or percent")
        else:
            now = catalog.look_up(body.asin, marketplace).price
            changed = round(now * (1 + (body.percent or 0) / 100))
            price = changed if body.amount is None else body.amount
            if price < 1:
                raise InvalidControlRequest("a price must stay above nothing")
            catalog.set_price(body.asin, marketplace, price)
        self._save()
        return catalog.look_up(body.asin, marketplace).price

    def rename(self, body: NameBody) -> None:
        """Call a product something else."""
        _check_asin(body.asin)
        marketplace = _marketplace(body.marketplace)
        self._state.catalog.rename(body.asin, marketplace, body.title, body.brand)
        self._save()

    def set_stock(self, body: StockBody) -> None:
        """Put a product in or out of stock."""
        _check_asin(body.asin)
        marketplace = _code_or_anywhere(body.marketplace)
        self._state.catalog.set_stock(body.asin, marketplace, body.available)
        self._save()

    def set_gone(self, body: GoneBody) -> None:
        """Take a product out of the catalogue, or put it back."""
        _check_asin(body.asin)
        code = body.code if body.gone else ""
        self._state.catalog.set_gone(body.asin, _code_or_anywhere(body.marketplace), code)
        self._save()

    def add_fault(self, body: Fault) -> None:
        """Let the next requests go wrong."""
        if body.times < 1:
            raise InvalidControlRequest("times must be 1 or more")
        if body.api and SINGLE_SERVICE_FAULTS.get(body.kind, body.api) != body.api:
            raise InvalidControlRequest(f"{body.kind} is no answer of {body.api}")
        self._state.add_fault(body)

    def set_clock(self, body: ClockBody) -> None:
        """Move this Amazon's clock."""
        self._state.offset = timedelta(seconds=body.offset_seconds)

    def calls(self) -> list[LoggedCall]:
        """What was asked so far."""
        return self._state.calls()

    def clear_calls(self) -> None:
        """Empty the log of calls."""
        self._state.clear_calls()

    def clear_tokens(self) -> None:
        """Make every token that was issued unknown."""
        self._state.tokens.clear()

    def examples(self) -> dict[str, str]:
        """One ASIN of each flavour."""
        found: dict[str, str] = {}
        place = 0
        while len(found) < len(_FLAVOURS):
            asin = stable_asin("example", str(place))
            found.setdefault(offer_type_of(asin), asin)
            place += 1
        return {flavour: found[flavour] for flavour in _FLAVOURS}

    def reset(self) -> None:
        """Back to the beginning."""
        self._state.reset()
        self._save()

    def save(self) -> None:
        """Write the state file, if there is one."""
        self._save()

    def _save(self) -> None:
        if self._state_file:
            self._state_file.save(self._state)


def _new(access_key: str, body: AccountBody) -> Account:
    if body.api == "creators" and not (body.credential_secret and body.credential_version):
        raise InvalidControlRequest(
            "credential_secret and credential_version are needed for a new credential"
        )
    if body.api != "creators" and not body.secret_key:
        raise InvalidControlRequest("secret_key is needed for a new account")
    return Account(access_key, "", {}, api=body.api or "paapi5")


def _changed(account: Account, body: AccountBody) -> Account:
    is_creators = account.api == "creators"
    foreign = body.secret_key if is_creators else body.credential_secret or body.credential_version
    if body.api not in (None, account.api) or foreign:
        raise InvalidControlRequest(f"{account.access_key} is an account of {account.api}")
    if is_creators and body.state not in _CREATORS_STATES:
        raise InvalidControlRequest(f"{body.state} is no state of a Creators credential")
    if body.credential_version not in (None, *CREDENTIAL_VERSIONS):
        raise InvalidControlRequest(f"no credential version {body.credential_version}")
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
        raise InvalidControlRequest(f"no marketplace {code}")
    return MARKETPLACES[code]


def _code_or_anywhere(code: str) -> str:
    return code if code == ALL_MARKETPLACES else _marketplace(code).code


def _check_asin(asin: str) -> None:
    if not is_asin(asin):
        raise InvalidControlRequest(f"{asin} is not an ASIN")
