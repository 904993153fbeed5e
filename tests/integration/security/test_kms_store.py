"""The service with the credential store `kms`: the same behavior, with ciphertext in the table."""

import json
from dataclasses import replace

import boto3
import pytest

from amzlinkr.config import KMS, SECRETS_MANAGER
from amzlinkr.storage import item_keys
from amzlinkr.storage.secret_records import CiphertextItem
from amzlinkr.storage.site_items import item_from_connection
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.control_bodies import PriceBody
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import run_imports, run_purge, run_sync
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, CREDENTIAL, SECRET_KEY, TAG
from tests.iam.enforcer import PolicyEnforcer
from tests.iam.policy import PermissionRequest, decide
from tests.iam.roles import KEY_ARN, roles
from tests.integration import aws_spy
from tests.integration.api.test_connection_limits import (
    counts,
    expected_counts,
    test_deletion_makes_room,
    test_replaced_credential_is_counted_in_place_of_the_other,
    test_secret_that_was_never_connected_counts_until_the_worker_deletes_it,
    test_secrets_of_all_sites_are_limited,
)
from tests.integration.api.test_offboarding import (
    test_rows_written_after_the_deletion_are_purged,
)
from tests.integration.api.test_site_lifecycle import (
    test_other_connection_is_deleted_with_its_secret,
)
from tests.site_client import Site

pytestmark = pytest.mark.kms_store
REPEATED = (
    test_deletion_makes_room,
    test_replaced_credential_is_counted_in_place_of_the_other,
    test_secret_that_was_never_connected_counts_until_the_worker_deletes_it,
    test_secrets_of_all_sites_are_limited,
    test_rows_written_after_the_deletion_are_purged,
    test_other_connection_is_deleted_with_its_secret,
)
"""Tests of other modules, which run here with the store `kms`."""
READERS = {"diagnostics", "search", "import_items", "import_worker", "refresh_shelves"}
ASINS = [f"B0TEST{n:04d}" for n in range(12)]
CONTEXT = {
    "kms:EncryptionContext:site_id": ["site_a"],
    "kms:EncryptionContext:marketplace": ["US"],
    "kms:EncryptionContextKeys": ["site_id", "marketplace"],
}


def restart(site: Site) -> None:
    """Continue with a process that has no credentials in memory."""
    site.deps = Dependencies(site.deps.config, site.deps.clock)
    site.deps.map_concurrently.max_threads = 1


def test_every_reader_decrypts_and_every_change_encrypts(
    site: Site, amazon: FakeAmazon, clock: FakeClock
) -> None:
    assert site.get("/v1/search", keywords="tea").status == 200
    restart(site)
    assert all(step["ok"] for step in site.get("/v1/diagnostics").json["steps"])
    restart(site)
    assert site.post("/v1/import", {"items": ASINS[:2]}).json["results"][0]["status"] == "imported"
    restart(site)
    started = site.post("/v1/import", {"items": ASINS}).json
    run_imports(site.deps)
    assert site.get(started["status_url"]).json["status"] == "done"
    amazon.control.set_price(PriceBody(ASINS[0], "US", amount=4242))
    clock.advance(hours=1)
    restart(site)
    assert run_sync(site.deps) == 2
    assert site.get(f"/v1/products/{ASINS[0]}").json["price"]["amount"] == 4242

    assert site.connect_creators(CREDENTIAL, TAG).status == 200
    restart(site)
    assert site.get("/v1/search", keywords="tea").status == 200
    ((name, content),) = aws_spy.secrets().items()
    assert name.startswith(f"kms/local/{site.site_id}/US/")
    assert json.loads(content)["credential_secret"] == CREDENTIAL[1]
    names = [found["Name"] for found in boto3.client("secretsmanager").list_secrets()["SecretList"]]
    assert [found for found in names if "site_" in found] == []


def test_credentials_are_decrypted_once_per_process_and_version(site: Site) -> None:
    with aws_spy.record_calls() as made:
        for _ in range(3):
            assert site.get("/v1/search", keywords="tea").status == 200
            assert site.post("/v1/import", {"items": ASINS[:1]}).status == 200
    assert made.count("Decrypt") == 1

    assert site.connect_creators(CREDENTIAL, TAG).status == 200
    with aws_spy.record_calls() as made:
        for _ in range(2):
            assert site.get("/v1/search", keywords="tea").status == 200
    assert made.count("Decrypt") == 1


