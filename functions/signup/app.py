"""A site signs up, and proves that it is itself, before it gets a key."""

import secrets
from datetime import timedelta

from amzlinkr.domain.errors import NotBuilt
from amzlinkr.domain.sites import KeyRecord, Signup, email_of
from amzlinkr.http.account_outputs import Challenge, SignupDone, SignupStarted
from amzlinkr.http.edge import Edge, Request
from amzlinkr.http.inputs import NoInput, SignupRequest
from amzlinkr.http.responses import Answer
from amzlinkr.wiring import Dependencies, dependencies

TIME_TO_PROVE = timedelta(hours=1)
A_DAY = timedelta(days=1)


def start(request: Request, deps: Dependencies) -> Answer:
    """Remember who wants in, and hand out a challenge; known and unknown sites get the same."""
    wish = request.body(SignupRequest)
    if wish.invite is not None:
        raise NotBuilt("Invites are not built yet.")
    site = deps.site_address(wish.site_url)
    email = email_of(wish.email)
    limits = deps.config
    deps.quotas.count("signup-address", request.source_ip, limits.signups_per_address, A_DAY)
    deps.quotas.count("signup-domain", f"{site.host}:{site.port}", limits.signups_per_domain, A_DAY)
    deps.quotas.count("signup-email", email.lower(), limits.signups_per_email, A_DAY)

    signup = Signup(
        signup_id=f"su_{secrets.token_hex(16)}",
        host=site.name,
        url=site.url,
        email=email,
        token=secrets.token_urlsafe(32),
        expires_at=deps.clock.now().replace(microsecond=0) + TIME_TO_PROVE,
    )
    deps.sites.begin_signup(signup)
    challenge = Challenge(signup.token, *deps.challenge_places(signup.signup_id))
    return Answer(202, SignupStarted(signup.signup_id, challenge, signup.expires_at))


def verify(request: Request, deps: Dependencies) -> Answer:
    """Fetch the token from the site; then, and only then, there is a key, shown this once."""
    if request.body_bytes():
        request.body(NoInput)
    signup = deps.sites.signup(request.path["signup_id"], deps.clock.now())
    deps.prover.prove(deps.site_address(signup.url), signup.signup_id, signup.token)

    for former in deps.sites.inherited(signup):
        deps.vault.forget(former.secret_id)
    key = deps.new_api_key()
    new_id = f"site_{secrets.token_hex(13)}"
    site_id = deps.sites.claim(signup, new_id, KeyRecord(key.kid, key.digest), deps.clock.now())
    deps.count("SiteSignedUp")
    return Answer(201, SignupDone(site_id, key.text.reveal(), signup.url))


app = Edge(dependencies)
app.route("POST", "/v1/signup", start)
app.route("POST", "/v1/signup/<signup_id>/verify", verify)
handler = app.handler
