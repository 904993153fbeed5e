"""Limits of sign-ups count persons, domains and networks, however they are spelled."""

from dataclasses import replace
from typing import Any

import pytest

from amzlinkr.wiring import Dependencies
from tests.calls import event_of, send
from tests.clock import FakeClock


def statuses(deps: Dependencies, clock: FakeClock, limit: str, *given: tuple[str, str]) -> Any:
    """What sign-ups are answered where one is allowed: each an address of a site and of a person,
    from a network address of its own if that is what is limited."""
    limits = deps.config.limits
    one: dict[str, Any] = {limit: replace(getattr(limits, limit), maximum=1)}
    few = Dependencies(replace(deps.config, limits=replace(limits, **one)), clock)
    events = []
    for site_url, who in given:
        asked = {"site_url": site_url, "email": who if "@" in who else "owner@example.com"}
        event = event_of("POST", "/v1/signup", asked)
        if "@" not in who:
            event["requestContext"]["identity"]["sourceIp"] = who
        events.append(event)
    return [send(few, event).status for event in events]


def test_email_limit_ignores_case(deps: Dependencies, clock: FakeClock) -> None:
    sites = ["https://one.example", "https://two.example"]
    people = zip(sites, ["owner@example.com", "Owner@EXAMPLE.com"], strict=True)
    assert statuses(deps, clock, "signups_of_email", *people) == [202, 429]


@pytest.mark.parametrize("limit", ["signups_of_domain", "signups_of_domain_and_address"])
def test_domain_limit_ignores_folders(deps: Dependencies, clock: FakeClock, limit: str) -> None:
    folders = [("https://one.example/a", "a@example.com"), ("https://one.example/b", "b@b.example")]
    assert statuses(deps, clock, limit, *folders) == [202, 429]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", 429),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", 202),
        ("203.0.113.1", "203.0.113.1", 429),
        ("203.0.113.1", "203.0.113.2", 202),
        ("nonsense", "no address either", 429),
    ],
)
def test_address_limit_groups_one_network(
    deps: Dependencies, clock: FakeClock, first: str, second: str, expected: int
) -> None:
    callers = [("https://one.example", first), ("https://two.example", second)]
    assert statuses(deps, clock, "signups_of_address", *callers) == [202, expected]
