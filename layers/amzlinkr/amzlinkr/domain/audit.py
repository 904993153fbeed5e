"""Security events of a site, kept for 90 days: what happened, when, and who caused it.

Texts contain no secrets, e-mail addresses, or network addresses.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from amzlinkr.domain.connections import Connection
from amzlinkr.domain.scopes import Scope
from amzlinkr.domain.sites import Mode

AuditEventName = Literal[
    "signed_up_again",
    "key_created",
    "key_revoked",
    "credentials_replaced",
    "connection_deleted",
    "settings_changed",
    "suspended",
    "resumed",
]
"""The kind of a security event.

- `signed_up_again`: Another sign-up of the host was verified. All earlier API keys ended.
- `key_created`: An API key was created.
- `key_revoked`: An API key was revoked, or reported as leaked.
- `credentials_replaced`: The Amazon credentials or the partner tag of a marketplace changed.
- `connection_deleted`: A connection was deleted.
- `settings_changed`: Settings of the site changed. `detail` names them.
- `suspended`: The operator suspended the site.
- `resumed`: The operator lifted the suspension.
"""
AUDIT_RETENTION = timedelta(days=90)
SIGN_UP_ACTOR, OPERATOR_ACTOR = "sign-up", "operator"


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """A security event. `actor` is the public ID of an API key, `sign-up`, or `operator`.

    `event_id` distinguishes events of the same millisecond.
    """

    event: AuditEventName
    actor: str
    detail: str
    at: datetime
    event_id: str = field(default_factory=lambda: secrets.token_hex(6))


def signed_up(kid: str, at: datetime, *, is_known: bool) -> list[AuditEvent]:
    """Return the events of a completed sign-up, which creates an API key.

    Args:
        kid: The public ID of the new API key.
        at: The time of the sign-up.
        is_known: True if the site existed before, so that its earlier API keys end.
    """
    created = key_created(SIGN_UP_ACTOR, kid, "live", "full", at)
    if not is_known:
        return [created]
    detail = "The site signed up again. All earlier API keys were revoked."
    return [AuditEvent("signed_up_again", SIGN_UP_ACTOR, detail, at), created]


def key_created(actor: str, kid: str, mode: Mode, scope: Scope, at: datetime) -> AuditEvent:
    """Return the event of a new API key."""
    return AuditEvent("key_created", actor, f"API key {kid} was created ({mode}, {scope}).", at)


def key_revoked(actor: str, kid: str, at: datetime) -> AuditEvent:
    """Return the event of an API key that its site revoked."""
    return AuditEvent("key_revoked", actor, f"API key {kid} was revoked.", at)


def key_reported(kid: str, at: datetime) -> AuditEvent:
    """Return the event of an API key that was reported as leaked. The key itself is the actor."""
    detail = f"API key {kid} was reported as leaked and revoked."
    return AuditEvent("key_revoked", kid, detail, at)


def credentials_replaced(
    actor: str, before: Connection | None, after: Connection, at: datetime
) -> AuditEvent | None:
    """Return the event of replaced Amazon credentials, or None if nothing was replaced."""
    if before is None:
        return None
    # The first credentials of a link-only connection replace no others.
    is_same_account = before.is_link_only or before.account_key == after.account_key
    if is_same_account and before.partner_tag == after.partner_tag:
        return None
    part = "partner tag" if is_same_account else "Amazon credentials"
    return AuditEvent(
        "credentials_replaced",
        actor,
        f"The {part} of the marketplace {after.marketplace} changed.",
        at,
    )


def connection_deleted(actor: str, marketplace_code: str, at: datetime) -> AuditEvent:
    """Return the event of a deleted connection."""
    detail = f"The connection of the marketplace {marketplace_code} was deleted."
    return AuditEvent("connection_deleted", actor, detail, at)


def settings_changed(actor: str, names: Iterable[str], at: datetime) -> AuditEvent:
    """Return the event of changed settings, with their names and without their values."""
    return AuditEvent("settings_changed", actor, f"Changed: {', '.join(names)}.", at)


def suspension_changed(at: datetime, *, is_suspended: bool) -> AuditEvent:
    """Return the event of a suspension, or of its end."""
    if is_suspended:
        return AuditEvent("suspended", OPERATOR_ACTOR, "The operator suspended the site.", at)
    return AuditEvent("resumed", OPERATOR_ACTOR, "The operator lifted the suspension.", at)
