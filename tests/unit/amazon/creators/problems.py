"""Errors of the Creators API and its token services for tests, from the response to the problem."""

import json

import pytest

from amzlinkr.amazon.catalog import open_catalog
from amzlinkr.domain.amazon_errors import AmazonError
from amzlinkr.domain.clock import Deadline
from amzlinkr.http.response import problem
from tests.calls import API_URL
from tests.clock import FakeClock
from tests.unit.amazon.accounts import CREDENTIAL_SECRET, UnlimitedRateLimiter, creators_account
from tests.unit.wire import Script, Wire, reply

TOKEN = reply(200, {"access_token": "Atc|unit-token", "expires_in": 3600, "token_type": "bearer"})
KEYS, TAG = (422, "amazon_keys_rejected"), (422, "amazon_partner_tag_rejected")
DENIED, ELIGIBLE = (424, "amazon_access_denied"), (424, "amazon_not_eligible")
SLOW, DOWN = (503, "amazon_throttled"), (503, "amazon_unavailable")
REFUSED = (422, "amazon_rejected_request")
Expected = tuple[int, str]


def error_of(*scripts: Script) -> tuple[AmazonError, int]:
    """Return the error of a call with these responses, and the number of requests sent."""
    clock = FakeClock()
    with Wire(scripts) as wire:
        catalog = open_catalog(
            creators_account(), UnlimitedRateLimiter(), clock, wire.url, max_attempts=1
        )
        with pytest.raises(AmazonError) as caught:
            catalog.items(["B000000001"], Deadline.after(clock, 3))
    return caught.value, len(wire.sent)


def check(error: AmazonError, expected: Expected, service: str, code: str | None) -> None:
    body = json.loads(problem(error, "r", API_URL).encoded())
    assert (body["status"], body["code"]) == expected
    assert (body["upstream"]["service"], body["upstream"].get("code")) == (service, code)
    assert body["action"]
    assert CREDENTIAL_SECRET not in str(body)
    if expected == KEYS:
        assert "version" in body["action"]
