"""Responses of the admin function: complete, without nulls, and with times as text."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import msgspec

from amzlinkr.domain.limits import ONE_DAY, Limit, LimitUsage
from amzlinkr.domain.operator_views import (
    HostChange,
    ListedSite,
    PendingImports,
    ServiceStatus,
    SiteChanges,
    SiteCounts,
    SitePage,
)
from amzlinkr.domain.service_switches import PlannerRun, ServiceSwitches, SwitchedOn
from amzlinkr.http.presenters.operator import (
    host_change_response,
    sites_response,
    status_response,
    switches_response,
)
from tests.clock import START

ON = SwitchedOn(START, "ops", "maintenance")
STATUS = ServiceStatus(
    version="1.0.0",
    switches=ServiceSwitches(),
    last_run=PlannerRun(START, START + timedelta(seconds=2), 7),
    next_run_at=START,
    oldest_due_at=START,
    pending_imports=PendingImports(3, is_minimum=True, oldest_created_at=START),
    new_sites=LimitUsage(Limit("new sites", 500, ONE_DAY), 12, 60),
    counts=SiteCounts(5, 1, 2, Counter(valid=3, retired=1), 10, 20),
)
START_TEXT = msgspec.to_builtins(START)


def test_status_has_every_value() -> None:
    assert status_response(STATUS, "prod", "invite") == {
        "status": "ok",
        "stage": "prod",
        "version": "1.0.0",
        "signup_mode": "invite",
        "sync": {
            "state": "running",
            "last_run_at": START_TEXT,
            "last_run_planned": 7,
            "next_run_at": START_TEXT,
        },
        "read_only": {"on": False},
        "oldest_due_at": START_TEXT,
        "sites": {"live": 5, "sandbox": 1, "suspended": 2},
        "connections": {"retired": 1, "valid": 3},
        "counted": {"is_estimate": True, "rows_read": 10, "rows_total": 20},
        "pending_imports": {"jobs": 3, "is_minimum": True, "oldest_created_at": START_TEXT},
        "new_sites_today": {"used": 12, "limit": 500},
    }


def test_absent_values_are_left_out() -> None:
    status = status_response(
        replace(STATUS, last_run=None, next_run_at=None, oldest_due_at=None), "prod", "open"
    )

    assert status["sync"] == {"state": "running"}
    assert "oldest_due_at" not in status


def test_sync_is_stopped_by_either_switch() -> None:
    stated = {"since": START_TEXT, "by": "ops", "reason": "maintenance"}

    assert switches_response(ServiceSwitches(sync_paused=ON)) == {
        "status": "ok", "sync": {"state": "paused", **stated}, "read_only": {"on": False},
    }  # fmt: skip
    assert switches_response(ServiceSwitches(read_only=ON)) == {
        "status": "ok", "sync": {"state": "read_only"}, "read_only": {"on": True, **stated},
    }  # fmt: skip


def test_page_of_sites_names_mode_and_suspension() -> None:
    sites = (
        ListedSite("site_a", "https://a.example", START, None),
        ListedSite("test_b", "https://b.example", START, START),
    )

    assert sites_response(SitePage(sites, "next")) == {
        "status": "ok",
        "sites": [
            {
                "site_id": "site_a",
                "mode": "live",
                "site_url": "https://a.example",
                "created_at": START_TEXT,
            },
            {
                "site_id": "test_b",
                "mode": "test",
                "site_url": "https://b.example",
                "created_at": START_TEXT,
                "suspended_at": START_TEXT,
            },
        ],
        "next_cursor": "next",
    }
    assert sites_response(SitePage((), None)) == {"status": "ok", "sites": []}


def test_host_without_a_site_has_a_null_as_before() -> None:
    assert host_change_response("pardoned", HostChange("a.example", None, SiteChanges())) == {
        "status": "pardoned", "site_id": None, "host": "a.example", "site_ids": [],
        "unchanged": 0, "remaining": 0,
    }  # fmt: skip
