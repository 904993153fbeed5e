"""Tokens of the Creators API: requests, lifetimes, sharing, and every error as a problem."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.amazon.creators.auth import (
    ERROR_MEMORY,
    EXPIRY_MARGIN,
    MAX_WAIT_SECONDS,
    TokenSource,
    _TokenBody,
    authorization,
    token_from_response,
    token_request,
)
from amzlinkr.amazon.transport import AmazonResponse, Transport
from amzlinkr.domain.amazon_errors import AmazonKeysRejected
from amzlinkr.domain.clock import MILLISECOND, Deadline
from amzlinkr.domain.credential_formats import VERSIONS
from amzlinkr.domain.credentials import Secret
from amzlinkr.domain.ports import Token, TokenCache
from tests.clock import START, FakeClock
from tests.unit.amazon.accounts import creators_account
from tests.unit.amazon.creators.problems import (
    DOWN,
    ELIGIBLE,
    KEYS,
    SLOW,
    TOKEN,
    Expected,
    check,
    error_of,
)
from tests.unit.wire import Wire, reply

HOSTS = {
    "2.1": "creatorsapi.auth.us-east-1.amazoncognito.com",
    "2.2": "creatorsapi.auth.eu-south-2.amazoncognito.com",
    "2.3": "creatorsapi.auth.us-west-2.amazoncognito.com",
    "3.1": "api.amazon.com",
    "3.2": "api.amazon.co.uk",
    "3.3": "api.amazon.co.jp",
}
SECRETS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60)
KEPT = Token(Secret("Atc|kept"), START + timedelta(hours=1))
TOKEN_BODIES: list[tuple[int, Any, Expected, str | None]] = [
    (400, {"error": "invalid_client"}, KEYS, "invalid_client"),
    (401, {"error": "invalid_client", "error_description": "no"}, KEYS, "invalid_client"),
    (400, {"error": "invalid_scope"}, KEYS, "invalid_scope"),
    (400, {"error": "unauthorized_client"}, KEYS, "unauthorized_client"),
    (400, {"error": "invalid_request"}, KEYS, "invalid_request"),
    (400, b"nonsense", DOWN, None),
    (400, {"error": "server_error"}, DOWN, "server_error"),
    (403, {"type": "AccessDeniedException", "reason": "AssociateNotEligible"}, ELIGIBLE,
     "AssociateNotEligible"),
    (429, {"error": "slow_down"}, SLOW, "slow_down"),
    (503, b"", DOWN, None),
    (200, {"token_type": "bearer"}, DOWN, "Unreadable"),
    (200, {"access_token": "", "expires_in": 1}, DOWN, "Unreadable"),
    (200, {"access_token": "a\r\nX-Evil: 1", "expires_in": 1}, DOWN, "Unreadable"),
    (200, {"access_token": "x", "expires_in": "soon"}, DOWN, "Unreadable"),
    (200, {"access_token": "x", "expires_in": 1e999}, DOWN, "Unreadable"),
]  # fmt: skip


class ScriptedCache:
    """A cache that returns prepared tokens, the last one repeatedly; the claim is free or taken."""

    def __init__(self, *reads: Token | None, is_free: bool = True) -> None:
        self.reads = list(reads)
        self.is_free = is_free
        self.stored: list[Token] = []

    def load(self) -> Token | None:
        return self.reads.pop(0) if len(self.reads) > 1 else self.reads[0]

    def claim(self) -> bool:
        return self.is_free

    def store(self, token: Token) -> None:
        self.stored.append(token)


def source_at(wire: Wire, clock: FakeClock, cache: TokenCache | None = None) -> TokenSource:
    return TokenSource(creators_account(), Transport("creators_token", wire.url), clock, cache)


def test_byte_order_mark_does_not_hide_the_token() -> None:
    body = b"\xef\xbb\xbf" + json.dumps({"access_token": "Atc|x"}).encode()
    assert token_from_response(AmazonResponse(200, {}, body), START).value == Secret("Atc|x")


def lifetime_of(expires_in: object) -> timedelta:
    """Return how long a token with this `expires_in` is used."""
    body = json.dumps({"access_token": "Atc|x", "expires_in": expires_in}).encode()
    return token_from_response(AmazonResponse(200, {}, body), START).expires_at - START


@given(st.sampled_from(VERSIONS), SECRETS)
def test_token_request_has_the_form_of_its_version(version: str, secret: str) -> None:
    request = token_request(creators_account(version, secret))

    assert request.host == HOSTS[version]
    if version.startswith("2."):
        assert (request.path, request.content_type) == (
            "/oauth2/token",
            "application/x-www-form-urlencoded",
        )
        fields = {name: value for name, (value,) in parse_qs(request.body.decode()).items()}
        assert fields["scope"] == "creatorsapi/default"
    else:
        assert (request.path, request.content_type) == ("/auth/o2/token", "application/json")
        fields = json.loads(request.body)
        assert fields["scope"] == "creatorsapi::default"
    assert (fields["grant_type"], fields["client_secret"]) == ("client_credentials", secret)
    assert fields["client_id"] == creators_account(version).credential_id


def test_text_form_of_a_token_request_hides_the_secret() -> None:
    for version in VERSIONS:
        assert "do-not-show" not in f"{token_request(creators_account(version, 'do-not-show'))!r}"


@pytest.mark.parametrize("version", VERSIONS)
def test_only_version_2_is_named_in_the_header(version: str) -> None:
    suffix = f", Version {version}" if version.startswith("2.") else ""

    assert authorization(KEPT, version) == f"Bearer Atc|kept{suffix}"


@given(st.integers(-(10**6), 10**12))
def test_token_is_replaced_before_it_expires(expires_in: int) -> None:
    used = lifetime_of(expires_in)

    assert timedelta(seconds=1) <= used < timedelta(days=1)
    if 2 <= expires_in <= 86_400:
        unused = timedelta(seconds=expires_in) - used
        assert unused == min(EXPIRY_MARGIN, used)


@pytest.mark.parametrize(
    ("expires_in", "seconds"),
    [(3600, 3540), ("3600", 3540), (3600.0, 3540), (120, 60), (90, 45), (0, 1), (10**9, 86_340)],
)
def test_lifetime_is_read_in_every_form_and_bounded(expires_in: object, seconds: int) -> None:
    assert lifetime_of(expires_in) == timedelta(seconds=seconds)


def test_refusal_is_remembered_for_a_short_time(clock: FakeClock) -> None:
    with Wire([reply(401, {"error": "invalid_client"}), TOKEN]) as wire:
        tokens = source_at(wire, clock)
        for passed in (ERROR_MEMORY - MILLISECOND, MILLISECOND):
            with pytest.raises(AmazonKeysRejected):
                tokens.get(Deadline.after(clock, 3))
            assert len(wire.sent) == 1
            clock.set(clock.now() + passed)
        assert tokens.get(Deadline.after(clock, 3)).value.reveal() == "Atc|unit-token"


def test_token_is_reused_until_it_expires_or_is_rejected(clock: FakeClock) -> None:
    names = ["first", "second", "third"]
    fetches = [reply(200, {"access_token": name, "expires_in": 3600}) for name in names]
    with Wire(fetches) as wire:
        tokens = source_at(wire, clock)
        first = tokens.get(Deadline.after(clock, 3))
        clock.advance(seconds=3539)
        assert tokens.get(Deadline.after(clock, 3)) is first
        clock.advance(seconds=1)
        second = tokens.get(Deadline.after(clock, 3))
        third = tokens.get(Deadline.after(clock, 3), rejected=second)

    assert [token.value.reveal() for token in (first, second, third)] == names


def test_token_stored_between_read_and_claim_is_used(clock: FakeClock) -> None:
    cache = ScriptedCache(None, KEPT)
    with Wire([TOKEN]) as wire:
        assert source_at(wire, clock, cache).get(Deadline.after(clock, 10)) is KEPT

    assert (wire.sent, cache.stored) == ([], [])


def test_token_that_another_process_fetches_is_awaited(clock: FakeClock) -> None:
    cache = ScriptedCache(None, None, None, KEPT, is_free=False)
    with Wire([TOKEN]) as wire:
        assert source_at(wire, clock, cache).get(Deadline.after(clock, 10)) is KEPT

    assert wire.sent == []
    assert clock.slept == pytest.approx([0.1] * 3)


def test_wait_for_a_crashed_process_ends_and_the_token_is_stored(clock: FakeClock) -> None:
    cache = ScriptedCache(None, is_free=False)
    with Wire([TOKEN]) as wire:
        token = source_at(wire, clock, cache).get(Deadline.after(clock, 10))

    assert len(wire.sent) == 1
    assert MAX_WAIT_SECONDS <= sum(clock.slept) < MAX_WAIT_SECONDS + 0.2
    assert cache.stored == [token]


def test_wait_for_another_process_leaves_a_second_for_the_fetch(clock: FakeClock) -> None:
    cache = ScriptedCache(None, is_free=False)
    with Wire([TOKEN]) as wire:
        source_at(wire, clock, cache).get(Deadline.after(clock, 1.45))

    assert sum(clock.slept) == pytest.approx(0.4)


@pytest.mark.parametrize(("status", "body", "expected", "code"), TOKEN_BODIES)
def test_each_token_service_error_becomes_its_problem(
    status: int, body: Any, expected: Expected, code: str | None
) -> None:
    error, sent = error_of(reply(status, body))
    check(error, expected, "creators_token", code)
    assert sent == 1


def test_token_in_a_response_is_redacted() -> None:
    assert repr(_TokenBody("a-token")) == "_TokenBody(***)"


def test_token_that_replaced_the_rejected_one_is_used(clock: FakeClock) -> None:
    names = ["first", "second"]
    fetches = [reply(200, {"access_token": name, "expires_in": 3600}) for name in names]
    with Wire(fetches) as wire:
        tokens = source_at(wire, clock)
        first = tokens.get(Deadline.after(clock, 3))
        # Two threads were refused with the first token.
        found = [tokens.get(Deadline.after(clock, 3), rejected=first) for _ in range(2)]

    assert [token.value.reveal() for token in found] == ["second", "second"]
    assert len(wire.sent) == 2
