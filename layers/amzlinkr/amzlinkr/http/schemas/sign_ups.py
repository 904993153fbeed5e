"""Response types about sign-ups. Their docstrings become descriptions in the OpenAPI document."""

from __future__ import annotations

from msgspec import Struct

from amzlinkr.http.schemas.sites import Timestamp


class Challenge(Struct):
    """Token that the site must serve, and the two places where the service requests it.

    `path` is a path on the site's host. `query` is a query string on the site's own URL.
    """

    token: str
    path: str
    query: str


class SignupStarted(Struct):
    """Response of POST /v1/signup. The secret is shown only here; `verify` requires it."""

    signup_id: str
    signup_secret: str
    challenge: Challenge
    expires_at: Timestamp

    def __repr__(self) -> str:
        return "SignupStarted(***)"


class SignupDone(Struct):
    """Response of POST /v1/signup/{signup_id}/verify. The API key is shown only here."""

    site_id: str
    api_key: str
    site_url: str

    def __repr__(self) -> str:
        return "SignupDone(***)"
