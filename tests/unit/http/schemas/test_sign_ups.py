"""Response types about sign-ups: times with a zone, and redaction."""

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from amzlinkr.http.schemas import sign_ups
from amzlinkr.http.schemas.sign_ups import Challenge, SignupDone, SignupStarted
from tests.unit.http.schemas.inspection import schemas_of, shown_with


@pytest.mark.parametrize("schema", [SignupStarted, SignupDone])
def test_secrets_are_hidden_in_text_forms(schema: type[msgspec.Struct]) -> None:
    assert schema in schemas_of(sign_ups)
    assert "do-not-show" not in shown_with(schema, "do-not-show")


def test_time_without_a_zone_is_not_decoded() -> None:
    challenge = Challenge("token", "/path", "?query")
    started = SignupStarted("su_1", "secret", challenge, datetime(2026, 11, 23, 12, tzinfo=UTC))
    text = msgspec.json.encode(started)

    assert b'"expires_at":"2026-11-23T12:00:00Z"' in text
    assert msgspec.json.decode(text, type=SignupStarted) == started
    with pytest.raises(msgspec.ValidationError, match="expires_at"):
        msgspec.json.decode(text.replace(b"00Z", b"00"), type=SignupStarted)


def test_times_are_written_with_their_offset() -> None:
    elsewhere = datetime(2026, 11, 23, 14, tzinfo=timezone(timedelta(hours=2)))
    text = msgspec.json.encode(SignupStarted("su_1", "secret", Challenge("t", "/", "?"), elsewhere))

    decoded = msgspec.json.decode(text, type=SignupStarted)
    assert decoded.expires_at == datetime(2026, 11, 23, 12, tzinfo=UTC)
