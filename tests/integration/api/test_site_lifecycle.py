"""The life of a site through the handlers: an import, the first price sync, a disconnection."""

from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.control_bodies import PriceBody
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import run_imports, run_sync
from tests.conftest import ACCESS_KEY, SECRET_KEY
from tests.integration import aws_spy
from tests.site_client import Site

EXISTING = [f"B0TEST{n:04d}" for n in range(20)]
MISSING = [f"B0NONE{n:04d}" for n in range(3)]


def get_items_calls(amazon: FakeAmazon) -> list[list[str]]:
    return [list(call.item_ids) for call in amazon.control.calls() if call.operation == "GetItems"]


def test_import_of_25_inputs_takes_3_calls(
    site: Site, deps: Dependencies, amazon: FakeAmazon
) -> None:
    inputs = [*EXISTING, *MISSING, EXISTING[0], f"https://www.amazon.com/dp/{EXISTING[1]}"]
    started = site.post("/v1/import", {"items": inputs})
    assert started.status == 202, started.text
    status_url = started.json["status_url"]
    assert site.get(status_url).json["status"] == "queued"

    run_imports(deps)

    done = site.get(status_url).json
    assert (done["status"], done["total"], done["done"], done["failed"]) == ("done", 25, 25, 3)
    assert [result["input"] for result in done["results"]] == inputs
    assert [r["status"] for r in done["results"]] == ["imported"] * 20 + ["not_found"] * 3 + [
        "imported"
    ] * 2
    assert [len(ids) for ids in get_items_calls(amazon)] == [10, 10, 3]


def test_sync_of_20_products_takes_2_calls_and_adds_each_change_once(
    site: Site, deps: Dependencies, amazon: FakeAmazon
) -> None:
    site.post("/v1/import", {"items": EXISTING + MISSING})
    run_imports(deps)
    added, cursor = site.changes()
    assert sorted(change["asin"] for change in added) == EXISTING
    amazon.control.clear_calls()
    for asin in EXISTING[:3]:
        amazon.control.set_price(PriceBody(asin=asin, marketplace="US", amount=4242))

    assert site.post("/v1/sync").status == 202
    assert run_sync(deps) == 2

    assert [len(ids) for ids in get_items_calls(amazon)] == [10, 10]
    changed, cursor = site.changes(cursor)
    assert sorted((c["asin"], c["kind"]) for c in changed) == [(a, "price") for a in EXISTING[:3]]
    assert {change["product"]["price"]["amount"] for change in changed} == {4242}
    assert site.changes(cursor)[0] == []


def test_other_connection_is_deleted_with_its_secret(site: Site) -> None:
    primary = aws_spy.secrets()
    site.connect(ACCESS_KEY, SECRET_KEY, "test-21", "DE")
    assert len(aws_spy.secrets()) == 2

    assert site.delete("/v1/connections/DE").status == 204

    assert aws_spy.secrets() == primary
    assert site.get("/v1/site").json["primary_marketplace"] == "US"
