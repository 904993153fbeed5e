"""The text of `security.txt`: its fields and its expiry."""

from datetime import UTC, datetime, timedelta

import pytest

from amzlinkr.http.security_txt import security_txt

NOON = datetime(2026, 11, 29, 12, 30, 15, 999, tzinfo=UTC)
CONTACT = "mailto:security@example.com"


def test_fields_stand_on_a_line_each() -> None:
    text = security_txt(CONTACT, "https://api.example.com/v1/security.txt", NOON)

    assert text == (
        "Contact: mailto:security@example.com\n"
        "Expires: 2027-05-28T00:00:00Z\n"
        "Canonical: https://api.example.com/v1/security.txt\n"
    )


def test_unknown_url_is_left_out() -> None:
    assert "Canonical" not in security_txt(CONTACT, None, NOON)


@pytest.mark.parametrize("hours", [-12, 0, 11])
def test_text_is_the_same_for_a_whole_day(hours: int) -> None:
    now = NOON + timedelta(hours=hours)

    assert security_txt(CONTACT, None, now) == security_txt(CONTACT, None, NOON)
    assert security_txt(CONTACT, None, now + timedelta(days=1)) != security_txt(CONTACT, None, now)
