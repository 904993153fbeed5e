"""Sign-up endpoints: start returns a challenge; verify checks the site and returns an API key."""

from amzlinkr.http.request import Request
from amzlinkr.http.response import ApiResponse
from amzlinkr.http.router import Router
from amzlinkr.http.schemas.requests import SignupRequest
from amzlinkr.http.schemas.sites import Challenge, SignupDone, SignupStarted
from amzlinkr.services.sign_up import Applicant
from amzlinkr.wiring import Dependencies, dependencies

# A site may take 10 seconds to serve its token. The plugin waits for 30, Lambda for 15.
_TIMEOUT_SECONDS = 14.0


def start(request: Request, deps: Dependencies) -> ApiResponse:
    """Start a sign-up and return its challenge."""
    payload = request.body(SignupRequest)
    started = deps.sign_up.start(
        Applicant(payload.site_url, payload.email, payload.invite, request.source_ip)
    )
    signup = started.signup
    challenge = Challenge(signup.token, started.path, started.query)
    return ApiResponse(202, SignupStarted(signup.signup_id, challenge, signup.expires_at))


def verify(request: Request, deps: Dependencies) -> ApiResponse:
    """Verify the site, unless the sign-up has an invite, and return a new API key."""
    request.expect_no_input()
    site = deps.sign_up.verify(request.path["signup_id"], request.deadline)
    return ApiResponse(201, SignupDone(site.site_id, site.api_key.reveal(), site.url))


app = Router(dependencies, _TIMEOUT_SECONDS)
app.route("POST", "/v1/signup", start, public=True)
app.route("POST", "/v1/signup/<signup_id>/verify", verify, public=True)
handler = app.handler
