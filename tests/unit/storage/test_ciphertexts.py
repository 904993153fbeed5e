"""Ciphertexts: versions that connections can name stay, others do not, deleted secrets end."""

from amzlinkr.storage import item_keys
from amzlinkr.storage.secret_records import CiphertextItem
from amzlinkr.wiring import Dependencies
from tests.clock import FakeClock
from tests.integration.aws_spy import record_calls, run_before_call

NAME, OTHER = "kms/test/site_a/US/1", "kms/test/site_a/US/2"


def versions(name: str = NAME) -> list[str]:
    """Return the stored versions of a secret."""
    items = CiphertextItem.query(item_keys.ciphertexts(name), consistent_read=True)
    return [item.sk for item in items]


def test_each_version_has_its_ciphertext(stores: Dependencies) -> None:
    stores.ciphertexts.create(NAME, "v1", "one")
    stores.ciphertexts.create(OTHER, "v1", "other")

    assert stores.ciphertexts.add(NAME, "v1", "v2", "two")

    found = [stores.ciphertexts.get(NAME, version) for version in ("v1", "v2", "v3")]
    assert found == ["one", "two", None]
    stores.ciphertexts.delete(NAME)
    stores.ciphertexts.delete(NAME)
    assert (versions(), versions(OTHER)) == ([], ["v1"])


def test_deleted_secret_takes_no_version(stores: Dependencies) -> None:
    stores.ciphertexts.create(NAME, "v1", "one")
    stores.ciphertexts.delete(NAME)

    assert not stores.ciphertexts.add(NAME, "v1", "v2", "two")
    assert versions() == []


def test_versions_that_no_connection_can_name_are_deleted(
    stores: Dependencies, clock: FakeClock
) -> None:
    stores.ciphertexts.create(NAME, "v1", "one")
    for version in ("unused", "v2"):
        assert stores.ciphertexts.add(NAME, "v1", version, version)
    clock.advance(minutes=59)
    assert stores.ciphertexts.add(NAME, "v2", "v3", "three")
    assert versions() == ["unused", "v1", "v2", "v3"]
    clock.advance(minutes=2)

    assert stores.ciphertexts.add(NAME, "v2", "v4", "four")

    assert versions() == ["v2", "v3", "v4"]


def test_version_that_is_added_during_the_deletion_does_not_remain(stores: Dependencies) -> None:
    with record_calls() as made:
        stores.ciphertexts.create(NAME, "v1", "one")
        stores.ciphertexts.delete(NAME)
    for number in range(1, len(made)):
        stores.ciphertexts.create(NAME, "v1", "one")

        with run_before_call(number, lambda: stores.ciphertexts.add(NAME, "v1", "v2", "two")):
            stores.ciphertexts.delete(NAME)

        assert versions() == []


def test_secret_that_is_deleted_before_any_call_takes_no_version(stores: Dependencies) -> None:
    for number in (1, 2):
        stores.ciphertexts.create(NAME, "v1", "one")

        with run_before_call(number, lambda: stores.ciphertexts.delete(NAME)):
            assert not stores.ciphertexts.add(NAME, "v1", "v2", "two")

        assert versions() == []
