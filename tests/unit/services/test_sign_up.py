"""Sign-ups: secrets, limits, invites, and what a claim returns, revokes, and deletes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.credentials import Secret
from amzlinkr.domain.errors import InvalidRequest, RateLimited, SiteSuspended
from amzlinkr.domain.sign_up_errors import InviteRequired, SignupExpired, SiteNotProven
from amzlinkr.domain.sites import Caller
from amzlinkr.security.api_keys import digest_of
from amzlinkr.services.sign_up import (
    INVITE_TTL,
    VERIFICATION_WINDOW,
    Applicant,
    SignedUpSite,
    StartedSignup,
)
from amzlinkr.wiring import Dependencies
from infra.local.stack.wordpress import WordPress
from tests.clock import START, FakeClock
from tests.integration.aws_spy import dynamodb, record_calls, secrets, table, tables
from tests.limits import with_limits
from tests.stored_sites import connection
from tests.unit.amazon.accounts import credentials

pytestmark = pytest.mark.memory_aws
URL, EMAIL, IP = "https://a.example/shop", "Owner@a.example", "203.0.113.9"


@pytest.fixture
def wordpress() -> Iterator[WordPress]:
    with WordPress() as running:
        yield running


def applicant(url: str = URL, invite: str | None = None) -> Applicant:
    return Applicant(url, EMAIL, invite, IP)


def counters(deps: Dependencies) -> dict[str, str]:
    """Return all usage counters."""
    items = dynamodb().scan(TableName=deps.config.quotas_table)["Items"]
    return {item["pk"]["S"]: item["used"]["N"] for item in items}


def sign_up(deps: Dependencies, wordpress: WordPress) -> SignedUpSite:
    """Sign up a site that serves its token at the path of the challenge."""
    started = deps.sign_up.start(applicant(wordpress.url))
    wordpress.responses[started.path] = (200, started.signup.token)
    return verify(deps, started)


def verify(deps: Dependencies, started: StartedSignup, seconds: float = 14) -> SignedUpSite:
    """Verify a sign-up with its secret."""
    due = Deadline.after(deps.clock, seconds)
    return deps.sign_up.verify(started.signup.signup_id, started.secret.reveal(), IP, due)


def test_started_sign_up_is_pending_for_an_hour(deps: Dependencies) -> None:
    started, other = (deps.sign_up.start(applicant()) for _ in range(2))

    signup = started.signup
    assert deps.signups.get(signup.signup_id, START) == signup
    assert (signup.host, signup.url, signup.invite) == ("a.example/shop", URL, None)
    assert signup.expires_at == START + VERIFICATION_WINDOW
    assert started.path.endswith(signup.signup_id)
    assert started.query.endswith(signup.signup_id)
    values = [
        (each.signup.signup_id, each.signup.token, each.secret.reveal())
        for each in (started, other)
    ]
    assert len({value for each in values for value in each}) == 6
    # 128 random bits for the public ID, 256 for the others.
    assert [len(value) for value in values[0]] == [3 + 32, 43, 43]
    assert signup.secret_hash == digest_of(started.secret.reveal())


def test_refused_sign_up_is_not_stored(deps: Dependencies) -> None:
    limited = with_limits(deps, signups_of_domain_and_address=1)
    limited.sign_up.start(applicant())
    before = table(deps.config.sites_table)

    with pytest.raises(RateLimited):
        limited.sign_up.start(applicant())

    assert table(deps.config.sites_table) == before


def test_invalid_input_is_not_counted(deps: Dependencies) -> None:
    with record_calls() as made, pytest.raises(InvalidRequest):
        deps.sign_up.start(Applicant("http://", EMAIL, None, IP))

    assert made == []


def test_invite_replaces_all_limits_and_the_site_verification(
    deps: Dependencies, metrics: Counter[str]
) -> None:
    invite = deps.sign_up.invite("HTTPS://A.example./shop/")
    names = ("signups_of_address", "signups_of_domain_and_address", "new_sites", "verifications")
    limited = with_limits(deps, **dict.fromkeys(names, 0))

    started = limited.sign_up.start(applicant(invite=f" {invite.code.reveal()}\n"))
    site = verify(limited, started)

    assert (invite.host, invite.expires_at) == ("a.example/shop", START + INVITE_TTL)
    assert (len(invite.code.reveal()), len(site.site_id)) == (43, 5 + 26)
    assert (site.url, deps.sites.site_of_host("a.example/shop")) == (URL, site.site_id)
    assert metrics == {"SiteSignedUp": 1}
    assert counters(deps) == {}


def test_wrong_invite_is_rejected_and_counted_as_a_start(
    deps: Dependencies, clock: FakeClock
) -> None:
    other = deps.sign_up.invite("https://b.example").code.reveal()
    expired = deps.sign_up.invite(URL).code.reveal()
    clock.advance(days=INVITE_TTL // timedelta(days=1))
    limited = with_limits(deps, signups_of_domain_and_address=3)

    for code in (other, expired, "unknown"):
        with pytest.raises(InvalidRequest) as error:
            limited.sign_up.start(applicant(invite=code))
        assert error.value.field == "invite"
    with pytest.raises(RateLimited):
        limited.sign_up.start(applicant(invite="unknown"))


@pytest.mark.parametrize("is_known", [False, True])
def test_mode_invite_refuses_all_sign_ups_without_an_invite(
    deps: Dependencies, wordpress: WordPress, is_known: bool
) -> None:
    earlier = deps.sign_up.start(applicant(wordpress.url))
    wordpress.responses[earlier.path] = (200, earlier.signup.token)
    if is_known:
        verify(deps, earlier)
    closed = Dependencies(replace(deps.config, signup_mode="invite"), deps.clock)
    with record_calls() as made, pytest.raises(InviteRequired):
        closed.sign_up.start(applicant(wordpress.url))
    assert made == []
    wordpress.requested_paths.clear()

    with pytest.raises(InviteRequired):
        verify(closed, earlier)

    assert wordpress.requested_paths == []
    with pytest.raises(InvalidRequest):
        closed.sign_up.start(applicant(invite="unknown"))
    code = closed.sign_up.invite(URL).code.reveal()
    assert verify(closed, closed.sign_up.start(applicant(invite=code))).url == URL


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
        deps.sign_up.verify(signup_id, "secret", IP, Deadline.after(deps.clock, 14))

    assert made == []


def test_site_without_the_token_is_not_claimed(
    deps: Dependencies, wordpress: WordPress, metrics: Counter[str]
) -> None:
    started = deps.sign_up.start(applicant(wordpress.url))

    with pytest.raises(SiteNotProven):
        verify(deps, started)

    assert deps.sites.site_of_host(started.signup.host) is None
    assert metrics == {}


def test_wrong_secret_is_an_unknown_sign_up_and_counts_nothing(
    deps: Dependencies, wordpress: WordPress
) -> None:
    started = deps.sign_up.start(applicant(wordpress.url))
    wordpress.responses[started.path] = (200, started.signup.token)
    before = counters(deps)

    for secret in ("", "x", started.signup.token, started.signup.secret_hash):
        with pytest.raises(SignupExpired):
            verify(deps, replace(started, secret=Secret(secret)))

    assert wordpress.requested_paths == []
    assert counters(deps) == before


def test_refused_verification_fetches_nothing(deps: Dependencies, wordpress: WordPress) -> None:
    limited = with_limits(deps, verifications=1)
    started = limited.sign_up.start(applicant(wordpress.url))
    with pytest.raises(SiteNotProven):
        verify(limited, started)
    wordpress.requested_paths.clear()

    with pytest.raises(RateLimited):
        verify(limited, started)

    assert wordpress.requested_paths == []


def test_only_verified_new_sites_count_and_known_ones_pass(
    deps: Dependencies, wordpress: WordPress
) -> None:
    limited = with_limits(deps, new_sites=1)
    for _ in range(3):
        with pytest.raises(SiteNotProven):
            verify(limited, limited.sign_up.start(applicant(wordpress.url)))
    # The first new site of a network passes the limit, and uses it up for the second one.
    first = sign_up(limited, wordpress)

    with WordPress() as other, pytest.raises(RateLimited):
        sign_up(limited, other)

    assert other.requested_paths
    assert sign_up(limited, wordpress).site_id == first.site_id


def test_suspended_host_gets_no_fetch(deps: Dependencies, wordpress: WordPress) -> None:
    started = deps.sign_up.start(applicant(wordpress.url))
    deps.suspensions.suspend(started.signup.host, START)

    with pytest.raises(SiteSuspended):
        verify(deps, started)

    assert wordpress.requested_paths == []


def test_verification_fetches_nothing_without_time(
    deps: Dependencies, wordpress: WordPress
) -> None:
    started = deps.sign_up.start(applicant(wordpress.url))

    with pytest.raises(SiteNotProven):
        verify(deps, started, seconds=0)

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
