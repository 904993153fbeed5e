"""Accounts of the second Creators endpoint, one of each version, and catalogues that ask it."""

from __future__ import annotations

from dataclasses import dataclass

from amzlinkr.amazon.catalog import open_catalog
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.credentials import creators_credentials
from amzlinkr.domain.ports import Catalog
from amzlinkr.domain.products import Product
from tests.clock import FakeClock
from tests.contract.creators_endpoint import CreatorsEndpoint
from tests.contract.creators_products import Goods, World
from tests.contract.creators_tokens import Account
from tests.contract.creators_variants import Dialect
from tests.unit.amazon.accounts import UnlimitedRateLimiter

VERSIONS = ("2.1", "2.2", "2.3", "3.1", "3.2", "3.3")

_SHOPS = {"1": ("US", "www.amazon.com", "other-20"), "2": ("DE", "www.amazon.de", "other-21")}
_FAR_EAST = ("JP", "www.amazon.co.jp", "other-22")


def account(version: str = "3.1", number: int = 0) -> Account:
    """An account of this version, with a tag in one marketplace of its region."""
    _, domain, tag = _shop(version)
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
class Shop:
    """An endpoint, the clock it shares with a catalogue, and that catalogue."""

    endpoint: CreatorsEndpoint
    clock: FakeClock
    catalog: Catalog

    def deadline(self, seconds: float = 5) -> Deadline:
        return Deadline.after(self.clock, seconds)

    def item(self, asin: str) -> Product:
        """The one product that was asked for."""
        return self.catalog.items([asin], self.deadline()).found[asin]


def endpoint_for(
    clock: FakeClock,
    *goods: Goods,
    dialect: Dialect | None = None,
    accounts: tuple[Account, ...] = (),
    world: World | None = None,
) -> CreatorsEndpoint:
    """An endpoint on the test's clock."""
    return CreatorsEndpoint(
        list(accounts or (account(),)), world or World(goods), dialect or Dialect(), clock.monotonic
    )


def shop_at(endpoint: CreatorsEndpoint, clock: FakeClock, number: int = 0) -> Shop:
    """A catalogue with the keys of one of the endpoint's accounts."""
    owner = endpoint.accounts[number]
    code = _shop(owner.version)[0]
    tag = next(iter(owner.tags.values()))
    keys = creators_credentials(owner.credential_id, owner.secret, owner.version, tag, code)
    return Shop(endpoint, clock, open_catalog(keys, UnlimitedRateLimiter(), clock, endpoint.url))


def _shop(version: str) -> tuple[str, str, str]:
    return _SHOPS.get(version[-1], _FAR_EAST)
