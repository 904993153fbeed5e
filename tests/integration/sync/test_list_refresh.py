"""The refresh of lists: all pages of a search together, with the leases and budgets of shelves."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest

from amzlinkr.config import Config
from amzlinkr.domain.call_rate import INITIAL_CALL_RATE
from amzlinkr.domain.catalog import Search
from amzlinkr.domain.clock import to_unix_ms
from amzlinkr.domain.planning import calls_this_run
from amzlinkr.domain.ports import DailyBudget
from amzlinkr.services.recording_catalog import RecordingCatalog
from amzlinkr.storage.records import RateLimiterItem
from amzlinkr.wiring import Dependencies
from functions.refresh_shelves import app as refresh_shelves
from infra.local.fake_amazon.control_bodies import AccountBody, PriceBody
from infra.local.fake_amazon.parameters import Parameters
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.special_offers import OfferBody
from infra.local.fake_amazon.state import Fault
from tests.calls import deliver, plan_sync, run_sync, suspend
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, CREDENTIAL, TAG
from tests.integration import aws_spy
from tests.site_client import Site

QUERY = {"keywords": "kettle", "size": 30}
PATH = "/v1/lists/tea"


@pytest.fixture
def listed(site: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon) -> Site:
    """Return a site with a filled list that is due."""
    fill(site, deps)
    clock.advance(hours=1)
    amazon.control.clear_calls()
    return site


def fill(site: Site, deps: Dependencies) -> None:
    assert site.put(PATH, QUERY).status == 201
    run_sync(deps)
    assert len(site.get(PATH).json["items"]) == 30


def asins_of(shown: dict[str, Any]) -> list[str]:
    return [item["asin"] for item in shown["items"]]


def searches(amazon: FakeAmazon) -> int:
    return sum(call.operation == "SearchItems" for call in amazon.control.calls())


def set_calls_per_run(deps: Dependencies, site: Site, calls: int) -> None:
    """Use up the daily budget until the account has this number of calls for each run."""
    now = deps.clock.now()
    account = deps.sites.require(site.site_id).connection("US").account_key
    used = next(
        used
        for used in range(8_640, 0, -1)
        if calls_this_run(DailyBudget(used, INITIAL_CALL_RATE), now) == calls
    )
    RateLimiterItem.get(account).update([RateLimiterItem.used.set(used)])


@pytest.mark.parametrize("api", [pytest.param("paapi5", marks=pytest.mark.slow), "creators"])
def test_list_is_the_same_with_both_apis(
    site: Site, creators_site: Site, deps: Dependencies, amazon: FakeAmazon, api: str
) -> None:
    own = site if api == "paapi5" else creators_site
    amazon.control.clear_calls()
    fill(own, deps)

    assert [c.api for c in amazon.control.calls() if c.operation == "SearchItems"] == [api] * 3
    found = [own.get("/v1/search", keywords="kettle", page=str(n)).json for n in (1, 2, 3)]
    shown = own.get(PATH).json["items"]
    assert [(item["asin"], item["title"]) for item in shown] == [
        (item["asin"], item["title"]) for page in found for item in page["items"]
    ]


def test_unchanged_list_takes_one_write_and_no_change(
    listed: Site, deps: Dependencies, aws: Config, clock: FakeClock, amazon: FakeAmazon
) -> None:
    before, (_, cursor) = listed.get(PATH).json, listed.changes()
    plan_sync(deps)
    messages = aws_spy.peek_messages(deps.config.refresh_queue_url)
    tables = aws_spy.tables(aws, quotas=False)
    # A successful call is recorded every three hours only.
    started_at = clock.now()
    with aws_spy.record_calls() as made:
        assert deliver(deps, refresh_shelves, messages) == []
    assert aws_spy.writes(made).count("PutItem") == 1
    assert "TransactWriteItems" not in aws_spy.writes(made)
    assert searches(amazon) == 3
    after = aws_spy.tables(aws, quotas=False)
    assert [name for name, rows in after.items() if rows != tables[name]] == [aws.shelves_table]

    shown = listed.get(PATH).json
    # The time before the first of three calls, of which there is one per second.
    observed_at = datetime.fromisoformat(shown["observed_at"])
    assert 0 <= to_unix_ms(observed_at) - to_unix_ms(started_at) < 1_000
    assert asins_of(shown) == asins_of(before)
    assert listed.changes(cursor)[0] == []
    checked_at = listed.get("/v1/changes", cursor=cursor).json["checked_at"]
    assert checked_at == {"US": shown["observed_at"]}


@pytest.mark.slow
def test_redelivered_message_refreshes_nothing(
    listed: Site, deps: Dependencies, amazon: FakeAmazon
) -> None:
    plan_sync(deps)
    messages = aws_spy.peek_messages(deps.config.refresh_queue_url)
    for _ in range(2):
        assert deliver(deps, refresh_shelves, messages) == []

    assert searches(amazon) == 3


@pytest.mark.parametrize(
    "number",
    [pytest.param(1, marks=pytest.mark.slow), 2, pytest.param(3, marks=pytest.mark.slow)],
)
def test_failure_of_a_page_keeps_the_results_and_is_retried(
    listed: Site,
    deps: Dependencies,
    amazon: FakeAmazon,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:
    before, (_, cursor) = listed.get(PATH).json, listed.changes()
    amazon.control.set_price(PriceBody(asins_of(before)[0], "US", amount=123))
    search = RecordingCatalog.search

    def fail_at_page(catalog: Any, wanted: Search, deadline: Any) -> Any:
        if wanted.page == number:
            amazon.control.add_fault(Fault("garbage"))
        return search(catalog, wanted, deadline)

    with monkeypatch.context() as patch:
        patch.setattr(RecordingCatalog, "search", fail_at_page)
        run_sync(deps)

    assert searches(amazon) == number
    assert listed.get(PATH).json == before
    assert listed.changes(cursor)[0] == []
    clock.advance(minutes=6)
    run_sync(deps)
    assert listed.get(PATH).json["items"][0]["price"]["amount"] == 123


@pytest.mark.slow
def test_new_order_is_published_and_details_are_not_written_again(
    site: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock, aws: Config
) -> None:
    site.put(PATH, {**QUERY, "sort": "Price:LowToHigh", "size": 10})
    run_sync(deps)
    before, (_, cursor) = site.get(PATH).json, site.changes()
    first, second = asins_of(before)[:2]
    above = before["items"][1]["price"]["amount"] + 1
    amazon.control.set_price(PriceBody(first, "US", amount=above))
    clock.advance(hours=1)
    stored = aws_spy.table(aws.products_table)

    run_sync(deps)

    shown = site.get(PATH).json
    assert asins_of(shown)[:2] == [second, first]
    assert [change["list"] for change in site.changes(cursor)[0]] == [shown]
    written = {key for key, row in aws_spy.table(aws.products_table).items() if row != stored[key]}
    assert written == {f"{site.site_id} #list#tea", f"{site.site_id} #feed"}


def test_expired_list_is_withheld_and_returns(
    listed: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock, aws: Config
) -> None:
    before, (_, cursor) = listed.get(PATH).json, listed.changes()
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="not_eligible"))
    clock.advance(hours=22, minutes=59)
    run_sync(deps)
    assert asins_of(listed.get(PATH).json) == asins_of(before)

    clock.advance(minutes=1)
    empty = listed.get(PATH).json
    assert empty["items"] == []
    assert not {"observed_at", "fresh_until"} & set(empty)
    (change,), cursor = listed.changes(cursor)
    assert (change["kind"], change["list"]) == ("list", empty)
    assert listed.get("/v1/changes", cursor=cursor).json["checked_at"] == {}
    run_sync(deps)
    assert listed.changes(cursor)[0] == []
    titles = [item["title"] for item in before["items"]]
    assert not any(title in str(aws_spy.table(aws.products_table)) for title in titles)
    assert all("details" not in key for key in aws_spy.table(aws.products_table))

    amazon.control.put_account(ACCESS_KEY, AccountBody(state="ok"))
    assert listed.get("/v1/search", keywords="tea").status == 200
    clock.advance(hours=1)
    run_sync(deps)
    shown = listed.get(PATH).json
    assert asins_of(shown) == asins_of(before)
    (change,), _ = listed.changes(cursor)
    assert change["list"] == shown


@pytest.mark.slow
def test_empty_list_expires_too(site: Site, deps: Dependencies, clock: FakeClock) -> None:
    site.put(PATH, {"keywords": "zzznothing"})
    run_sync(deps)
    _, cursor = site.changes()
    assert site.delete("/v1/connections/US").status == 204
    clock.advance(hours=24)
    assert "observed_at" not in site.get(PATH).json

    plan_sync(deps)

    (change,), _ = site.changes(cursor)
    assert change["list"] == site.get(PATH).json


def test_end_of_a_deal_hides_the_price_and_publishes_the_list(
    site: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock
) -> None:
    (first, *_) = site.get("/v1/search", keywords="kettle").json["items"]
    details = {
        "accessType": "ALL",
        "startTime": "2026-11-23T11:00Z",
        "endTime": "2026-11-23T12:20Z",
    }
    listing: dict[str, object] = {"dealDetails": details}
    amazon.control.set_offer(OfferBody(first["asin"], "US", listings=[listing]))
    fill(site, deps)
    before, (_, cursor) = site.get(PATH).json, site.changes()
    place = asins_of(before).index(first["asin"])
    assert "deal" in before["items"][place]
    clock.advance(minutes=20)

    over = site.get(PATH).json
    assert over["items"][place]["price_status"] == "hidden"
    assert not {"price", "deal"} & set(over["items"][place])
    plan_sync(deps)

    (change,), cursor = site.changes(cursor)
    assert change["list"] == site.get(PATH).json == over
    amazon.control.set_offer(OfferBody(first["asin"], "US", reset=True))
    clock.advance(minutes=16)
    run_sync(deps)
    (change,), _ = site.changes(cursor)
    assert change["list"]["items"][place]["price_status"] != "hidden"


def test_planner_counts_the_calls_of_a_list(
    site: Site, deps: Dependencies, clock: FakeClock
) -> None:
    for name in ("a", "b", "c"):
        site.put(f"/v1/lists/{name}", QUERY)
    run_sync(deps)
    clock.advance(hours=1)
    planned = []
    for _ in range(4):
        set_calls_per_run(deps, site, calls=4)
        planned.append(run_sync(deps))
        clock.advance(minutes=5)

    # The second list of a run begins within its four calls.
    assert planned == [2, 1, 0, 0]


@pytest.mark.slow
def test_sync_request_makes_lists_due(
    listed: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock
) -> None:
    run_sync(deps)
    clock.advance(minutes=2)
    assert run_sync(deps) == 0
    assert listed.post("/v1/sync").status == 202
    assert run_sync(deps) == 1
    assert searches(amazon) == 6


@pytest.mark.slow
def test_list_resumes_after_its_connection_returns(
    listed: Site, deps: Dependencies, clock: FakeClock
) -> None:
    listed.delete("/v1/connections/US")
    clock.advance(hours=25)
    assert run_sync(deps) == 0
    assert listed.get(PATH).json["items"] == []
    assert listed.connect_creators(CREDENTIAL, TAG).status == 200
    clock.advance(hours=1)
    run_sync(deps)

    assert len(listed.get(PATH).json["items"]) == 30


@pytest.mark.slow
def test_lists_of_a_suspended_site_are_not_refreshed(
    listed: Site, deps: Dependencies, amazon: FakeAmazon
) -> None:
    plan_sync(deps)
    messages = aws_spy.peek_messages(deps.config.refresh_queue_url)
    suspend(deps, f"https://{listed.host}")

    assert deliver(deps, refresh_shelves, messages) == []
    assert searches(amazon) == 0


def put_again(site: Site) -> None:
    site.put(PATH, {"keywords": "sofa"})


def put_elsewhere_and_back(site: Site) -> None:
    put_again(site)
    site.put(PATH, QUERY)


def remove(site: Site) -> None:
    assert site.delete(PATH).status == 204


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(put_again, marks=pytest.mark.slow),
        put_elsewhere_and_back,
        pytest.param(remove, marks=pytest.mark.slow),
    ],
)
def test_change_during_a_refresh_is_kept(
    listed: Site,
    deps: Dependencies,
    amazon: FakeAmazon,
    clock: FakeClock,
    change: Callable[[Site], None],
) -> None:
    """Change the list after its pages were read, before the results are stored."""
    plan_sync(deps)
    messages = aws_spy.peek_messages(deps.config.refresh_queue_url)
    refresh = deps.product_writer.lists.refresh

    def refresh_after_change(*arguments: Any) -> bool:
        change(listed)
        return refresh(*arguments)

    with mock.patch.object(deps.product_writer.lists, "refresh", refresh_after_change):
        assert deliver(deps, refresh_shelves, messages) == []

    if change is remove:
        assert listed.get(PATH).status == 404
        assert run_sync(deps) == 0
        return
    clock.advance(minutes=20)
    run_sync(deps)
    shown = listed.get(PATH).json
    found = listed.get("/v1/search", keywords=shown["query"]["keywords"]).json["items"]
    assert asins_of(shown)[:10] == [item["asin"] for item in found]


@pytest.mark.slow
def test_interval_of_the_site_applies(listed: Site, deps: Dependencies, clock: FakeClock) -> None:
    listed.patch("/v1/site", {"refresh_hours": 3})
    run_sync(deps)
    clock.advance(hours=2)
    assert run_sync(deps) == 0
    clock.advance(hours=1)
    assert run_sync(deps) == 1


@pytest.mark.slow
def test_age_of_lists_is_in_the_metrics_of_lateness(
    listed: Site, deps: Dependencies, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured: dict[str, float] = {}
    monkeypatch.setattr(
        "amzlinkr.telemetry.measure", lambda name, value, _unit: measured.update({name: value})
    )
    clock.advance(hours=2)
    plan_sync(deps)

    assert measured["OldestDueShelfSeconds"] == pytest.approx(7200, abs=60)
    assert measured["OldestProductSeconds"] == pytest.approx(3 * 3600, abs=60)
    assert timedelta(seconds=measured["OldestProductSeconds"]) < timedelta(hours=4)


@pytest.mark.parametrize("keywords", ["rate_limited", "amazon_throttled", "not_connected"])
def test_simulated_problem_of_a_sandbox_is_retried(
    site: Site, deps: Dependencies, clock: FakeClock, keywords: str
) -> None:
    sandbox = site.open_sandbox()
    assert sandbox.connect("AKIAMADEUPMADEUPMADE", "m" * 40, "made-up-20").status == 200
    assert sandbox.put(PATH, {"keywords": keywords}).status == 201
    messages = aws_spy.peek_messages(deps.config.refresh_queue_url)

    assert deliver(deps, refresh_shelves, messages) == []

    (shelf,) = deps.shelves.lists(sandbox.site_id)
    assert (shelf.lease, shelf.has_results) == ("", False)
    assert shelf.due_at > clock.now()


def test_search_that_amazon_refuses_is_shown_until_it_succeeds(
    site: Site, deps: Dependencies, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert site.put(PATH, QUERY | {"category": "Nonsense"}).status == 201
    run_sync(deps)

    problem = site.get("/v1/sync").json["list_problems"]["tea"]

    assert problem["code"] == "amazon_rejected_request"
    assert problem["detail"]
    assert "category" in problem["action"]
    assert problem["at"].startswith("2026-11-23T12:")
    clock.advance(hours=2)
    # From now on, the category is one of Amazon.
    monkeypatch.setattr(Parameters, "choice", lambda _self, _name, _choices, default: default)
    run_sync(deps)
    assert len(site.get(PATH).json["items"]) == 30
    assert site.get("/v1/sync").json["list_problems"] == {}
