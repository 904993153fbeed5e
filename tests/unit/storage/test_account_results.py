"""Results of calls change a connection, and a recovery is recorded in the same transaction."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from amzlinkr.domain.amazon_errors import AmazonError, AmazonNotEligible, AmazonThrottled, Upstream
from amzlinkr.domain.connections import Connection, State
from amzlinkr.domain.ports import OutboxEntry, Task
from amzlinkr.domain.sites import Caller
from amzlinkr.wiring import Dependencies
from tests.clock import START
from tests.integration.aws_spy import record_calls, writes
from tests.stored_sites import connection

pytestmark = pytest.mark.memory_aws
DAY = timedelta(days=1)
NOT_ELIGIBLE = AmazonNotEligible(upstream=Upstream("paapi5", 403, "AssociateNotEligible"))
THROTTLED = AmazonThrottled(upstream=Upstream("paapi5", 429, "TooManyRequests"))


def recoveries(stores: Dependencies) -> list[OutboxEntry]:
    return stores.outbox.due(Task.ACCOUNT_RECOVERY, START + 9 * DAY)


def record(stores: Dependencies, error: AmazonError | None, at: datetime, code: str = "US") -> None:
    stored = stores.sites.require("site_a").connections[code]
    stores.sites.record_result("site_a", stored, error, at)


def connect(stores: Dependencies, caller: Caller, new: Connection) -> None:
    before = stores.sites.require("site_a").connections.get(new.marketplace)
    stores.sites.connect(caller, new, before, START)


@pytest.mark.parametrize("error", [NOT_ELIGIBLE, THROTTLED])
def test_success_after_failures_is_a_recovery(
    stores: Dependencies, caller: Caller, error: AmazonError
) -> None:
    connect(stores, caller, connection())
    for days, result in enumerate([None, error, error], start=1):
        record(stores, result, START + days * DAY)
        assert recoveries(stores) == []

    record(stores, None, START + 4 * DAY)
    record(stores, None, START + 5 * DAY)

    assert recoveries(stores) == [OutboxEntry("site_a#US", START + 4 * DAY)]
    assert stores.sites.require("site_a").connections["US"].state is State.VALID


def test_result_that_is_stored_already_is_not_written_again(
    stores: Dependencies, caller: Caller
) -> None:
    connect(stores, caller, connection())
    read_before = stores.sites.require("site_a").connections["US"]
    with record_calls() as made:
        for _ in range(2):
            stores.sites.record_result("site_a", read_before, None, START + DAY)

    assert len(writes(made)) == 1


@pytest.mark.parametrize(
    ("before", "after", "is_recovery"),
    [
        (None, State.VALID, True),
        (None, State.NOT_ELIGIBLE, False),
        (State.LINK_ONLY, State.VALID, True),
        (State.RETIRED, State.VALID, True),
        (State.NOT_ELIGIBLE, State.THROTTLED, False),
        (State.VALID, State.VALID, False),
    ],
)
def test_new_credentials_can_be_a_recovery(
    stores: Dependencies, caller: Caller, before: State | None, after: State, is_recovery: bool
) -> None:
    if before is State.LINK_ONLY:
        connect(stores, caller, Connection.link_only("US", "t-20", START))
    elif before is not None:
        connect(stores, caller, replace(connection(), state=before))
    for entry in recoveries(stores):
        stores.outbox.complete(Task.ACCOUNT_RECOVERY, entry)

    connect(stores, caller, replace(connection(), state=after, secret_version="v2"))

    assert bool(recoveries(stores)) == is_recovery
