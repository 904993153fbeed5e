"""The migration of credentials to the other store: crashes, and requests in between."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest

from amzlinkr.config import KMS, SECRETS_MANAGER
from amzlinkr.domain.credentials import PaapiCredentials
from amzlinkr.security import encrypted_secrets
from amzlinkr.security.credential_vault import CredentialVault
from amzlinkr.wiring import Dependencies
from infra.migrate_credentials import CredentialMigration
from tests.calls import run_purge
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, CREDENTIAL, SECRET_KEY, TAG, with_credential_key
from tests.iam.enforcer import PolicyEnforcer
from tests.iam.roles import MOVING_BACK
from tests.integration import aws_spy
from tests.integration.api.test_connection_limits import counts, expected_counts
from tests.site_client import Site

PREFIX = {SECRETS_MANAGER: "amzlinkr", KMS: "kms"}
MAX_CALLS = 40


@dataclass
class Deployment:
    """A service with a credential store that can be changed, as a deployment does."""

    deps: Dependencies
    guard: PolicyEnforcer
    clock: FakeClock

    def deploy(self, store: str) -> Dependencies:
        """Return the dependencies of a new process that uses this store."""
        self.guard.store = KMS if store == KMS else MOVING_BACK
        fresh = Dependencies(replace(self.deps.config, credential_store=store), self.clock)
        fresh.map_concurrently.max_threads = 1
        self.deps = fresh
        return fresh

    def migrate(self, store: str) -> dict[str, int]:
        """Run the migration in another process."""
        return dict(CredentialMigration(self.deploy(store)).run())

    def check(self, site: Site) -> None:
        """Assert that a new process can use the credentials, and that the counts are right."""
        site.deps = self.deploy(self.deps.config.credential_store)
        assert site.get("/v1/search", keywords="tea").status == 200

    def settle(self) -> None:
        """Let the service delete what is due."""
        self.clock.advance(hours=2)
        run_purge(self.deps)
        assert counts(self.deps) == expected_counts(self.deps)


@pytest.fixture
def deployment(deps: Dependencies, guard: PolicyEnforcer, clock: FakeClock) -> Deployment:
    deps.config = with_credential_key(deps.config)
    return Deployment(deps, guard, clock)


def connected_site(deployment: Deployment, store: str) -> Site:
    return Site.sign_up_and_connect(deployment.deploy(store), ACCESS_KEY, SECRET_KEY, TAG)


def stores_of_secrets() -> list[str]:
    return sorted(name.partition("/")[0] for name in aws_spy.secrets())


@pytest.mark.parametrize(("source", "target"), [(SECRETS_MANAGER, KMS), (KMS, SECRETS_MANAGER)])
def test_all_credentials_move_once_and_the_old_ones_are_deleted_later(
    deployment: Deployment, source: str, target: str
) -> None:
    sites = [connected_site(deployment, source) for _ in range(2)]
    assert sites[0].connect_creators(CREDENTIAL, "test-21", "DE").status == 200
    sandbox = sites[1].open_sandbox()
    assert sandbox.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200
    before = sorted(map(str, map(json.loads, aws_spy.secrets().values())))

    assert deployment.migrate(target) == {"moved": 3}
    assert deployment.migrate(target) == {"moved": 0}

    assert stores_of_secrets() == sorted([PREFIX[source], PREFIX[target]] * 3)
    deployment.settle()
    assert stores_of_secrets() == [PREFIX[target]] * 3
    assert sorted(map(str, map(json.loads, aws_spy.secrets().values()))) == before
    for site in sites:
        deployment.check(site)


@pytest.mark.parametrize("step", [6, pytest.param(1, marks=pytest.mark.slow)])
def test_crash_at_any_call_loses_and_leaves_nothing(deployment: Deployment, step: int) -> None:
    site = connected_site(deployment, SECRETS_MANAGER)
    target, source = KMS, SECRETS_MANAGER
    content = json.loads(next(iter(aws_spy.secrets().values())))
    killed = 0
    for kill_at in range(1, MAX_CALLS, step):
        for committed in (False, True):
            with (
                suppress(aws_spy.ProcessKilled),
                aws_spy.record_calls(kill_at, committed=committed),
            ):
                deployment.migrate(target)
            killed += 1
            deployment.check(site)
            if killed % 2:
                deployment.settle()
                deployment.check(site)
            deployment.migrate(target)
            deployment.check(site)
            deployment.settle()
            assert stores_of_secrets() == [PREFIX[target]]
            assert json.loads(next(iter(aws_spy.secrets().values()))) == content
            target, source = source, target
        with aws_spy.record_calls() as made:
            deployment.migrate(target)
            target, source = source, target
        deployment.settle()
        if len(made) < kill_at:
            break
    assert 20 < killed * step < 2 * MAX_CALLS + 2 * step


def replace_credentials(site: Site) -> None:
    assert site.connect_creators(CREDENTIAL, TAG).status in (200, 503)


def search(site: Site) -> None:
    assert site.get("/v1/search", keywords="tea").status == 200


def disconnect(site: Site) -> None:
    assert site.delete("/v1/connections/US").status in (204, 503)


def delete_site(site: Site) -> None:
    assert site.delete("/v1/site", confirm=site.host).status == 202


@pytest.mark.parametrize("step", [9, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("action", [replace_credentials, search, disconnect, delete_site])
def test_request_before_any_call_leaves_one_secret_for_each_connection(
    deployment: Deployment, action: Callable[[Site], None], step: int
) -> None:
    for number in range(2, MAX_CALLS, step):
        site = connected_site(deployment, SECRETS_MANAGER)
        site.deps = deployment.deploy(KMS)
        with aws_spy.run_before_call(number, partial(action, site)) as made:
            outcomes = CredentialMigration(deployment.deps).run()
        if len(made) < number:
            break
        assert not outcomes["failed"]
        deployment.migrate(KMS)
        deployment.settle()
        found = deployment.deps.sites.get(site.site_id)
        names = [one.secret_id for one in found.connections.values()] if found else []
        assert [name for name in aws_spy.secrets() if site.site_id in name] == names
        if names:
            deployment.check(site)
        deployment.clock.advance(hours=24)
    else:
        raise AssertionError("the migration makes more calls")


def test_copy_that_is_about_to_be_deleted_is_not_connected(deployment: Deployment) -> None:
    site = connected_site(deployment, SECRETS_MANAGER)
    stops: list[str] = []

    def stop_before_the_switch(
        operation: str, _arguments: aws_spy.Arguments, proceed: Callable[[], Any]
    ) -> Any:
        response = proceed()
        # The copy was read back. The process stops for an hour before it connects the copy.
        if operation == "Decrypt" and not stops:
            stops.append(operation)
            deployment.clock.advance(minutes=58)
        return response

    with aws_spy.intercept_calls(stop_before_the_switch):
        outcomes = deployment.migrate(KMS)

    assert outcomes["moved"] == 1, "the next pass makes another copy"
    assert stores_of_secrets() == [PREFIX[SECRETS_MANAGER], PREFIX[KMS], PREFIX[KMS]]
    deployment.check(site)
    deployment.settle()
    assert stores_of_secrets() == [PREFIX[KMS]]
    deployment.check(site)


def test_copy_that_reads_differently_is_not_connected(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = connected_site(deployment, SECRETS_MANAGER)
    create = CredentialVault.create

    def create_another(vault: CredentialVault, name: str, credentials: PaapiCredentials) -> str:
        return create(vault, name, replace(credentials, partner_tag="other-20"))

    with monkeypatch.context() as patch:
        patch.setattr(CredentialVault, "create", create_another)
        assert deployment.migrate(KMS) == {"moved": 0, "failed": 1}

    deployment.check(site)
    deployment.settle()
    assert stores_of_secrets() == [PREFIX[SECRETS_MANAGER]]
    deployment.check(site)


def test_deleted_secret_is_reported_and_stops_nothing(deployment: Deployment) -> None:
    first, second = (connected_site(deployment, SECRETS_MANAGER) for _ in range(2))
    name = deployment.deps.sites.require(first.site_id).connections["US"].secret_id
    deployment.deps.vault.delete(name)

    assert deployment.migrate(KMS) == {"moved": 1, "without credentials": 1}
    deployment.check(second)


def test_credentials_that_cannot_be_decrypted_are_a_failure(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = connected_site(deployment, KMS)
    deployment.deploy(SECRETS_MANAGER)

    with monkeypatch.context() as patch:
        # The ciphertext was encrypted for another site, or by another key.
        patch.setattr(encrypted_secrets, "context_of", lambda _name: {"site_id": "another"})
        assert deployment.migrate(SECRETS_MANAGER) == {"moved": 0, "failed": 1}

    deployment.check(site)
