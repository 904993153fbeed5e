"""GET /v1/diagnostics: where an account is stuck, in at most two calls, without a secret."""

from typing import Any

import pytest

from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.accounts import AccountState
from infra.local.fake_amazon.control import AccountBody, GoneBody
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.state import Fault, FaultKind
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, CREDENTIAL, SECRET_KEY
from tests.site_client import Site

STEPS = ["token", "eligibility", "tag", "marketplace", "item"]
ASIN = "B0TEST0001"
APIS = ["paapi5", "creators"]


@pytest.fixture(params=APIS)
def stuck(request: pytest.FixtureRequest) -> Site:
    """A connected site of either API."""
    fixture = "site" if request.param == "paapi5" else "creators_site"
    site: Site = request.getfixturevalue(fixture)
    return site


def api_of(site: Site) -> str:
    api: str = site.connection()["api"]
    return api


def account_of(site: Site) -> str:
    return ACCESS_KEY if api_of(site) == "paapi5" else CREDENTIAL[0]


def diagnosed(site: Site, amazon: FakeAmazon, clock: FakeClock) -> Any:
    """The answer, which took at most two calls and tells no secret."""
    clock.advance(seconds=5)
    amazon.control.forget_calls()
    reply = site.get("/v1/diagnostics")
    assert reply.status == 200, reply.text
    assert len(amazon.control.calls()) <= 2
    for secret in (SECRET_KEY, CREDENTIAL[1], "Atc|"):
        assert secret not in reply.text
    assert [step["step"] for step in reply.json["steps"]] == STEPS
    return reply.json


def failed(diagnosis: Any, step: str) -> Any:
    """The step that must be the first to fail; all before are fine, all behind unchecked."""
    place = STEPS.index(step)
    assert [one["ok"] for one in diagnosis["steps"]] == [True] * place + [False] + [None] * (
        len(STEPS) - place - 1
    )
    assert not diagnosis["ok"]
    return diagnosis["steps"][place]


def test_all_steps_pass_for_a_working_account(
    stuck: Site, amazon: FakeAmazon, clock: FakeClock
) -> None:
    for imported in (False, True):
        if imported:
            stuck.post("/v1/import", {"items": [ASIN]})
        found = diagnosed(stuck, amazon, clock)
        assert found["ok"]
        assert all(step["ok"] for step in found["steps"])
        assert all(step["upstream"]["request_id"] for step in found["steps"])
        asked = [call.operation for call in amazon.control.calls()]
        wanted = "GetItems" if imported else "SearchItems"
        assert asked == (["Token"] if api_of(stuck) == "creators" else []) + [wanted]


STATES: list[tuple[AccountState, str, str]] = [
    ("not_eligible", "eligibility", "amazon_not_eligible"),
    ("access_denied", "eligibility", "amazon_access_denied"),
    ("invalid_associate", "marketplace", "amazon_partner_tag_rejected"),
]


@pytest.mark.parametrize(("state", "step", "code"), STATES)
def test_account_state_fails_the_matching_step(
    stuck: Site, amazon: FakeAmazon, clock: FakeClock, state: AccountState, step: str, code: str
) -> None:
    amazon.control.put_account(account_of(stuck), AccountBody(state=state))
    found = diagnosed(stuck, amazon, clock)
    said = failed(found, step)
    assert said["code"] == code
    assert said["action"]
    assert said["upstream"]["request_id"]
    assert found["connection"]["problem"]["code"] == code
    assert found["connection"]["state"] != "valid"


def test_revoked_credentials_fail_the_token_step(
    stuck: Site, amazon: FakeAmazon, clock: FakeClock
) -> None:
    stuck.get("/v1/search", keywords="tea")
    new = "x" * 40
    is_paapi = api_of(stuck) == "paapi5"
    changed = AccountBody(secret_key=new) if is_paapi else AccountBody(credential_secret=new)
    amazon.control.put_account(account_of(stuck), changed)
    said = failed(diagnosed(stuck, amazon, clock), "token")
    assert said["code"] == "amazon_keys_rejected"
    assert stuck.connection()["state"] == "keys_rejected"


def test_removed_tag_fails_the_tag_step(stuck: Site, amazon: FakeAmazon, clock: FakeClock) -> None:
    tags: dict[str, str | list[str]] = {"US": "another-20"}
    amazon.control.put_account(account_of(stuck), AccountBody(partner_tags=tags))
    assert failed(diagnosed(stuck, amazon, clock), "tag")["upstream"]["code"] == "InvalidPartnerTag"
    assert stuck.connection()["state"] == "tag_rejected"


FAULTS: list[tuple[FaultKind, str]] = [("429", "amazon_throttled"), ("500", "amazon_unavailable")]


@pytest.mark.parametrize(("kind", "code"), FAULTS)
def test_diagnostics_do_not_retry(
    stuck: Site, amazon: FakeAmazon, clock: FakeClock, kind: FaultKind, code: str
) -> None:
    amazon.control.add_fault(Fault(kind, times=5))
    found = diagnosed(stuck, amazon, clock)
    assert code in [step.get("code") for step in found["steps"]]
    asked = [call.operation for call in amazon.control.calls()]
    assert asked.count("SearchItems") == 1


def test_missing_product_fails_the_item_step_only(
    stuck: Site, amazon: FakeAmazon, clock: FakeClock
) -> None:
    other = "B0TEST0002"
    stuck.post("/v1/import", {"items": [ASIN, other]})
    amazon.control.set_gone(GoneBody(ASIN))
    assert diagnosed(stuck, amazon, clock)["ok"], "another product came"
    amazon.control.set_gone(GoneBody(other))
    said = failed(diagnosed(stuck, amazon, clock), "item")
    assert "Nothing is wrong with the account" in said["action"]
    assert stuck.connection()["state"] == "valid"


def test_diagnostics_need_a_connected_marketplace(deps: Dependencies, site: Site) -> None:
    stranger = Site.sign_up(deps)
    assert stranger.get("/v1/diagnostics").json["code"] == "not_connected"
    assert site.get("/v1/diagnostics", marketplace="FR").json["code"] == "not_connected"
    assert site.get("/v1/diagnostics", marketplace="XX").status == 422
    assert site.get("/v1/diagnostics", nonsense="1").status == 422
