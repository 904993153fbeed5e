"""The products of a site as they may be shown now, and the change feed."""

from typing import Any, get_args

import pytest

from amzlinkr.domain.products import AvailabilityName
from amzlinkr.services import feed
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.control_bodies import GoneBody, PriceBody, StockBody
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import plan_sync, run_sync
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.feed_pages import changed_products
from tests.site_client import Site

ASINS = [f"B0TEST{n:04d}" for n in range(7)]
ALL_NAMES = [*(("DE", asin) for asin in ASINS[5:]), *(("US", asin) for asin in ASINS[:5])]


@pytest.fixture
def stocked(site: Site) -> Site:
    """Return a site with five products in the US and two in Germany."""
    site.connect(ACCESS_KEY, SECRET_KEY, "test-21", "DE")
    site.post("/v1/import", {"items": ASINS[:5]})
    site.post("/v1/import", {"items": ASINS[5:], "marketplace": "DE"})
    return site


def pages(site: Site, path: str, name: str, **query: str) -> list[list[dict[str, Any]]]:
    """Return the entries of all pages of a list, by page."""
    found, cursor = [], ""
    while True:
        page = site.get(path, None, cursor=cursor, **query).json
        found.append(page[name])
        cursor = page.get("next_cursor")
        if not page["has_more"]:
            return found


def names_in(found: list[list[dict[str, Any]]]) -> list[tuple[str, str]]:
    """Return marketplace and ASIN of the entries of all pages."""
    return [(entry["marketplace"], entry["asin"]) for page in found for entry in page]


def set_price(amazon: FakeAmazon, asin: str, amount: int) -> None:
    amazon.control.set_price(PriceBody(asin, "US", amount=amount))


def sync(site: Site, deps: Dependencies) -> None:
    """Request a sync and run it."""
    site.post("/v1/sync")
    run_sync(deps)


def test_product_lists_are_paged(stocked: Site) -> None:
    for limit in (1, 2, 3, 5, 100):
        found = pages(stocked, "/v1/products", "products", limit=str(limit))
        assert names_in(found) == ALL_NAMES
        assert all(len(page) == limit for page in found[:-1])
        assert found[-1]
        assert names_in(pages(stocked, "/v1/export", "products", limit=str(limit))) == ALL_NAMES
        changed = pages(stocked, "/v1/changes", "changes", limit=str(limit))
        assert sorted(names_in(changed)) == ALL_NAMES
    german = pages(stocked, "/v1/products", "products", limit="1", marketplace="DE")
    assert [page[0]["asin"] for page in german] == ASINS[5:]
    assert stocked.get("/v1/products", marketplace="XX").json["field"] == "marketplace"
    for wrong in ("0", "101", "x", "-1"):
        assert stocked.get("/v1/products", limit=wrong).json["field"] == "limit"


def test_feed_is_paged_and_its_cursor_is_never_null(stocked: Site) -> None:
    for limit in (1, 2, 3, 100):
        found = pages(stocked, "/v1/changes", "changes", limit=str(limit))
        assert sorted(change["asin"] for page in found for change in page) == ASINS
    _, cursor = stocked.changes()
    end = stocked.get("/v1/changes", cursor=cursor).json
    assert (end["changes"], end["has_more"]) == ([], False)
    assert end["next_cursor"]


def test_product_etag_changes_with_each_refresh(
    stocked: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon
) -> None:
    path = f"/v1/products/{ASINS[0]}"
    first = stocked.get(path)
    tag = first.headers["etag"]
    assert first.json["asin"] == ASINS[0]
    same = stocked.get(path.lower(), headers={"If-None-Match": tag})
    assert (same.status, same.text, same.headers["etag"]) == (304, "", tag)
    assert stocked.get(path, headers={"If-None-Match": '"other"'}).status == 200
    listed = stocked.get("/v1/products").headers["etag"]
    clock.advance(minutes=10)
    assert stocked.get(path, headers={"If-None-Match": tag}).status == 304
    sync(stocked, deps)
    later = stocked.get(path, headers={"If-None-Match": tag})
    assert later.status == 200
    assert later.json["observed_at"] > first.json["observed_at"]
    assert later.json["price"] == first.json["price"]
    assert stocked.get("/v1/products", headers={"If-None-Match": listed}).status == 200
    foreign = stocked.get(f"/v1/products/{ASINS[5]}")
    assert foreign.status == 404
    assert stocked.get(f"/v1/products/{ASINS[5]}", marketplace="DE").status == 200


