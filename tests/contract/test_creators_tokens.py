"""Tokens of the Creators API: reuse, expiry, replacement, and errors of the token services."""

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
from tests.contract.creators_marketplaces import (
    VERSIONS,
    CatalogSetup,
    account,
    endpoint_for,
    setup_at,
)
from tests.contract.creators_products import FakeProduct, Node, State, listing
from tests.contract.creators_rules import Refusal
from tests.contract.creators_tokens import COGNITO, Account
from tests.contract.creators_variants import Variant

ASIN = "B0TEST0001"
PRODUCTS = FakeProduct(ASIN, "Kettle", (listing(),))
STALE_CODES = ("TokenExpired", "InvalidToken")
SERVICES = {
    "2.1": COGNITO.format("us-east-1"),
    "2.2": COGNITO.format("eu-south-2"),
    "2.3": COGNITO.format("us-west-2"),
    "3.1": "api.amazon.com",
    "3.2": "api.amazon.co.uk",
    "3.3": "api.amazon.co.jp",
}


@pytest.fixture
def setup(clock: FakeClock) -> Iterator[CatalogSetup]:
    state = State((PRODUCTS,), (Node("17", "Books"),))
    with endpoint_for(clock, state=state) as endpoint:
        yield setup_at(endpoint, clock)


@contextmanager
def running_setup(
    clock: FakeClock, *owners: Account, variant: Variant | None = None
) -> Iterator[CatalogSetup]:
    with endpoint_for(clock, PRODUCTS, accounts=owners, variant=variant) as endpoint:
        yield setup_at(endpoint, clock)


def unauthorized(reason: str) -> Refusal:
    return Refusal(401, "UnauthorizedException", reason)


@pytest.mark.parametrize("version", VERSIONS)
def test_each_version_uses_its_token_service_and_header(clock: FakeClock, version: str) -> None:
    with running_setup(clock, account(version)) as setup:
        item = setup.item(ASIN)
        fetch, call = setup.endpoint.seen

    assert item.asin == ASIN
    assert fetch.host == SERVICES[version]
    suffix = f", Version {version}" if version[0] == "2" else ""
    assert call.headers["authorization"] == f"Bearer {call.token}{suffix}"
    assert call.token in setup.endpoint.tokens.issued


@pytest.mark.parametrize("version", ["2.2", "3.2"])
def test_marketplace_is_in_header_and_body(clock: FakeClock, version: str) -> None:
    with running_setup(clock, account(version)) as setup:
        setup.item(ASIN)

    call = setup.endpoint.calls[0]
    assert call.marketplace == call.body["marketplace"] == "www.amazon.de"
    assert call.tag == "n0-other-21"


def test_all_operations_share_one_token(setup: CatalogSetup) -> None:
    for _ in range(3):
        setup.item(ASIN)
        setup.catalog.search(Search("kettle"), setup.deadline())
        setup.catalog.variations(ASIN, 1, setup.deadline())
        setup.catalog.browse_nodes(["17"], setup.deadline())

    assert len(setup.endpoint.token_fetches) == 1
    assert [call.status for call in setup.endpoint.calls] == [200] * 12


def test_token_is_replaced_shortly_before_it_expires(setup: CatalogSetup) -> None:
    setup.item(ASIN)
    setup.clock.advance(seconds=3000)
    setup.item(ASIN)
    early = len(setup.endpoint.token_fetches)
    setup.clock.advance(seconds=599)
    setup.item(ASIN)

    assert (early, len(setup.endpoint.token_fetches)) == (1, 2)
    assert [call.status for call in setup.endpoint.calls] == [200] * 3


@pytest.mark.parametrize("expires_in", [1, 20, 90])
def test_short_lived_tokens_are_replaced_in_time(clock: FakeClock, expires_in: int) -> None:
    with running_setup(clock, account(), variant=Variant(expires_in=expires_in)) as setup:
        for _ in range(4):
            setup.item(ASIN)
            setup.clock.advance(seconds=15)

    assert [call.status for call in setup.endpoint.calls] == [200] * 4
    assert len(setup.endpoint.token_fetches) <= 4


@pytest.mark.parametrize("reason", STALE_CODES)
@pytest.mark.parametrize("variant", [Variant(), Variant(error_type="__type")])
def test_stale_token_is_replaced_once_and_the_call_repeated(
    clock: FakeClock, reason: str, variant: Variant
) -> None:
    with running_setup(clock, account(), variant=variant) as setup:
        setup.item(ASIN)
        setup.endpoint.plan_refusal(unauthorized(reason))
        item = setup.item(ASIN)

    first, second, third = setup.endpoint.calls
    assert item.asin == ASIN
    assert first.token == second.token != third.token
    assert len(setup.endpoint.token_fetches) == 2


