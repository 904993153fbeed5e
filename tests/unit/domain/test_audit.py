"""Security events: when there is one, and texts without anything that must stay private."""

from dataclasses import replace
from typing import get_args

import pytest

from amzlinkr.domain import audit
from amzlinkr.domain.audit import AuditEvent, AuditEventName
from amzlinkr.domain.connections import Connection
from tests.clock import START
from tests.stored_sites import connection

BEFORE = connection("US")
OTHER_ACCOUNT = replace(BEFORE, account_key="q2", key_hint="…WXYZ")
OTHER_TAG = replace(BEFORE, partner_tag="other-20")


def every_event() -> list[AuditEvent]:
    """Return an event of each kind."""
    replaced = audit.credentials_replaced("k1", BEFORE, OTHER_ACCOUNT, START)
    assert replaced is not None
    return [
        *audit.signed_up("k1", START, is_known=True),
        audit.key_revoked("k1", "k2", START),
        audit.key_reported("k2", START),
        replaced,
        audit.connection_deleted("k1", "US", START),
        audit.settings_changed("k1", ["email", "refresh_hours"], START),
        audit.suspension_changed(START, is_suspended=True),
        audit.suspension_changed(START, is_suspended=False),
    ]


def test_every_name_is_used() -> None:
    assert {event.event for event in every_event()} == set(get_args(AuditEventName))


def test_actors_are_public_ids_or_the_two_names() -> None:
    assert {event.actor for event in every_event()} == {"k1", "k2", "sign-up", "operator"}


def test_first_sign_up_creates_a_key_only() -> None:
    (event,) = audit.signed_up("k1", START, is_known=False)

    assert (event.event, event.actor) == ("key_created", "sign-up")
    assert event.detail == "API key k1 was created (live, full)."


def test_reported_key_is_its_own_actor() -> None:
    event = audit.key_reported("k2", START)

    assert (event.event, event.actor) == ("key_revoked", "k2")
    assert event.detail == "API key k2 was reported as leaked and revoked."


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        (None, BEFORE, None),
        (BEFORE, replace(BEFORE, secret_version="v2"), None),
        (BEFORE, OTHER_ACCOUNT, "Amazon credentials"),
        (BEFORE, OTHER_TAG, "partner tag"),
    ],
)
def test_only_other_credentials_or_tags_are_an_event(
    before: Connection | None, after: Connection, changed: str | None
) -> None:
    event = audit.credentials_replaced("k1", before, after, START)

    assert (event and event.detail) == (
        f"The {changed} of the marketplace US changed." if changed else None
    )


def test_details_contain_no_part_of_credentials() -> None:
    private = (BEFORE.key_hint or "", "WXYZ", BEFORE.secret_id, BEFORE.account_key, "@", "-20")
    for event in every_event():
        assert not [text for text in private if text in event.detail], event


def test_two_events_of_a_moment_are_distinct() -> None:
    first, second = (audit.key_revoked("k1", "k2", START) for _ in range(2))

    assert first.event_id != second.event_id