def test_deleted_product_is_removed_once_and_can_be_imported_again(stocked: Site) -> None:
    _, cursor = stocked.changes()
    path = f"/v1/products/{ASINS[1]}"
    gone = stocked.delete(path)
    assert (gone.status, gone.text) == (204, "")
    assert stocked.get(path).status == 404
    assert stocked.delete(path).status == 404
    listed = stocked.get("/v1/products", marketplace="US").json["products"]
    shown = [product["asin"] for product in listed]
    assert shown == [ASINS[0], *ASINS[2:5]]
    removed, cursor = stocked.changes(cursor)
    assert removed == [{"asin": ASINS[1], "marketplace": "US", "kind": "removed"}]
    assert stocked.delete(f"/v1/products/{ASINS[5]}").status == 404
    assert stocked.delete(f"/v1/products/{ASINS[5]}", marketplace="DE").status == 204
    stocked.post("/v1/import", {"items": [ASINS[1]]})
    back, _ = stocked.changes(cursor)
    assert [(c["asin"], c["kind"]) for c in back] == [(ASINS[5], "removed"), (ASINS[1], "added")]
    assert stocked.get(path).status == 200


def test_only_the_asin_is_served_after_24_hours(stocked: Site, clock: FakeClock) -> None:
    fresh = stocked.get(f"/v1/products/{ASINS[0]}").json
    clock.advance(hours=23, minutes=59)
    assert stocked.get(f"/v1/products/{ASINS[0]}").json == fresh
    clock.advance(minutes=1)
    shown = [
        stocked.get(f"/v1/products/{ASINS[0]}").json,
        *stocked.get("/v1/products").json["products"],
        *(change["product"] for change in stocked.changes()[0]),
        *stocked.get("/v1/export").json["products"],
    ]
    for product in shown:
        tag = {"US": TAG, "DE": "test-21"}[product["marketplace"]]
        domain = {"US": "www.amazon.com", "DE": "www.amazon.de"}[product["marketplace"]]
        assert product == {
            "asin": product["asin"],
            "marketplace": product["marketplace"],
            "url": f"https://{domain}/dp/{product['asin']}?tag={tag}",
            "price_status": "expired",
        }
    assert stocked.get("/v1/changes").json["checked_at"] == {}, "no product has content"
    assert stocked.delete("/v1/connections/US").status == 204
    without_tag = stocked.get(f"/v1/products/{ASINS[0]}", marketplace="US").json
    assert without_tag["url"] == f"https://www.amazon.com/dp/{ASINS[0]}"


def test_repeated_import_shows_a_missing_product_with_its_link(
    stocked: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon
) -> None:
    body, key = {"items": ASINS[:2]}, {"Idempotency-Key": "click"}
    assert stocked.post("/v1/import", body, key).status == 200
    amazon.control.set_gone(GoneBody(ASINS[0]))
    clock.advance(hours=1)
    sync(stocked, deps)

    gone, other = stocked.post("/v1/import", body, key).json["results"]

    assert (gone["status"], other["product"]["price_status"]) == ("imported", "current")
    assert gone["product"] == {
        "asin": ASINS[0],
        "marketplace": "US",
        "url": f"https://www.amazon.com/dp/{ASINS[0]}?tag={TAG}",
        "price_status": "missing",
    }


def test_cursor_is_valid_for_one_site_and_list(stocked: Site, deps: Dependencies) -> None:
    other = Site.sign_up_and_connect(deps, ACCESS_KEY, SECRET_KEY, TAG)
    other.post("/v1/import", {"items": ASINS[:3]})
    changes = stocked.get("/v1/changes", limit="1").json["next_cursor"]
    listed = stocked.get("/v1/products", limit="1").json["next_cursor"]
    wrong = [
        (other, "/v1/changes", changes),
        (other, "/v1/products", listed),
        (stocked, "/v1/products", changes),
        (stocked, "/v1/changes", listed),
        (stocked, "/v1/changes", changes[:-1]),
        (stocked, "/v1/changes", changes + "="),
        (stocked, "/v1/changes", changes[:-1] + ("A" if changes[-1] != "A" else "B")),
        (stocked, "/v1/changes", "x"),
    ]
    for site, path, cursor in wrong:
        reply = site.get(path, cursor=cursor)
        assert (reply.status, reply.json["code"]) == (400, "invalid_cursor")
        assert reply.json["field"] == "cursor"
    german = stocked.get("/v1/products", limit="1", marketplace="DE", cursor=listed)
    assert german.status == 400


def test_sites_cannot_see_products_of_other_sites(stocked: Site, deps: Dependencies) -> None:
    other = Site.sign_up_and_connect(deps, ACCESS_KEY, SECRET_KEY, TAG)
    path = f"/v1/products/{ASINS[0]}"
    assert other.get(path).text == other.get("/v1/products/B0NEVER000").text
    assert other.delete(path).status == 404
    assert other.get("/v1/products").json["products"] == []
    assert other.changes()[0] == []
    assert stocked.get(path).status == 200


