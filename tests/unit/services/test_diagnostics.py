"""Diagnostics: the one call to Amazon, its recorded result, and limits of our own."""

from dataclasses import replace
from typing import Any

import pytest

from amzlinkr.config import Config
from amzlinkr.domain.amazon_errors import AmazonThrottled
from amzlinkr.domain.clock import Deadline, to_unix_ms
from amzlinkr.domain.connections import Connection, State
from amzlinkr.domain.diagnosis import Step
from amzlinkr.domain.errors import NotConnected
from amzlinkr.storage.records import RateLimiterItem
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock
from tests.fakes import product
from tests.stored_sites import claim_site, connection
from tests.unit.amazon.accounts import credentials
from tests.unit.wire import Script, Wire, reply

pytestmark = pytest.mark.memory_aws
ASIN = "B000000001"
EMPTY_SEARCH = reply(200, {"SearchResult": {"TotalResultCount": 0, "SearchURL": "", "Items": []}})
ITEM = {"ASIN": ASIN, "DetailPageURL": f"https://www.amazon.com/dp/{ASIN}"}
LOOKUP = reply(200, {"ItemsResult": {"Items": [ITEM]}})


@pytest.fixture
def deps(aws: Config, clock: FakeClock) -> Dependencies:
    """Return dependencies with one connected site, `site_a`."""
    deps = Dependencies(aws, clock)
    caller = claim_site(deps)
    secret_id, version = deps.amazon_accounts.store_credentials("site_a", credentials(), None)
    connected = replace(connection(), secret_id=secret_id, secret_version=version)
    deps.sites.connect(caller, connected, None, START)
    return deps


def diagnose(deps: Dependencies, *responses: Script) -> tuple[list[Step], Connection, list[Any]]:
    """Return the steps, the connection, and the requests while Amazon sends these responses."""
    with Wire(list(responses)) as wire:
        at_wire = Dependencies(replace(deps.config, amazon_url=wire.url), deps.clock)
        deadline = Deadline.after(deps.clock, 3)
        steps, connected = at_wire.diagnostics.diagnose("site_a", None, deadline)
        return steps, connected, wire.sent


def test_site_without_products_searches_and_the_success_is_recorded(deps: Dependencies) -> None:
    steps, connected, sent = diagnose(deps, EMPTY_SEARCH)

    assert [request.path.rpartition("/")[2] for request in sent] == ["searchitems"]
    assert [step.ok for step in steps[:4]] == [True] * 4
    assert (connected.state, connected.last_ok_at) == (State.VALID, START)
    assert deps.sites.require("site_a").connection("US") == connected


def test_imported_products_are_requested(deps: Dependencies) -> None:
    deps.product_writer.add("site_a", "US", [product(ASIN)])

    steps, _, sent = diagnose(deps, LOOKUP)

    assert [request.path.rpartition("/")[2] for request in sent] == ["getitems"]
    assert ASIN.encode() in sent[0].body
    assert all(step.ok for step in steps)


def test_failure_of_the_account_is_recorded(deps: Dependencies) -> None:
    rejected = reply(401, {"Errors": [{"Code": "InvalidSignature", "Message": "Refused."}]})

    steps, connected, _ = diagnose(deps, rejected)

    assert [(step.ok, step.code) for step in steps[:2]] == [
        (False, "amazon_keys_rejected"), (None, None),
    ]  # fmt: skip
    assert connected.state is State.KEYS_REJECTED
    assert deps.sites.require("site_a").connection("US") == connected


def test_unavailable_amazon_is_called_once_and_not_recorded(deps: Dependencies) -> None:
    before = deps.sites.require("site_a").connection("US")

    steps, connected, sent = diagnose(deps, *[reply(500, b"")] * 3)

    assert "amazon_unavailable" in [step.code for step in steps]
    assert (len(sent), connected) == (1, before)


def test_limit_of_our_own_is_raised_and_not_recorded(deps: Dependencies) -> None:
    before = deps.sites.require("site_a").connection("US")
    RateLimiterItem(before.account_key, next_at=to_unix_ms(START) + 60_000).save()

    with pytest.raises(AmazonThrottled) as error:
        diagnose(deps)

    assert error.value.upstream is None
    assert deps.sites.require("site_a").connection("US") == before


def test_marketplace_without_a_connection_is_not_diagnosed(deps: Dependencies) -> None:
    with pytest.raises(NotConnected):
        deps.diagnostics.diagnose("site_a", "DE", Deadline.after(deps.clock, 3))
