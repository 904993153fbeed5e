"""The maximum number of products of a site, in all its marketplaces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from amzlinkr.domain.errors import ProductLimitReached
from amzlinkr.domain.shelves import Shelf
from amzlinkr.domain.sites import Site, is_sandbox

CONNECT_ACCOUNT = (
    "Connect an Amazon account that has API access: the limit is then higher. Until then, delete "
    "products that you no longer show, or import fewer products."
)


def check_product_limit(
    site_id: str, shelves: Iterable[Shelf], requested: set[tuple[str, str]], maximum: int
) -> None:
    """Raise `ProductLimitReached` if these products would exceed the limit of a site.

    `shelves` are all of the site. One that is already above a lowered limit may import products
    that it has.
    """
    present = {name for shelf in shelves for name in shelf.product_names}
    if len(present | requested) > max(maximum, len(present)):
        name = "sandbox" if is_sandbox(site_id) else "site"
        raise ProductLimitReached(
            f"The {name} has {len(present)} of at most {maximum} products. This import would "
            f"add {len(requested - present)} products."
        )


@contextmanager
def product_limit_of(site: Site) -> Iterator[None]:
    """Name the remedy of a live site without API access if it reaches its product limit."""
    try:
        yield
    except ProductLimitReached as error:
        if site.is_without_access:
            error.action = CONNECT_ACCOUNT
        raise
