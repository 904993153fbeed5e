"""Response types about sign-ups."""

from __future__ import annotations

from msgspec import Struct

from amzlinkr.http.schemas.connections import Timestamp


class Challenge(Struct):
    """Token that the site must serve, and the two places where the service requests it."""

    token: str
    """Text that the site must serve as plain text at one of the two places."""
    path: str
    """Path on the site's host, requested first."""
    query: str
    """Query string on the site's own URL, requested second."""


class SignupStarted(Struct):
    """Started sign-up. The response is the same for known and unknown hosts."""

    signup_id: str
    """ID of the sign-up, for POST /signup/{signup_id}/verify."""
    signup_secret: str
    """Secret that `verify` requires. It is shown only here: keep it until `expires_at`."""
    challenge: Challenge
    """Token that the site must serve."""
    expires_at: Timestamp
    """Time until which the site can be verified."""

    def __repr__(self) -> str:
        return "SignupStarted(***)"


class SignupDone(Struct):
    """Site that was verified, with its new API key."""

    site_id: str
    """ID of the site."""
    api_key: str
    """API key with all permissions. It is shown only here: store it."""
    site_url: str
    """URL of the site, in canonical form."""

    def __repr__(self) -> str:
        return "SignupDone(***)"
