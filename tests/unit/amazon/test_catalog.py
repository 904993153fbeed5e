"""Construction of catalogs: the API of the credentials, and the number of attempts."""

from datetime import timedelta

import pytest

from amzlinkr.amazon.catalog import MAX_CALL_ATTEMPTS, open_catalog
from amzlinkr.domain.amazon_errors import AmazonUnavailable
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.credentials import Credentials, Secret
from amzlinkr.domain.ports import Token
from tests.clock import START, FakeClock
from tests.unit.amazon.accounts import UnlimitedRateLimiter, creators_account, credentials
from tests.unit.wire import Wire, reply

ASINS = ["B000000001"]
BUSY = reply(500, {"message": "oops"})
EMPTY = reply(200, {"items": []})
TOKEN = reply(200, {"access_token": "Atc|unit-token", "expires_in": 3600})


class StoredToken:
    """A cache that always contains the same token."""

    def __init__(self, token: Token) -> None:
        self.token = token

    def load(self) -> Token:
        return self.token

    def claim(self) -> bool:
        return False

    def store(self, token: Token) -> None:
        """Store nothing."""


@pytest.mark.parametrize(
    ("keys", "paths"),
    [
        (credentials(), ["/paapi5/getitems"]),
        (creators_account("3.1"), ["/auth/o2/token", "/catalog/v1/getItems"]),
        (creators_account("2.1"), ["/oauth2/token", "/catalog/v1/getItems"]),
    ],
    ids=["paapi5", "version 3", "version 2"],
)
def test_credentials_select_the_api(clock: FakeClock, keys: Credentials, paths: list[str]) -> None:
    limiter = UnlimitedRateLimiter()
    replies = [TOKEN, EMPTY] if len(paths) > 1 else [EMPTY]
    with Wire(replies) as wire:
        open_catalog(keys, limiter, clock, wire.url).items(ASINS, Deadline.after(clock, 3))

    assert [sent.path for sent in wire.sent] == paths
    assert (limiter.reservations, limiter.successes) == (1, 1)


@pytest.mark.parametrize("attempts", [1, 2, MAX_CALL_ATTEMPTS])
@pytest.mark.parametrize("keys", [credentials(), creators_account()], ids=["paapi5", "creators"])
def test_attempts_are_limited_for_calls_and_token_fetches(
    clock: FakeClock, keys: Credentials, attempts: int
) -> None:
    with Wire([BUSY]) as wire, pytest.raises(AmazonUnavailable):
        open_catalog(keys, UnlimitedRateLimiter(), clock, wire.url, max_attempts=attempts).items(
            ASINS, Deadline.after(clock, 30)
        )

    assert len(wire.sent) == attempts


def test_creators_catalog_uses_the_shared_tokens(clock: FakeClock) -> None:
    cache = StoredToken(Token(Secret("Atc|shared"), START + timedelta(hours=1)))
    with Wire([EMPTY]) as wire:
        open_catalog(creators_account(), UnlimitedRateLimiter(), clock, wire.url, cache).items(
            ASINS, Deadline.after(clock, 3)
        )

    assert [sent.headers["authorization"] for sent in wire.sent] == ["Bearer Atc|shared"]
