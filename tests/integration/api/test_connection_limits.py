"""Limits of stored secrets: per Amazon credential and in all, until one of them is deleted."""

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest

from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.security.credential_vault import CredentialVault
from amzlinkr.storage.sites import SiteStore
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.control_bodies import AccountBody
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.stack.wordpress import WordPress
from tests.calls import Reply, event_of, run_purge
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, CREDENTIAL, SECRET_KEY, TAG
from tests.integration import aws_spy
from tests.limits import with_limits
from tests.site_client import Site

OTHER_KEY, OTHER_SECRET = "AKIAOTHEROTHEROTHER0", "o" * 40


def site_with(deps: Dependencies, **maximums: int) -> Site:
    """Sign up a site of a service with these limits."""
    return Site.sign_up(with_limits(deps, **maximums))


def connect(site: Site, marketplace: str = "US") -> Reply:
    return site.connect(
        ACCESS_KEY, SECRET_KEY, TAG if marketplace == "US" else "test-21", marketplace
    )


def counts(deps: Dependencies) -> dict[str, int]:
    """Return all counts of secrets that are not zero."""
    items = aws_spy.table(deps.config.quotas_table)
    used = {name: int(item["used"]) for name, item in items.items() if name.startswith("secrets#")}
    return {name: number for name, number in used.items() if number}


def expected_counts(deps: Dependencies) -> dict[str, int]:
    """Return the counts that the stored secrets require."""
    keys: Counter[str] = Counter()
    for item in aws_spy.table(deps.config.sites_table).values():
        if item["type"] == "secret":
            keys[f"secrets#{item['account_key']}"] += 1
            keys["secrets#all"] += 1
    assert keys["secrets#all"] == len(aws_spy.secrets())
    return dict(+keys)


def test_credential_is_stored_for_a_limited_number_of_sites(deps: Dependencies) -> None:
    limited = partial(site_with, deps, connections_of_account=2)
    for _ in range(2):
        assert connect(limited()).status == 200
    third = limited()

    refused = connect(third)

    assert (refused.status, refused.json["code"]) == (409, "connection_limit_reached")
    assert refused.json["retryable"] is False
    assert "2" in refused.json["detail"]
    assert "Delete" in refused.json["action"]
    assert len(aws_spy.secrets()) == 2
    assert third.get("/v1/connections").json["connections"] == []
    assert counts(deps) == expected_counts(deps)
    entries = [key for key in aws_spy.table(deps.config.sites_table) if "secret_deletion" in key]
    assert entries == []


def test_marketplaces_of_one_site_count_too(deps: Dependencies) -> None:
    site = site_with(deps, connections_of_account=2)

    assert [connect(site, code).status for code in ("US", "DE")] == [200, 200]
    assert site.connect(ACCESS_KEY, SECRET_KEY, "test-22", "JP").status == 409


def test_other_credential_is_not_affected(deps: Dependencies) -> None:
    assert connect(site_with(deps, connections_of_account=1)).status == 200
    other = site_with(deps, connections_of_account=1)

    assert connect(other).status == 409
    assert other.connect_creators(CREDENTIAL, TAG).status == 200


def test_secrets_of_all_sites_are_limited(deps: Dependencies) -> None:
    first = site_with(deps, connections=1)
    assert connect(first).status == 200
    second = site_with(deps, connections=1)

    refused = second.connect_creators(CREDENTIAL, TAG)

    assert (refused.status, refused.json["code"]) == (409, "connection_limit_reached")
    assert "operator" in refused.json["action"]
    assert first.connect_creators(CREDENTIAL, TAG).status == 200, "it replaces a stored secret"


def test_same_credentials_again_need_no_further_place(deps: Dependencies) -> None:
    site = site_with(deps, connections_of_account=1, connections=1)

    assert [connect(site).status for _ in range(3)] == [200, 200, 200]
    assert counts(deps) == expected_counts(deps)


def test_replaced_credential_is_counted_in_place_of_the_other(
    deps: Dependencies, amazon: FakeAmazon
) -> None:
    amazon.control.put_account(
        OTHER_KEY, AccountBody(secret_key=OTHER_SECRET, partner_tags={"US": TAG})
    )
    limited = partial(site_with, deps, connections_of_account=1)
    first = limited()
    assert connect(first).status == 200
    assert first.connect(OTHER_KEY, OTHER_SECRET, TAG).status == 200

    assert connect(limited()).status == 200
    assert connect(first).status == 409
    assert first.get("/v1/connections").json["connections"][0]["key_hint"] == f"…{OTHER_KEY[-4:]}"
    assert counts(deps) == expected_counts(deps)


def disconnect(site: Site) -> None:
    assert site.send(event_of("DELETE", "/v1/connections/US")).status == 204


def delete_site(site: Site) -> None:
    reply = site.send(event_of("DELETE", "/v1/site", query={"confirm": site.host}))
    assert reply.status == 202


@pytest.mark.parametrize("delete", [disconnect, delete_site])
def test_deletion_makes_room(deps: Dependencies, delete: Callable[[Site], None]) -> None:
    limited = partial(site_with, deps, connections_of_account=1, connections=1)
    site = limited()
    assert connect(site).status == 200
    assert connect(limited()).status == 409

    delete(site)

    assert counts(deps) == {}
    assert connect(limited()).status == 200
    assert counts(deps) == expected_counts(deps)


def test_new_owner_of_a_host_makes_room(deps: Dependencies) -> None:
    limited = with_limits(deps, connections_of_account=1)
    with WordPress() as wordpress:
        assert connect(Site.sign_up_host(limited, wordpress)).status == 200
        Site.sign_up_host(limited, wordpress)

    assert counts(deps) == {}


def test_secret_that_could_not_be_deleted_counts_until_the_worker_deletes_it(
    deps: Dependencies, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = site_with(deps)
    assert connect(site).status == 200
    with monkeypatch.context() as patch:

        def fail(*_: object) -> None:
            raise StoreUnavailable

        patch.setattr(CredentialVault, "delete", fail)
        disconnect(site)
    assert counts(deps)["secrets#all"] == 1

    clock.advance(minutes=5)
    run_purge(deps)

    assert counts(deps) == {}
    assert aws_spy.secrets() == {}


def test_secret_that_was_never_connected_counts_until_the_worker_deletes_it(
    deps: Dependencies, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise aws_spy.ProcessKilled

    site = Site.sign_up(deps)
    monkeypatch.setattr(SiteStore, "connect", die)
    with pytest.raises(aws_spy.ProcessKilled):
        connect(site)
    assert counts(deps)["secrets#all"] == 1

    clock.advance(hours=2)
    run_purge(deps)

    assert counts(deps) == {}
    assert aws_spy.secrets() == {}
