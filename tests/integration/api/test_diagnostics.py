"""`GET /v1/diagnostics`: the first failing step of an account, in at most two calls."""

from typing import Any

import pytest

from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.ports import Priority
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.accounts import AccountState
from infra.local.fake_amazon.control_bodies import AccountBody, GoneBody
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.state import Fault, FaultKind
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, CREDENTIAL, SECRET_KEY
from tests.site_client import Site

STEPS = ["token", "eligibility", "tag", "marketplace", "item"]
ASIN = "B0TEST0001"
APIS = ["paapi5", "creators"]


@pytest.fixture(params=APIS)
def connected(request: pytest.FixtureRequest) -> Site:
    """Return a connected site of either API."""
    fixture = "site" if request.param == "paapi5" else "creators_site"
    site: Site = request.getfixturevalue(fixture)
    return site


def api_of(site: Site) -> str:
    api: str = site.connection()["api"]
    return api


def account_of(site: Site) -> str:
    return ACCESS_KEY if api_of(site) == "paapi5" else CREDENTIAL[0]


def diagnose(site: Site, amazon: FakeAmazon, clock: FakeClock) -> Any:
    """Return the diagnosis; fail if it took more than two calls or contains a secret."""
    clock.advance(seconds=5)
    amazon.control.clear_calls()
    reply = site.get("/v1/diagnostics")
    assert reply.status == 200, reply.text
    assert len(amazon.control.calls()) <= 2
    for secret in (SECRET_KEY, CREDENTIAL[1], "Atc|"):
        assert secret not in reply.text
    assert [step["step"] for step in reply.json["steps"]] == STEPS
    return reply.json


def failed_step(diagnosis: Any, step: str) -> Any:
    """Return the step; fail unless it is the first to fail and later steps are not checked."""
    index = STEPS.index(step)
    assert [result.get("ok") for result in diagnosis["steps"]] == [True] * index + [False] + [
        None
    ] * (len(STEPS) - index - 1)
    assert not diagnosis["ok"]
    return diagnosis["steps"][index]


def test_all_steps_pass_for_a_working_account(
    connected: Site, amazon: FakeAmazon, clock: FakeClock
) -> None:
    for imported in (False, True):
        if imported:
            connected.post("/v1/import", {"items": [ASIN]})
        found = diagnose(connected, amazon, clock)
        assert found["ok"]
        assert all(step["ok"] for step in found["steps"])
        assert all(step["upstream"]["request_id"] for step in found["steps"])
        operations = [call.operation for call in amazon.control.calls()]
        expected = "GetItems" if imported else "SearchItems"
        assert operations == (["Token"] if api_of(connected) == "creators" else []) + [expected]


STATES: list[tuple[AccountState, str, str]] = [
    ("not_eligible", "eligibility", "amazon_not_eligible"),
    ("access_denied", "eligibility", "amazon_access_denied"),
    ("invalid_associate", "marketplace", "amazon_partner_tag_rejected"),
]


@pytest.mark.parametrize(("state", "step", "code"), STATES)
def test_account_state_fails_the_matching_step(
    connected: Site, amazon: FakeAmazon, clock: FakeClock, state: AccountState, step: str, code: str
) -> None:
    amazon.control.put_account(account_of(connected), AccountBody(state=state))
    found = diagnose(connected, amazon, clock)
    failed = failed_step(found, step)
    assert failed["code"] == code
    assert failed["action"]
    assert failed["upstream"]["request_id"]
    assert found["connection"]["problem"]["code"] == code
    assert found["connection"]["state"] != "valid"


def test_revoked_credentials_fail_the_token_step(
    connected: Site, amazon: FakeAmazon, clock: FakeClock
) -> None:
    connected.get("/v1/search", keywords="tea")
    new = "x" * 40
    is_paapi = api_of(connected) == "paapi5"
    changed = AccountBody(secret_key=new) if is_paapi else AccountBody(credential_secret=new)
    amazon.control.put_account(account_of(connected), changed)
    failed = failed_step(diagnose(connected, amazon, clock), "token")
    assert failed["code"] == "amazon_keys_rejected"
    assert connected.connection()["state"] == "keys_rejected"


def test_removed_tag_fails_the_tag_step(
    connected: Site, amazon: FakeAmazon, clock: FakeClock
) -> None:
    tags: dict[str, str | list[str]] = {"US": "another-20"}
    amazon.control.put_account(account_of(connected), AccountBody(partner_tags=tags))
    assert (
        failed_step(diagnose(connected, amazon, clock), "tag")["upstream"]["code"]
        == "InvalidPartnerTag"
    )
    assert connected.connection()["state"] == "tag_rejected"


FAULTS: list[tuple[FaultKind, str]] = [("429", "amazon_throttled"), ("500", "amazon_unavailable")]


@pytest.mark.parametrize(("kind", "code"), FAULTS)
def test_diagnostics_do_not_retry(
    connected: Site, amazon: FakeAmazon, clock: FakeClock, kind: FaultKind, code: str
) -> None:
    amazon.control.add_fault(Fault(kind, times=5))
    found = diagnose(connected, amazon, clock)
    assert code in [step.get("code") for step in found["steps"]]
    operations = [call.operation for call in amazon.control.calls()]
    assert operations.count("SearchItems") == 1


def test_missing_product_fails_the_item_step_only(
    connected: Site, amazon: FakeAmazon, clock: FakeClock
) -> None:
    other = "B0TEST0002"
    connected.post("/v1/import", {"items": [ASIN, other]})
    amazon.control.set_gone(GoneBody(ASIN))
    assert diagnose(connected, amazon, clock)["ok"], "another product is returned"
    amazon.control.set_gone(GoneBody(other))
    failed = failed_step(diagnose(connected, amazon, clock), "item")
    assert "The account works" in failed["action"]
    assert connected.connection()["state"] == "valid"


def test_diagnostics_need_a_connected_marketplace(deps: Dependencies, site: Site) -> None:
    unconnected = Site.sign_up(deps)
    assert unconnected.get("/v1/diagnostics").json["code"] == "not_connected"
    assert site.get("/v1/diagnostics", marketplace="FR").json["code"] == "not_connected"
    assert site.get("/v1/diagnostics", marketplace="XX").status == 422
    assert site.get("/v1/diagnostics", nonsense="1").status == 422


def test_call_that_our_own_limit_prevents_shows_nothing_about_the_account(
    site: Site, amazon: FakeAmazon, clock: FakeClock
) -> None:
    assert diagnose(site, amazon, clock)["ok"]
    account = site.deps.sites.require(site.site_id).connection("US").account_key
    limiter = site.deps.rate_limiters.rate_limiter(account, Priority.INTERACTIVE)
    for _ in range(3):
        clock.sleep(60)
        limiter.on_throttled(limiter.acquire(Deadline.after(clock, 3)))
    before = site.connection()
    amazon.control.clear_calls()

    reply = site.get("/v1/diagnostics")

    assert (reply.status, reply.json["code"]) == (503, "amazon_throttled")
    assert amazon.control.calls() == []
    assert site.connection() == before
