"""`GET /v1/variations/{asin}` and `GET /v1/browse_nodes`, with credentials of either API."""

from urllib.parse import quote

import pytest

from infra.local.fake_amazon.server import FakeAmazon
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY
from tests.site_client import Site

ASINS = [f"B0TEST{n:04d}" for n in range(20)]


@pytest.fixture(params=["site", "creators_site"])
def connected(request: pytest.FixtureRequest) -> Site:
    site: Site = request.getfixturevalue(request.param)
    return site


def test_variations_are_paged_and_name_their_dimensions(connected: Site, clock: FakeClock) -> None:
    pages = []
    for asin in ASINS:
        clock.advance(seconds=2)
        reply = connected.get(f"/v1/variations/{asin}")
        assert reply.status == 200, reply.text
        assert reply.json["page"] == 1
        pages.append(reply.json)
    with_variations = [page for page in pages if page["items"]]
    assert [page for page in pages if not page["items"] and not page["pages"]]
    for page in with_variations:
        (dimension,) = page["dimensions"]
        assert (dimension["name"], dimension["label"]) == ("color_name", "Color")
        assert len(page["items"]) <= 10
    large = next(page for page in with_variations if page["pages"] > 1)
    clock.advance(seconds=2)
    first = large["items"][0]["asin"]
    second = connected.get(f"/v1/variations/{first}", page="2").json
    assert second["page"] == 2
    assert {p["asin"] for p in second["items"]}.isdisjoint(p["asin"] for p in large["items"])
    clock.advance(seconds=2)
    assert connected.get(f"/v1/variations/{first}", page="100").json["items"] == []


def test_variations_of_an_address_are_those_of_its_marketplace(
    site: Site, amazon: FakeAmazon
) -> None:
    site.connect(ACCESS_KEY, SECRET_KEY, "test-21", "DE")
    amazon.control.clear_calls()
    for query in ({}, {"marketplace": "US"}):
        url = quote("https://www.amazon.de/dp/B0TEST0001", safe="")
        assert site.get(f"/v1/variations/{url}", None, **query).status == 200
    assert [call.marketplace for call in amazon.control.calls()] == ["DE", "DE"]
    elsewhere = site.get(f"/v1/variations/{quote('www.amazon.fr/dp/B0TEST0001', safe='')}")
    assert (elsewhere.status, elsewhere.json["code"]) == (409, "not_connected")


def test_browse_nodes_have_ancestors_and_unknown_ids_are_listed(
    connected: Site, amazon: FakeAmazon
) -> None:
    found = connected.get("/v1/browse_nodes", ids="283155, 99,283155").json
    (books,) = found["browse_nodes"]
    assert (books["id"], books["name"], books["ancestors"]) == ("283155", "Books", [])
    assert found["not_found"] == ["99"]
    ten = connected.get("/v1/browse_nodes", ids=",".join(map(str, range(10)))).json
    assert len(ten["not_found"]) == 10
    child = connected.get("/v1/browse_nodes", ids=books["children"][0]["id"]).json
    assert child["browse_nodes"][0]["ancestors"] == [{"id": "283155", "name": "Books"}]
    calls = [call for call in amazon.control.calls() if call.operation == "GetBrowseNodes"]
    assert len(calls) == 3


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("browse_nodes", {}, "ids"),
        ("browse_nodes", {"ids": ""}, "ids"),
        ("browse_nodes", {"ids": "1,,2"}, "ids"),
        ("browse_nodes", {"ids": "x"}, "ids"),
        ("browse_nodes", {"ids": "١٢"}, "ids"),
        ("browse_nodes", {"ids": "1" * 20}, "ids"),
        ("browse_nodes", {"ids": ",".join(map(str, range(11)))}, "ids"),
        ("browse_nodes", {"ids": "1", "marketplace": "XX"}, "marketplace"),
        ("variations/short", {}, "asin"),
        ("variations/B0TEST0001", {"page": "0"}, "page"),
        ("variations/B0TEST0001", {"page": "x"}, "page"),
        ("variations/B0TEST0001", {"nonsense": "1"}, "nonsense"),
    ],
)
def test_invalid_parameters_are_named_without_a_call(
    site: Site, amazon: FakeAmazon, path: str, query: dict[str, str], field: str
) -> None:
    amazon.control.clear_calls()
    reply = site.get(f"/v1/{path}", None, **query)
    assert (reply.status, reply.json["code"]) == (422, "invalid_request"), reply.text
    assert reply.json["field"] == field
    assert amazon.control.calls() == []
