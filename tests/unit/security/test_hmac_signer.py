"""Signed cursors of one site and one purpose, and account keys."""

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
from tests.clock import FakeClock
from tests.unit.amazon.accounts import credentials

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


class Secrets:
    """Secrets Manager, reduced to the call that a signer makes."""

    def __init__(self, value: str | None = "0123456789abcdef" * 4) -> None:
        self._value = value

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803 - AWS's own name
        if self._value is None:
            raise ClientError({"Error": {"Code": "InternalServiceError"}}, "GetSecretValue")
        return {"SecretString": f'{{"current": "{self._value}"}}'}


def new_signer(secrets: Secrets | None = None) -> HmacSigner:
    return HmacSigner(cast("SecretsManagerClient", secrets or Secrets()), "service", FakeClock())


SIGNER = new_signer()
CURSOR = SIGNER.sign_cursor("products", "site_a", ["US#B000000001", 7])
URL_SAFE = set(string.ascii_letters + string.digits + "-_")


@given(st.lists(st.text(max_size=30) | st.integers(0, 2**53), max_size=4))
def test_cursor_returns_its_content_and_is_url_safe(content: list[object]) -> None:
    text = SIGNER.sign_cursor("changes", "site_a", content)

    assert SIGNER.verify_cursor("changes", "site_a", text, list) == content
    assert set(text) <= URL_SAFE


@given(st.integers(0, len(CURSOR) - 1), st.characters())
def test_cursor_with_a_changed_character_is_rejected(index: int, char: str) -> None:
    changed = CURSOR[:index] + char + CURSOR[index + 1 :]

    if changed != CURSOR:
        with pytest.raises(InvalidCursor):
            SIGNER.verify_cursor("products", "site_a", changed, list)


@given(st.integers(0, 40), st.integers(1, 255))
def test_cursor_with_a_changed_byte_is_rejected(index: int, flip: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(CURSOR + "=" * (-len(CURSOR) % 4)))
    raw[index % len(raw)] ^= flip
    changed = base64.urlsafe_b64encode(raw).decode().rstrip("=")

    with pytest.raises(InvalidCursor):
        SIGNER.verify_cursor("products", "site_a", changed, list)


@pytest.mark.parametrize(
    ("purpose", "site"),
    [("changes", "site_a"), ("products", "site_b"), ("product", "ssite_a"), ("", "")],
)
def test_cursor_of_another_site_or_purpose_is_rejected(purpose: str, site: str) -> None:
    with pytest.raises(InvalidCursor) as error:
        SIGNER.verify_cursor(purpose, site, CURSOR, list)

    assert (error.value.status, error.value.field) == (400, "cursor")


@pytest.mark.parametrize(
    "text", ["", "x", CURSOR + "=", CURSOR + "A", " " + CURSOR, CURSOR[:-1], "é" * 8, "A" * 600]
)
def test_malformed_cursor_is_rejected(text: str) -> None:
    with pytest.raises(InvalidCursor):
        SIGNER.verify_cursor("products", "site_a", text, list)


def test_cursor_of_more_than_512_characters_is_rejected_although_it_is_signed() -> None:
    # 16 bytes are the signature, and 3 bytes are 4 characters.
    longest, longer = ("x" * (512 // 4 * 3 - 16 - len('""') + more) for more in (0, 1))
    text = SIGNER.sign_cursor("products", "site_a", longest)

    assert len(text) == 512
    assert SIGNER.verify_cursor("products", "site_a", text, str) == longest
    too_long = SIGNER.sign_cursor("products", "site_a", longer)
    with pytest.raises(InvalidCursor):
        SIGNER.verify_cursor("products", "site_a", too_long, str)


def test_cursor_with_content_of_another_type_is_rejected() -> None:
    with pytest.raises(InvalidCursor):
        SIGNER.verify_cursor("products", "site_a", CURSOR, int)


def test_cursor_signed_with_another_secret_is_rejected() -> None:
    with pytest.raises(InvalidCursor):
        new_signer(Secrets("another")).verify_cursor("products", "site_a", CURSOR, list)


def test_account_key_depends_on_key_id_and_secret_and_reveals_neither() -> None:
    keys = credentials()
    other_secret = replace(keys, secret_key=Secret("x" * 40))

    account_key = SIGNER.account_key(keys)

    assert account_key == SIGNER.account_key(replace(keys, partner_tag="other-20"))
    assert account_key != SIGNER.account_key(other_secret)
    assert keys.access_key not in account_key


def test_failure_of_secrets_manager_raises_store_unavailable() -> None:
    with pytest.raises(StoreUnavailable):
        new_signer(Secrets(None)).sign_cursor("products", "site_a", 1)
