"""Response types about sites: times with a zone, absent members, and redaction."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from amzlinkr.http.schemas import sites
from amzlinkr.http.schemas.sites import Challenge, SignupStarted, StepOut
from tests.unit.http.schemas.inspection import schemas_of, shown_with, types_in

SCHEMAS = schemas_of(sites)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_time_has_a_zone(schema: type[msgspec.Struct]) -> None:
    times = [kind for _, kind in types_in(schema) if isinstance(kind, msgspec.inspect.DateTimeType)]

    assert all(time.tz for time in times)


def test_time_without_a_zone_is_not_decoded() -> None:
    challenge = Challenge("token", "/path", "?query")
    started = SignupStarted("su_1", challenge, datetime(2026, 11, 23, 12, tzinfo=UTC))
    text = msgspec.json.encode(started)

    assert b'"expires_at":"2026-11-23T12:00:00Z"' in text
    assert msgspec.json.decode(text, type=SignupStarted) == started
    with pytest.raises(msgspec.ValidationError, match="expires_at"):
        msgspec.json.decode(text.replace(b"00Z", b"00"), type=SignupStarted)


def test_times_are_written_with_their_offset() -> None:
    elsewhere = datetime(2026, 11, 23, 14, tzinfo=timezone(timedelta(hours=2)))
    text = msgspec.json.encode(SignupStarted("su_1", Challenge("t", "/", "?"), elsewhere))

    decoded = msgspec.json.decode(text, type=SignupStarted)
    assert decoded.expires_at == datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_members_that_do_not_apply_are_absent() -> None:
    assert msgspec.json.encode(StepOut("tag", None, "Not checked.")) == (
        b'{"step":"tag","ok":null,"detail":"Not checked."}'
    )


@pytest.mark.parametrize("schema", SCHEMAS)
def test_secrets_are_hidden_in_text_forms(schema: type[msgspec.Struct]) -> None:
    names: set[Any] = {"api_key", "secret_key", "credential_secret", "signup_secret"}

    if names & set(schema.__struct_fields__):
        assert "do-not-show" not in shown_with(schema, "do-not-show")


def test_a_new_api_key_is_shown_in_two_responses_only() -> None:
    named = {schema.__name__ for schema in SCHEMAS if "api_key" in schema.__struct_fields__}

    assert named == {"SignupDone", "NewApiKey"}
