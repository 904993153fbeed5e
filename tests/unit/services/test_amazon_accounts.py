"""Results of calls are recorded, catalogs are cached by secret version, secrets are deleted."""

import secrets
from collections import Counter
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest

from amzlinkr.amazon import catalog as factory
from amzlinkr.amazon.retry import MAX_CALL_ATTEMPTS
from amzlinkr.amazon.sandbox import Sandbox
from amzlinkr.domain.clock import Deadline, to_unix_ms
from amzlinkr.domain.connection_errors import AmazonNoCredentials, ConnectionLimitReached
from amzlinkr.domain.connections import NO_SECRET, Connection, State
from amzlinkr.domain.credentials import paapi_credentials
from amzlinkr.domain.errors import NotConnected, StoreUnavailable
from amzlinkr.domain.ports import DailyBudget, Priority, Task
from amzlinkr.domain.sites import Site
from amzlinkr.security.credential_vault import CredentialVault
from amzlinkr.security.hmac_signer import HmacSigner
from amzlinkr.services.amazon_accounts import (
    MAX_CATALOGS,
    MIN_SECRET_DELETION_SECONDS,
    AmazonAccounts,
)
from amzlinkr.storage.outbox import Outbox
from amzlinkr.storage.rate_limiter_store import RateLimiterStore
from amzlinkr.storage.secret_counts import SecretCounts
from amzlinkr.storage.sites import SiteStore
from tests.clock import START, FakeClock

CREDENTIALS = paapi_credentials("AKIATESTTESTTESTTEST", "s" * 40, "test-20", "US")
CONNECTION = Connection("US", "paapi5", "test-20", "…", "secret", "1", "account", START)
SITE = Site("site_a", "a.example", "https://a.example", "a@a.example", START, "US")


def connected(connection: Connection = CONNECTION, site_id: str = "site_a") -> Site:
    return replace(SITE, site_id=site_id, connections={"US": connection})


@pytest.fixture
def accounts(clock: FakeClock) -> Any:
    """Return the service, with stores that record their calls."""
    service = AmazonAccounts(
        sites=mock.create_autospec(SiteStore, instance=True),
        rate_limiters=mock.create_autospec(RateLimiterStore, instance=True),
        outbox=mock.create_autospec(Outbox, instance=True),
        secret_counts=mock.create_autospec(SecretCounts, instance=True),
        vault=mock.create_autospec(CredentialVault, instance=True),
        signer=mock.create_autospec(HmacSigner, instance=True),
        clock=clock,
        amazon_url="http://127.0.0.1:1",
    )
    service.vault.get.return_value = CREDENTIALS  # type: ignore[attr-defined] # a mock
    return service


def test_result_that_cannot_be_recorded_is_counted(
    accounts: Any, metrics: Counter[str], clock: FakeClock
) -> None:
    accounts.sites.record_result.side_effect = StoreUnavailable

    accounts.record_result("site_a", CONNECTION, None, clock.now())

    assert metrics == {"AccountResultNotRecorded": 1}


def test_link_only_connection_opens_no_catalog_and_has_no_budget(accounts: Any) -> None:
    link_only = Connection.link_only("DE", "test-21", START)
    site = replace(connected(), connections={"US": CONNECTION, "DE": link_only})
    accounts.rate_limiters.budgets.return_value = {CONNECTION.account_key: DailyBudget()}

    with pytest.raises(AmazonNoCredentials):
        accounts.catalog(site, "DE", Priority.INTERACTIVE)
    assert accounts.budgets(site) == {"US": DailyBudget()}
    accounts.vault.get.assert_not_called()


def test_credentials_are_read_once_per_version_and_priority(accounts: Any) -> None:
    for priority in (Priority.INTERACTIVE, Priority.INTERACTIVE, Priority.SYNC):
        accounts.catalog(connected(), "US", priority)
    assert accounts.vault.get.call_count == 2

    accounts.catalog(connected(replace(CONNECTION, secret_version="2")), "US", Priority.SYNC)
    assert accounts.vault.get.call_count == 3


