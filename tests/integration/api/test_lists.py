"""Lists in the API: definition, content, replacement, removal, limits, paging, the change feed."""

from typing import Any

import pytest

from amzlinkr.config import Config
from amzlinkr.domain.lists import MAX_LIST_SIZE
from amzlinkr.http.presenters import pages as presenter
from amzlinkr.wiring import Dependencies
from functions.refresh_shelves import app as refresh_shelves
from infra.local.fake_amazon.control_bodies import PriceBody
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import run_purge, run_queue, run_sync
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY
from tests.integration import aws_spy
from tests.limits import with_limits
from tests.site_client import Site

QUERY = {"keywords": "kettle", "size": 25}
NOTHING = {"keywords": "zzznothing"}


def asins_of(shown: dict[str, Any]) -> list[str]:
    return [item["asin"] for item in shown["items"]]


def fill(deps: Dependencies) -> None:
    """Refresh the lists that are in the queue already; the planner does not run."""
    assert run_queue(deps, refresh_shelves, deps.config.refresh_queue_url)


def test_list_is_filled_without_a_run_of_the_planner(
    site: Site, deps: Dependencies, amazon: FakeAmazon
) -> None:
    amazon.control.clear_calls()
    created = site.put("/v1/lists/best-grinders", QUERY)
    assert created.status == 201
    assert created.json == {
        "name": "best-grinders",
        "marketplace": "US",
        "query": {"keywords": "kettle", "in_stock": True},
        "size": 25,
        "items": [],
    }
    assert site.get("/v1/lists/best-grinders").json == created.json

    fill(deps)
    shown = site.get("/v1/lists/best-grinders").json
    assert len(set(asins_of(shown))) == len(shown["items"]) == 25
    calls = amazon.control.calls()
    assert [call.operation for call in calls] == ["SearchItems"] * 3
    found = [site.get("/v1/search", keywords="kettle", page=str(n)).json for n in (1, 2, 3)]
    assert asins_of(shown) == [item["asin"] for page in found for item in page["items"]][:25]
    assert {item["observed_at"] for item in shown["items"]} == {shown["observed_at"]}
    assert {item["price_status"] for item in shown["items"]} <= {"current", "hidden", "no_offer"}
    assert shown["fresh_until"] > shown["observed_at"]
    # Products of a list are not products of the site.
    assert site.get("/v1/products").json["products"] == []
    assert site.get("/v1/sync").json["products"]["fresh"] == 0


@pytest.mark.slow
def test_same_definition_again_changes_nothing(site: Site, deps: Dependencies) -> None:
    site.put("/v1/lists/tea", QUERY)
    fill(deps)
    shown, (_, cursor) = site.get("/v1/lists/tea").json, site.changes()

    again = site.put("/v1/lists/tea", QUERY)

    assert (again.status, again.json) == (200, shown)
    assert run_queue(deps, refresh_shelves, deps.config.refresh_queue_url) == []
    assert site.changes(cursor)[0] == []


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({**QUERY, "keywords": "sofa"}, marks=pytest.mark.slow),
        pytest.param({**QUERY, "sort": "Price:LowToHigh"}, marks=pytest.mark.slow),
        {**QUERY, "marketplace": "DE"},
    ],
    ids=["keywords", "sort", "marketplace"],
)
def test_another_search_drops_the_results_at_once(
    site: Site, deps: Dependencies, other: dict[str, Any]
) -> None:
    site.connect(ACCESS_KEY, SECRET_KEY, "test-21", "DE")
    site.put("/v1/lists/tea", QUERY)
    fill(deps)
    _, cursor = site.changes()

    replaced = site.put("/v1/lists/tea", other)

    assert replaced.status == 200
    assert replaced.json["items"] == []
    assert "observed_at" not in replaced.json
    (change,), cursor = site.changes(cursor)
    assert (change["kind"], change["list"]) == ("list", replaced.json)
    fill(deps)
    shown = site.get("/v1/lists/tea").json
    assert len(shown["items"]) > 10
    assert {item["marketplace"] for item in shown["items"]} == {shown["marketplace"]}
    (change,), _ = site.changes(cursor)
    assert change["list"] == shown
    assert [one["name"] for one in site.get("/v1/lists").json["lists"]] == ["tea"]


@pytest.mark.parametrize(("size", "kept"), [(7, 7), pytest.param(30, 25, marks=pytest.mark.slow)])
def test_another_size_keeps_the_results(
    site: Site, deps: Dependencies, size: int, kept: int
) -> None:
    site.put("/v1/lists/tea", QUERY)
    fill(deps)
    before, (_, cursor) = site.get("/v1/lists/tea").json, site.changes()

    changed = site.put("/v1/lists/tea", {**QUERY, "size": size})

    assert changed.status == 200
    assert changed.json == {**before, "size": size, "items": before["items"][:kept]}
    assert [change["list"] for change in site.changes(cursor)[0]] == [changed.json]
    fill(deps)
    assert len(site.get("/v1/lists/tea").json["items"]) == size


