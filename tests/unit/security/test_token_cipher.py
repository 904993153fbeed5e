"""Encrypted access tokens: readable with the same credential only, and never twice the same."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.credentials import CreatorsCredentials, creators_credentials
from amzlinkr.security.token_cipher import TokenCipher

ID, SECRET = "amzn1.application-oa2-client.unit", "amzn1.oa2-cs.v1.unit"
TOKEN = "Atc|MQEBIK-a-token"


def credentials(
    credential_id: str = ID, secret: str = SECRET, version: str = "3.1", tag: str = "unit-20"
) -> CreatorsCredentials:
    return creators_credentials(credential_id, secret, version, tag, "US")


CIPHER = TokenCipher(credentials())


@given(st.text(st.characters(codec="utf-8")))
def test_token_is_decrypted_by_another_process(token: str) -> None:
    assert TokenCipher(credentials(tag="other-20")).decrypt(CIPHER.encrypt(token)) == token


def test_encryptions_of_a_token_differ_and_do_not_contain_it() -> None:
    encrypted = {CIPHER.encrypt(TOKEN) for _ in range(10)}

    assert len(encrypted) == 10
    assert all(TOKEN.encode() not in base64.b64decode(text) for text in encrypted)


@pytest.mark.parametrize(
    "other",
    [
        credentials(secret=f"{SECRET}2"),
        credentials(credential_id=f"{ID}2"),
        credentials(version="3.2"),
    ],
    ids=["secret", "id", "version"],
)
def test_token_of_another_credential_is_rejected(other: CreatorsCredentials) -> None:
    assert TokenCipher(other).decrypt(CIPHER.encrypt(TOKEN)) is None


@given(st.integers(0, 200), st.integers(1, 255))
def test_changed_token_is_rejected(index: int, flip: int) -> None:
    raw = bytearray(base64.b64decode(CIPHER.encrypt(TOKEN)))
    raw[index % len(raw)] ^= flip

    assert CIPHER.decrypt(base64.b64encode(raw).decode()) is None


@given(
    st.text(max_size=40) | st.binary(max_size=40).map(lambda raw: base64.b64encode(raw).decode())
)
def test_text_that_is_no_encrypted_token_is_rejected(text: str) -> None:
    assert CIPHER.decrypt(text) is None
