"""Sign-up endpoints: start returns a challenge; verify checks the site and returns an API key."""

from amzlinkr.domain.wrong_fields import WrongFields
from amzlinkr.http.email_addresses import email_address
from amzlinkr.http.request import Request
from amzlinkr.http.response import ApiResponse, located
from amzlinkr.http.router import Router
from amzlinkr.http.schemas.requests import SignupRequest, VerifyRequest
from amzlinkr.http.schemas.sign_ups import Challenge, SignupDone, SignupStarted
from amzlinkr.services.sign_up import Applicant
from amzlinkr.wiring import Dependencies, dependencies, initialize

# The parameter VerificationSeconds, at most 20, limits the fetch. The plugin waits for 30 seconds,
# Lambda for 25.
_TIMEOUT_SECONDS = 24.0


def start(request: Request, deps: Dependencies) -> ApiResponse:
    """Start a sign-up and return its challenge."""
    payload = request.body(SignupRequest)
    wrong, email = WrongFields(), ""
    with wrong:
        deps.sign_up.check_site_url(payload.site_url)
    with wrong:
        email = email_address(payload.email)
    wrong.check()
    started = deps.sign_up.start(
        Applicant(payload.site_url, email, payload.invite, request.source_ip)
    )
    signup = started.signup
    challenge = Challenge(signup.token, started.path, started.query)
    shown = SignupStarted(signup.signup_id, started.secret.reveal(), challenge, signup.expires_at)
    return ApiResponse(202, shown)


def verify(request: Request, deps: Dependencies) -> ApiResponse:
    """Verify the site, unless the sign-up has an invite, and return a new API key."""
    secret = request.body(VerifyRequest).signup_secret
    site = deps.sign_up.verify(
        request.path["signup_id"], secret, request.source_ip, request.deadline
    )
    shown = SignupDone(site.site_id, site.api_key.reveal(), site.url)
    return ApiResponse(201, shown, located(request.api_url, "site"))


app = Router(dependencies, _TIMEOUT_SECONDS)
app.route("POST", "/v1/signup", start, public=True)
app.route("POST", "/v1/signup/<signup_id>/verify", verify, public=True)
handler = app.handler

initialize("dynamodb", "sign_up", "service_state")
