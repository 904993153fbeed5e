"""Sign-ups: the order of limits, invites, and what a claim returns, revokes, and deletes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.errors import InvalidRequest, RateLimited, SignupExpired, SiteNotProven
from amzlinkr.domain.sites import Caller
from amzlinkr.services.sign_up import (
    ALL_CALLERS,
    INVITE_TTL,
    VERIFICATION_WINDOW,
    Applicant,
    SignedUpSite,
)
from amzlinkr.wiring import Dependencies
from infra.local.stack.wordpress import WordPress
from tests.clock import START, FakeClock
from tests.integration.aws_spy import record_calls, secrets, tables
from tests.limits import with_limits
from tests.stored_sites import connection
from tests.unit.amazon.accounts import credentials

pytestmark = pytest.mark.memory_aws
URL, EMAIL, IP = "https://a.example/shop", "Owner@a.example", "203.0.113.9"
HOST_LIMITS = ("signups_of_domain_and_address", "signups_of_domain")
LIMITS = ("signups_of_address", *HOST_LIMITS, "signups_of_email", "signups")
"""The limits of a sign-up, from the narrowest to the one that all callers share."""
SUBJECTS = (IP, f"a.example:443 {IP}", "a.example:443", EMAIL.lower(), ALL_CALLERS)


@pytest.fixture
def wordpress() -> Iterator[WordPress]:
    with WordPress() as running:
        yield running


def applicant(url: str = URL, invite: str | None = None) -> Applicant:
    return Applicant(url, EMAIL, invite, IP)


def used(deps: Dependencies) -> list[int]:
    """Return how often each of `LIMITS` was counted for the applicant."""
    limits = deps.config.limits
    return [
        deps.usage_counters.usage((getattr(limits, name),), subject)[0].used
        for name, subject in zip(LIMITS, SUBJECTS, strict=True)
    ]


def deadline(deps: Dependencies) -> Deadline:
    return Deadline.after(deps.clock, 14)


def sign_up(deps: Dependencies, wordpress: WordPress) -> SignedUpSite:
    """Sign up a site that serves its token at the path of the challenge."""
    started = deps.sign_up.start(applicant(wordpress.url))
    wordpress.responses[started.path] = (200, started.signup.token)
    return deps.sign_up.verify(started.signup.signup_id, deadline(deps))


def test_started_sign_up_is_pending_for_an_hour(deps: Dependencies) -> None:
    started, other = (deps.sign_up.start(applicant()) for _ in range(2))

    signup = started.signup
    assert deps.signups.get(signup.signup_id, START) == signup
    assert (signup.host, signup.url, signup.invite) == ("a.example/shop", URL, None)
    assert signup.expires_at == START + VERIFICATION_WINDOW
    assert started.path.endswith(signup.signup_id)
    assert started.query.endswith(signup.signup_id)
    assert len({signup.signup_id, signup.token, other.signup.signup_id, other.signup.token}) == 4


@pytest.mark.parametrize("position", range(len(LIMITS)))
def test_refused_sign_up_counts_against_narrower_limits_only(
    deps: Dependencies, position: int
) -> None:
    deps.sign_up.start(applicant())

    with pytest.raises(RateLimited) as refused:
        with_limits(deps, **{LIMITS[position]: 1}).sign_up.start(applicant())

    assert refused.value.usage is not None
    assert refused.value.usage.limit.kind == getattr(deps.config.limits, LIMITS[position]).kind
    assert used(deps) == [2] * position + [1] * (len(LIMITS) - position)


@pytest.mark.parametrize(("url", "email"), [("http://", EMAIL), (URL, "owner")])
def test_invalid_input_is_not_counted(deps: Dependencies, url: str, email: str) -> None:
    with record_calls() as made, pytest.raises(InvalidRequest):
        deps.sign_up.start(Applicant(url, email, None, IP))

    assert made == []


def test_invite_replaces_the_limits_of_the_host_and_the_site_verification(
    deps: Dependencies, metrics: Counter[str]
) -> None:
    invite = deps.sign_up.invite("HTTPS://A.example./shop/")
    limited = with_limits(deps, **dict.fromkeys(HOST_LIMITS, 1))
    limited.sign_up.start(applicant())

    started = limited.sign_up.start(applicant(invite=f" {invite.code.reveal()}\n"))
    site = limited.sign_up.verify(started.signup.signup_id, deadline(deps))

    assert used(deps) == [2, 1, 1, 2, 2]
    assert (invite.host, invite.expires_at) == ("a.example/shop", START + INVITE_TTL)
    assert (site.url, deps.sites.site_of_host("a.example/shop")) == (URL, site.site_id)
    assert metrics == {"SiteSignedUp": 1}


def test_invite_of_another_host_or_an_expired_one_is_rejected(
    deps: Dependencies, clock: FakeClock
) -> None:
    other = deps.sign_up.invite("https://b.example").code.reveal()
    expired = deps.sign_up.invite(URL).code.reveal()
    clock.advance(days=INVITE_TTL // timedelta(days=1))

    for code in (other, expired, "unknown"):
        with pytest.raises(InvalidRequest) as error:
            deps.sign_up.start(applicant(invite=code))
        assert error.value.field == "invite"
    assert used(deps)[1:] == [0, 0, 0, 0]


def test_codes_and_api_keys_are_stored_as_hashes_and_have_no_repr(
    deps: Dependencies, wordpress: WordPress
) -> None:
    invite, site = deps.sign_up.invite(URL), sign_up(deps, wordpress)

    stored = str(tables(deps.config))
    for secret, owner in ((invite.code, invite), (site.api_key, site)):
        assert secret.reveal() not in repr(owner) + stored


@pytest.mark.parametrize("signup_id", ["", "su_1", "su_" + "g" * 32])
def test_text_that_is_no_sign_up_id_costs_no_read(deps: Dependencies, signup_id: str) -> None:
    with record_calls() as made, pytest.raises(SignupExpired):
        deps.sign_up.verify(signup_id, deadline(deps))

    assert made == []


def test_site_without_the_token_is_not_claimed(
    deps: Dependencies, wordpress: WordPress, metrics: Counter[str]
) -> None:
    signup = deps.sign_up.start(applicant(wordpress.url)).signup

    with pytest.raises(SiteNotProven):
        deps.sign_up.verify(signup.signup_id, deadline(deps))

    assert deps.sites.site_of_host(signup.host) is None
    assert metrics == {}


@pytest.mark.parametrize("limit", ["verifications", "verifications_of_domain"])
def test_refused_verification_fetches_nothing(
    deps: Dependencies, wordpress: WordPress, limit: str
) -> None:
    limited = with_limits(deps, **{limit: 1})
    signup = limited.sign_up.start(applicant(wordpress.url)).signup
    with pytest.raises(SiteNotProven):
        limited.sign_up.verify(signup.signup_id, deadline(deps))
    wordpress.requested_paths.clear()

    with pytest.raises(RateLimited):
        limited.sign_up.verify(signup.signup_id, deadline(deps))

    assert wordpress.requested_paths == []


def test_verification_fetches_nothing_without_time(
    deps: Dependencies, wordpress: WordPress
) -> None:
    signup = deps.sign_up.start(applicant(wordpress.url)).signup

    with pytest.raises(SiteNotProven):
        deps.sign_up.verify(signup.signup_id, Deadline.after(deps.clock, 0))

    assert wordpress.requested_paths == []


def test_next_owner_gets_the_only_api_key_and_no_secret(
    deps: Dependencies, wordpress: WordPress
) -> None:
    former = sign_up(deps, wordpress)
    owner = deps.site_api_keys.find_owner(former.api_key.reveal())
    assert owner is not None
    site = deps.sites.require(former.site_id)
    secret_id, version = deps.amazon_accounts.store_credentials(site.site_id, credentials(), None)
    connect(deps, Caller(owner.site_id, owner.kid), secret_id, version)
    assert len(secrets()) == 1

    present = sign_up(deps, wordpress)

    assert present.site_id == former.site_id
    assert deps.site_api_keys.find_owner(former.api_key.reveal()) is None
    assert deps.site_api_keys.find_owner(present.api_key.reveal()) is not None
    assert secrets() == {}


def connect(deps: Dependencies, caller: Caller, secret_id: str, version: str) -> None:
    """Store a connection to the account of a stored secret."""
    connected = replace(connection(), secret_id=secret_id, secret_version=version)
    deps.sites.connect(caller, connected, None, START)
