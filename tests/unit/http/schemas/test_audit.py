"""Response types of the audit log."""

from datetime import datetime

import msgspec
import pytest

from amzlinkr.http.schemas.audit import AuditEventOut, AuditEvents
from tests.clock import START

EVENTS = AuditEvents(
    [AuditEventOut(START, "resumed", "operator", "The operator lifted the suspension.")],
    has_more=False,
)


def test_events_are_written_with_their_zone() -> None:
    text = msgspec.json.encode(EVENTS)

    assert b'"at":"2026-11-23T12:00:00Z"' in text
    assert msgspec.json.decode(text, type=AuditEvents) == EVENTS


@pytest.mark.parametrize(
    ("old", "new"), [('"resumed"', '"pardoned"'), ("00Z", "00"), ('"operator"', "null")]
)
def test_other_values_are_not_decoded(old: str, new: str) -> None:
    text = msgspec.json.encode(EVENTS).decode().replace(old, new, 1)

    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=AuditEvents)
    assert isinstance(EVENTS.events[0].at, datetime)
