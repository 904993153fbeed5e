"""The age of content: expiry, price status, and the next attempt."""

from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest

from amzlinkr.domain.amazon_errors import AmazonAccessDenied, AmazonThrottled, AmazonUnavailable
from amzlinkr.domain.errors import AmzlinkrError
from amzlinkr.domain.freshness import (
    WITHOUT_CONTENT,
    is_expired,
    price_status,
    retry_at,
    status_of,
)
from amzlinkr.domain.products import Offer, StoredProduct
from tests.clock import START
from tests.fakes import offer

DAY = timedelta(hours=24)
MOMENT = timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("age", "expired"), [(timedelta(), False), (DAY - MOMENT, False), (DAY, True), (2 * DAY, True)]
)
def test_content_expires_after_24_hours(age: timedelta, expired: bool) -> None:
    assert is_expired(START, START + age) is expired


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
