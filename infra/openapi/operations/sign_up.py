"""Operations of the sign-up."""

from amzlinkr.domain import errors
from amzlinkr.domain.sign_up_errors import (
    InviteRequired,
    InviteUsed,
    SignupExpired,
    SiteNotProven,
)
from amzlinkr.http.schemas import requests, sign_ups
from infra.openapi.examples import SIGNUP_ID, SIGNUP_SECRET
from infra.openapi.operation import Operation

_TAG = "Sign-up"
SIGN_UP_OPERATIONS = (
    Operation(
        "startSignup", _TAG, "POST", "/v1/signup", "Start a sign-up",
        "Returns a token that the site must serve at one of two places, and a secret that the "
        "verification requires. The response is the same for known and unknown hosts.",
        {202: sign_ups.SignupStarted}, "The sign-up was started. Serve the token, then verify.",
        body=requests.SignupRequest, public=True,
        example={"site_url": "https://example.com", "email": "owner@example.com"},
        problems=(InviteRequired, errors.RateLimited),
    ),
    Operation(
        "verifySignup", _TAG, "POST", "/v1/signup/{signup_id}/verify", "Verify a site",
        "Fetches the token from the site, first from the path, then from the query, and creates "
        "an API key. Redirects are not followed. A site that is known keeps its ID and its "
        "products, and loses its earlier API keys, its sandbox, its settings and its credentials. "
        "Until `expires_at`, the call can be repeated, for example after a lost response: each "
        "repeat verifies again and ends the earlier API keys.",
        {201: sign_ups.SignupDone}, "The site is verified. The API key is shown only here.",
        path_parameters={"signup_id": SIGNUP_ID}, public=True, located=(201,),
        body=requests.VerifyRequest, example={"signup_secret": SIGNUP_SECRET},
        problems=(
            SignupExpired, errors.SiteSuspended, InviteRequired, InviteUsed,
            SiteNotProven, errors.RateLimited,
        ),
    ),
)  # fmt: skip