def test_number_of_cached_catalogs_is_limited(accounts: Any) -> None:
    for number in range(MAX_CATALOGS + 1):
        accounts.catalog(connected(site_id=f"site_{number}"), "US", Priority.SYNC)
    assert accounts.vault.get.call_count == MAX_CATALOGS + 1

    accounts.catalog(connected(site_id="site_0"), "US", Priority.SYNC)

    assert accounts.vault.get.call_count == MAX_CATALOGS + 2


def test_catalogs_of_two_sites_are_separate_also_with_the_same_secret(accounts: Any) -> None:
    for site_id in ("site_a", "site_b"):
        accounts.catalog(connected(site_id=site_id), "US", Priority.SYNC)

    assert [call.args[0] for call in accounts.vault.get.call_args_list] == ["site_a", "site_b"]


def test_sandbox_site_has_a_simulated_catalog_and_no_secret(accounts: Any) -> None:
    catalog = accounts.catalog(connected(site_id="test_a"), "US", Priority.SYNC)
    assert isinstance(catalog._catalog, Sandbox)
    for account in (CONNECTION, CREDENTIALS):
        assert isinstance(accounts.test_catalog("test_a", account), Sandbox)
    assert accounts.account_key("test_a", CREDENTIALS) == "sandbox#test_a"
    name, version = accounts.store_credentials("test_a", CREDENTIALS, None)
    assert (name, len(version)) == (NO_SECRET, 16)
    assert accounts.vault.mock_calls == []
    assert accounts.signer.mock_calls == []


def test_catalog_requires_a_connection(accounts: Any) -> None:
    with pytest.raises(NotConnected):
        accounts.catalog(SITE, "US", Priority.SYNC)


@pytest.mark.parametrize(("limit", "attempts"), [(None, MAX_CALL_ATTEMPTS), (1, 1)])
def test_test_catalog_limits_attempts_and_shares_no_token(
    accounts: Any, monkeypatch: pytest.MonkeyPatch, limit: int | None, attempts: int
) -> None:
    opened: list[tuple[Any, ...]] = []

    def open_catalog(*args: Any, **named: Any) -> None:
        opened.append((args[0], *args[4:], *named.values()))

    monkeypatch.setattr(factory, "open_catalog", open_catalog)
    accounts.test_catalog("site_a", CREDENTIALS, max_attempts=limit)
    accounts.test_catalog("site_a", CONNECTION, max_attempts=limit)

    assert opened == [(CREDENTIALS, attempts)] * 2
    keys = [call.args[0] for call in accounts.rate_limiters.rate_limiter.call_args_list]
    assert keys == [accounts.signer.account_key.return_value, "account"]


def test_budgets_are_read_by_marketplace(accounts: Any) -> None:
    site = replace(SITE, connections={"US": CONNECTION, "DE": CONNECTION})
    accounts.rate_limiters.budgets.return_value = {"account": DailyBudget(7)}

    assert accounts.budgets(site) == {"US": DailyBudget(7), "DE": DailyBudget(7)}


def test_new_secret_is_scheduled_for_deletion_and_counted_first(
    accounts: Any,
) -> None:
    calls = mock.Mock()
    calls.attach_mock(accounts.outbox.schedule, "schedule")
    calls.attach_mock(accounts.secret_counts.add, "count")
    calls.attach_mock(accounts.vault.create, "create")

    name, version = accounts.store_credentials("site_a", CREDENTIALS, None)

    assert [call[0] for call in calls.mock_calls] == ["schedule", "count", "create"]
    assert (name, version) == (
        accounts.vault.name_of.return_value,
        accounts.vault.create.return_value,
    )


def test_secret_in_the_other_store_is_replaced_and_counted_until_its_deletion(
    accounts: Any,
) -> None:
    accounts.vault.is_in_use.return_value = False

    name, _ = accounts.store_credentials("site_a", CREDENTIALS, CONNECTION)

    assert name == accounts.vault.name_of.return_value
    accounts.vault.put_version.assert_not_called()
    account_key = accounts.signer.account_key.return_value
    assert accounts.secret_counts.mock_calls == [mock.call.add(name, account_key)]


