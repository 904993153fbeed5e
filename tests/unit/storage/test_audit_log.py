"""The audit log: pages of events, newest first, for 90 days, with the change or not at all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from pynamodb.transactions import TransactWrite

from amzlinkr.config import Config
from amzlinkr.domain import audit
from amzlinkr.domain.audit import AUDIT_RETENTION, AuditEvent
from amzlinkr.domain.errors import ApiKeyRejected, NotFound, StoreUnavailable
from amzlinkr.domain.sites import Caller, sandbox_id_of
from amzlinkr.storage.audit_log import record_events
from amzlinkr.wiring import Dependencies
from tests.clock import START, deadline_in
from tests.integration.aws_spy import fail_calls, table
from tests.stored_sites import claim_site, connect_site, connection, key, revoke_key, signup

MINUTE = timedelta(minutes=1)


def record(stores: Dependencies, site_id: str, *events: AuditEvent | None) -> None:
    with TransactWrite(connection=stores.connection) as transaction:
        record_events(transaction, site_id, *events)


def named(number: int, at: datetime = START) -> AuditEvent:
    return audit.key_revoked("k", f"{number}", at)


def read_all(stores: Dependencies, site_id: str, limit: int, now: datetime) -> list[AuditEvent]:
    """Return the events of all pages."""
    found: list[AuditEvent] = []
    after = None
    while True:
        page = stores.audit_log.page(site_id, after, limit, now)
        assert len(page.events) <= limit
        found += page.events
        after = page.next_key
        if after is None:
            return found


def names(stores: Dependencies, site_id: str = "site_a", now: datetime = START) -> list[str]:
    return [event.event for event in read_all(stores, site_id, 100, now)]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_pages_have_all_events_once_and_newest_first(stores: Dependencies, limit: int) -> None:
    # Two events per moment, so that a page can end between them.
    events = [named(number, START + (number // 2) * MINUTE) for number in range(7)]
    for event in events:
        record(stores, "site_x", event)

    found = read_all(stores, "site_x", limit, START + 4 * MINUTE)

    assert {event.event_id: event for event in found} == {event.event_id: event for event in events}
    assert len(found) == len(events)
    assert [event.at for event in found] == sorted((event.at for event in events), reverse=True)


def test_events_are_shown_for_90_days_to_the_millisecond(stores: Dependencies) -> None:
    record(stores, "site_x", named(1))
    end = START + AUDIT_RETENTION

    assert names(stores, "site_x", end) == ["key_revoked"]
    assert names(stores, "site_x", end + timedelta(milliseconds=1)) == []


def test_position_that_became_too_old_has_no_page(stores: Dependencies) -> None:
    for number in range(2):
        record(stores, "site_x", named(number, START + number * MINUTE))
    page = stores.audit_log.page("site_x", None, 1, START + MINUTE)
    assert page.next_key is not None

    late = stores.audit_log.page("site_x", page.next_key, 1, START + AUDIT_RETENTION + 2 * MINUTE)

    assert (late.events, late.next_key) == ((), None)


def test_items_expire_after_90_days(stores: Dependencies, aws: Config) -> None:
    record(stores, "site_x", named(1))

    (item,) = table(aws.sites_table).values()
    assert item["expires"] == (START + AUDIT_RETENTION).timestamp()


def test_sites_have_their_own_events(stores: Dependencies) -> None:
    record(stores, "site_x", named(1), None)

    assert names(stores, "site_x") == ["key_revoked"]
    for other in ("site_y", "site_", "site_x#", sandbox_id_of("site_x")):
        assert names(stores, other) == []


def test_requests_that_read_a_site_do_not_read_its_events(
    stores: Dependencies, caller: Caller, aws: Config
) -> None:
    keys = [name for name, row in table(aws.sites_table).items() if row["type"] == "audit_event"]

    assert keys
    assert not [name for name in keys if name.startswith("site_a")]


def change_settings(stores: Dependencies, caller: Caller) -> None:
    stores.sites.change(caller, START, "new@example.com", None, 6)


def replace_credentials(stores: Dependencies, caller: Caller) -> None:
    new = replace(connection("US"), secret_version="v2", account_key="q2")
    stores.sites.connect(caller, new, connection("US"), START)


def disconnect(stores: Dependencies, caller: Caller) -> None:
    stores.sites.disconnect(caller, stores.sites.require("site_a"), connection("US"), START)


def add_key(stores: Dependencies, caller: Caller) -> None:
    stores.api_keys.add(caller, "site_a", key(), START, START + MINUTE)


def revoke(stores: Dependencies, caller: Caller) -> None:
    revoke_key(stores, "site_a", caller.kid)


def sign_up_again(stores: Dependencies, _caller: Caller) -> None:
    stores.signups.claim(signup("a.example"), "site_b", key(), START)


def suspend(stores: Dependencies, _caller: Caller) -> None:
    stores.suspensions.suspend("a.example", START)


Change = Callable[[Dependencies, Caller], None]
CHANGES: dict[str, Change] = {
    "settings_changed": change_settings,
    "credentials_replaced": replace_credentials,
    "connection_deleted": disconnect,
    "key_created": add_key,
    "key_revoked": revoke,
    "signed_up_again": sign_up_again,
    "suspended": suspend,
}


@pytest.mark.parametrize("name", CHANGES)
def test_change_and_event_are_one_transaction(
    stores: Dependencies, caller: Caller, aws: Config, name: str
) -> None:
    connect_site(stores, caller, "US")
    before = table(aws.sites_table)
    earlier = names(stores)

    with (
        fail_calls(lambda call: "TransactItems" in call, "InternalServerError"),
        pytest.raises(StoreUnavailable),
    ):
        CHANGES[name](stores, caller)
    after_failure = table(aws.sites_table)
    # The host is marked first. The command can be repeated until all its sites are suspended.
    after_failure.pop("hostname#a.example suspension", None)
    assert after_failure == before

    CHANGES[name](stores, caller)
    after = names(stores)
    for event in earlier:
        after.remove(event)
    assert name in after
    assert len(after) == (2 if name == "signed_up_again" else 1)


@pytest.mark.parametrize("name", ["settings_changed", "credentials_replaced", "connection_deleted"])
def test_rejected_change_has_no_event(stores: Dependencies, caller: Caller, name: str) -> None:
    connect_site(stores, caller, "US")
    revoke_key(stores, "site_a", caller.kid)
    before = names(stores)

    with pytest.raises(ApiKeyRejected):
        CHANGES[name](stores, caller)

    assert names(stores) == before


def test_repeated_changes_have_no_second_event(stores: Dependencies, caller: Caller) -> None:
    for at in (START, START + MINUTE):
        stores.suspensions.suspend("a.example", at)
    for _ in range(2):
        stores.suspensions.resume("a.example")
    revoke_key(stores, "site_a", caller.kid)
    with pytest.raises(NotFound):
        revoke_key(stores, "site_a", caller.kid)

    assert sorted(names(stores)) == ["key_created", "key_revoked", "resumed", "suspended"]


def test_purge_deletes_the_events_of_a_site_and_its_sandbox(
    stores: Dependencies, aws: Config
) -> None:
    caller = claim_site(stores, "site_a")
    record(stores, sandbox_id_of("site_a"), named(1))
    record(stores, "site_b", named(2))
    stores.site_deletions.delete_site(caller, START)

    assert stores.site_deletions.purge_rows("site_a", deadline_in())

    kept = [row for row in table(aws.sites_table).values() if row["type"] == "audit_event"]
    assert [row["pk"] for row in kept] == ["audit#site_b"]
