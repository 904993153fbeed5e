"""API Gateway asks: whose key is this? Garbage is told from keys without reading anything."""

from datetime import datetime
from typing import Any

from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.sites import ApiKeyOwner
from amzlinkr.wiring import Dependencies, dependencies

BEARER = "bearer "


def find_owner(event: dict[str, Any], deps: Dependencies) -> ApiKeyOwner | None:
    """Whose the request's api key is; None for an unknown, revoked or rolled-over one.

    Raises `PermissionError` without touching a table if there is no well-formed key at all.
    """
    headers = event.get("headers")
    if not isinstance(headers, dict):
        raise PermissionError
    given = next((value for name, value in headers.items() if name.lower() == "authorization"), "")
    if not isinstance(given, str) or given[: len(BEARER)].lower() != BEARER:
        raise PermissionError
    key = given[len(BEARER) :].strip()
    if not deps.is_api_key(key):
        raise PermissionError
    digest, now = deps.api_key_digest(key), deps.clock.now()
    owner = deps.api_keys.owner(digest, now)
    if owner is not None:
        record_use(digest, owner, now, deps)
    return owner


def record_use(digest: str, owner: ApiKeyOwner, now: datetime, deps: Dependencies) -> None:
    """Remember, to the hour, that the key is in use; the call is worth more than the note."""
    try:
        deps.api_keys.record_use(digest, owner, now)
    except StoreUnavailable:
        deps.count("ApiKeyUseNotRecorded")


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """An IAM policy for exactly this request; API Gateway takes this very word as a 401."""
    try:
        owner = find_owner(event, dependencies())
    except PermissionError:
        raise Exception("Unauthorized") from None  # noqa: TRY002 - the gateway knows no other type
    context = {"site_id": "", "kid": "", "suspended": "false"}
    if owner is not None:
        suspended = "true" if owner.suspended else "false"
        context = {"site_id": owner.site_id, "kid": owner.kid, "suspended": suspended}
    return {
        "principalId": context["site_id"] or "unknown",
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Action": "execute-api:Invoke",
                    "Effect": "Allow" if owner else "Deny",
                    "Resource": event["methodArn"],
                }
            ],
        },
        "context": context,
    }
