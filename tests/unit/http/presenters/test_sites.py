"""Sites, connections, limits, and sync state as responses."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec import UNSET

from amzlinkr.domain.amazon_errors import Upstream
from amzlinkr.domain.call_rate import INITIAL_CALL_RATE
from amzlinkr.domain.catalog import Search
from amzlinkr.domain.changes import Fingerprint
from amzlinkr.domain.connections import AccountProblem, Connection, State
from amzlinkr.domain.diagnosis import Step
from amzlinkr.domain.limits import ONE_DAY, ONE_HOUR, Limit, LimitUsage
from amzlinkr.domain.lists import ListDefinition, ListProblem
from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.domain.ports import DailyBudget
from amzlinkr.domain.shelves import Shelf, Slot
from amzlinkr.domain.sites import Site, SiteApiKey, sandbox_id_of
from amzlinkr.http.presenters.sites import (
    api_key_out,
    connection_out,
    connection_state,
    limit_usage_out,
    marketplace_out,
    site_out,
    step_out,
    sync_status,
    usage_out,
)
from amzlinkr.http.schemas.sync import ProductCountsOut
from tests.clock import START
from tests.limits import HIGH_LIMITS

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
UPSTREAM = Upstream("paapi5", 401, "InvalidSignature", "request-1")
VALID = Connection(
    "US", "paapi5", "t-20", "…WXYZ", "the-secret-id", "the-version", "the-account-key", START,
    State.VALID, START, START,
)  # fmt: skip
DOWN = replace(
    VALID,
    state=State.KEYS_REJECTED,
    next_probe_at=START + HOUR,
    problem=AccountProblem("amazon_keys_rejected", "Copy the keys.", START, UPSTREAM),
)
SITE = Site(
    "site_1", "example.com", "https://example.com", "a@example.com", START, "US",
    {"US": VALID, "DE": replace(VALID, marketplace="DE")}, None, HOUR,
)  # fmt: skip
BUDGETS = {"US": DailyBudget(7, INITIAL_CALL_RATE), "DE": DailyBudget(0, INITIAL_CALL_RATE)}


def encoded(value: msgspec.Struct) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(msgspec.json.encode(value))
    return body


def shelf(
    number: int, age: timedelta, due: timedelta, products: int = 1, marketplace: str = "US"
) -> Shelf:
    """Return a shelf that was observed `age` ago and is due `due` from now."""
    content = Fingerprint("price", "availability", "details")
    slots = tuple(Slot(f"B{number:04}{slot:05}", content) for slot in range(products))
    return Shelf("site_1", marketplace, f"s{number}", slots, START - age, START + due)


def test_next_run_is_the_first_due_time_and_last_run_the_newest_refresh() -> None:
    early, late = shelf(1, 3 * MINUTE, 10 * MINUTE), shelf(2, 9 * MINUTE, 40 * MINUTE)

    for shelves in ([early, late], [late, early]):
        status = sync_status(shelves, SITE, BUDGETS, START)
        assert status.next_run_at == START + 10 * MINUTE
        assert status.last_run_at == START - 3 * MINUTE


def test_sync_of_a_site_without_products_has_no_runs() -> None:
    status = sync_status([], SITE, {}, START)

    assert (status.last_run_at, status.next_run_at) == (UNSET, UNSET)
    assert (status.products, status.intervals) == (ProductCountsOut(0, 0, 0, 0, 0), {})


def test_sync_counts_products_by_state_and_shows_longer_intervals() -> None:
    shelves = [
        shelf(1, MINUTE, HOUR, 3),
        shelf(2, 5 * HOUR, -4 * HOUR, 2, "DE"),
        shelf(3, 25 * HOUR, HOUR, 1),
        replace(shelf(4, MINUTE, HOUR), slots=(Slot("B000400000", None, omissions=2),)),
    ]

    status = encoded(sync_status(shelves, SITE, BUDGETS, START))

    assert status["products"] == {
        "fresh": 3, "stale": 2, "expired": 1, "missing": 1, "waiting": 0,
    }  # fmt: skip
    assert status["intervals"] == {
        "DE": {"asked_seconds": 3600, "actual_seconds": 5 * 3600, "stretched": True},
        "US": {"asked_seconds": 3600, "actual_seconds": 3600, "stretched": False},
    }
    assert status["amazon_budget"] == {
        "US": {"used": 7, "limit": 8640},
        "DE": {"used": 0, "limit": 8640},
    }


def test_sync_names_the_problems_of_marketplaces_and_lists() -> None:
    problem = ListProblem("amazon_rejected_request", "No such category.", "Change it.", START)
    refused = replace(
        shelf(1, MINUTE, HOUR, marketplace="DE"),
        definition=ListDefinition("tea", Search("tea")),
        problem=problem,
    )
    site = replace(SITE, connections={"DE": VALID, "US": DOWN})

    status = encoded(sync_status([refused], site, {}, START))

    assert status["problems"] == {
        "US": {"code": "amazon_keys_rejected", "action": "Copy the keys."}
    }
    assert status["list_problems"] == {
        "tea": {
            "code": "amazon_rejected_request",
            "action": "Change it.",
            "detail": "No such category.",
            "at": "2026-11-23T12:00:00Z",
        }
    }


@pytest.mark.parametrize("fraction", [timedelta(), timedelta(microseconds=999_999)])
def test_limit_resets_at_a_whole_second(fraction: timedelta) -> None:
    usage = LimitUsage(Limit("calls", 100, ONE_HOUR), 40, 90)

    assert encoded(limit_usage_out(usage, START + fraction)) == {
        "used": 40,
        "limit": 100,
        "period_seconds": 3600,
        "resets_at": "2026-11-23T12:01:30Z",
    }


def test_usage_assigns_each_limit_to_its_name_and_counts_products_and_lists() -> None:
    kinds = ("calls", "jobs", "validations", "syncs", "keys")
    usages = [
        LimitUsage(Limit(kind, 10 + number, ONE_DAY), number, 60)
        for number, kind in enumerate(kinds)
    ]
    listed = replace(
        shelf(3, MINUTE, HOUR, 4), definition=ListDefinition("tea", Search("tea")), has_results=True
    )
    shelves = [shelf(1, MINUTE, HOUR, 10), shelf(2, MINUTE, HOUR, 3, "DE"), listed]
    limits = replace(HIGH_LIMITS, products=500, lists=50)

    usage = encoded(usage_out(usages, shelves, limits, BUDGETS, START))

    assert [(usage[kind]["used"], usage[kind]["limit"]) for kind in kinds] == [
        (number, 10 + number) for number in range(5)
    ]
    assert "calls_without_access" not in usage
    assert usage["products"] == {"used": 13, "limit": 500}
    assert usage["lists"] == {"used": 1, "limit": 50}
    assert usage["amazon_requests_today"]["US"] == {"used": 7, "limit": 8640}


@pytest.mark.parametrize("connection", [VALID, DOWN])
def test_connection_shows_neither_secret_nor_account_key(connection: Connection) -> None:
    text = json.dumps([encoded(connection_out(connection)), encoded(connection_state(connection))])

    assert "…WXYZ" in json.loads(text)[0].values()
    for hidden in ("the-secret-id", "the-version", "the-account-key"):
        assert hidden not in text


def test_problem_of_a_connection_has_its_upstream_error() -> None:
    problem = encoded(connection_out(DOWN))["problem"]

    assert problem["code"] == "amazon_keys_rejected"
    assert problem["upstream"] == {
        "service": "paapi5",
        "status": 401,
        "code": "InvalidSignature",
        "request_id": "request-1",
    }
    assert encoded(connection_state(DOWN))["action"] == problem["action"] == "Copy the keys."
    assert encoded(connection_state(DOWN))["next_probe_at"] == "2026-11-23T13:00:00Z"


def test_only_an_untested_tag_has_a_warning() -> None:
    linked = Connection.link_only("US", "t-21", START)

    assert "another marketplace" in encoded(connection_out(linked))["warning"]
    assert "warning" not in encoded(connection_out(replace(VALID, partner_tag="t-21")))
    assert encoded(connection_state(linked))["partner_tag"] == "t-21"


def test_site_shows_its_interval_in_hours_and_its_connections() -> None:
    site = Site(
        "site_1", "example.com", "https://example.com/blog", "a@example.com", START, "US",
        {"US": VALID, "DE": replace(DOWN, marketplace="DE")}, None, timedelta(hours=6),
    )  # fmt: skip

    body = encoded(site_out(site))

    assert (body["site_url"], body["refresh_hours"]) == ("https://example.com/blog", 6)
    assert (body["primary_marketplace"], body["suspended"]) == ("US", False)
    assert [each["marketplace"] for each in body["connections"]] == ["US", "DE"]
    assert site_out(replace(site, suspended_at=START)).suspended
    assert site_out(replace(site, configured_interval=None)).refresh_hours == 1


def test_api_key_is_current_only_if_it_sent_the_request() -> None:
    api_key = SiteApiKey("k1", "the-digest", "read", START, START + HOUR)
    live, other = (
        encoded(api_key_out(api_key, site_id, kid))
        for site_id, kid in (("site_1", "k1"), (sandbox_id_of("site_1"), "k2"))
    )

    assert (live["mode"], live["scope"], live["current"]) == ("live", "read", True)
    assert (other["mode"], other["current"]) == ("test", False)
    assert live["expires_at"] == "2026-11-23T13:00:00Z"
    assert "the-digest" not in json.dumps([live, other])


def test_step_has_only_the_members_that_apply() -> None:
    failed = Step("token", False, "Refused.", "amazon_keys_rejected", "Copy the keys.", UPSTREAM)

    assert encoded(step_out(Step("tag", None, "Not checked."))) == {
        "step": "tag",
        "detail": "Not checked.",
    }
    assert set(encoded(step_out(failed))) == {"step", "ok", "detail", "code", "action", "upstream"}


@pytest.mark.parametrize(("code", "decimals"), [("US", 2), ("JP", 0), ("DE", 2)])
def test_marketplace_has_the_decimals_of_its_currency(code: str, decimals: int) -> None:
    body = encoded(marketplace_out(MARKETPLACES[code]))

    assert (body["code"], body["decimals"]) == (code, decimals)
    assert body["regions"] == {
        "paapi5": MARKETPLACES[code].paapi5_region,
        "creators": MARKETPLACES[code].creators_region,
    }
