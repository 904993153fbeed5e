"""Sign-ups: invites, and what a claim of a host keeps, ends and passes on."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from amzlinkr.domain.errors import SiteSuspended
from amzlinkr.domain.ports import Task
from amzlinkr.domain.sign_up_errors import InviteUsed
from amzlinkr.domain.sites import ApiKeyOwner, Caller, ClaimResult, sandbox_id_of
from amzlinkr.storage.records import SiteItem
from amzlinkr.storage.site_items import get_site
from amzlinkr.wiring import Dependencies
from tests.clock import START
from tests.integration.aws_spy import record_calls, run_before_call
from tests.stored_sites import connect_site, key, signup

HOST = "a.example"
HOUR = timedelta(hours=1)


def test_invite_is_for_one_host_until_it_expires(stores: Dependencies) -> None:
    stores.signups.invite("hash", HOST, START + HOUR)

    valid = [
        stores.signups.is_invited(code, host, now)
        for code, host, now in (
            ("hash", HOST, START + HOUR - timedelta(seconds=1)),
            ("hash", HOST, START + HOUR),
            ("hash", "b.example", START),
            ("other", HOST, START),
        )
    ]

    assert valid == [True, False, False, False]


def test_invite_is_used_once_but_its_signup_can_be_repeated(stores: Dependencies) -> None:
    stores.signups.invite("hash", HOST, START + HOUR)
    first, second = (replace(signup(HOST), invite="hash") for _ in range(2))
    stores.signups.claim(first, "site_a", key(), START)

    assert stores.signups.claim(first, "site_new", key(), START) == ClaimResult("site_a")
    with pytest.raises(InviteUsed):
        stores.signups.claim(second, "site_new", key(), START)


def test_new_owner_gets_no_settings_and_no_sandbox_of_the_former_one(stores: Dependencies) -> None:
    begun, held, of_sandbox, latest = signup(HOST), key(), key(), key()
    stores.signups.claim(begun, "site_a", held, START)
    caller, sandbox = Caller("site_a", held.kid), sandbox_id_of("site_a")
    connect_site(stores, caller, "DE")
    stores.sites.change(caller, START, "former@example.com", "DE", 6)
    stores.api_keys.add(caller, sandbox, of_sandbox, START, START)

    result = stores.signups.claim(signup(HOST), "site_new", latest, START + HOUR)

    site = stores.sites.require("site_a")
    assert result == ClaimResult("site_a", ("s/DE/1",))
    assert [e.subject for e in stores.outbox.due(Task.SECRET_DELETION, START + HOUR)] == ["s/DE/1"]
    assert (site.email, site.primary, site.configured_interval) == ("owner@example.com", None, None)
    assert (site.connections, site.created_at) == ({}, START)
    assert stores.sites.get(sandbox) is None
    assert stores.api_keys.owner(of_sandbox.digest, START) is None


def test_repeated_signup_keeps_settings_and_sandbox_but_no_api_key(stores: Dependencies) -> None:
    begun, held, of_sandbox, latest = signup(HOST), key(), key(), key()
    stores.signups.claim(begun, "site_a", held, START)
    caller, sandbox = Caller("site_a", held.kid), sandbox_id_of("site_a")
    connect_site(stores, caller, "DE")
    stores.sites.change(caller, START, None, "DE", 6)
    stores.api_keys.add(caller, sandbox, of_sandbox, START, START)

    assert stores.signups.claim(begun, "site_new", latest, START) == ClaimResult("site_a")

    site = stores.sites.require("site_a")
    assert (site.primary, site.interval, set(site.connections)) == ("DE", 6 * HOUR, {"DE"})
    assert stores.sites.get(sandbox) is not None
    owners = [stores.api_keys.owner(one.digest, START) for one in (held, of_sandbox, latest)]
    assert owners == [None, None, ApiKeyOwner("site_a", latest.kid)]


@pytest.mark.parametrize("is_deleted", [False, True])
@pytest.mark.parametrize("name", [HOST, f"{HOST}/shop", f"{HOST}:8443"])
def test_suspended_host_is_not_claimed(
    stores: Dependencies, caller: Caller, is_deleted: bool, name: str
) -> None:
    stores.suspensions.suspend(HOST, START)
    if is_deleted:
        stores.site_deletions.delete_site(caller, START)
    latest = key()

    with pytest.raises(SiteSuspended):
        stores.signups.claim(signup(name), "site_new", latest, START + HOUR)

    assert stores.sites.get("site_new") is None
    assert stores.api_keys.owner(latest.digest, START) is None


def test_claim_overlooks_no_suspension_between_any_two_of_its_calls(stores: Dependencies) -> None:
    for number in range(1, 7):
        host, latest = f"{number}.example", key()

        def suspend(host: str = host) -> None:
            stores.suspensions.suspend(host, START)

        with suppress(SiteSuspended), run_before_call(number, suspend) as made:
            stores.signups.claim(signup(host), f"site_{number}", latest, START)

        assert len(made) >= number
        assert stores.suspensions.is_suspended(host)
        owner = stores.api_keys.owner(latest.digest, START)
        assert owner is None or owner.suspended, number


def test_site_that_release_0_2_suspended_is_not_claimed(
    stores: Dependencies, caller: Caller
) -> None:
    get_site("site_a").update([SiteItem.suspended_at.set(1)])

    with pytest.raises(SiteSuspended):
        stores.signups.claim(signup(HOST), "site_new", key(), START)


def test_claim_decides_again_after_a_change_between_any_two_of_its_calls(
    stores: Dependencies,
) -> None:
    stores.signups.claim(signup("probe.example"), "site_probe", key(), START)
    with record_calls() as made:
        stores.signups.claim(signup("probe.example"), "", key(), START)
    assert len(made) == 6

    for number in range(1, len(made) + 1):
        host, first, between, latest = f"{number}.example", key(), key(), key()
        site_id = f"site_{number}"
        stores.signups.claim(signup(host), site_id, first, START)

        def add_key(site_id: str = site_id, kid: str = first.kid) -> None:
            caller = Caller(site_id, kid)
            stores.api_keys.add(caller, site_id, between, START, START + HOUR)  # noqa: B023

        with run_before_call(number, add_key):
            stores.signups.claim(signup(host), "", latest, START)

        owners = [stores.api_keys.owner(one.digest, START) for one in (first, between, latest)]
        assert owners == [None, None, ApiKeyOwner(site_id, latest.kid)], number
        assert get_site(site_id).version == latest.kid
