"""Api keys: random, told from garbage without a read, stored as hashes."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.security.api_keys import digest_of, is_well_formed, new_api_key

KEY = new_api_key().text.reveal()
KEY_ALPHABET = string.ascii_letters + string.digits


def test_a_new_key_is_well_formed_and_found_by_its_hash() -> None:
    key = new_api_key()

    assert is_well_formed(key.text.reveal())
    assert digest_of(key.text.reveal()) == key.digest
    assert key.kid in key.text.reveal()


def test_a_new_key_never_shows_itself() -> None:
    key = new_api_key()

    assert key.text.reveal() not in repr(key)
    assert key.text.reveal() not in str(key.text)


def test_keys_are_all_different_and_use_256_bits() -> None:
    secrets = [new_api_key().text.reveal()[18:-6] for _ in range(2000)]

    numbers = [sum(KEY_DIGIT[c] * 62**p for p, c in enumerate(reversed(s))) for s in secrets]
    assert len(set(numbers)) == len(numbers)
    assert max(numbers).bit_length() == 256
    for bit in range(256):
        assert 700 < sum(number >> bit & 1 for number in numbers) < 1300


KEY_DIGIT = {
    char: value
    for value, char in enumerate(string.digits + string.ascii_uppercase + string.ascii_lowercase)
}


@given(st.integers(0, len(KEY) - 1), st.sampled_from(KEY_ALPHABET) | st.characters())
def test_one_changed_character_makes_it_another_key_or_none(place: int, char: str) -> None:
    changed = KEY[:place] + char + KEY[place + 1 :]

    if changed != KEY:
        assert not is_well_formed(changed)


@given(st.integers(0, len(KEY)), st.sampled_from(KEY_ALPHABET))
def test_one_inserted_or_lost_character_is_noticed(place: int, char: str) -> None:
    assert not is_well_formed(KEY[:place] + char + KEY[place:])
    assert not is_well_formed(KEY[:place] + KEY[place + 1 :]) or place == len(KEY)


@given(st.text())
def test_garbage_is_not_well_formed(text: str) -> None:
    assert not is_well_formed(text)


@pytest.mark.parametrize(
    "text",
    [f" {KEY}", f"{KEY}\n", KEY.lower(), KEY.upper(), KEY * 2, ""],
    ids=["space", "newline", "lower", "upper", "twice", "empty"],
)
def test_nearly_a_key_is_no_key(text: str) -> None:
    assert not is_well_formed(text)
