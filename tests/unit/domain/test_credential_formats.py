"""Formats of Amazon credentials: each wrong value is refused under its own name."""

import pytest

from amzlinkr.domain.credential_formats import VERSIONS, check_key, version_of
from amzlinkr.domain.credentials import creators_credentials, paapi_credentials
from amzlinkr.domain.errors import InvalidRequest

V3_ID = "amzn1.application-oa2-client.0123456789abcdef"


@pytest.mark.parametrize("version", VERSIONS[3:])
def test_version_is_stored_without_its_letter(version: str) -> None:
    assert version_of(f"V{version}", V3_ID) == version


def test_key_of_the_right_length_with_other_characters_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="no spaces"):
        check_key("access_key", "access key", "AKIA ABCDEFGHIJKLMNO", 20, r"[A-Z0-9]+")


def test_all_wrong_keys_of_paapi_are_named() -> None:
    with pytest.raises(InvalidRequest) as caught:
        paapi_credentials("short", "short", "?", "XX")

    assert [field for field, _ in caught.value.errors] == [
        "marketplace", "access_key", "secret_key", "partner_tag",
    ]  # fmt: skip


def test_all_wrong_values_of_a_creators_credential_are_named() -> None:
    with pytest.raises(InvalidRequest) as caught:
        creators_credentials("", " ", "9", "?", "XX")

    assert [field for field, _ in caught.value.errors] == [
        "marketplace", "credential_id", "credential_secret", "credential_version", "partner_tag",
    ]  # fmt: skip


def test_swapped_keys_are_named_once() -> None:
    with pytest.raises(InvalidRequest) as caught:
        paapi_credentials("a" * 40, "A" * 20, "tag-20", "US")

    assert [field for field, _ in caught.value.errors] == ["access_key"]
