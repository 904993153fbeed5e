"""Removals of several products with one request: validation, the feed, and concurrent changes."""

from collections.abc import Callable
from unittest import mock

import pytest

from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.shelves import Shelf
from amzlinkr.storage import product_removals
from amzlinkr.wiring import Dependencies
from tests.clock import FakeClock
from tests.fakes import offer, product
from tests.integration import aws_spy
from tests.integration.interleaving import Interleaving, at_every_aws_call
from tests.site_client import Site

ASINS = [f"B0TEST{number:04d}" for number in range(25)]
REMOVED, KEPT = [*ASINS[:3], *ASINS[10:12], ASINS[24]], [*ASINS[3:10], *ASINS[12:24]]


def stock(site: Site, asins: list[str]) -> None:
    """Store products as Amazon returned them."""
    for start in range(0, len(asins), 10):
        found = [product(asin) for asin in asins[start : start + 10]]
        site.deps.product_writer.add(site.site_id, "US", found)


@pytest.fixture
def stocked(site: Site) -> Site:
    """Return a site with 25 products in the US."""
    stock(site, ASINS)
    return site


def remove(site: Site, asins: list[str], **query: str) -> int:
    return site.delete("/v1/products", asins=",".join(asins), **query).status


def products_of(site: Site) -> list[str]:
    return [one["asin"] for one in site.get("/v1/products").json["products"]]


def placed(site: Site) -> list[str]:
    """Return the products on the shelves of the site, of which one at most has free slots."""
    shelves = site.deps.shelves.list_for_site(site.site_id)
    assert sum(len(shelf.slots) < 10 for shelf in shelves) <= 1
    return sorted(asin for shelf in shelves for asin in shelf.asins)


def test_products_are_removed_and_unknown_ones_ignored(stocked: Site) -> None:
    before, (_, cursor) = stocked.get("/v1/products"), stocked.changes()
    wanted = [*REMOVED, "B0UNKNOWN0", REMOVED[0], REMOVED[1].lower()]

    assert remove(stocked, wanted) == 204

    after = stocked.get("/v1/products", {"If-None-Match": before.headers["etag"]})
    assert (after.status, after.headers["etag"] == before.headers["etag"]) == (200, False)
    assert products_of(stocked) == KEPT
    changes, cursor = stocked.changes(cursor)
    assert [(one["kind"], one["asin"]) for one in changes] == [
        ("removed", asin) for asin in REMOVED
    ]
    assert "product" not in changes[0]
    assert stocked.get("/v1/usage").json["products"]["used"] == len(KEPT)
    assert placed(stocked) == KEPT
    # A repetition, and other ASINs, change nothing.
    assert remove(stocked, wanted) == 204
    assert stocked.changes(cursor) == ([], cursor)


def test_removal_concerns_one_marketplace(stocked: Site) -> None:
    german = product(ASINS[0], marketplace="DE")
    stocked.deps.product_writer.add(stocked.site_id, "DE", [german])

    assert remove(stocked, ASINS[:2], marketplace="DE") == 204
    assert products_of(stocked) == ASINS
    assert remove(stocked, ASINS[:1]) == 204
    assert products_of(stocked) == ASINS[1:]


TOO_MANY = ",".join(f"B0{number:08d}" for number in range(101))
REFUSED = [
    ({}, "asins"),
    ({"asins": ""}, "asins"),
    ({"asins": ","}, "asins"),
    ({"asins": "B0TEST0000,none"}, "asins"),
    ({"asins": "B0TEST0000;B0TEST0001"}, "asins"),
    ({"asins": TOO_MANY}, "asins"),
    ({"asins": "B0TEST0000", "marketplace": "XX"}, "marketplace"),
    ({"asins": "B0TEST0000", "marketplace": "USA"}, "marketplace"),
    ({"asins": "B0TEST0000", "price_status": "expired"}, "price_status"),
]


