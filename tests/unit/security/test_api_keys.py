"""API keys: randomness, checksum and hash."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.security.api_keys import digest_of, is_well_formed, new_api_key

API_KEY = new_api_key().text.reveal()
ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
DIGIT_VALUES = {char: value for value, char in enumerate(ALPHABET)}


def test_new_api_key_is_well_formed_and_has_its_digest() -> None:
    api_key = new_api_key()
    text = api_key.text.reveal()

    assert is_well_formed(text)
    assert digest_of(text) == api_key.digest
    assert api_key.kid in text


def test_new_api_key_has_a_redacted_repr() -> None:
    api_key = new_api_key()

    assert api_key.text.reveal() not in repr(api_key)
    assert api_key.text.reveal() not in str(api_key.text)


def test_secrets_are_distinct_and_use_256_random_bits() -> None:
    secrets = [new_api_key().text.reveal()[18:-6] for _ in range(2000)]

    numbers = [sum(DIGIT_VALUES[c] * 62**p for p, c in enumerate(reversed(s))) for s in secrets]
    assert len(set(numbers)) == len(numbers)
    assert max(numbers).bit_length() == 256
    for bit in range(256):
        assert 700 < sum(number >> bit & 1 for number in numbers) < 1300


@given(st.integers(0, len(API_KEY) - 1), st.sampled_from(ALPHABET) | st.characters())
def test_changed_character_is_detected(index: int, char: str) -> None:
    changed = API_KEY[:index] + char + API_KEY[index + 1 :]

    if changed != API_KEY:
        assert not is_well_formed(changed)


@given(st.integers(0, len(API_KEY)), st.sampled_from(ALPHABET))
def test_inserted_or_removed_character_is_detected(index: int, char: str) -> None:
    assert not is_well_formed(API_KEY[:index] + char + API_KEY[index:])
    assert not is_well_formed(API_KEY[:index] + API_KEY[index + 1 :]) or index == len(API_KEY)


@given(st.text())
def test_arbitrary_text_is_not_well_formed(text: str) -> None:
    assert not is_well_formed(text)


@pytest.mark.parametrize(
    "text",
    [f" {API_KEY}", f"{API_KEY}\n", API_KEY.lower(), API_KEY.upper(), API_KEY * 2, ""],
    ids=["space", "newline", "lower", "upper", "twice", "empty"],
)
def test_altered_api_key_is_not_well_formed(text: str) -> None:
    assert not is_well_formed(text)
