"""TokenSource of the Creators API: one for many calls, and a new one exactly when it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from amzlinkr.domain.amazon_errors import (
    AmazonError,
    AmazonKeysRejected,
    AmazonNotEligible,
    AmazonThrottled,
    AmazonUnavailable,
)
from amzlinkr.domain.catalog import Search
from tests.clock import FakeClock
from tests.contract.creators_marketplaces import VERSIONS, Shop, account, endpoint_for, shop_at
from tests.contract.creators_products import Goods, Node, World, listing
from tests.contract.creators_rules import Refused
from tests.contract.creators_tokens import COGNITO, Account
from tests.contract.creators_variants import Dialect

ASIN = "B0TEST0001"
GOODS = Goods(ASIN, "Kettle", (listing(),))
OLD = ("TokenExpired", "InvalidToken")
SERVICES = {
    "2.1": COGNITO.format("us-east-1"),
    "2.2": COGNITO.format("eu-south-2"),
    "2.3": COGNITO.format("us-west-2"),
    "3.1": "api.amazon.com",
    "3.2": "api.amazon.co.uk",
    "3.3": "api.amazon.co.jp",
}


@pytest.fixture
def shop(clock: FakeClock) -> Iterator[Shop]:
    world = World((GOODS,), (Node("17", "Books"),))
    with endpoint_for(clock, world=world) as endpoint:
        yield shop_at(endpoint, clock)


@contextmanager
def shop_of(clock: FakeClock, *owners: Account, dialect: Dialect | None = None) -> Iterator[Shop]:
    with endpoint_for(clock, GOODS, accounts=owners, dialect=dialect) as endpoint:
        yield shop_at(endpoint, clock)


def unauthorized(reason: str) -> Refused:
    return Refused(401, "UnauthorizedException", reason)


@pytest.mark.parametrize("version", VERSIONS)
def test_each_version_has_its_token_service_and_its_header(clock: FakeClock, version: str) -> None:
    with shop_of(clock, account(version)) as shop:
        item = shop.item(ASIN)
        fetch, call = shop.endpoint.seen

    assert item.asin == ASIN
    assert fetch.host == SERVICES[version]
    suffix = f", Version {version}" if version[0] == "2" else ""
    assert call.headers["authorization"] == f"Bearer {call.token}{suffix}"
    assert call.token in shop.endpoint.tokens.given


@pytest.mark.parametrize("version", ["2.2", "3.2"])
def test_the_marketplace_stands_in_header_and_body(clock: FakeClock, version: str) -> None:
    with shop_of(clock, account(version)) as shop:
        shop.item(ASIN)

    call = shop.endpoint.calls[0]
    assert call.marketplace == call.body["marketplace"] == "www.amazon.de"
    assert call.tag == "n0-other-21"


def test_one_token_serves_every_kind_of_call(shop: Shop) -> None:
    for _ in range(3):
        shop.item(ASIN)
        shop.catalog.search(Search("kettle"), shop.deadline())
        shop.catalog.variations(ASIN, 1, shop.deadline())
        shop.catalog.browse_nodes(["17"], shop.deadline())

    assert len(shop.endpoint.token_fetches) == 1
    assert [call.status for call in shop.endpoint.calls] == [200] * 12


def test_a_token_is_used_for_most_of_its_life_and_not_longer(shop: Shop) -> None:
    shop.item(ASIN)
    shop.clock.advance(seconds=3000)
    shop.item(ASIN)
    early = len(shop.endpoint.token_fetches)
    shop.clock.advance(seconds=599)
    shop.item(ASIN)

    assert (early, len(shop.endpoint.token_fetches)) == (1, 2)
    assert [call.status for call in shop.endpoint.calls] == [200] * 3


@pytest.mark.parametrize("expires_in", [1, 20, 90])
def test_short_lived_tokens_work_too(clock: FakeClock, expires_in: int) -> None:
    with shop_of(clock, account(), dialect=Dialect(expires_in=expires_in)) as shop:
        for _ in range(4):
            shop.item(ASIN)
            shop.clock.advance(seconds=15)

    assert [call.status for call in shop.endpoint.calls] == [200] * 4
    assert len(shop.endpoint.token_fetches) <= 4


@pytest.mark.parametrize("reason", OLD)
@pytest.mark.parametrize("dialect", [Dialect(), Dialect(error_type="__type")])
def test_an_old_token_is_replaced_once_and_the_call_repeated(
    clock: FakeClock, reason: str, dialect: Dialect
) -> None:
    with shop_of(clock, account(), dialect=dialect) as shop:
        shop.item(ASIN)
        shop.endpoint.refuse(unauthorized(reason))
        item = shop.item(ASIN)

    first, second, third = shop.endpoint.calls
    assert item.asin == ASIN
    assert first.token == second.token != third.token
    assert len(shop.endpoint.token_fetches) == 2


@pytest.mark.parametrize("reason", OLD)
def test_if_the_new_token_is_refused_too_that_is_the_answer(shop: Shop, reason: str) -> None:
    shop.endpoint.refuse(unauthorized(reason), times=5)

    with pytest.raises(AmazonKeysRejected) as failed:
        shop.item(ASIN)

    assert failed.value.upstream is not None
    assert (failed.value.upstream.status, failed.value.upstream.code) == (401, reason)
    assert len(shop.endpoint.calls) == len(shop.endpoint.token_fetches) == 2


def test_after_refused_tokens_the_next_call_starts_afresh(shop: Shop) -> None:
    shop.endpoint.refuse(unauthorized("InvalidToken"), times=2)
    with pytest.raises(AmazonKeysRejected):
        shop.item(ASIN)

    assert shop.item(ASIN).asin == ASIN


@pytest.mark.parametrize("reason", ["InvalidIssuer", "UnsupportedClient", "InvalidClient"])
def test_other_refusals_are_no_matter_of_a_new_token(shop: Shop, reason: str) -> None:
    shop.endpoint.refuse(unauthorized(reason))

    with pytest.raises(AmazonKeysRejected):
        shop.item(ASIN)

    assert len(shop.endpoint.calls) == len(shop.endpoint.token_fetches) == 1


@pytest.mark.parametrize(("version", "status"), [("2.1", 400), ("3.1", 401)])
def test_a_wrong_secret_is_a_refused_key(clock: FakeClock, version: str, status: int) -> None:
    with shop_of(clock, account(version)) as shop:
        shop.endpoint.accounts[0].secret = "another"
        with pytest.raises(AmazonKeysRejected) as failed:
            shop.item(ASIN)

    assert failed.value.upstream is not None
    assert (failed.value.upstream.status, failed.value.upstream.code) == (status, "invalid_client")
    assert (len(shop.endpoint.token_fetches), len(shop.endpoint.calls)) == (1, 0)


@pytest.mark.parametrize(("real", "entered"), [("2.1", "2.2"), ("3.3", "3.1")])
def test_a_wrong_version_is_a_refused_key_and_no_other_is_tried(
    clock: FakeClock, real: str, entered: str
) -> None:
    owner = account(entered)
    with shop_of(clock, owner) as shop:
        owner.version = real
        with pytest.raises(AmazonKeysRejected):
            shop.item(ASIN)

    assert [fetch.host for fetch in shop.endpoint.token_fetches] == [SERVICES[entered]]


def test_eligibility_can_be_refused_with_the_token_already(shop: Shop) -> None:
    body = Refused(403, "AccessDeniedException", "AssociateNotEligible").body
    shop.endpoint.plan("token", 403, body)

    with pytest.raises(AmazonNotEligible):
        shop.item(ASIN)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (500, {"error": "server_error"}, AmazonUnavailable),
        (503, b"<html>Service Unavailable</html>", AmazonUnavailable),
        (200, b"<html>Sign in</html>", AmazonUnavailable),
        (200, {"token_type": "bearer", "expires_in": 3600}, AmazonUnavailable),
        (429, {"error": "slow_down"}, AmazonThrottled),
    ],
)
def test_a_token_service_out_of_order_can_be_tried_again(
    shop: Shop, status: int, body: object, error: type[AmazonError]
) -> None:
    shop.endpoint.plan("token", status, body, times=9)

    with pytest.raises(error) as failed:
        shop.item(ASIN)

    assert failed.value.retryable
    assert len(shop.endpoint.calls) == 0


def test_tokens_of_two_credentials_never_mix(clock: FakeClock) -> None:
    owners = (account("3.1"), account("3.1", 1), account("2.2", 2))
    with endpoint_for(clock, GOODS, accounts=owners) as endpoint:
        shops = [shop_at(endpoint, clock, number) for number in range(len(owners))]
        for _ in range(4):
            for each in shops:
                each.item(ASIN)

    assert len(endpoint.token_fetches) == len(owners)
    for call in endpoint.calls:
        owner = endpoint.tokens.given[call.token].account
        assert call.tag == next(iter(owner.tags.values()))
        assert call.status == 200


def leaks(error: AmazonError) -> str:
    chain: list[BaseException] = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(cause)
    return " ".join(f"{each!r} {vars(each)!r}" for each in chain)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda shop: shop.endpoint.plan("token", 401, {"error": "invalid_client"}),
        lambda shop: shop.endpoint.refuse(unauthorized("InvalidToken"), times=2),
    ],
)
def test_no_error_shows_a_secret_or_a_token(shop: Shop, spoil: Callable[[Shop], None]) -> None:
    spoil(shop)

    with pytest.raises(AmazonKeysRejected) as failed:
        shop.item(ASIN)

    said = leaks(failed.value)
    assert shop.endpoint.accounts[0].secret not in said
    assert not any(token in said for token in shop.endpoint.tokens.given)