def test_existing_secret_receives_a_new_version(accounts: Any) -> None:
    current = replace(CONNECTION, state=State.KEYS_REJECTED)

    stored = accounts.store_credentials("site_a", CREDENTIALS, current)

    assert stored == ("secret", accounts.vault.put_version.return_value)
    accounts.vault.create.assert_not_called()
    account_key = accounts.signer.account_key.return_value
    assert accounts.secret_counts.mock_calls == [mock.call.add("secret", account_key)]


def test_secret_that_was_deleted_meanwhile_is_no_longer_counted(accounts: Any) -> None:
    accounts.vault.put_version.return_value = None

    name, _ = accounts.store_credentials("site_a", CREDENTIALS, CONNECTION)

    account_key = accounts.signer.account_key.return_value
    assert name == accounts.vault.name_of.return_value
    assert accounts.secret_counts.mock_calls == [
        mock.call.add("secret", account_key),
        mock.call.remove("secret"),
        mock.call.add(name, account_key),
    ]


def test_secret_over_the_limit_leaves_no_trace(accounts: Any) -> None:
    accounts.secret_counts.add.side_effect = ConnectionLimitReached

    with pytest.raises(ConnectionLimitReached):
        accounts.store_credentials("site_a", CREDENTIALS, None)

    name = accounts.vault.name_of.return_value
    assert accounts.outbox.remove.mock_calls == [mock.call(Task.SECRET_DELETION, name)]
    accounts.vault.create.assert_not_called()


def test_secret_is_counted_until_it_is_deleted(accounts: Any) -> None:
    calls = mock.Mock()
    calls.attach_mock(accounts.vault.delete, "delete")
    calls.attach_mock(accounts.secret_counts.remove, "count")
    calls.attach_mock(accounts.outbox.remove, "forget")

    accounts.delete_secret("secret")

    assert [call[0] for call in calls.mock_calls] == ["delete", "count", "forget"]


def test_secrets_are_deleted_until_the_deadline(accounts: Any, clock: FakeClock) -> None:
    accounts.vault.delete.side_effect = lambda _secret_id: clock.advance(seconds=1)
    deadline = Deadline.after(clock, MIN_SECRET_DELETION_SECONDS + 1.5)

    accounts.delete_secrets(["a", "b", "c"], deadline)

    assert accounts.vault.delete.mock_calls == [mock.call("a"), mock.call("b")]
    assert accounts.outbox.remove.mock_calls == [
        mock.call(Task.SECRET_DELETION, "a"),
        mock.call(Task.SECRET_DELETION, "b"),
    ]


def test_secret_that_cannot_be_deleted_stays_in_the_outbox(
    accounts: Any, clock: FakeClock, metrics: Counter[str], faults: list[str]
) -> None:
    accounts.vault.delete.side_effect = [StoreUnavailable, None]

    accounts.delete_secrets(["a", "b"], Deadline.after(clock, 10))

    assert accounts.outbox.remove.mock_calls == [mock.call(Task.SECRET_DELETION, "b")]
    assert (metrics, faults) == ({"SecretNotDeleted": 1}, ["StoreUnavailable"])


def test_name_of_a_secret_has_a_higher_number_than_all_earlier_ones(
    accounts: Any, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for random in (lambda limit: limit - 1, lambda _limit: 0):
        monkeypatch.setattr(secrets, "randbelow", random)
        accounts.store_credentials("site_a", CREDENTIALS, None)
        clock.advance(seconds=0.001)

    at = to_unix_ms(START)
    assert accounts.vault.name_of.mock_calls == [
        mock.call("site_a", "US", at * 1_000_000 + 999_999),
        mock.call("site_a", "US", (at + 1) * 1_000_000),
    ]
