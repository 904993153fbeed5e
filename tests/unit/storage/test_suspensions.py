"""Suspended hosts: what a suspension covers, and what it keeps while sites come and go."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.errors import NotFound, SiteSuspended
from amzlinkr.domain.operator_views import SiteChanges
from amzlinkr.domain.sites import Caller, sandbox_id_of
from amzlinkr.storage.host_records import HostSiteItem
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock
from tests.integration.aws_spy import Arguments, intercept_calls, record_calls, run_before_call
from tests.stored_sites import claim_site, connect_site, connection, key, signup
from tests.unit.storage.reads import recorded_reads

NAMES = {"site_root": "a.example", "site_shop": "a.example/shop", "site_port": "a.example:8443/x"}
OTHERS = {"site_other": "b.example", "site_sub": "www.a.example", "site_longer": "a.example.com"}


def claim_all(stores: Dependencies) -> dict[str, Caller]:
    """Store the sites of the host and of others; return their callers."""
    callers = {}
    for site_id, name in {**NAMES, **OTHERS}.items():
        held = key()
        stores.signups.claim(signup(name), site_id, held, START)
        callers[site_id] = Caller(site_id, held.kid)
    return callers


def suspended(stores: Dependencies) -> set[str]:
    return {
        site_id for site_id in {**NAMES, **OTHERS} if stores.sites.require(site_id).suspended_at
    }


@pytest.mark.parametrize("name", ["a.example", "a.example/shop", "a.example/new", "a.example:1"])
def test_suspension_covers_all_sites_of_the_host_and_no_other(
    stores: Dependencies, name: str
) -> None:
    claim_all(stores)

    assert set(stores.suspensions.suspend(name, START).changed) == set(NAMES)

    assert suspended(stores) == set(NAMES)
    assert [stores.suspensions.is_suspended(each) for each in NAMES.values()] == [True] * 3
    assert [stores.suspensions.is_suspended(each) for each in OTHERS.values()] == [False] * 3

    assert set(stores.suspensions.resume(name).changed) == set(NAMES)

    assert suspended(stores) == set()
    assert not stores.suspensions.is_suspended("a.example")


def test_sites_in_the_requested_state_are_not_written_again(stores: Dependencies) -> None:
    claim_all(stores)
    stores.suspensions.suspend("a.example", START)
    with record_calls() as made:
        again = stores.suspensions.suspend("a.example", START)

    assert again == SiteChanges((), unchanged=3)
    assert "TransactWriteItems" not in made
    stores.signups.claim(signup("b.example/x"), "site_new", key(), START)
    assert stores.suspensions.suspend("b.example", START).changed == ("site_new", "site_other")


@pytest.mark.parametrize("seconds_per_site", [0.5, 2, 4])
def test_repeated_commands_finish_whatever_the_deadline(
    stores: Dependencies, clock: FakeClock, seconds_per_site: float
) -> None:
    """Let a few sites fit into each command, as with a host of some thousand sites."""
    ids = [f"site_{number:02}" for number in range(7)]
    for site_id in ids:
        stores.signups.claim(signup(f"many.example/{site_id}"), site_id, key(), START)

    def take_time(operation: str, _arguments: Arguments, proceed: Callable[[], Any]) -> Any:
        if operation == "TransactWriteItems":
            clock.advance(seconds=seconds_per_site)
        return proceed()

    changes: list[Callable[[Deadline], SiteChanges]] = [
        lambda deadline: stores.suspensions.suspend("many.example", START, deadline),
        lambda deadline: stores.suspensions.resume("many.example", deadline),
    ]
    for change in changes:
        changed: list[str] = []
        remaining = len(ids)
        while remaining:
            deadline = Deadline.after(clock, 10)
            with intercept_calls(take_time):
                done = change(deadline)
            assert not deadline.is_over
            assert done.changed
            assert done.unchanged == len(changed)
            changed += done.changed
            remaining = done.remaining
            assert len(changed) + remaining == len(ids)
            states = [stores.sites.require(site_id).suspended_at is None for site_id in ids]
            assert len(set(states[: len(changed)])) == 1
        assert changed == ids


@pytest.mark.parametrize(("seconds", "is_changed"), [(5, True), (4.99, False)])
def test_site_is_changed_only_if_five_seconds_are_left(
    stores: Dependencies, clock: FakeClock, seconds: float, is_changed: bool
) -> None:
    claim_site(stores, "site_a")

    done = stores.suspensions.suspend("a.example", START, Deadline.after(clock, seconds))

    assert done == (SiteChanges(("site_a",)) if is_changed else SiteChanges(remaining=1))


def test_keys_and_connections_of_all_sites_are_suspended(stores: Dependencies) -> None:
    held, of_sandbox = key(), key()
    stores.signups.claim(signup("a.example/shop"), "site_shop", held, START)
    caller, sandbox = Caller("site_shop", held.kid), sandbox_id_of("site_shop")
    stores.api_keys.add(caller, sandbox, of_sandbox, START, START + timedelta(days=1))
    connect_site(stores, caller, "US")

    def states() -> list[bool]:
        owners = [stores.api_keys.owner(one.digest, START) for one in (held, of_sandbox)]
        found = stores.sites.connections([("site_shop", "US")])
        return [*(owner is not None and owner.suspended for owner in owners), not found]

    stores.suspensions.suspend("a.example", START)
    assert states() == [True, True, True]

    stores.suspensions.resume("a.example")
    assert states() == [False, False, False]
    assert stores.sites.connections([("site_shop", "US")]) == {("site_shop", "US"): connection()}


def test_host_without_a_site_can_be_suspended_and_resumed_once(stores: Dependencies) -> None:
    assert stores.suspensions.suspend("a.example", START) == SiteChanges()
    assert stores.suspensions.is_suspended("a.example/shop")
    assert stores.suspensions.resume("a.example/any") == SiteChanges()
    assert not stores.suspensions.is_suspended("a.example")
    with pytest.raises(NotFound, match="not suspended"):
        stores.suspensions.resume("a.example")


def test_suspension_outlasts_the_sites_of_the_host(stores: Dependencies, caller: Caller) -> None:
    stores.suspensions.suspend("a.example", START)
    stores.site_deletions.delete_site(caller, START)

    assert stores.suspensions.is_suspended("a.example")
    assert list(HostSiteItem.query("hostname#a.example")) == []
    assert stores.suspensions.resume("a.example") == SiteChanges()


def test_site_of_release_0_2_is_found_by_its_own_name(stores: Dependencies, caller: Caller) -> None:
    HostSiteItem("hostname#a.example", caller.site_id).delete()

    assert stores.suspensions.suspend("a.example", START) == SiteChanges(("site_a",))
    assert stores.sites.require("site_a").suspended_at == START


@pytest.mark.parametrize("call", [4, 5])
def test_site_that_is_deleted_meanwhile_is_left_out(
    stores: Dependencies, caller: Caller, call: int
) -> None:
    def delete_site() -> None:
        stores.site_deletions.delete_site(caller, START)

    # After the write of the suspension and the reads of the host and of its sites, or before these.
    with run_before_call(call, delete_site):
        assert stores.suspensions.suspend("a.example", START) == SiteChanges()
    assert stores.suspensions.is_suspended("a.example")


def test_two_suspensions_at_the_same_time_are_one_event(stores: Dependencies) -> None:
    claim_site(stores, "site_probe")
    with record_calls() as made:
        stores.suspensions.suspend("probe.example", START)
    for number in range(1, len(made) + 1):
        host, site_id = f"{number}.example", f"site_{number}"
        claim_site(stores, site_id)

        def suspend(host: str = host) -> None:
            stores.suspensions.suspend(host, START)

        with run_before_call(number, suspend):
            stores.suspensions.suspend(host, START)

        events = [event.event for event in stores.audit_log.page(site_id, None, 9, START).events]
        assert events.count("suspended") == 1, number


def test_no_site_added_during_a_suspension_stays_usable(stores: Dependencies) -> None:
    claim_site(stores, "site_probe")
    with record_calls() as made:
        stores.suspensions.suspend("probe.example", START)
    for number in range(1, len(made) + 1):
        host, added = f"{number}.example", key()
        claim_site(stores, f"site_{number}")

        def claim(host: str = host, site_id: str = f"site_{number}x") -> None:
            with suppress(SiteSuspended):
                stores.signups.claim(signup(f"{host}/x"), site_id, added, START)  # noqa: B023

        with run_before_call(number, claim):
            stores.suspensions.suspend(host, START)

        owner = stores.api_keys.owner(added.digest, START)
        assert owner is None or owner.suspended, number


def test_sites_of_a_host_are_read_consistently(stores: Dependencies, caller: Caller) -> None:
    with recorded_reads() as reads:
        stores.suspensions.is_suspended("a.example")
        stores.suspensions.suspend("a.example", START)

    assert reads.consistent == [
        "GetItem", "Query", "GetItem", "BatchGetItem", "GetItem", "Query", "Query",
    ]  # fmt: skip
    assert reads.eventual == []
