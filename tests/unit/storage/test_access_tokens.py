"""The shared access token of a credential: one claim at a time, and no token is lost by it."""

from datetime import timedelta

import pytest

from amzlinkr import telemetry
from amzlinkr.domain.credentials import Secret
from amzlinkr.domain.ports import Token
from amzlinkr.storage.access_tokens import (
    CLAIM_DURATION,
    TOKEN_RETENTION_SECONDS,
    SharedTokenCache,
)
from amzlinkr.storage.records import AccessTokenItem
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock
from tests.unit.storage.reads import recorded_reads

TOKEN = Token(Secret("Atc|token"), START + timedelta(hours=1))


class Reversed:
    """A cipher that reverses texts and decrypts those with its mark only."""

    def __init__(self, mark: str = "#") -> None:
        self._mark = mark

    def encrypt(self, text: str) -> str:
        return text[::-1] + self._mark

    def decrypt(self, encrypted: str) -> str | None:
        return encrypted[-2::-1] if encrypted.endswith(self._mark) else None


@pytest.fixture
def cache(stores: Dependencies, clock: FakeClock) -> SharedTokenCache:
    return SharedTokenCache("account", Reversed(), clock)


def test_claim_excludes_others_until_it_expires(cache: SharedTokenCache, clock: FakeClock) -> None:
    claims = []
    # 3 seconds: more than the 2 for which others wait, and short enough for a process that crashed.
    for seconds in (0, 2.999, 3):
        clock.set(START + timedelta(seconds=seconds))
        claims.append(cache.claim())

    assert claims == [True, False, True]


def test_stored_token_releases_the_claim(cache: SharedTokenCache) -> None:
    assert cache.claim()

    cache.store(TOKEN)

    assert cache.load() == TOKEN
    assert cache.claim()
    assert cache.load() == TOKEN


def test_accounts_have_separate_tokens_and_claims(
    cache: SharedTokenCache, clock: FakeClock
) -> None:
    other = SharedTokenCache("other", Reversed(), clock)
    cache.store(TOKEN)

    assert other.load() is None
    assert (cache.claim(), other.claim()) == (True, True)


def test_token_of_another_secret_is_not_returned(cache: SharedTokenCache, clock: FakeClock) -> None:
    SharedTokenCache("account", Reversed("!"), clock).store(TOKEN)

    assert cache.load() is None


def test_claim_without_a_token_expires_too(cache: SharedTokenCache) -> None:
    cache.claim()

    assert cache.load() is None
    (item,) = list(AccessTokenItem.scan())
    ends = int((START + CLAIM_DURATION).timestamp())
    assert item.expires == ends + TOKEN_RETENTION_SECONDS


def test_token_that_cannot_be_shared_is_counted(
    cache: SharedTokenCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    monkeypatch.setattr(telemetry, "count", counted.append)
    monkeypatch.setattr(AccessTokenItem.Meta, "table_name", "NoSuchTable")
    monkeypatch.setattr(AccessTokenItem, "_connection", None)

    cache.store(TOKEN)

    assert counted == ["TokenCacheFailed"]


def test_token_is_read_consistently(cache: SharedTokenCache) -> None:
    with recorded_reads() as reads:
        cache.load()

    assert (reads.consistent, reads.eventual) == (["GetItem"], [])