@pytest.mark.slow
def test_search_without_results_is_an_empty_list_with_times(site: Site, deps: Dependencies) -> None:
    site.put("/v1/lists/nothing", NOTHING)
    _, cursor = site.changes()
    fill(deps)

    shown = site.get("/v1/lists/nothing").json

    assert shown["items"] == []
    assert {"observed_at", "fresh_until"} <= set(shown)
    assert [change["list"] for change in site.changes(cursor)[0]] == [shown]
    assert site.get("/v1/changes").json["checked_at"] == {}


def test_removed_list_leaves_a_tombstone(site: Site, deps: Dependencies) -> None:
    site.put("/v1/lists/tea", QUERY)
    fill(deps)
    _, cursor = site.changes()

    assert site.delete("/v1/lists/tea").status == 204

    assert site.delete("/v1/lists/tea").status == 404
    assert site.get("/v1/lists/tea").status == 404
    assert site.get("/v1/lists").json == {"lists": [], "has_more": False}
    entry = {
        "marketplace": "US",
        "kind": "list_removed",
        "list": {"name": "tea", "marketplace": "US"},
    }
    assert site.changes(cursor)[0] == [entry]
    assert run_sync(deps) == 0
    assert site.put("/v1/lists/tea", QUERY).status == 201
    (change,), _ = site.changes(cursor)
    assert change["kind"] == "list"


INVALID: list[tuple[str, object, str]] = [
    ("Tea", QUERY, "name"),
    ("a" * 65, QUERY, "name"),
    ("tea_pot", QUERY, "name"),
    ("größe", QUERY, "name"),
    ("tea☕", QUERY, "name"),
    ("tea\x00", QUERY, "name"),
    ("tea", {"keywords": "tea\x00pot"}, "keywords"),
    ("tea", {"keywords": "tea", "brand": "\x00"}, "brand"),
    ("tea", {"size": 5}, "keywords"),
    ("tea", {"keywords": "tea", "size": 0}, "size"),
    ("tea", {"keywords": "tea", "size": MAX_LIST_SIZE + 1}, "size"),
    ("tea", {"keywords": "tea", "size": "5"}, "size"),
    ("tea", {"keywords": "tea", "page": 2}, "page"),
    ("tea", {"keywords": "tea", "min_price": 5, "max_price": 4}, "max_price"),
    ("tea", {"keywords": "tea", "delivery": "Drone"}, "delivery"),
    ("tea", {"keywords": "tea", "marketplace": "XX"}, "marketplace"),
    ("tea", {"keywords": "B07XJ8C8F5"}, "keywords"),
    ("tea", {"keywords": "see https://www.amazon.de/dp/B07XJ8C8F5"}, "keywords"),
    ("tea", {"keywords": "https://amzn.to/3abcdef"}, "keywords"),
    ("tea", ["keywords"], "body"),
    ("tea", None, "body"),
]


def test_invalid_list_is_refused_and_not_stored(site: Site) -> None:
    for name, body, field in INVALID:
        refused = site.put(f"/v1/lists/{name}", body)
        assert (refused.status, refused.json["field"]) == (422, field), (name, body)
    assert site.get("/v1/lists").json["lists"] == []
    assert site.changes()[0] == []


def test_short_link_has_its_own_code(site: Site) -> None:
    refused = site.put("/v1/lists/tea", {"keywords": "https://amzn.to/3abcdef"})

    assert refused.json["code"] == "short_link"


def test_list_requires_a_connection(deps: Dependencies) -> None:
    site = Site.sign_up(deps)

    for body in (QUERY, {**QUERY, "marketplace": "US"}):
        refused = site.put("/v1/lists/tea", body)
        assert (refused.status, refused.json["code"]) == (409, "not_connected")
    assert site.get("/v1/lists").json["lists"] == []


@pytest.mark.parametrize("mode", ["live", "test"])
def test_list_limit_applies_to_new_lists_only(site: Site, deps: Dependencies, mode: str) -> None:
    if mode == "test":
        site = site.open_sandbox()
        site.connect("AKIAMADEUPMADEUPMADE", "m" * 40, "made-up-20")
    site.deps = with_limits(
        deps, lists=2 if mode == "live" else 9, lists_of_sandbox=9 if mode == "live" else 2
    )
    assert [site.put(f"/v1/lists/l{n}", QUERY).status for n in range(2)] == [201, 201]

    refused = site.put("/v1/lists/l2", QUERY)

    assert (refused.status, refused.json["code"]) == (409, "list_limit_reached")
    assert refused.json["retryable"] is False
    assert site.put("/v1/lists/l1", {"keywords": "other"}).status == 200
    assert site.get("/v1/usage").json["lists"] == {"used": 2, "limit": 2}
    site.delete("/v1/lists/l0")
    assert site.put("/v1/lists/l2", QUERY).status == 201


