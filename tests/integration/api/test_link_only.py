"""Link-only connections: an Associate tag before the owner has API credentials."""

from dataclasses import replace
from typing import Any

import pytest

from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.control_bodies import AccountBody
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import Reply, event_of, run_admin_command, run_sync, send, suspend
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, CREDENTIAL, SECRET_KEY, TAG
from tests.integration import aws_spy
from tests.site_client import Site

ASIN = "B0TEST0001"
EARLY_TAG = "early-20"


def link(site: Site, tag: str = EARLY_TAG, marketplace_code: str = "US") -> Reply:
    return site.put(f"/v1/connections/{marketplace_code}", {"partner_tag": tag})


@pytest.fixture
def linked(deps: Dependencies) -> Site:
    """Sign up a site with a link-only connection for the US."""
    site = Site.sign_up(deps)
    assert link(site).status == 201
    return site


def import_one(site: Site, entry: str = ASIN) -> Any:
    (result,) = site.post("/v1/import", {"items": [entry]}).json["results"]
    return result


def test_connection_has_a_tag_and_no_account(deps: Dependencies, clock: FakeClock) -> None:
    site = Site.sign_up(deps)

    created = link(site, "  early-20 ")
    clock.advance(minutes=5)
    repeated, replaced = link(site), link(site, "other-20")

    expected = {
        "marketplace": "US", "partner_tag": "early-20", "state": "link_only",
        "since": "2026-11-23T12:00:00Z",
    }  # fmt: skip
    assert (created.status, repeated.status, replaced.status) == (201, 200, 200)
    assert created.json == repeated.json == expected
    assert replaced.json == expected | {"partner_tag": "other-20"}
    assert site.connection() == replaced.json
    assert site.get("/v1/site").json["primary_marketplace"] == "US"
    assert site.get("/v1/sync").json["amazon_budget"] == {}
    assert site.get("/v1/usage").json["amazon_requests_today"] == {}
    page = site.get("/v1/changes").json
    assert page["connections"]["US"]["state"] == "link_only"
    assert site.get("/v1/export").json["connections"] == [replaced.json]


def test_repeated_request_writes_no_connection(linked: Site) -> None:
    with aws_spy.record_calls() as made:
        assert link(linked).status == 200
    assert "TransactWriteItems" not in made


def test_connection_with_credentials_is_not_replaced(site: Site) -> None:
    before = site.connection()

    refused = link(site)

    assert (refused.status, refused.json["code"]) == (409, "connection_has_credentials")
    assert site.connection() == before


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("search", {"keywords": "tea"}),
        ("variations/B0TEST0001", {}),
        ("browse_nodes", {"ids": "1"}),
    ],
)
def test_calls_to_amazon_state_that_credentials_are_missing(
    linked: Site, amazon: FakeAmazon, path: str, query: dict[str, str]
) -> None:
    refused = linked.send(event_of("GET", f"/v1/{path}", query=query))

    assert (refused.status, refused.json["code"]) == (424, "amazon_no_credentials")
    assert "ASINs" in refused.json["action"]
    assert amazon.control.calls() == []


def test_diagnostics_fail_at_the_first_step(linked: Site, amazon: FakeAmazon) -> None:
    shown = linked.get("/v1/diagnostics").json

    assert (shown["ok"], shown["connection"]["state"]) == (False, "link_only")
    assert [step.get("ok") for step in shown["steps"]] == [False, None, None, None, None]
    assert shown["steps"][0]["code"] == "amazon_no_credentials"
    assert amazon.control.calls() == []


@pytest.mark.parametrize("api", ["paapi5", "creators"])
def test_credentials_upgrade_the_connection_and_replace_the_tag(
    linked: Site, deps: Dependencies, clock: FakeClock, api: str
) -> None:
    waiting = import_one(linked)["product"]
    assert waiting["url"] == f"https://www.amazon.com/dp/{ASIN}?tag={EARLY_TAG}"
    clock.advance(minutes=10)

    if api == "paapi5":
        upgraded = linked.connect(ACCESS_KEY, SECRET_KEY, TAG)
    else:
        upgraded = linked.connect_creators(CREDENTIAL, TAG)

    connection = upgraded.json["connection"]
    assert (upgraded.status, upgraded.json["status"], connection["state"]) == (
        200,
        "valid",
        "valid",
    )
    assert (connection["api"], connection["partner_tag"]) == (api, TAG)
    assert connection["key_hint"].startswith("…")
    assert "All imported products remain" not in upgraded.json["message"]
    shown = linked.get(f"/v1/products/{ASIN}").json
    assert shown == waiting | {"url": f"https://www.amazon.com/dp/{ASIN}?tag={TAG}"}
    run_sync(deps)
    assert linked.get(f"/v1/products/{ASIN}").json["price_status"] == "current"


