"""E-mail addresses of site owners: which are accepted, in which form, and which are refused."""

import pytest

from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.http.email_addresses import email_address

VALID = (
    "a@b.co",
    "you@example.com",
    "first.last+tag@mail.example.com",
    "o'brien@example.ie",
    "x_y-z@example.museum",
    "customer/department=shipping@example.com",
    "!#$%&'*+-/=?^_`{|}~@example.com",
    "1234567890@example.com",
    "a@b-c.example",
    "a@1and1.example",
    "a@sub.sub.sub.example.co.uk",
    "ü@bücher.example",
    "post@bücher.example",
    "あいうえお@例え.jp",
    "пример@пример.рф",
    "a@faß.de",
    "用户@例子.广告",
    f"{'a' * 64}@example.com",
    f"a@{'b' * 63}.example",
    f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 57}.com",
)
"""Addresses that are kept as they are."""
NORMALIZED = {
    "You@EXAMPLE.com": "You@example.com",
    " \tyou@example.com\r\n": "you@example.com",
    "post@xn--bcher-kva.example": "post@bücher.example",
    "e\u0301@example.com": "é@example.com",
    "a@b\u3002co": "a@b.co",
    "a@ＥＸＡＭＰＬＥ.com": "a@example.com",
}
INVALID = (
    "",
    "a",
    "@",
    "a@",
    "@b.co",
    "a@b",
    "a@localhost",
    "a@.co",
    "a@co.",
    "a@.",
    "a@b.co.",
    "a@b..co",
    "a@@b.co",
    "a@b@c.co",
    "a@b.co@",
    "a b@c.de",
    "a@b c.de",
    "a @b.co",
    "a@ b.co",
    "a..b@c.co",
    ".a@b.co",
    "a.@b.co",
    "a@-b.co",
    "a@b-.co",
    "a@b_c.co",
    "a@b.123",
    "a@127.0.0.1",
    "a@[127.0.0.1]",
    "a@[IPv6:::1]",
    '"><script>alert(1)</script>@b.co',
    '"><script>alert(1)</script>"@b.co',
    "<script>@b.co",
    "a@b.co<script>alert(1)</script>",
    "a@<b>.co",
    '"a@b"@example.com',
    '"a b"@example.com',
    "Owner <a@b.co>",
    "<a@b.co>",
    "a@b.co (owner)",
    "(owner)a@b.co",
    "mailto:a@b.co",
    "a@b.co?subject=x",
    "a@b.co, c@d.co",
    "a@b.co;c@d.co",
    "a@b.co\nBcc: c@d.co",
    "a@b.co\r\nBcc: c@d.co",
    "a\r\nBcc: c@d.co\r\n@b.co",
    "a\nb@c.de",
    "a@b.c\x00o",
    "a\x00@b.co",
    "a@b.co\x7f",
    "a\u200b@b.co",
    "a@b.co\u200b",
    "a\u202eb@example.com",
    "a\u00a0b@example.com",
    "\ud800@b.co",
    "a@\ud800.co",
    "a@☕.example",
    "a@xn--a.example",
    "a@example.test",
    "a@site.local",
    "a@site.invalid",
    "a@site.localhost",
    "https://example.com",
    f"{'a' * 65}@example.com",
    f"a@{'b' * 64}.example",
    f"a@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.{'f' * 60}.example",
    f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.example",
    "a" * 1_000_000,
    "@" * 100_000,
    "a@" + "b." * 100_000 + "co",
    "a@" + "é" * 254,
)


def test_the_table_has_at_least_sixty_addresses() -> None:
    assert len({*VALID, *NORMALIZED, *INVALID}) >= 60


@pytest.mark.parametrize("text", VALID)
def test_valid_address_is_accepted(text: str) -> None:
    assert email_address(text) == text


@pytest.mark.parametrize(("text", "expected"), NORMALIZED.items())
def test_address_is_normalized(text: str, expected: str) -> None:
    assert email_address(text) == expected
    assert email_address(expected) == expected


@pytest.mark.parametrize("text", INVALID, ids=lambda text: ascii(text[:40]))
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="not an e-mail address") as error:
        email_address(text)

    assert error.value.field == "email"
    assert "you@example.com" in error.value.action
