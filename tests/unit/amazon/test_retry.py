"""When a call is sent again, with which date, and when it must be over: on real sockets."""

import time
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime

import pytest

from amzlinkr.amazon.retry import MAX_ATTEMPTS, MIN_ATTEMPT_SECONDS, wait_before_retry
from amzlinkr.domain.amazon_errors import (
    AmazonClockSkew,
    AmazonError,
    AmazonKeysRejected,
    AmazonThrottled,
    AmazonUnavailable,
)
from amzlinkr.domain.clock import Deadline, SystemClock
from tests.clock import START, FakeClock
from tests.unit.amazon.accounts import UnlimitedRateLimiter, catalog_at
from tests.unit.wire import Script, Wire, answer, dripping_body, dripping_headers

ASIN = ["B000000001"]
BUSY = answer(500, {"__type": "InternalFailure", "message": "oops"})
GOOD = answer(200, {"ItemsResult": {"Items": []}})
SLOW_DOWN = answer(429, {"Errors": [{"Code": "TooManyRequests", "Message": "no"}]})


def expired(hours_ahead: float) -> Script:
    date = format_datetime(START + timedelta(hours=hours_ahead), usegmt=True)
    return answer(401, {"Errors": [{"Code": "RequestExpired", "Message": "late"}]}, Date=date)


def test_server_errors_are_tried_again_and_the_wait_grows(clock: FakeClock) -> None:
    pacer = UnlimitedRateLimiter()
    with Wire([BUSY, BUSY, GOOD]) as wire:
        catalog_at(wire.url, clock, pacer=pacer).items(ASIN, Deadline.after(clock, 3))

    assert len(wire.sent) == 3
    assert pacer.waits == 3
    assert 0.1 <= clock.slept[0] <= 0.2 <= clock.slept[1] <= 0.4
    assert (pacer.good, pacer.bad) == (1, 0)


def test_a_server_that_stays_broken_is_given_up(clock: FakeClock) -> None:
    with Wire([BUSY]) as wire, pytest.raises(AmazonUnavailable):
        catalog_at(wire.url, clock).items(ASIN, Deadline.after(clock, 60))

    assert len(wire.sent) == MAX_ATTEMPTS


def test_no_attempt_is_made_that_the_deadline_would_cut_off(clock: FakeClock) -> None:
    with Wire([BUSY]) as wire, pytest.raises(AmazonUnavailable):
        catalog_at(wire.url, clock).items(ASIN, Deadline.after(clock, MIN_ATTEMPT_SECONDS))

    assert len(wire.sent) == 1
    assert clock.slept == []


def test_without_time_nothing_is_sent(clock: FakeClock) -> None:
    with Wire([GOOD]) as wire, pytest.raises(AmazonUnavailable) as failed:
        catalog_at(wire.url, clock).items(ASIN, Deadline.after(clock, 0))

    assert wire.sent == []
    assert failed.value.upstream is not None
    assert failed.value.upstream.code == "DeadlineExceeded"


def test_a_429_is_never_repeated_and_slows_the_account_down(clock: FakeClock) -> None:
    pacer = UnlimitedRateLimiter()
    with Wire([SLOW_DOWN, GOOD]) as wire, pytest.raises(AmazonThrottled):
        catalog_at(wire.url, clock, pacer=pacer).items(ASIN, Deadline.after(clock, 60))

    assert len(wire.sent) == 1
    assert (pacer.good, pacer.bad) == (0, 1)


def test_a_refusal_is_never_repeated(clock: FakeClock) -> None:
    refused = answer(401, {"Errors": [{"Code": "InvalidSignature"}]})
    with Wire([refused]) as wire, pytest.raises(AmazonKeysRejected):
        catalog_at(wire.url, clock).items(ASIN, Deadline.after(clock, 60))

    assert len(wire.sent) == 1


def test_an_expired_request_is_signed_once_more_with_amazons_clock(clock: FakeClock) -> None:
    with Wire([expired(2), GOOD]) as wire:
        lookup = catalog_at(wire.url, clock).items(ASIN, Deadline.after(clock, 3))

    dates = [sent.headers["x-amz-date"] for sent in wire.sent]
    assert dates == ["20261123T120000Z", "20261123T140000Z"]
    assert lookup.requested_at == START


def test_a_request_that_stays_expired_is_reported_after_one_more_try(clock: FakeClock) -> None:
    with Wire([expired(2), expired(4)]) as wire, pytest.raises(AmazonClockSkew) as failed:
        catalog_at(wire.url, clock).items(ASIN, Deadline.after(clock, 3))

    assert len(wire.sent) == 2
    assert failed.value.retryable


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Nov 2026 12:00:00 GMT"])
def test_an_expired_request_without_a_readable_clock_is_reported_at_once(
    clock: FakeClock, date: str
) -> None:
    late = answer(401, {"Errors": [{"Code": "RequestExpired"}]}, Date=date)
    with Wire([late]) as wire, pytest.raises(AmazonClockSkew):
        catalog_at(wire.url, clock).items(ASIN, Deadline.after(clock, 3))

    assert len(wire.sent) == 1


@pytest.mark.parametrize("drip", [dripping_body, dripping_headers])
def test_a_server_that_drips_cannot_outlive_the_deadline(drip: Callable[[float], Script]) -> None:
    clock = SystemClock()
    started = time.monotonic()
    with Wire([drip(3.0)]) as wire:
        catalog = catalog_at(wire.url, clock)
        with pytest.raises(AmazonUnavailable, match="did not answer in time"):
            catalog.items(ASIN, Deadline.after(clock, 0.3))

        assert time.monotonic() - started < 1.0


def test_a_silent_server_cannot_outlive_the_deadline() -> None:
    clock = SystemClock()
    started = time.monotonic()
    with Wire([Script([b"HTTP/1.1 200"], 3.0)]) as wire, pytest.raises(AmazonUnavailable):
        catalog_at(wire.url, clock).items(ASIN, Deadline.after(clock, 0.3))

    assert time.monotonic() - started < 1.0


def test_an_answer_without_end_is_cut_off(clock: FakeClock) -> None:
    endless = Script([b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 65536] * 40])
    with Wire([endless]) as wire, pytest.raises(AmazonUnavailable, match="too large"):
        catalog_at(wire.url, clock).items(ASIN, Deadline.after(clock, 0.6))

    assert len(wire.sent) == 1


@pytest.mark.parametrize(
    ("error", "attempt", "remaining", "again"),
    [
        (AmazonUnavailable(), 1, 10.0, True),
        (AmazonUnavailable(), MAX_ATTEMPTS, 10.0, False),
        (AmazonUnavailable(), 1, MIN_ATTEMPT_SECONDS, False),
        (AmazonThrottled(), 1, 10.0, False),
        (AmazonClockSkew(), 1, 10.0, False),
        (AmazonKeysRejected(), 1, 10.0, False),
    ],
)
def test_only_what_may_pass_by_itself_is_worth_another_call(
    error: AmazonError, attempt: int, remaining: float, again: bool
) -> None:
    assert (wait_before_retry(error, attempt, remaining, 1.0) is not None) is again