def test_bad_input_is_refused_and_removes_nothing(stocked: Site) -> None:
    for query, field in REFUSED:
        with aws_spy.record_calls() as made:
            refused = stocked.delete("/v1/products", **query)

        assert (refused.status, refused.json.get("field")) == (422, field), query
        assert aws_spy.writes(made) == []
        if field == "asins" and query.get("asins"):
            listed = stocked.get("/v1/products", None, **query)
            assert [listed.json[name] for name in ("field", "detail", "action")] == [
                refused.json[name] for name in ("field", "detail", "action")
            ]


def test_site_without_a_connection_must_name_the_marketplace(deps: Dependencies) -> None:
    site = Site.sign_up(deps)

    assert site.delete("/v1/products", asins=ASINS[0]).json["code"] == "not_connected"
    assert remove(site, ASINS, marketplace="US") == 204


def test_keys_for_reading_and_other_sites_remove_nothing(stocked: Site, deps: Dependencies) -> None:
    other = Site.sign_up(deps)
    assert remove(other, ASINS, marketplace="US") == 204
    stocked.scope = "read"
    refused = stocked.delete("/v1/products", asins=ASINS[0])

    assert (refused.status, refused.json["code"]) == (403, "scope_insufficient")
    assert products_of(stocked) == ASINS


def refresh(site: Site, shelf: Shelf) -> None:
    """Store a response with other prices for a shelf as it was before the call."""
    at = site.deps.clock.now()
    found = {asin: product(asin, offer(5000), at) for asin in shelf.asins}
    site.deps.product_writer.refresh(shelf, LookupResult(at, found))


def racing(
    site: Site,
    clock: FakeClock,
    new_other: Callable[[Site], Callable[[], None]],
    expected: list[str],
) -> Callable[[], Interleaving]:
    """Return a function that stocks the site again for a removal and another action."""

    def check() -> None:
        assert products_of(site) == placed(site) == expected
        newest = {one["asin"]: one["kind"] for one in site.changes()[0]}
        assert [asin for asin in ASINS if newest[asin] != "removed"] == expected

    def new_interleaving() -> Interleaving:
        stock(site, ASINS)
        clock.advance(minutes=5)
        return Interleaving(lambda: _remove_in_parts(site, REMOVED), new_other(site), check)

    return new_interleaving


def _remove_in_parts(site: Site, asins: list[str]) -> None:
    with mock.patch.object(product_removals, "MAX_TRANSACTION_ITEMS", 20):
        assert remove(site, asins) == 204


def refreshes(site: Site) -> Callable[[], None]:
    shelves = site.deps.shelves.list_for_site(site.site_id)

    def refresh_all() -> None:
        for shelf in shelves:
            refresh(site, shelf)

    return refresh_all


def imports(site: Site) -> Callable[[], None]:
    """Import other products, which are there already, and so take no slot."""

    def import_again() -> None:
        found = [product(asin, offer(7000), site.deps.clock.now()) for asin in KEPT[5:9]]
        site.deps.product_writer.add(site.site_id, "US", found)

    return import_again


def test_concurrent_import_keeps_the_shelves_full(site: Site) -> None:
    others = [f"B0OTHR{number:04d}" for number in range(3)]

    def check() -> None:
        assert placed(site) == sorted([*others, *ASINS[2:20]])

    def new_interleaving() -> Interleaving:
        aws_spy.delete_site_rows(site.site_id, site.deps.config)
        stock(site, ASINS[:20])
        return Interleaving(
            lambda: _remove_in_parts(site, ASINS[:2]), lambda: stock(site, others), check
        )

    assert at_every_aws_call(new_interleaving) > 4


def test_products_are_removed_in_parts(stocked: Site) -> None:
    with aws_spy.record_calls() as made:
        _remove_in_parts(stocked, REMOVED)

    assert made.count("TransactWriteItems") > 1
    assert products_of(stocked) == placed(stocked) == KEPT


@pytest.mark.parametrize("other", [refreshes, imports])
@pytest.mark.parametrize("is_reversed", [False, True])
def test_concurrent_change_brings_no_product_back(
    site: Site,
    clock: FakeClock,
    other: Callable[[Site], Callable[[], None]],
    is_reversed: bool,
) -> None:
    new = racing(site, clock, other, KEPT)

    calls = at_every_aws_call(lambda: new().reversed() if is_reversed else new(), 2)

    assert calls >= 4
