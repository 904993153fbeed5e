"""The age of content: expiry, price status, and the next attempt."""

from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amzlinkr.domain.amazon_errors import (
    AmazonAccessDenied,
    AmazonError,
    AmazonThrottled,
    AmazonUnavailable,
)
from amzlinkr.domain.errors import AmzlinkrError
from amzlinkr.domain.freshness import (
    DEFAULT_REFRESH_INTERVAL,
    MAX_REFRESH_HOURS,
    WITHOUT_CONTENT,
    fresh_until,
    is_expired,
    price_status,
    retry_at,
    status_of,
)
from amzlinkr.domain.products import Deal, Offer, StoredProduct
from tests.clock import START
from tests.fakes import offer

DAY = timedelta(hours=24)
MOMENT = timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("age", "expired"), [(timedelta(), False), (DAY - MOMENT, False), (DAY, True), (2 * DAY, True)]
)
def test_content_expires_after_24_hours(age: timedelta, expired: bool) -> None:
    assert is_expired(START, START + age) is expired


def test_longest_interval_leaves_half_a_day_for_refreshes_after_a_failed_one() -> None:
    assert timedelta(hours=MAX_REFRESH_HOURS) == DAY / 2


def test_default_interval_is_that_of_the_developer_guides() -> None:
    assert timedelta(hours=1) == DEFAULT_REFRESH_INTERVAL


@settings(max_examples=30)
@given(st.integers(1, 100_000) | st.none(), st.sampled_from([AmazonThrottled, AmazonAccessDenied]))
def test_next_attempt_is_within_a_minute_and_an_hour(
    hint: int | None, kind: type[AmazonError]
) -> None:
    delay = retry_at(kind(retry_after=hint), START) - START

    assert timedelta(minutes=1) <= delay <= timedelta(hours=1)


@pytest.mark.parametrize(
    ("ends_after", "shown_for"),
    [(None, DAY), (timedelta(hours=3), timedelta(hours=3)), (DAY, DAY), (2 * DAY, DAY)],
)
def test_price_of_a_deal_ends_with_it(ends_after: timedelta | None, shown_for: timedelta) -> None:
    deal = Deal(ends_at=None if ends_after is None else START + ends_after)

    assert fresh_until(START, replace(offer(), deal=deal)) == START + shown_for
    assert fresh_until(START, offer()) == fresh_until(START) == START + DAY


def test_unobserved_content_is_expired() -> None:
    assert is_expired(None, START)


@pytest.mark.parametrize(
    ("shown", "age", "status"),
    [
        (offer(), timedelta(), "current"),
        (Offer(), timedelta(), "no_offer"),
        (replace(offer(), price=None, hidden=True), timedelta(), "hidden"),
        (replace(offer(), price=None, hidden=True), DAY, "expired"),
        (offer(), DAY, "expired"),
    ],
)
def test_price_status(shown: Offer, age: timedelta, status: str) -> None:
    assert price_status(shown, START, START + age) == status


def test_product_without_details_is_expired_whatever_its_offer() -> None:
    stored = StoredProduct("B000000001", "US", None, offer(), START, kind="expired")

    assert status_of(stored, START) == "expired"


@pytest.mark.parametrize("kind", ["missing", "waiting"])
def test_state_without_content_is_that_of_the_feed(kind: Literal["missing", "waiting"]) -> None:
    stored = StoredProduct("B000000001", "US", None, Offer(), START, kind=kind)

    assert status_of(stored, START) == status_of(stored, START + 2 * DAY) == kind
    assert kind in WITHOUT_CONTENT


@pytest.mark.parametrize(
    ("error", "delay"),
    [
        (AmazonUnavailable(), timedelta(minutes=5)),
        (AmazonAccessDenied(), timedelta(hours=1)),
        (AmazonThrottled(retry_after=80_000), timedelta(hours=1)),
        (AmazonThrottled(retry_after=3), timedelta(minutes=1)),
        (AmazonThrottled(retry_after=1800), timedelta(minutes=30)),
    ],
)
def test_failed_shelf_is_due_again_within_an_hour(error: AmzlinkrError, delay: timedelta) -> None:
    assert retry_at(error, START) == START + delay