@pytest.mark.parametrize("reason", STALE_CODES)
def test_second_rejected_token_is_reported(setup: CatalogSetup, reason: str) -> None:
    setup.endpoint.plan_refusal(unauthorized(reason), times=5)

    with pytest.raises(AmazonKeysRejected) as failed:
        setup.item(ASIN)

    assert failed.value.upstream is not None
    assert (failed.value.upstream.status, failed.value.upstream.code) == (401, reason)
    assert len(setup.endpoint.calls) == len(setup.endpoint.token_fetches) == 2


def test_call_after_rejected_tokens_fetches_a_new_token(setup: CatalogSetup) -> None:
    setup.endpoint.plan_refusal(unauthorized("InvalidToken"), times=2)
    with pytest.raises(AmazonKeysRejected):
        setup.item(ASIN)

    assert setup.item(ASIN).asin == ASIN


@pytest.mark.parametrize("reason", ["InvalidIssuer", "UnsupportedClient", "InvalidClient"])
def test_other_refusals_do_not_replace_the_token(setup: CatalogSetup, reason: str) -> None:
    setup.endpoint.plan_refusal(unauthorized(reason))

    with pytest.raises(AmazonKeysRejected):
        setup.item(ASIN)

    assert len(setup.endpoint.calls) == len(setup.endpoint.token_fetches) == 1


@pytest.mark.parametrize(("version", "status"), [("2.1", 400), ("3.1", 401)])
def test_wrong_secret_rejects_the_keys(clock: FakeClock, version: str, status: int) -> None:
    with running_setup(clock, account(version)) as setup:
        setup.endpoint.accounts[0].secret = "another"
        with pytest.raises(AmazonKeysRejected) as failed:
            setup.item(ASIN)

    assert failed.value.upstream is not None
    assert (failed.value.upstream.status, failed.value.upstream.code) == (status, "invalid_client")
    assert (len(setup.endpoint.token_fetches), len(setup.endpoint.calls)) == (1, 0)


@pytest.mark.parametrize(("real", "entered"), [("2.1", "2.2"), ("3.3", "3.1")])
def test_wrong_version_rejects_the_keys_and_no_other_is_tried(
    clock: FakeClock, real: str, entered: str
) -> None:
    owner = account(entered)
    with running_setup(clock, owner) as setup:
        owner.version = real
        with pytest.raises(AmazonKeysRejected):
            setup.item(ASIN)

    assert [fetch.host for fetch in setup.endpoint.token_fetches] == [SERVICES[entered]]


def test_token_service_can_report_lost_eligibility(setup: CatalogSetup) -> None:
    body = Refusal(403, "AccessDeniedException", "AssociateNotEligible").body
    setup.endpoint.plan_response("token", 403, body)

    with pytest.raises(AmazonNotEligible):
        setup.item(ASIN)


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
def test_failed_token_service_is_retryable(
    setup: CatalogSetup, status: int, body: object, error: type[AmazonError]
) -> None:
    setup.endpoint.plan_response("token", status, body, times=9)

    with pytest.raises(error) as failed:
        setup.item(ASIN)

    assert failed.value.retryable
    assert len(setup.endpoint.calls) == 0


def test_credentials_do_not_share_tokens(clock: FakeClock) -> None:
    owners = (account("3.1"), account("3.1", 1), account("2.2", 2))
    with endpoint_for(clock, PRODUCTS, accounts=owners) as endpoint:
        setups = [setup_at(endpoint, clock, number) for number in range(len(owners))]
        for _ in range(4):
            for each in setups:
                each.item(ASIN)

    assert len(endpoint.token_fetches) == len(owners)
    for call in endpoint.calls:
        owner = endpoint.tokens.issued[call.token].account
        assert call.tag == next(iter(owner.tags.values()))
        assert call.status == 200


def error_chain_text(error: AmazonError) -> str:
    """Return everything that the error and its causes show."""
    chain: list[BaseException] = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(cause)
    return " ".join(f"{each!r} {vars(each)!r}" for each in chain)


@pytest.mark.parametrize(
    "cause_error",
    [
        lambda setup: setup.endpoint.plan_response("token", 401, {"error": "invalid_client"}),
        lambda setup: setup.endpoint.plan_refusal(unauthorized("InvalidToken"), times=2),
    ],
)
def test_error_contains_no_secret_and_no_token(
    setup: CatalogSetup, cause_error: Callable[[CatalogSetup], None]
) -> None:
    cause_error(setup)

    with pytest.raises(AmazonKeysRejected) as failed:
        setup.item(ASIN)

    shown = error_chain_text(failed.value)
    assert setup.endpoint.accounts[0].secret not in shown
    assert not any(token in shown for token in setup.endpoint.tokens.issued)
