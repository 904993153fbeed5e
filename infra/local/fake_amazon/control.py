"""What may be changed while the fake runs; the same calls in Python and over HTTP."""

from datetime import timedelta
from typing import Literal

import msgspec

from infra.local.fake_amazon.accounts import FIRST_TPD, FIRST_TPS, Account, State
from infra.local.fake_amazon.catalog import ANYWHERE
from infra.local.fake_amazon.marketplaces import MARKETPLACES, Marketplace
from infra.local.fake_amazon.products import Flavour, asin_for, flavour_of, is_asin
from infra.local.fake_amazon.state_file import StateFile
from infra.local.fake_amazon.world import Fault, LoggedCall, World

_FLAVOURS: tuple[Flavour, ...] = ("ordinary", "no_offer", "out_of_stock", "used", "map", "deal")


class Wrong(Exception):
    """A control call that cannot be carried out."""


class AccountBody(msgspec.Struct, forbid_unknown_fields=True):
    """An account as the control API takes it; what is left out stays as it is."""

    secret_key: str | None = None
    partner_tags: dict[str, str | list[str]] | None = None
    tps: int | None = None
    tpd: int | None = None
    state: State | None = None


class PriceBody(msgspec.Struct, forbid_unknown_fields=True):
    """A new price: an amount in minor units, or a change in percent, or back to the first."""

    asin: str
    marketplace: str
    amount: int | None = None
    percent: float | None = None
    reset: bool = False


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

    def __init__(self, world: World, state_file: StateFile | None = None) -> None:
        """Work on this world."""
        self._world = world
        self._state_file = state_file

    def put_account(self, access_key: str, body: AccountBody) -> None:
        """Make an account, or change one."""
        old = self._world.accounts.get(access_key)
        secret = body.secret_key or (old.secret_key if old else None)
        if not secret:
            raise Wrong("secret_key is needed for a new account")
        tags = old.partner_tags if old else {}
        if body.partner_tags is not None:
            for code in body.partner_tags:
                _marketplace(code)
            tags = {
                code: (given,) if isinstance(given, str) else tuple(given)
                for code, given in body.partner_tags.items()
            }
        self._world.accounts[access_key] = Account(
            access_key=access_key,
            secret_key=secret,
            partner_tags=tags,
            state=body.state or (old.state if old else "ok"),
            tps=_first(body.tps, old.tps if old else FIRST_TPS),
            tpd=_first(body.tpd, old.tpd if old else FIRST_TPD),
        )
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


def _first(given: int | None, otherwise: int) -> int:
    if given is None:
        return otherwise
    if given < 0:
        raise Wrong("a limit must be 0 or more")
    return given


def _marketplace(code: str) -> Marketplace:
    if code not in MARKETPLACES:
        raise Wrong(f"no marketplace {code}")
    return MARKETPLACES[code]


def _code_or_anywhere(code: str) -> str:
    return code if code == ANYWHERE else _marketplace(code).code


def _check_asin(asin: str) -> None:
    if not is_asin(asin):
        raise Wrong(f"{asin} is not an ASIN")
