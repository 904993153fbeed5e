"""Shared access tokens: one fetch for many cold starts, and no plain text in the table."""

import secrets
from datetime import timedelta
from functools import partial

import pytest

from amzlinkr.amazon.creators.auth import TokenSource
from amzlinkr.amazon.transport import Transport
from amzlinkr.domain.clock import Clock, Deadline, SystemClock
from amzlinkr.domain.credentials import CreatorsCredentials, Secret, creators_credentials
from amzlinkr.domain.ports import Token
from amzlinkr.security.token_cipher import TokenCipher
from amzlinkr.storage.access_tokens import CLAIM_DURATION, SharedTokenCache
from amzlinkr.storage.records import AccessTokenItem
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock
from tests.contract.test_conflicts import run_concurrently
from tests.unit.wire import Wire, reply

COLD_STARTS = 20
GOOD = {"access_token": "Atc|the-token", "expires_in": 3600, "token_type": "bearer"}


def credentials(secret: str = "") -> CreatorsCredentials:
    name = f"amzn1.application-oa2-client.{secrets.token_hex(8)}"
    return creators_credentials(name, f"amzn1.oa2-cs.v1.{secret or name}", "3.1", "t-20", "US")


def shared(keys: CreatorsCredentials, clock: Clock) -> SharedTokenCache:
    return SharedTokenCache(keys.credential_id, TokenCipher(keys), clock)


def process(keys: CreatorsCredentials, url: str, clock: Clock) -> TokenSource:
    """Return the token source of a process after a cold start."""
    return TokenSource(keys, Transport("creators_token", url), clock, shared(keys, clock))


def test_twenty_cold_starts_fetch_one_token(racing: Dependencies) -> None:
    clock, keys = SystemClock(), credentials()
    with Wire([reply(200, GOOD)]) as wire:
        each = partial(lambda: process(keys, wire.url, clock).get(Deadline.after(clock, 10)))
        tokens = run_concurrently([each] * COLD_STARTS)

    assert {token.value.reveal() for token in tokens} == {"Atc|the-token"}
    assert len(wire.sent) == 1


def test_claim_of_a_crashed_process_expires(stores: Dependencies) -> None:
    clock, keys = FakeClock(), credentials()
    assert shared(keys, clock).claim()
    with Wire([reply(200, GOOD)]) as wire:
        token = process(keys, wire.url, clock).get(Deadline.after(clock, 10))

    assert token.value.reveal() == "Atc|the-token"
    assert sum(clock.slept) <= CLAIM_DURATION.total_seconds()


def test_wait_for_another_process_ends_before_the_deadline(stores: Dependencies) -> None:
    clock, keys = FakeClock(), credentials()
    shared(keys, clock).claim()
    with Wire([reply(200, GOOD)]) as wire:
        process(keys, wire.url, clock).get(Deadline.after(clock, 1.5))

    assert sum(clock.slept) < 0.6


def test_rejected_token_is_not_read_from_the_cache(stores: Dependencies) -> None:
    clock, keys = FakeClock(), credentials()
    old = Token(Secret("Atc|refused"), START + timedelta(hours=1))
    shared(keys, clock).store(old)
    with Wire([reply(200, GOOD)]) as wire:
        tokens = process(keys, wire.url, clock)
        deadline = Deadline.after(clock, 10)
        assert tokens.get(deadline).value == old.value
        assert wire.sent == []
        assert tokens.get(deadline, rejected=old).value.reveal() == "Atc|the-token"

    held = shared(keys, clock).load()
    assert held is not None
    assert held.value.reveal() == "Atc|the-token"


def test_expired_token_is_not_read_from_the_cache(stores: Dependencies) -> None:
    clock, keys = FakeClock(), credentials()
    shared(keys, clock).store(Token(Secret("Atc|old"), clock.now()))
    with Wire([reply(200, GOOD)]) as wire:
        token = process(keys, wire.url, clock).get(Deadline.after(clock, 10))

    assert token.value.reveal() == "Atc|the-token"
    assert token.expires_at == START + timedelta(seconds=3600 - 60)


def test_stored_token_is_encrypted_and_expires(stores: Dependencies) -> None:
    clock, keys = FakeClock(), credentials()
    shared(keys, clock).store(Token(Secret("Atc|secret-token"), START + timedelta(hours=1)))

    item = AccessTokenItem.get(f"token#{keys.credential_id}")
    assert "secret-token" not in str(item.attribute_values)
    assert item.expires == int((START + timedelta(hours=2)).timestamp())
    other = creators_credentials(keys.credential_id, "amzn1.oa2-cs.v1.x", "3.1", "t-20", "US")
    assert shared(other, clock).load() is None


@pytest.mark.parametrize("broken", ["load", "claim", "store"])
def test_unavailable_table_causes_a_separate_fetch(
    stores: Dependencies, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    clock, keys = FakeClock(), credentials()
    monkeypatch.setattr(AccessTokenItem.Meta, "table_name", "NoSuchTable")
    monkeypatch.setattr(AccessTokenItem, "_connection", None)
    with Wire([reply(200, GOOD)]) as wire:
        if broken == "load":
            assert shared(keys, clock).load() is None
        if broken == "claim":
            assert shared(keys, clock).claim()
        if broken == "store":
            token = process(keys, wire.url, clock).get(Deadline.after(clock, 10))
            assert token.value.reveal() == "Atc|the-token"