def test_rejected_credentials_leave_the_connection_as_it_is(
    linked: Site, amazon: FakeAmazon
) -> None:
    import_one(linked)
    before = linked.get("/v1/connections").text, linked.get("/v1/products").text

    rejected = linked.connect(ACCESS_KEY, "x" * 40, TAG)

    assert (rejected.status, rejected.json["code"]) == (422, "amazon_keys_rejected")
    assert (linked.get("/v1/connections").text, linked.get("/v1/products").text) == before
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="not_eligible"))
    assert linked.connect(ACCESS_KEY, SECRET_KEY, TAG).json["status"] == "not_eligible"
    connection = linked.connection()
    assert (connection["state"], connection["partner_tag"]) == ("not_eligible", TAG)
    assert connection["next_probe_at"]
    assert linked.get(f"/v1/products/{ASIN}").json["price_status"] == "waiting"


def test_deleted_connection_keeps_the_products_without_a_tag(linked: Site) -> None:
    import_one(linked)

    assert linked.delete("/v1/connections/US").status == 204

    assert linked.get("/v1/connections").json == {"connections": []}
    (shown,) = linked.get("/v1/products").json["products"]
    assert shown == {
        "asin": ASIN, "marketplace": "US", "price_status": "waiting",
        "url": f"https://www.amazon.com/dp/{ASIN}",
    }  # fmt: skip
    refused = import_one(linked, "https://www.amazon.com/dp/B0TEST0002")
    assert refused["problem"]["code"] == "not_connected"
    assert link(linked).status == 201
    assert linked.get(f"/v1/products/{ASIN}").json["url"].endswith(f"?tag={EARLY_TAG}")


@pytest.mark.parametrize(
    ("marketplace_code", "body", "status", "field"),
    [
        ("XX", {"partner_tag": EARLY_TAG}, 422, "marketplace"),
        ("US", {}, 422, "partner_tag"),
        ("US", {"partner_tag": ""}, 422, "partner_tag"),
        ("US", {"partner_tag": "a b"}, 422, "partner_tag"),
        ("US", {"partner_tag": 20}, 422, "partner_tag"),
        ("US", {"partner_tag": "x" * 1001}, 422, "partner_tag"),
        ("US", {"partner_tag": EARLY_TAG, "access_key": "AKIA"}, 422, "access_key"),
        ("US", [], 422, "body"),
        ("US", "not JSON", 422, "body"),
        ("US", {"partner_tag": "x" * 70_000}, 413, None),
    ],
)
def test_bad_input_is_refused_and_stores_nothing(
    deps: Dependencies, marketplace_code: str, body: object, status: int, field: str | None
) -> None:
    site = Site.sign_up(deps)

    refused = site.put(f"/v1/connections/{marketplace_code}", body)

    assert (refused.status, refused.json.get("field")) == (status, field), refused.text
    if body in ({"partner_tag": ""}, {"partner_tag": "a b"}):
        assert "1 to 64 letters" in refused.json["action"]
    assert site.get("/v1/connections").json == {"connections": []}


def test_every_marketplace_can_be_linked(deps: Dependencies) -> None:
    site = Site.sign_up(deps)

    codes = [link(site, EARLY_TAG, code.lower()).json["marketplace"] for code in MARKETPLACES]

    assert codes == list(MARKETPLACES)
    for code, market in MARKETPLACES.items():
        result = import_one(site, f"https://{market.domain}/dp/{ASIN}")
        assert result["product"]["url"] == f"https://{market.domain}/dp/{ASIN}?tag={EARLY_TAG}"
        assert (result["marketplace"], result["status"]) == (code, "waiting")


def test_suspended_site_is_refused(linked: Site, deps: Dependencies) -> None:
    suspend(deps, linked.site_id)
    event = event_of("PUT", "/v1/connections/US", {"partner_tag": "other-20"})
    event["requestContext"]["authorizer"] = {
        "site_id": linked.site_id, "kid": linked.kid, "scope": "full", "suspended": "true",
    }  # fmt: skip

    refused = send(deps, event)

    assert (refused.status, refused.json["code"]) == (403, "site_suspended")
    assert linked.connection()["partner_tag"] == EARLY_TAG


def test_operator_sees_the_connection(linked: Site, deps: Dependencies) -> None:
    details = run_admin_command(deps, order="site", site=linked.site_id)
    counted = run_admin_command(deps, order="status")["connections"]

    (shown,) = details["connections"]
    assert (shown["state"], shown["partner_tag"]) == ("link_only", EARLY_TAG)
    assert shown.keys().isdisjoint({"api", "key_hint", "next_probe_at"})
    assert counted == {"link_only": 1}


