"""Waiting products: imports of accounts without access, and what the price sync does with them."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from amzlinkr.domain.planning import RUN_INTERVAL
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.accounts import AccountState
from infra.local.fake_amazon.control_bodies import AccountBody, GoneBody
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.state import Fault
from tests.calls import run_imports, run_sync
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.integration.sync.test_daily_budget import set_calls_per_run
from tests.site_client import Site

ASINS = [f"B0TEST{number:04d}" for number in range(35)]
CONTENT = {"title", "image", "brand", "price", "availability", "observed_at", "fresh_until"}
NO_ACCESS: tuple[AccountState, ...] = ("not_eligible", "access_denied", "retired")


@pytest.fixture
def linked(deps: Dependencies) -> Site:
    """Sign up a site with a link-only connection for the US."""
    site = Site.sign_up(deps)
    assert site.put("/v1/connections/US", {"partner_tag": TAG}).status == 201
    return site


def run_job(site: Site, items: list[str]) -> Any:
    """Import a list as a job, and return its progress."""
    started = site.post("/v1/import", {"items": items})
    assert started.status == 202, started.text
    run_imports(site.deps)
    return site.get(started.json["status_url"]).json


def import_now(site: Site, *items: str) -> list[dict[str, Any]]:
    reply = site.post("/v1/import", {"items": list(items)})
    assert reply.status == 200, reply.text
    results: list[dict[str, Any]] = reply.json["results"]
    return results


def statuses(site: Site) -> dict[str, str]:
    """Return the price status of each product, `full` for those with content.

    Check that the others have a link and nothing else.
    """
    found = {}
    for product in site.get("/v1/products").json["products"]:
        name, status = product["asin"], product["price_status"]
        found[name] = "full" if CONTENT & product.keys() else status
        is_empty = status in ("waiting", "missing", "expired")
        assert is_empty == (product.keys() == {"asin", "marketplace", "url", "price_status"})
        assert product["url"].startswith(f"https://www.amazon.com/dp/{name}?")
    return found


def kinds(changes: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(change["asin"], change["kind"]) for change in changes]


def item_calls(amazon: FakeAmazon) -> list[list[str]]:
    calls = amazon.control.calls()
    return [sorted(call.item_ids) for call in calls if call.operation == "GetItems"]


def test_import_without_credentials_sends_no_call(linked: Site, amazon: FakeAmazon) -> None:
    inline = import_now(linked, ASINS[0], f"https://www.amazon.com/dp/{ASINS[1]}?tag=x", ASINS[0])
    job = run_job(linked, [*ASINS[:24], ASINS[0], "nonsense"])

    assert [result["status"] for result in inline] == ["waiting"] * 3
    assert inline[0]["product"] == {
        "asin": ASINS[0], "marketplace": "US", "price_status": "waiting",
        "url": f"https://www.amazon.com/dp/{ASINS[0]}?tag={TAG}",
    }  # fmt: skip
    assert (job["status"], job["done"], job["failed"]) == ("done", 26, 1)
    assert [result["status"] for result in job["results"]] == ["waiting"] * 25 + ["failed"]
    assert amazon.control.calls() == []
    assert statuses(linked) == dict.fromkeys(ASINS[:24], "waiting")
    assert linked.get("/v1/sync").json["products"] == {
        "fresh": 0, "stale": 0, "expired": 0, "missing": 0, "waiting": 24,
    }  # fmt: skip
    assert "last_run_at" not in linked.get("/v1/sync").json
    assert linked.get("/v1/usage").json["products"]["used"] == 24
    exported = linked.get("/v1/export").json["products"]
    assert {product["price_status"] for product in exported} == {"waiting"}
    changes, _ = linked.changes()
    assert sorted(kinds(changes)) == [(asin, "waiting") for asin in ASINS[:24]]
    assert linked.get("/v1/changes").json["checked_at"] == {}


def test_feed_states_that_a_product_waits_and_then_what_became_of_it(
    linked: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock
) -> None:
    amazon.control.set_gone(GoneBody(ASINS[1]))
    import_now(linked, *ASINS[:3])
    changes, cursor = linked.changes()
    assert kinds(changes) == [(asin, "waiting") for asin in ASINS[:3]]
    assert run_sync(deps) == 0
    clock.advance(hours=1)

    assert linked.connect(ACCESS_KEY, SECRET_KEY, TAG).json["status"] == "valid"
    amazon.control.clear_calls()
    assert run_sync(deps) == 1

    assert item_calls(amazon) == [ASINS[:3]]
    changes, cursor = linked.changes(cursor)
    assert sorted(kinds(changes)) == [
        (ASINS[0], "added"), (ASINS[1], "missing"), (ASINS[2], "added"),
    ]  # fmt: skip
    assert changes[0]["product"].keys() > CONTENT
    assert statuses(linked) == {
        ASINS[0]: "full", ASINS[1]: "missing", ASINS[2]: "full",
    }  # fmt: skip
    checked_at = linked.get("/v1/changes").json["checked_at"]["US"]
    assert clock.now() - datetime.fromisoformat(checked_at) < timedelta(seconds=5)


def test_silently_omitted_product_waits_for_a_second_answer(
    linked: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock
) -> None:
    amazon.control.set_gone(GoneBody(ASINS[1], silently=True))
    import_now(linked, *ASINS[:2])
    linked.connect(ACCESS_KEY, SECRET_KEY, TAG)

    found = []
    for _ in range(2):
        run_sync(deps)
        found.append(statuses(linked)[ASINS[1]])
        clock.advance(hours=1, minutes=1)

    assert found == ["waiting", "missing"]


@pytest.mark.parametrize("state", NO_ACCESS)
def test_answer_without_access_makes_products_wait(
    site: Site, amazon: FakeAmazon, state: AccountState
) -> None:
    import_now(site, ASINS[0])
    amazon.control.put_account(ACCESS_KEY, AccountBody(state=state))
    amazon.control.clear_calls()

    inline = import_now(site, ASINS[0], ASINS[1])
    job = run_job(site, ASINS[2:15])

    assert [result["status"] for result in inline] == ["waiting", "waiting"]
    shown = [result["product"]["price_status"] for result in inline]
    assert shown == ["current", "waiting"]
    assert inline[0]["product"]["title"]
    assert (job["status"], job["done"], job["failed"]) == ("done", 13, 0)
    assert {result["status"] for result in job["results"]} == {"waiting"}
    # The second chunk of the job has the outcome of the first one.
    assert item_calls(amazon) == [ASINS[:2], ASINS[2:12]]
    assert site.connection()["state"] == state
    expected = {asin: "waiting" for asin in ASINS[1:15]}
    assert statuses(site) == {ASINS[0]: "full"} | expected


def test_throttled_account_makes_no_product_wait(site: Site, amazon: FakeAmazon) -> None:
    amazon.control.add_fault(Fault("429", times=9))

    reply = site.post("/v1/import", {"items": ASINS[:2]})

    assert (reply.status, reply.json["code"]) == (503, "amazon_throttled")
    assert statuses(site) == {}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (AccountBody(secret_key="x" * 40), "amazon_keys_rejected"),
        (AccountBody(partner_tags={"US": "another-20"}), "amazon_partner_tag_rejected"),
    ],
)
def test_rejected_credentials_fail_the_entries(
    site: Site, amazon: FakeAmazon, body: AccountBody, code: str
) -> None:
    amazon.control.put_account(ACCESS_KEY, body)

    inline, job = import_now(site, *ASINS[:2]), run_job(site, ASINS[2:15])

    assert [result["status"] for result in inline] == ["failed", "failed"]
    assert {result["problem"]["code"] for result in inline} == {code}
    assert (job["status"], job["failed"]) == ("failed", 13)
    assert {result["problem"]["code"] for result in job["results"]} == {code}
    assert statuses(site) == {}


def test_account_that_works_again_adds_the_products(
    site: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock
) -> None:
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="not_eligible"))
    run_job(site, ASINS)
    _, cursor = site.changes()
    run_sync(deps)
    clock.advance(minutes=5)
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="ok"))
    assert run_sync(deps) == 0, "the account has no probe yet"

    assert site.get("/v1/search", keywords="tea").status == 200
    clock.advance(minutes=5)
    assert run_sync(deps) == 4

    changes, _ = site.changes(cursor)
    assert sorted(kinds(changes)) == [(asin, "added") for asin in ASINS]
    assert set(statuses(site).values()) == {"full"}


def test_waiting_products_take_free_slots_of_other_shelves(
    site: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock
) -> None:
    import_now(site, *ASINS[:3])
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="not_eligible"))
    import_now(site, *ASINS[3:9])
    run_job(site, ASINS[9:23])
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="ok"))
    site.get("/v1/search", keywords="tea")
    amazon.control.clear_calls()
    clock.advance(minutes=5)

    run_sync(deps)

    assert len(item_calls(amazon)) == 3
    assert sorted(asin for call in item_calls(amazon) for asin in call) == ASINS[:23]
    assert set(statuses(site).values()) == {"full"}


def test_recovery_concerns_its_marketplace_only(
    linked: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock
) -> None:
    linked.put("/v1/connections/DE", {"partner_tag": "test-21"})
    import_now(linked, ASINS[0], f"https://www.amazon.de/dp/{ASINS[1]}")
    run_sync(deps)
    clock.advance(minutes=5)

    linked.connect(ACCESS_KEY, SECRET_KEY, TAG)
    run_sync(deps)

    assert [call.marketplace for call in amazon.control.calls()] == ["US", "US"]
    shown = linked.get("/v1/products").json["products"]
    assert [(one["marketplace"], one["price_status"]) for one in shown] == [
        ("DE", "waiting"), ("US", "current"),
    ]  # fmt: skip


def test_oldest_waiting_products_come_first_within_the_budget(
    linked: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock
) -> None:
    for start in range(0, 30, 10):
        import_now(linked, *ASINS[start : start + 10])
        clock.advance(minutes=1)
    run_sync(deps)
    clock.advance(minutes=5)
    linked.connect(ACCESS_KEY, SECRET_KEY, TAG)
    amazon.control.clear_calls()

    for _ in range(3):
        set_calls_per_run(deps, linked, calls=1)
        assert run_sync(deps) == 1
        clock.advance(seconds=RUN_INTERVAL.total_seconds())

    assert item_calls(amazon) == [ASINS[:10], ASINS[10:20], ASINS[20:30]]


@pytest.mark.parametrize("step", [6, pytest.param(1, marks=pytest.mark.slow)])
def test_account_that_lapses_for_three_days_and_returns(
    site: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock, step: int
) -> None:
    """At every time, each product has its content, or its ASIN and link."""
    run_job(site, ASINS[:15])
    imported = ASINS[:15]

    def live(hours: int) -> list[set[str]]:
        """Run the price sync in steps; return what a reader sees after each."""
        shown = []
        for _ in range(0, hours, step):
            clock.advance(hours=step)
            run_sync(deps)
            found = statuses(site)
            assert sorted(found) == imported
            shown.append(set(found.values()))
        return shown

    assert {frozenset(shown) for shown in live(48)} == {frozenset({"full"})}
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="not_eligible"))
    live(6)
    import_now(site, *ASINS[15:23])
    imported = ASINS[:23]
    live(18)
    assert {frozenset(shown) for shown in live(48)} == {frozenset({"expired", "waiting"})}
    assert site.connection()["state"] == "not_eligible"

    amazon.control.put_account(ACCESS_KEY, AccountBody(state="ok"))
    while site.connection()["state"] != "valid":
        live(step)
    assert "expired" in statuses(site).values(), "the probe refreshed one shelf"
    clock.advance(seconds=RUN_INTERVAL.total_seconds())
    run_sync(deps)

    assert statuses(site) == dict.fromkeys(imported, "full")
