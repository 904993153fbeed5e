"""The products of a page of the change feed, as the stores return it."""

from amzlinkr.domain.products import StoredProduct
from amzlinkr.storage.stores import Stores


def changed_products(
    stores: Stores, site_id: str, after: int, limit: int, last: int | None = None
) -> tuple[StoredProduct, ...]:
    """Return the products with a change after a number, without lists."""
    page = stores.products.changes(site_id, after, limit, last)
    return tuple(entry for entry in page.entries if isinstance(entry, StoredProduct))
