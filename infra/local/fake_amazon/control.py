"""The operations of the fake Amazon's control API, callable from Python too."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args

from infra.local.fake_amazon.accounts import Account
from infra.local.fake_amazon.catalog import ALL_MARKETPLACES, OMITTED
from infra.local.fake_amazon.control_bodies import (
    AccountBody,
    ClockBody,
    GoneBody,
    NameBody,
    PriceBody,
    StockBody,
)
from infra.local.fake_amazon.marketplaces import MARKETPLACES, Marketplace
from infra.local.fake_amazon.products import OfferType, is_asin, offer_type_of, stable_asin
from infra.local.fake_amazon.special_offers import OfferBody, special_listings
from infra.local.fake_amazon.state import (
    SINGLE_SERVICE_FAULTS,
    Dialect,
    FakeAmazonState,
    Fault,
    LoggedCall,
)
from infra.local.fake_amazon.state_file import StateFile
from infra.local.fake_amazon.token_service import CREDENTIAL_VERSIONS

_CREATORS_STATES = (None, "ok", "not_eligible", "access_denied", "invalid_associate")
_OFFER_TYPES: tuple[OfferType, ...] = get_args(OfferType)


class InvalidControlRequest(Exception):
    """A control request with invalid values."""


class Control:
    """Operations that change the state; persistent changes go to the state file, if any."""

    def __init__(self, state: FakeAmazonState, state_file: StateFile | None = None) -> None:
        """Operate on `state`; without `state_file` nothing is persisted."""
        self._state = state
        self._state_file = state_file

    def put_account(self, access_key: str, body: AccountBody) -> None:
        """Create or update an account."""
        account = self._state.accounts.get(access_key) or _new_account(access_key, body)
        if any(limit is not None and limit < 0 for limit in (body.tps, body.tpd)):
            raise InvalidControlRequest("a limit must be 0 or more")
        self._state.put_account(_updated_account(account, body), body.tps, body.tpd)
        self.save()

    def set_price(self, body: PriceBody) -> int:
        """Change a price and return the new one in minor units."""
        marketplace = _marketplace(body.marketplace)
        catalog = self._state.catalog
        _check_asin(body.asin)
        if body.reset:
            catalog.reset_price(body.asin, marketplace)
        elif (body.amount is None) == (body.percent is None):
            raise InvalidControlRequest("set either amount or percent")
        else:
            current_price = catalog.look_up(body.asin, marketplace).price
            new_price = round(current_price * (1 + (body.percent or 0) / 100))
            price = new_price if body.amount is None else body.amount
            if price < 1:
                raise InvalidControlRequest("the price must be 1 or more")
            catalog.set_price(body.asin, marketplace, price)
        self.save()
        return catalog.look_up(body.asin, marketplace).price

    def rename(self, body: NameBody) -> None:
        """Change a product's title and brand."""
        _check_asin(body.asin)
        marketplace = _marketplace(body.marketplace)
        self._state.catalog.rename(body.asin, marketplace, body.title, body.brand)
        self.save()

    def set_stock(self, body: StockBody) -> None:
        """Set whether a product is in stock."""
        _check_asin(body.asin)
        marketplace = _code_or_all(body.marketplace)
        self._state.catalog.set_stock(body.asin, marketplace, body.available)
        self.save()

    def set_offer(self, body: OfferBody) -> None:
        """Put a special offer on a product, or restore its ordinary one."""
        _check_asin(body.asin)
        marketplace = _marketplace(body.marketplace)
        if [body.offer is not None, body.listings is not None, body.reset].count(True) != 1:
            raise InvalidControlRequest("set one of offer, listings and reset")
        catalog = self._state.catalog
        price = catalog.look_up(body.asin, marketplace).price
        listings = special_listings(body, price, marketplace.style, self._state.now())
        catalog.set_offer(body.asin, marketplace, listings)
        self.save()

    def set_dialect(self, body: Dialect) -> None:
        """Select the dialects of errors."""
        self._state.dialect = body

    def set_gone(self, body: GoneBody) -> None:
        """Remove a product from the catalog, or restore it."""
        _check_asin(body.asin)
        code = OMITTED if body.silently else body.code
        code = code if body.gone else ""
        self._state.catalog.set_gone(body.asin, _code_or_all(body.marketplace), code)
        self.save()

    def add_fault(self, body: Fault) -> None:
        """Add a fault for the next requests."""
        if body.times < 1:
            raise InvalidControlRequest("times must be 1 or more")
        if body.api and SINGLE_SERVICE_FAULTS.get(body.kind, body.api) != body.api:
            raise InvalidControlRequest(f"{body.api} never returns the fault {body.kind}")
        self._state.add_fault(body)

    def set_clock(self, body: ClockBody) -> None:
        """Set the offset of this Amazon's clock."""
        self._state.offset = timedelta(seconds=body.offset_seconds)

    def calls(self) -> list[LoggedCall]:
        """Return the logged calls, oldest first."""
        return self._state.calls()

    def clear_calls(self) -> None:
        """Clear the call log."""
        self._state.clear_calls()

    def clear_tokens(self) -> None:
        """Invalidate all issued tokens."""
        self._state.tokens.clear()

    def examples(self) -> dict[str, str]:
        """Return an example ASIN of each offer type."""
        found: dict[str, str] = {}
        index = 0
        while len(found) < len(_OFFER_TYPES):
            asin = stable_asin("example", str(index))
            found.setdefault(offer_type_of(asin), asin)
            index += 1
        return {name: found[name] for name in _OFFER_TYPES}

    def reset(self) -> None:
        """Reset the state to its initial values."""
        self._state.reset()
        self.save()

    def save(self) -> None:
        """Write the state file, if one is used."""
        if self._state_file:
            self._state_file.save(self._state)