def test_lists_have_pages_in_the_order_of_their_names(site: Site, deps: Dependencies) -> None:
    for name in ("c", "a", "b-2", "b"):
        site.put(f"/v1/lists/{name}", QUERY)
    # As in a new process, which reads the secret that signs cursors.
    deps.signer.reset()
    names, cursor = [], ""
    while True:
        page = site.get("/v1/lists", limit="2", cursor=cursor).json
        names.append([one["name"] for one in page["lists"]])
        if not page["has_more"]:
            break
        cursor = page.get("next_cursor")

    assert names == [["a", "b"], ["b-2", "c"]]
    assert site.get("/v1/products", cursor=cursor).json["code"] == "invalid_cursor"


def test_pages_are_cut_by_their_size(
    site: Site, deps: Dependencies, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        site.put(f"/v1/lists/{name}", QUERY)
    fill(deps)
    (one, *_) = site.get("/v1/lists").json["lists"]
    whole, (changes, _) = site.get("/v1/lists").text, site.changes()
    monkeypatch.setattr(presenter, "MAX_PAGE_BYTES", int(len(str(one)) * 1.5))

    pages, cursor = [], ""
    while True:
        page = site.get("/v1/lists", cursor=cursor).json
        pages.append(page["lists"])
        if not page["has_more"]:
            break
        cursor = page.get("next_cursor")
    assert [len(page) for page in pages] == [1, 1, 1]
    assert [shown["name"] for page in pages for shown in page] == ["a", "b", "c"]
    assert all(str(shown) in str(site.get("/v1/lists/" + shown["name"]).json) for (shown,) in pages)
    assert len(whole) > sum(map(len, pages))

    first = site.get("/v1/changes").json
    assert (len(first["changes"]), first["has_more"]) == (1, True)
    assert site.changes()[0] == changes


@pytest.mark.slow
def test_list_is_cacheable(site: Site, deps: Dependencies) -> None:
    site.put("/v1/lists/tea", QUERY)
    for path in ("/v1/lists", "/v1/lists/tea"):
        tag = {"If-None-Match": site.get(path).headers["etag"]}
        assert site.get(path, tag).status == 304
    fill(deps)
    assert site.get("/v1/lists/tea", tag).status == 200


def test_export_has_products_then_lists(site: Site, deps: Dependencies) -> None:
    site.post("/v1/import", {"items": [f"B0TEST{n:04d}" for n in range(4)]})
    for name in ("b", "a", "c"):
        site.put(f"/v1/lists/{name}", QUERY)
    fill(deps)
    whole = site.get("/v1/export").json
    assert (len(whole["products"]), [one["name"] for one in whole["lists"]]) == (4, ["a", "b", "c"])
    assert not whole["has_more"]
    assert whole["lists"] == site.get("/v1/lists").json["lists"]

    products, lists, cursor = [], [], ""
    for _ in range(9):
        page = site.get("/v1/export", limit="2", cursor=cursor).json
        assert len(page["products"]) <= 2 >= len(page["lists"])
        products += page["products"]
        lists += page["lists"]
        cursor = page.get("next_cursor")
        if not page["has_more"]:
            break
    assert (products, lists) == (whole["products"], whole["lists"])


@pytest.mark.slow
def test_list_without_calls_left_waits_for_the_planner(
    site: Site, deps: Dependencies, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("amzlinkr.services.lists.calls_this_run", lambda *_: 0)
    assert site.put("/v1/lists/tea", QUERY).status == 201
    assert run_queue(deps, refresh_shelves, deps.config.refresh_queue_url) == []

    run_sync(deps)

    assert len(site.get("/v1/lists/tea").json["items"]) == 25


@pytest.mark.slow
def test_feed_has_one_entry_for_each_list_at_its_newest_change(
    site: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock
) -> None:
    site.put("/v1/lists/tea", QUERY)
    site.post("/v1/import", {"items": ["B0TEST0001"]})
    fill(deps)
    changes, cursor = site.changes()
    assert [change["kind"] for change in changes] == ["added", "list"]
    listed = asins_of(changes[1]["list"])
    clock.advance(hours=1)
    amazon.control.set_price(PriceBody(listed[3], "US", amount=123))

    run_sync(deps)

    (change,), _ = site.changes(cursor)
    assert set(change) == {"marketplace", "kind", "list"}
    assert change["list"] == site.get("/v1/lists/tea").json
    assert change["list"]["items"][3]["price"]["amount"] == 123


@pytest.mark.slow
def test_site_deletion_purges_its_lists(site: Site, deps: Dependencies, aws: Config) -> None:
    site.put("/v1/lists/tea", QUERY)
    fill(deps)
    assert site.delete("/v1/site", confirm=site.host).status == 202

    run_purge(deps)

    assert site.site_id not in str(aws_spy.table(aws.shelves_table))
    assert site.site_id not in str(aws_spy.table(aws.products_table))
