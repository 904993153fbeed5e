"""Encrypted secrets: what is stored, the encryption context, and failures of KMS."""

import re
from collections import Counter
from collections.abc import Callable, Iterator

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError
from moto import mock_aws

from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.security.encrypted_secrets import EncryptedSecretStore
from tests.integration.aws_spy import fail_calls, intercept_calls

NAME, OTHER_SITE, OTHER_MARKETPLACE = (
    f"kms/test/{part}/1" for part in ("site_a/US", "site_b/US", "site_a/DE")
)


class FakeCiphertexts:
    """A table of ciphertexts in memory."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], str] = {}

    def create(self, name: str, version: str, ciphertext: str) -> None:
        self.rows[name, version] = ciphertext

    def add(self, name: str, current: str, version: str, ciphertext: str) -> bool:
        if (name, current) not in self.rows:
            return False
        self.rows[name, version] = ciphertext
        return True

    def contains(self, name: str, version: str) -> bool:
        return self.get(name, version) is not None

    def get(self, name: str, version: str) -> str | None:
        return self.rows.get((name, version))

    def delete(self, name: str) -> None:
        self.rows = {key: row for key, row in self.rows.items() if key[0] != name}


@pytest.fixture
def key_arn() -> Iterator[str]:
    with mock_aws():
        yield boto3.client("kms").create_key()["KeyMetadata"]["Arn"]


@pytest.fixture
def table() -> FakeCiphertexts:
    return FakeCiphertexts()


@pytest.fixture
def store(key_arn: str, table: FakeCiphertexts) -> EncryptedSecretStore:
    return EncryptedSecretStore(boto3.client("kms"), key_arn, table)


def test_table_holds_ciphertext_only(store: EncryptedSecretStore, table: FakeCiphertexts) -> None:
    version = store.create(NAME, "the plaintext")

    assert store.read(NAME, version) == "the plaintext"
    assert "plaintext" not in str(table.rows)
    assert store.put_version(NAME, "absent", "other") is None
    assert len(table.rows) == 1


def test_versions_are_random_in_128_bits(
    store: EncryptedSecretStore, table: FakeCiphertexts
) -> None:
    first = store.create(NAME, "a")
    versions = [first, *(store.put_version(NAME, first, text) or "" for text in "bc")]

    assert [re.fullmatch("[0-9a-f]{32}", version) is not None for version in versions] == [True] * 3
    assert [store.read(NAME, version) for version in versions] == ["a", "b", "c"]


@pytest.mark.parametrize("copy", [OTHER_SITE, OTHER_MARKETPLACE])
def test_ciphertext_of_another_site_or_marketplace_does_not_decrypt(
    store: EncryptedSecretStore, table: FakeCiphertexts, copy: str, metrics: Counter[str]
) -> None:
    version = store.create(NAME, "the plaintext")
    table.rows[copy, version] = table.rows[NAME, version]

    assert store.read(copy, version) is None
    assert metrics == {"CredentialsNotDecrypted": 1}
    assert store.read(NAME, version) == "the plaintext"


def test_changed_ciphertext_does_not_decrypt(
    store: EncryptedSecretStore, table: FakeCiphertexts
) -> None:
    version = store.create(NAME, "the plaintext")
    end = table.rows[NAME, version][-8:]
    table.rows[NAME, version] = table.rows[NAME, version].replace(end, "AAAAAAA=")

    assert store.read(NAME, version) is None


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "AccessDeniedException", "DisabledException"]
)
def test_failure_of_kms_is_a_503_and_stores_nothing(
    store: EncryptedSecretStore, table: FakeCiphertexts, code: str
) -> None:
    version = store.create(NAME, "the plaintext")
    rows = dict(table.rows)
    calls: list[Callable[[], object]] = [
        lambda: store.read(NAME, version),
        lambda: store.put_version(NAME, version, "other"),
        lambda: store.create(OTHER_SITE, "other"),
    ]

    with fail_calls(lambda _: True, code):
        for call in calls:
            with pytest.raises(StoreUnavailable):
                call()
    assert table.rows == rows


def test_kms_that_does_not_respond_is_a_503(store: EncryptedSecretStore) -> None:
    version = store.create(NAME, "the plaintext")

    def time_out(*_: object) -> None:
        raise ConnectTimeoutError(endpoint_url="https://kms")

    with intercept_calls(time_out), pytest.raises(StoreUnavailable):
        store.read(NAME, version)


def test_stack_without_a_key_answers_503(table: FakeCiphertexts, key_arn: str) -> None:
    version = EncryptedSecretStore(boto3.client("kms"), key_arn, table).create(NAME, "plaintext")
    without_key = EncryptedSecretStore(boto3.client("kms"), "", table)

    with pytest.raises(StoreUnavailable):
        without_key.read(NAME, version)
