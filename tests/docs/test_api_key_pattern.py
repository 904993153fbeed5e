"""The documented pattern of API keys: generated keys match it, with the described checksum."""

import re
from pathlib import Path
from zlib import crc32

import pytest

from amzlinkr.security.api_keys import is_well_formed, new_api_key

ROOT = Path(__file__).parents[2]
SECURITY = (ROOT / "docs" / "security.md").read_text("utf-8")
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@pytest.fixture(scope="module")
def pattern() -> re.Pattern[str]:
    """Return the expression in the section about the pattern."""
    section = SECURITY.partition("## The pattern of API keys\n")[2].partition("\n## ")[0]
    (text,) = re.findall(r"```text\n(.+)\n```", section)
    return re.compile(text)


def has_documented_checksum(text: str) -> bool:
    """Return True if the last six characters are the CRC-32 of those before in base 62."""
    body, number, checksum = text[:-6], crc32(text[:-6].encode()), ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        checksum = DIGITS[digit] + checksum
    return text == body + checksum


@pytest.mark.parametrize("mode", ["live", "test"])
def test_generated_keys_match_the_documented_pattern(pattern: re.Pattern[str], mode: str) -> None:
    for _ in range(200):
        text = new_api_key(mode).text.reveal()
        for context in ("{}", "KEY={}\n", '"{}"', "Bearer {}", "({})", "?key={}&x=1"):
            found = pattern.search(context.format(text))
            assert found is not None
            assert found[0] == text
        assert has_documented_checksum(text)


def test_other_texts_do_not_match(pattern: re.Pattern[str]) -> None:
    text = new_api_key().text.reveal()
    for other in (text[:-1], text + "x", "x" + text, text.replace("live", "prod"), text[:20] + "-"):
        assert pattern.search(other) is None, other


def test_documented_checksum_decides_as_the_service_does() -> None:
    text = new_api_key().text.reveal()
    for place in range(10, len(text)):
        changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        assert has_documented_checksum(changed) == is_well_formed(changed)