def test_two_changes_between_reads_are_one_feed_entry(
    stocked: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon
) -> None:
    _, cursor = stocked.changes()
    for amount in (1111, 2222):
        set_price(amazon, ASINS[2], amount)
        clock.advance(minutes=10)
        sync(stocked, deps)
    changed, cursor = stocked.changes(cursor)
    assert [(c["asin"], c["kind"], c["product"]["price"]["amount"]) for c in changed] == [
        (ASINS[2], "price", 2222)
    ]
    assert stocked.changes(cursor)[0] == []


def test_paging_reader_misses_no_price_change(
    stocked: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon
) -> None:
    known: dict[str, Any] = {}
    cursor = ""
    for step in range(1, 12):
        page = stocked.get("/v1/changes", cursor=cursor, limit="2").json
        for change in page["changes"]:
            known[change["asin"]] = change.get("product", {}).get("price", {}).get("amount")
        cursor = page.get("next_cursor")
        if step <= 4:
            set_price(amazon, ASINS[step], 1000 + step)
            clock.advance(minutes=10)
            sync(stocked, deps)
    listed = stocked.get("/v1/products").json["products"]
    for product in listed:
        assert known[product["asin"]] == product.get("price", {}).get("amount")
    feed = [int(item.seq) for item in changed_products(deps, stocked.site_id, 0, 100)]
    assert feed == sorted(set(feed))
    assert max(feed) == 7 + 4


def test_checked_at_is_the_oldest_observation_shown(
    stocked: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon
) -> None:
    def checked() -> Any:
        return stocked.get("/v1/changes").json["checked_at"]

    oldest = min(
        change["product"]["observed_at"]
        for change in stocked.changes()[0]
        if change["marketplace"] == "US"
    )
    assert checked()["US"] == oldest
    assert set(checked()) == {"US", "DE"}
    clock.advance(hours=1)
    amazon.control.set_gone(GoneBody(ASINS[0], silently=True))
    sync(stocked, deps)
    assert checked()["US"] == stocked.get(f"/v1/products/{ASINS[0]}").json["observed_at"]
    clock.advance(hours=1)
    sync(stocked, deps)
    shown = stocked.get("/v1/products", marketplace="US").json["products"]
    assert [p["asin"] for p in shown if p["price_status"] == "missing"] == ASINS[:1]
    assert checked()["US"] == min(p["observed_at"] for p in shown if p["asin"] != ASINS[0])


def omit_for_half_a_day(
    stocked: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon
) -> tuple[str, str]:
    """Omit one product in the refresh after 12.5 hours.

    Return the cursor after it, and the time at which the others were seen.
    """
    stocked.patch("/v1/site", {"refresh_hours": 12})
    amazon.control.set_gone(GoneBody(ASINS[0], silently=True))
    clock.advance(hours=12, minutes=30)
    sync(stocked, deps)
    _, cursor = stocked.changes()
    seen = stocked.get(f"/v1/products/{ASINS[1]}").json["observed_at"]
    return cursor, seen


def test_dead_product_is_expired_by_the_first_run_after_24_hours(
    stocked: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon
) -> None:
    cursor, seen = omit_for_half_a_day(stocked, deps, clock, amazon)
    clock.advance(hours=11, minutes=30)

    plan_sync(deps)

    page = stocked.get("/v1/changes", cursor=cursor).json
    kinds = [(c["asin"], c["kind"]) for c in page["changes"] if c["marketplace"] == "US"]
    assert kinds == [(ASINS[0], "expired")]
    assert page["checked_at"]["US"] == seen


@pytest.mark.parametrize("limit", [1, 100])
def test_feed_expires_a_product_that_reaches_24_hours_between_two_runs(
    stocked: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon, limit: int
) -> None:
    cursor, seen = omit_for_half_a_day(stocked, deps, clock, amazon)
    clock.advance(hours=11, minutes=30, seconds=5)

    found = []
    while True:
        page = stocked.get("/v1/changes", cursor=cursor, limit=str(limit)).json
        found += [(change["asin"], change["kind"]) for change in page["changes"]]
        cursor = page.get("next_cursor")
        if not page["has_more"]:
            break

    assert (ASINS[0], "expired") in found
    assert page["checked_at"]["US"] == seen
    clock.advance(minutes=4)
    again = stocked.get("/v1/changes", cursor=cursor).json
    assert (again["changes"], again["has_more"]) == ([], False)


