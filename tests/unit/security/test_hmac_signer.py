"""Cursors of one site and one purpose, and names that tell nothing."""

import base64
import string
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.credentials import Secret
from amzlinkr.domain.errors import InvalidCursor, StoreUnavailable
from amzlinkr.security.hmac_signer import HmacSigner
from tests.unit.amazon.accounts import credentials

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


class Secrets:
    """The one call of Secrets Manager that a sealer makes."""

    def __init__(self, value: str | None = "0123456789abcdef" * 4) -> None:
        self.reads = 0
        self._value = value

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803 - AWS's own name
        self.reads += 1
        if self._value is None:
            raise ClientError({"Error": {"Code": "InternalServiceError"}}, "GetSecretValue")
        return {"SecretString": self._value}


def sealer(secrets: Secrets | None = None) -> HmacSigner:
    return HmacSigner(cast("SecretsManagerClient", secrets or Secrets()), "service")


SEALER = sealer()
CURSOR = SEALER.sign_cursor("products", "site_a", ["US#B000000001", 7])
URL_SAFE = set(string.ascii_letters + string.digits + "-_")


@given(st.lists(st.text(max_size=30) | st.integers(0, 2**53), max_size=4))
def test_a_cursor_opens_to_what_was_sealed_and_fits_into_an_address(content: list[object]) -> None:
    text = SEALER.sign_cursor("changes", "site_a", content)

    assert SEALER.verify_cursor("changes", "site_a", text, list) == content
    assert set(text) <= URL_SAFE


@given(st.integers(0, len(CURSOR) - 1), st.characters())
def test_a_cursor_with_any_character_changed_is_refused(place: int, char: str) -> None:
    changed = CURSOR[:place] + char + CURSOR[place + 1 :]

    if changed != CURSOR:
        with pytest.raises(InvalidCursor):
            SEALER.verify_cursor("products", "site_a", changed, list)


@given(st.integers(0, 40), st.integers(1, 255))
def test_a_cursor_with_any_byte_changed_is_refused(place: int, flip: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(CURSOR + "=" * (-len(CURSOR) % 4)))
    raw[place % len(raw)] ^= flip
    changed = base64.urlsafe_b64encode(raw).decode().rstrip("=")

    with pytest.raises(InvalidCursor):
        SEALER.verify_cursor("products", "site_a", changed, list)


@pytest.mark.parametrize(
    ("purpose", "site"),
    [("changes", "site_a"), ("products", "site_b"), ("product", "ssite_a"), ("", "")],
)
def test_a_cursor_of_another_site_or_list_is_refused(purpose: str, site: str) -> None:
    with pytest.raises(InvalidCursor) as refused:
        SEALER.verify_cursor(purpose, site, CURSOR, list)

    assert (refused.value.status, refused.value.field) == (400, "cursor")


@pytest.mark.parametrize(
    "text", ["", "x", CURSOR + "=", CURSOR + "A", " " + CURSOR, CURSOR[:-1], "é" * 8, "A" * 600]
)
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursor):
        SEALER.verify_cursor("products", "site_a", text, list)


def test_a_cursor_of_another_shape_is_refused() -> None:
    with pytest.raises(InvalidCursor):
        SEALER.verify_cursor("products", "site_a", CURSOR, int)


def test_a_cursor_of_another_service_key_is_refused() -> None:
    with pytest.raises(InvalidCursor):
        sealer(Secrets("another")).verify_cursor("products", "site_a", CURSOR, list)


def test_a_quota_is_named_after_key_and_secret_together_and_tells_neither() -> None:
    keys = credentials()
    other_secret = replace(keys, secret_key=Secret("x" * 40))

    name = SEALER.account_key(keys)

    assert name == SEALER.account_key(replace(keys, partner_tag="other-20"))
    assert name != SEALER.account_key(other_secret)
    assert keys.access_key not in name


def test_the_service_key_is_read_once() -> None:
    secrets = Secrets()
    own = sealer(secrets)

    for _ in range(3):
        own.sign_cursor("products", "site_a", 1)

    assert secrets.reads == 1


def test_a_vault_that_does_not_answer_is_busy_not_broken() -> None:
    with pytest.raises(StoreUnavailable):
        sealer(Secrets(None)).sign_cursor("products", "site_a", 1)
