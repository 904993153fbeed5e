"""Retries of calls: which errors are retried, the backoff, and clock skew, on real sockets."""

from datetime import timedelta
from email.utils import format_datetime

import pytest

from amzlinkr.amazon.retry import MAX_CALL_ATTEMPTS, MIN_ATTEMPT_SECONDS, wait_before_retry
from amzlinkr.domain.amazon_errors import (
    AmazonClockSkew,
    AmazonError,
    AmazonKeysRejected,
    AmazonThrottled,
    AmazonUnavailable,
)
from amzlinkr.domain.clock import Deadline
from tests.clock import START, FakeClock
from tests.unit.amazon.accounts import UnlimitedRateLimiter, catalog_at
from tests.unit.wire import Script, Wire, reply

ASINS = ["B000000001"]
BUSY = reply(500, {"__type": "InternalFailure", "message": "oops"})
GOOD = reply(200, {"ItemsResult": {"Items": []}})
SLOW_DOWN = reply(429, {"Errors": [{"Code": "TooManyRequests", "Message": "no"}]})


def expired(hours_ahead: float) -> Script:
    date = format_datetime(START + timedelta(hours=hours_ahead), usegmt=True)
    return reply(401, {"Errors": [{"Code": "RequestExpired", "Message": "late"}]}, Date=date)


def test_server_errors_are_retried_with_growing_backoff(clock: FakeClock) -> None:
    limiter = UnlimitedRateLimiter()
    with Wire([BUSY, BUSY, GOOD]) as wire:
        catalog_at(wire.url, clock, rate_limiter=limiter).items(ASINS, Deadline.after(clock, 3))

    assert len(wire.sent) == 3
    assert limiter.reservations == 3
    assert 0.1 <= clock.slept[0] <= 0.2 <= clock.slept[1] <= 0.4
    assert (limiter.successes, limiter.throttled) == (1, 0)


def test_retries_end_after_the_maximum_number_of_attempts(clock: FakeClock) -> None:
    with Wire([BUSY]) as wire, pytest.raises(AmazonUnavailable):
        catalog_at(wire.url, clock).items(ASINS, Deadline.after(clock, 60))

    assert len(wire.sent) == MAX_CALL_ATTEMPTS


def test_no_retry_without_enough_remaining_time(clock: FakeClock) -> None:
    with Wire([BUSY]) as wire, pytest.raises(AmazonUnavailable):
        catalog_at(wire.url, clock).items(ASINS, Deadline.after(clock, MIN_ATTEMPT_SECONDS))

    assert len(wire.sent) == 1
    assert clock.slept == []


def test_429_is_not_retried_and_is_reported_to_the_rate_limiter(clock: FakeClock) -> None:
    limiter = UnlimitedRateLimiter()
    with Wire([SLOW_DOWN, GOOD]) as wire, pytest.raises(AmazonThrottled):
        catalog_at(wire.url, clock, rate_limiter=limiter).items(ASINS, Deadline.after(clock, 60))

    assert len(wire.sent) == 1
    assert (limiter.successes, limiter.throttled) == (0, 1)


def test_refusal_is_not_retried(clock: FakeClock) -> None:
    refused = reply(401, {"Errors": [{"Code": "InvalidSignature"}]})
    with Wire([refused]) as wire, pytest.raises(AmazonKeysRejected):
        catalog_at(wire.url, clock).items(ASINS, Deadline.after(clock, 60))

    assert len(wire.sent) == 1


def test_expired_request_is_signed_once_more_with_amazons_time(clock: FakeClock) -> None:
    with Wire([expired(2), GOOD]) as wire:
        lookup = catalog_at(wire.url, clock).items(ASINS, Deadline.after(clock, 3))

    dates = [sent.headers["x-amz-date"] for sent in wire.sent]
    assert dates == ["20261123T120000Z", "20261123T140000Z"]
    assert lookup.requested_at == START


def test_second_expired_request_is_reported(clock: FakeClock) -> None:
    with Wire([expired(2), expired(4)]) as wire, pytest.raises(AmazonClockSkew) as failed:
        catalog_at(wire.url, clock).items(ASINS, Deadline.after(clock, 3))

    assert len(wire.sent) == 2
    assert failed.value.retryable


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Nov 2026 12:00:00 GMT"])
def test_expired_request_without_a_readable_date_is_reported_without_retry(
    clock: FakeClock, date: str
) -> None:
    late = reply(401, {"Errors": [{"Code": "RequestExpired"}]}, Date=date)
    with Wire([late]) as wire, pytest.raises(AmazonClockSkew):
        catalog_at(wire.url, clock).items(ASINS, Deadline.after(clock, 3))

    assert len(wire.sent) == 1


@pytest.mark.parametrize(
    ("error", "attempt", "remaining", "is_retried"),
    [
        (AmazonUnavailable(), 1, 10.0, True),
        (AmazonUnavailable(), MAX_CALL_ATTEMPTS, 10.0, False),
        (AmazonUnavailable(), 1, MIN_ATTEMPT_SECONDS, False),
        (AmazonThrottled(), 1, 10.0, False),
        (AmazonClockSkew(), 1, 10.0, False),
        (AmazonKeysRejected(), 1, 10.0, False),
    ],
)
def test_only_unavailability_is_retried(
    clock: FakeClock, error: AmazonError, attempt: int, remaining: float, is_retried: bool
) -> None:
    wait = wait_before_retry(error, attempt, Deadline.after(clock, remaining), 1.0)

    assert (wait is not None) is is_retried


@pytest.mark.parametrize(
    ("attempt", "jitter", "wait"), [(1, 0.0, 0.1), (1, 1.0, 0.2), (2, 0.0, 0.2), (2, 1.0, 0.4)]
)
def test_wait_doubles_and_is_random_by_half(
    clock: FakeClock, attempt: int, jitter: float, wait: float
) -> None:
    def waited(seconds: float) -> float | None:
        deadline = Deadline.after(clock, seconds)
        return wait_before_retry(AmazonUnavailable(), attempt, deadline, jitter)

    assert waited(wait + MIN_ATTEMPT_SECONDS + 0.01) == pytest.approx(wait)
    assert waited(wait + MIN_ATTEMPT_SECONDS - 0.01) is None


def test_other_errors_are_not_reported_to_the_rate_limiter(clock: FakeClock) -> None:
    limiter = UnlimitedRateLimiter()
    refused = reply(401, {"Errors": [{"Code": "InvalidSignature"}]})
    with Wire([refused]) as wire, pytest.raises(AmazonKeysRejected):
        catalog_at(wire.url, clock, rate_limiter=limiter).items(ASINS, Deadline.after(clock, 60))

    assert (limiter.reservations, limiter.successes, limiter.throttled) == (1, 0, 0)


def test_expired_request_without_a_difference_of_the_clocks_is_not_repeated(
    clock: FakeClock,
) -> None:
    with Wire([expired(0), GOOD]) as wire, pytest.raises(AmazonClockSkew):
        catalog_at(wire.url, clock).items(ASINS, Deadline.after(clock, 3))

    assert len(wire.sent) == 1