def test_feed_of_many_expired_shelves_is_read_in_parts(
    site: Site, deps: Dependencies, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MAX_EXPIRED_SHELVES", 2)
    items = [f"B0TEST{number:04d}" for number in range(40)]
    for start in range(0, len(items), 10):
        site.post("/v1/import", {"items": items[start : start + 10]})
        clock.advance(seconds=2)
    _, cursor = site.changes()
    clock.advance(hours=24)

    first = site.get("/v1/changes", cursor=cursor).json
    assert first["has_more"]
    assert len(deps.shelves.list_for_site(site.site_id)) == 4
    changes, cursor = site.changes(first.get("next_cursor"))

    named = [change["asin"] for change in [*first["changes"], *changes]]
    listed = [p["asin"] for page in pages(site, "/v1/products", "products") for p in page]
    assert sorted(named) == listed
    assert {change["kind"] for change in [*first["changes"], *changes]} == {"expired"}
    assert site.get("/v1/changes", cursor=cursor).json["checked_at"] == {}


def test_products_are_filtered_by_state(
    stocked: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon
) -> None:
    amazon.control.set_gone(GoneBody(ASINS[0]))
    amazon.control.set_stock(StockBody(ASINS[1], available=False))
    clock.advance(hours=1)
    sync(stocked, deps)
    stocked.connect(ACCESS_KEY, SECRET_KEY, "test-21", "JP")

    def found(**query: str) -> list[str]:
        page = stocked.get("/v1/products", None, **query).json
        return [product["asin"] for product in page["products"]]

    listed = stocked.get("/v1/products", marketplace="US").json["products"]
    statuses = {product["asin"]: product["price_status"] for product in listed}
    assert found(price_status="missing") == ASINS[:1]
    assert found(price_status="expired") == []
    assert found(price_status="missing, current,hidden", marketplace="US") == [
        asin for asin in ASINS[:5] if statuses[asin] in {"missing", "current", "hidden"}
    ]
    assert found(availability="out_of_stock", marketplace="US") == ASINS[1:2]
    assert found(availability="in_stock,out_of_stock", marketplace="US") == ASINS[1:5]
    assert found(availability="in_stock", price_status="missing") == []
    assert found(price_status="waiting") == []
    assert found(asins=f"{ASINS[3].lower()},{ASINS[0]},{ASINS[5]},B0NEVER000") == [
        ASINS[5],
        ASINS[0],
        ASINS[3],
    ]
    assert found(asins=ASINS[5], marketplace="DE") == ASINS[5:6]
    others = [f"B0{number:08d}" for number in range(700, 799)]
    assert found(asins=", ".join([*others, ASINS[0]])) == ASINS[:1]
    assert found(asins=f"{ASINS[0]},{ASINS[1]}", price_status="missing") == ASINS[:1]


def test_filters_apply_before_the_limit(stocked: Site) -> None:
    for query in (
        {"availability": ",".join(get_args(AvailabilityName))},
        {"asins": ",".join(ASINS)},
        {"price_status": "no_offer,current,hidden", "asins": ",".join(reversed(ASINS))},
    ):
        for limit in (1, 2, 3, 5):
            found = pages(stocked, "/v1/products", "products", limit=str(limit), **query)
            assert names_in(found) == ALL_NAMES
            assert all(len(page) == limit for page in found[:-1])
            assert found[-1]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {"price_status": "current"}),
        ({"price_status": "current"}, {}),
        ({"price_status": "current"}, {"price_status": "current,missing"}),
        ({"price_status": "current,missing"}, {"availability": "in_stock"}),
        ({"asins": ",".join(ASINS[:4])}, {"asins": ",".join(ASINS[:5])}),
        ({"availability": "in_stock"}, {"availability": "in_stock", "marketplace": "DE"}),
    ],
)
def test_cursor_is_valid_for_its_filters(
    stocked: Site, first: dict[str, str], second: dict[str, str]
) -> None:
    cursor = stocked.get("/v1/products", None, limit="1", **first).json.get("next_cursor")
    same = {name: ",".join(reversed(text.split(","))) for name, text in first.items()}

    other = stocked.get("/v1/products", None, cursor=cursor, **second)

    assert (other.status, other.json["code"]) == (400, "invalid_cursor")
    assert stocked.get("/v1/products", None, cursor=cursor, **same).status == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price_status", "gone"),
        ("price_status", "current,gone"),
        ("price_status", "current,"),
        ("availability", "In_Stock"),
        ("availability", "in_stock;unknown"),
        ("asins", ",".join(f"B0{number:08d}" for number in range(101))),
        ("asins", "B0"),
        ("asins", "B0TEST0001,"),
        ("asins", "B0TEST0001;B0TEST0002"),
        ("asins", "B0TEST000Ä"),
    ],
)
def test_unknown_filter_value_is_rejected(stocked: Site, field: str, value: str) -> None:
    refused = stocked.get("/v1/products", None, **{field: value})

    assert (refused.status, refused.json["field"]) == (422, field)
