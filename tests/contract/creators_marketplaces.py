"""Accounts of the second Creators endpoint, one per version, and catalogs that call it."""

from __future__ import annotations

from dataclasses import dataclass

from amzlinkr.amazon.catalog import open_catalog
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.credentials import creators_credentials
from amzlinkr.domain.ports import Catalog
from amzlinkr.domain.products import Product
from tests.clock import FakeClock
from tests.contract.creators_endpoint import CreatorsEndpoint
from tests.contract.creators_products import FakeProduct, State
from tests.contract.creators_tokens import Account
from tests.contract.creators_variants import Variant
from tests.unit.amazon.accounts import UnlimitedRateLimiter

VERSIONS = ("2.1", "2.2", "2.3", "3.1", "3.2", "3.3")

_MARKETPLACES = {
    "1": ("US", "www.amazon.com", "other-20"),
    "2": ("DE", "www.amazon.de", "other-21"),
}
_FAR_EAST = ("JP", "www.amazon.co.jp", "other-22")


def account(version: str = "3.1", number: int = 0) -> Account:
    """Return an account of this version, with a tag in one marketplace of its region."""
    _, domain, tag = _marketplace_of(version)
    plain = f"{number}{version.replace('.', '')}"
    if version[0] == "2":
        keys = (f"7abcdefghijklmnopqrstuv{plain}", f"1secret{plain}".ljust(51, "s"))
    else:
        keys = (
            f"amzn1.application-oa2-client.{plain.rjust(32, 'a')}",
            f"amzn1.oa2-cs.v1.{plain.rjust(64, 'b')}",
        )
    return Account(*keys, version, {domain: f"n{number}-{tag}"})


@dataclass
class CatalogSetup:
    """An endpoint, a catalog that calls it, and their common clock."""

    endpoint: CreatorsEndpoint
    clock: FakeClock
    catalog: Catalog

    def deadline(self, seconds: float = 5) -> Deadline:
        return Deadline.after(self.clock, seconds)

    def item(self, asin: str) -> Product:
        """Return the product with this ASIN."""
        return self.catalog.items([asin], self.deadline()).found[asin]


def endpoint_for(
    clock: FakeClock,
    *products: FakeProduct,
    variant: Variant | None = None,
    accounts: tuple[Account, ...] = (),
    state: State | None = None,
) -> CreatorsEndpoint:
    """Return an endpoint that uses the clock of the test."""
    return CreatorsEndpoint(
        list(accounts or (account(),)),
        state or State(products),
        variant or Variant(),
        clock.monotonic,
    )


def setup_at(endpoint: CreatorsEndpoint, clock: FakeClock, number: int = 0) -> CatalogSetup:
    """Return a catalog with the credentials of one account of the endpoint."""
    owner = endpoint.accounts[number]
    code = _marketplace_of(owner.version)[0]
    tag = next(iter(owner.tags.values()))
    keys = creators_credentials(owner.credential_id, owner.secret, owner.version, tag, code)
    return CatalogSetup(
        endpoint, clock, open_catalog(keys, UnlimitedRateLimiter(), clock, endpoint.url)
    )


def _marketplace_of(version: str) -> tuple[str, str, str]:
    return _MARKETPLACES.get(version[-1], _FAR_EAST)