def _new_account(access_key: str, body: AccountBody) -> Account:
    if body.api == "creators" and not (body.credential_secret and body.credential_version):
        raise InvalidControlRequest(
            "a new credential requires credential_secret and credential_version"
        )
    if body.api != "creators" and not body.secret_key:
        raise InvalidControlRequest("a new account requires secret_key")
    return Account(access_key, "", {}, api=body.api or "paapi5")


def _updated_account(account: Account, body: AccountBody) -> Account:
    is_creators = account.api == "creators"
    # Fields of the other API would be stored and never read.
    foreign = body.secret_key if is_creators else body.credential_secret or body.credential_version
    if body.api not in (None, account.api) or foreign:
        raise InvalidControlRequest(f"{account.access_key} belongs to the API {account.api}")
    if is_creators and body.state not in _CREATORS_STATES:
        raise InvalidControlRequest(f"a Creators API credential cannot have the state {body.state}")
    if body.credential_version not in (None, *CREDENTIAL_VERSIONS):
        raise InvalidControlRequest(f"unknown credential version {body.credential_version}")
    return replace(
        account,
        secret_key=body.secret_key or body.credential_secret or account.secret_key,
        version=body.credential_version or account.version,
        partner_tags=_partner_tags(body.partner_tags, account.partner_tags),
        state=body.state or account.state,
        owner=body.owner or account.owner,
    )


def _partner_tags(
    tags: dict[str, str | list[str]] | None, current: dict[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    if tags is None:
        return current
    for code in tags:
        _marketplace(code)
    return {code: (tag,) if isinstance(tag, str) else tuple(tag) for code, tag in tags.items()}


def _marketplace(code: str) -> Marketplace:
    if code not in MARKETPLACES:
        raise InvalidControlRequest(f"unknown marketplace {code}")
    return MARKETPLACES[code]


def _code_or_all(code: str) -> str:
    return code if code == ALL_MARKETPLACES else _marketplace(code).code


def _check_asin(asin: str) -> None:
    if not is_asin(asin):
        raise InvalidControlRequest(f"{asin} is not an ASIN")