def test_changes_are_limited_with_the_settings(linked: Site, deps: Dependencies) -> None:
    limits = replace(deps.config.limits, settings=replace(deps.config.limits.settings, maximum=2))
    deps.config = replace(deps.config, limits=limits)

    statuses = [link(linked, f"other{number}-20").status for number in range(3)]

    assert statuses == [200, 429, 429]


def test_sandbox_can_be_link_only(site: Site, deps: Dependencies) -> None:
    sandbox = site.open_sandbox()
    assert link(sandbox).status == 201
    result = import_one(sandbox)
    assert (result["status"], result["product"]["price_status"]) == ("waiting", "waiting")
    assert sandbox.get("/v1/search", keywords="tea").json["code"] == "amazon_no_credentials"
    assert site.connection()["state"] == "valid"

    sandbox.connect("AKIAMADEUPMADEUPMADE", "m" * 40, TAG)
    run_sync(deps)

    assert sandbox.get(f"/v1/products/{ASIN}").json["price_status"] == "current"


def test_only_a_changed_tag_is_a_security_event(linked: Site) -> None:
    link(linked, "other-20")
    linked.connect(ACCESS_KEY, SECRET_KEY, TAG)
    linked.connect(ACCESS_KEY, SECRET_KEY, TAG)

    events = linked.get("/v1/audit").json["events"]

    replaced = [event["detail"] for event in events if event["event"] == "credentials_replaced"]
    assert replaced == ["The partner tag of the marketplace US changed."] * 2


def linked_by(page: Any, products: list[Any]) -> list[Any]:
    """Return products without content with the tags that a page of the feed states."""
    tags = {code: state["partner_tag"] for code, state in page["connections"].items()}
    return [
        product
        | {
            "url": product["url"].partition("?")[0]
            + (f"?tag={tags[product['marketplace']]}" if product["marketplace"] in tags else "")
        }
        for product in products
    ]


def test_feed_states_the_tag_of_links_without_new_entries(linked: Site) -> None:
    import_one(linked)
    page = linked.get("/v1/changes").json
    held = [change["product"] for change in page["changes"]]
    assert linked_by(page, held) == held == linked.get("/v1/products").json["products"]

    for tag in ("other-20", None, "third-20"):
        changed = link(linked, tag) if tag else linked.delete("/v1/connections/US")
        assert changed.status in (200, 201, 204)
        page = linked.get("/v1/changes", cursor=page["next_cursor"]).json
        assert page["changes"] == []
        held = linked_by(page, held)
        assert held == linked.get("/v1/products").json["products"]


@pytest.mark.parametrize(
    ("tag", "text"), [("early-21", "another marketplace"), ("early", "two digits")]
)
def test_unusual_tag_is_stored_with_a_warning(linked: Site, tag: str, text: str) -> None:
    stored = link(linked, tag)

    assert stored.status == 200
    assert text in stored.json["warning"]
    assert linked.connection() == stored.json
    assert "warning" not in link(linked, "early-20").json


def test_sync_of_a_link_only_site_states_what_is_missing(linked: Site) -> None:
    import_one(linked)

    requested = linked.post("/v1/sync")

    assert requested.status == 202
    problem = requested.json["problems"]["US"]
    assert problem["code"] == "amazon_no_credentials"
    assert "API credentials" in problem["action"]
    assert linked.get("/v1/sync").json["problems"] == {"US": problem}


def test_problem_of_an_unconnected_marketplace_names_both_ways(linked: Site) -> None:
    refused = linked.put("/v1/lists/tea", {"keywords": "tea", "marketplace": "DE"})

    assert (refused.status, refused.json["code"]) == (409, "not_connected")
    assert refused.json["field"] == "marketplace"
    for way in ("PUT /v1/connections/{marketplace}", "POST /v1/validate"):
        assert way in refused.json["action"]
    setting = linked.patch("/v1/site", {"primary_marketplace": "DE"})
    assert (setting.status, setting.json["field"]) == (409, "primary_marketplace")


def test_refusals_of_connections_name_the_remedy(linked: Site) -> None:
    without_body = linked.send(event_of("PUT", "/v1/connections/US"))
    unknown = linked.delete("/v1/connections/XX")
    unconnected = linked.delete("/v1/connections/DE")

    assert (without_body.status, without_body.json["detail"]) == (422, "The request has no body.")
    assert (unknown.status, unknown.json["field"]) == (422, "marketplace")
    assert unconnected.status == 404
    assert "GET /v1/connections" in unconnected.json["action"]
