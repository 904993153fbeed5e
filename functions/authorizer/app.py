"""The authorizer of API Gateway: finds the site of an API key.

A malformed API key fails its checksum and is rejected without a table read.
"""

from typing import Any

from amzlinkr import telemetry
from amzlinkr.domain.sites import ApiKeyOwner
from amzlinkr.services.api_keys import MalformedApiKey
from amzlinkr.wiring import Dependencies, dependencies, initialize

BEARER = "bearer "


def find_owner(event: dict[str, Any], deps: Dependencies) -> ApiKeyOwner | None:
    """Return the owner of the request's API key, or None if it is unknown, revoked, or expired.

    Raises:
        MalformedApiKey: The request has no well-formed API key. No table was read.
        StoreUnavailable: The table did not respond.
    """
    headers = event.get("headers")
    if not isinstance(headers, dict):
        raise MalformedApiKey
    # API Gateway passes header names as the client spelled them.
    values = (value for name, value in headers.items() if name.lower() == "authorization")
    authorization = next(values, "")
    if not isinstance(authorization, str) or authorization[: len(BEARER)].lower() != BEARER:
        raise MalformedApiKey
    return deps.site_api_keys.find_owner(authorization[len(BEARER) :].strip())


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Return an IAM policy for this request, with the site in its context.

    The client receives 401 if the policy denies: for a missing or malformed API key, and for one
    that is unknown, revoked, or expired. A suspended site is allowed: the router rejects its calls,
    except those that show, export, and delete it, as it rejects calls beyond the scope.

    Raises:
        StoreUnavailable: The table did not respond.
    """
    request = event.get("requestContext")
    request_id = request.get("requestId") if isinstance(request, dict) else None
    with telemetry.invocation(context, request_id=request_id):
        return policy_of(event, dependencies())


def policy_of(event: dict[str, Any], deps: Dependencies) -> dict[str, Any]:
    """Return the policy for a request. Raises `StoreUnavailable`."""
    try:
        owner = find_owner(event, deps)
    except MalformedApiKey:
        # Denied and not raised: Lambda would log a traceback for each garbage key of a stranger.
        owner = None
    # Strings only: API Gateway passes every value of the context as a string.
    context = {"site_id": "", "kid": "", "suspended": "false", "scope": "read"}
    if owner is not None:
        suspended = "true" if owner.suspended else "false"
        context = {
            "site_id": owner.site_id,
            "kid": owner.kid,
            "suspended": suspended,
            "scope": owner.scope,
        }
    return {
        "principalId": context["site_id"] or "unknown",
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Action": "execute-api:Invoke",
                    "Effect": "Allow" if owner else "Deny",
                    # This method only; policies are not cached (`ReauthorizeEvery: 0`).
                    "Resource": event["methodArn"],
                }
            ],
        },
        "context": context,
    }


initialize("dynamodb", "site_api_keys")