def test_rows_that_were_copied_to_another_site_give_no_access(
    site: Site, deps: Dependencies
) -> None:
    other = Site.sign_up_and_connect(deps, ACCESS_KEY, SECRET_KEY, TAG)
    assert site.get("/v1/search", keywords="tea").status == 200
    own, foreign = (site.deps.sites.require(one.site_id).connections["US"] for one in (site, other))

    # The ciphertext of one site under the secret of the other, and then its whole connection.
    copied = CiphertextItem.get(item_keys.ciphertexts(own.secret_id), own.secret_version)
    copied.pk, copied.sk = item_keys.ciphertexts(foreign.secret_id), foreign.secret_version
    copied.save()
    refused = other.get("/v1/search", keywords="tea")
    assert (refused.status, refused.json["code"]) == (409, "not_connected")
    item_from_connection(other.site_id, own).save()
    assert other.get("/v1/search", keywords="tea").status == 409
    assert site.get("/v1/search", keywords="tea").status == 200


def test_new_credentials_leave_the_other_store_and_the_old_secret_is_deleted_later(
    deps: Dependencies, guard: PolicyEnforcer, clock: FakeClock
) -> None:
    before = Dependencies(replace(deps.config, credential_store=SECRETS_MANAGER), clock)
    guard.store = SECRETS_MANAGER
    site = Site.sign_up_and_connect(before, ACCESS_KEY, SECRET_KEY, TAG)
    guard.store, site.deps = KMS, deps
    assert site.get("/v1/search", keywords="tea").status == 200
    (plain,) = aws_spy.secrets()

    assert site.connect_creators(CREDENTIAL, TAG).status == 200

    assert site.get("/v1/search", keywords="tea").status == 200
    assert [name.partition("/")[0] for name in sorted(aws_spy.secrets())] == ["amzlinkr", "kms"]
    # A process that read the connection before may still read its credentials.
    clock.advance(minutes=55)
    run_purge(deps)
    assert plain in aws_spy.secrets()
    clock.advance(minutes=6)
    run_purge(deps)
    assert [name.partition("/")[0] for name in aws_spy.secrets()] == ["kms"]
    assert counts(deps) == expected_counts(deps)


def test_validate_may_encrypt_only_and_readers_may_decrypt_only() -> None:
    for action, allowed in (("kms:Encrypt", {"validate"}), ("kms:Decrypt", READERS)):
        request = PermissionRequest(action, KEY_ARN, CONTEXT)
        assert {name for name, role in roles(KMS).items() if decide(role, request)} == allowed
        assert not any(decide(role, request) for role in roles(SECRETS_MANAGER).values())


@pytest.mark.parametrize(
    "changes",
    [
        {"kms:EncryptionContext:site_id": None, "kms:EncryptionContextKeys": ["marketplace"]},
        {"kms:EncryptionContext:marketplace": None, "kms:EncryptionContextKeys": ["site_id"]},
        {"kms:EncryptionContext:site_id": ["other"]},
        {"kms:EncryptionContext:marketplace": ["USA"]},
        {"kms:EncryptionContextKeys": ["site_id", "marketplace", "more"]},
    ],
)
def test_no_role_may_use_the_key_with_another_context(changes: dict[str, list[str] | None]) -> None:
    context = {name: value for name, value in (CONTEXT | changes).items() if value is not None}

    for action in ("kms:Encrypt", "kms:Decrypt"):
        request = PermissionRequest(action, KEY_ARN, context)
        assert not any(decide(role, request) for role in roles(KMS).values())


def test_validate_creates_no_secrets_with_the_store_kms() -> None:
    name = "arn:aws:secretsmanager:us-east-1:123456789012:secret:amzlinkr/local/site_a/US/1-AbCdEf"
    for action in ("CreateSecret", "PutSecretValue", "TagResource"):
        request = PermissionRequest(f"secretsmanager:{action}", name)
        assert decide(roles(SECRETS_MANAGER)["validate"], request)
        assert not decide(roles(KMS)["validate"], request)
    # Secrets that were not moved yet are read and deleted.
    read = PermissionRequest("secretsmanager:GetSecretValue", name)
    assert {function for function, role in roles(KMS).items() if decide(role, read)} >= READERS
