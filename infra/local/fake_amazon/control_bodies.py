"""Request bodies of the fake Amazon's control API."""

from typing import Literal

import msgspec

from infra.local.fake_amazon.accounts import AccountState, Api
from infra.local.fake_amazon.catalog import ALL_MARKETPLACES


class AccountBody(msgspec.Struct, forbid_unknown_fields=True):
    """New values of an account; absent fields keep their values.

    `credential_secret` and `credential_version` are for the Creators API, `secret_key` for
    PA-API. Accounts of the same owner share their limits.
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
    """A price change: an amount in minor units, a change in percent, or a reset."""

    asin: str
    marketplace: str
    amount: int | None = None
    percent: float | None = None
    reset: bool = False


class NameBody(msgspec.Struct, forbid_unknown_fields=True):
    """A product's new title and brand: any text, as a seller could enter it."""

    asin: str
    marketplace: str
    title: str
    brand: str


class StockBody(msgspec.Struct, forbid_unknown_fields=True):
    """A product's new stock state."""

    asin: str
    available: bool
    marketplace: str = ALL_MARKETPLACES


class GoneBody(msgspec.Struct, forbid_unknown_fields=True):
    """A product to remove from the catalog, or to restore.

    Responses name it in an error with the given code. With `silently` they omit it without one.
    """

    asin: str
    marketplace: str = ALL_MARKETPLACES
    gone: bool = True
    code: Literal["InvalidParameterValue", "ItemNotAccessible"] = "InvalidParameterValue"
    silently: bool = False


class ClockBody(msgspec.Struct, forbid_unknown_fields=True):
    """The offset of this Amazon's clock from the machine's clock."""

    offset_seconds: float
