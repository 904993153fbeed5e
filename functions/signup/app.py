"""Sign-up endpoints: start returns a challenge; verify checks the site and returns an API key."""

import secrets
from datetime import timedelta

from amzlinkr import telemetry
from amzlinkr.domain.errors import InvalidRequest, SignupExpired
from amzlinkr.domain.sites import ApiKeyRecord, Signup, email_of, is_signup_id, network_of
from amzlinkr.http.request import Request
from amzlinkr.http.response import ApiResponse
from amzlinkr.http.router import Router
from amzlinkr.http.schemas.requests import SignupRequest
from amzlinkr.http.schemas.sites import Challenge, SignupDone, SignupStarted
from amzlinkr.wiring import Dependencies, dependencies

VERIFICATION_WINDOW = timedelta(hours=1)
ALL_CALLERS = "all"


def start(request: Request, deps: Dependencies) -> ApiResponse:
    """Start a sign-up and return its challenge. The response does not reveal known sites."""
    payload = request.body(SignupRequest)
    site = deps.site_address(payload.site_url)
    email = email_of(payload.email)
    limits, count = deps.config.limits, deps.usage_counters.increment
    host_and_port, network = f"{site.host}:{site.port}", network_of(request.source_ip)
    # The narrowest limit first: a single caller cannot use up the limits that all share.
    count(limits.signups_of_address, network)
    invite = checked_invite_hash(payload, site.name, deps)
    # Others may have used up the limits of the host; its invite must work nevertheless.
    if invite is None:
        count(limits.signups_of_domain_and_address, f"{host_and_port} {network}")
        count(limits.signups_of_domain, host_and_port)
    count(limits.signups_of_email, email.lower())
    count(limits.signups, ALL_CALLERS)

    signup = Signup(
        signup_id=f"su_{secrets.token_hex(16)}",
        host=site.name,
        url=site.url,
        email=email,
        token=secrets.token_urlsafe(32),
        expires_at=deps.clock.now().replace(microsecond=0) + VERIFICATION_WINDOW,
        invite=invite,
    )
    deps.signups.begin(signup)
    challenge = Challenge(signup.token, *deps.challenge_urls(signup.signup_id))
    return ApiResponse(202, SignupStarted(signup.signup_id, challenge, signup.expires_at))


def checked_invite_hash(payload: SignupRequest, host: str, deps: Dependencies) -> str | None:
    """Return the hash of the request's invite, or None. An invite replaces site verification.

    Raises:
        InvalidRequest: The invite is for another host, was used, or has expired.
    """
    if payload.invite is None:
        return None
    digest = deps.digest_of(payload.invite.strip())
    if not deps.signups.is_invited(digest, host, deps.clock.now()):
        raise InvalidRequest(
            "invite",
            "This invite is for another site, was used, or has expired.",
            "Copy the complete code again, or sign up without an invite.",
        )
    return digest


def verify(request: Request, deps: Dependencies) -> ApiResponse:
    """Verify the site, unless the sign-up has an invite, and return a new API key.

    A repeated request returns another API key and revokes the earlier ones.
    """
    request.expect_no_input()
    signup_id = request.path["signup_id"]
    if not is_signup_id(signup_id):
        raise SignupExpired
    signup = deps.signups.get(signup_id, deps.clock.now())
    if signup.invite is None:
        site = deps.site_address(signup.url)
        limits, count = deps.config.limits, deps.usage_counters.increment
        count(limits.proofs, signup_id)
        count(limits.proofs_of_domain, f"{site.host}:{site.port}")
        deps.site_verifier.verify(site, signup.signup_id, signup.token)

    key = deps.new_api_key()
    new_id = f"site_{secrets.token_hex(13)}"
    record = ApiKeyRecord(key.kid, key.digest)
    claimed = deps.signups.claim(signup, new_id, record, deps.clock.now())
    deps.amazon_accounts.delete_secrets(claimed.secret_ids, request.deadline)
    telemetry.count("SiteSignedUp")
    return ApiResponse(201, SignupDone(claimed.site_id, key.text.reveal(), signup.url))


app = Router(dependencies)
app.route("POST", "/v1/signup", start, public=True)
app.route("POST", "/v1/signup/<signup_id>/verify", verify, public=True)
handler = app.handler
