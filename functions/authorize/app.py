"""API Gateway asks: whose key is this? Garbage is told from keys without reading anything."""

from typing import Any

from amzlinkr.wiring import Dependencies, dependencies

BEARER = "bearer "


def site_of(event: dict[str, Any], deps: Dependencies) -> tuple[str, str] | None:
    """Site id and key id of the request's api key; None for an unknown or revoked one.

    Raises `PermissionError` without touching a table if there is no well-formed key at all.
    """
    headers = event.get("headers") or {}
    given = next((value for name, value in headers.items() if name.lower() == "authorization"), "")
    if not isinstance(given, str) or given[: len(BEARER)].lower() != BEARER:
        raise PermissionError
    key = given[len(BEARER) :].strip()
    if not deps.is_api_key(key):
        raise PermissionError
    return deps.sites.site_of_key(deps.api_key_digest(key))


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """An IAM policy for exactly this request; API Gateway takes this very word as a 401."""
    try:
        found = site_of(event, dependencies())
    except PermissionError:
        raise Exception("Unauthorized") from None  # noqa: TRY002 - the gateway knows no other type
    effect = "Allow" if found else "Deny"
    site_id, kid = found or ("", "")
    return {
        "principalId": site_id or "unknown",
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Action": "execute-api:Invoke",
                    "Effect": effect,
                    "Resource": event["methodArn"],
                }
            ],
        },
        "context": {"site_id": site_id, "kid": kid},
    }
