"""Sites and their connections: what concurrent changes allow, and what is written and read."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from amzlinkr.domain.amazon_errors import AmazonKeysRejected, AmazonNotEligible, Upstream
from amzlinkr.domain.connections import NO_SECRET, UNCONNECTED_SECRET_TTL, State
from amzlinkr.domain.errors import ApiKeyRejected, NotFound, StoreUnavailable
from amzlinkr.domain.ports import Task
from amzlinkr.domain.sites import Caller, Site, sandbox_id_of
from amzlinkr.storage.errors import Conflict
from amzlinkr.storage.site_items import get_site
from amzlinkr.wiring import Dependencies
from tests.clock import START
from tests.integration.aws_spy import record_calls, run_before_call
from tests.stored_sites import claim_site, connect_site, connection, key, revoke_key
from tests.unit.storage.reads import recorded_reads

MINUTE = timedelta(minutes=1)
NOT_ELIGIBLE = AmazonNotEligible(upstream=Upstream("paapi5", 403, "AssociateNotEligible"))
REJECTED = AmazonKeysRejected(upstream=Upstream("paapi5", 401, "InvalidSignature"))


def stored(stores: Dependencies) -> Site:
    return stores.sites.require("site_a")


def scheduled_secrets(stores: Dependencies) -> list[str]:
    """Return the names of the secrets that are due for deletion."""
    return [entry.subject for entry in stores.outbox.due(Task.SECRET_DELETION, START)]


def test_other_connection_is_deleted_with_its_secret(stores: Dependencies, caller: Caller) -> None:
    connect_site(stores, caller, "US", "DE")

    secret_ids = stores.sites.disconnect(caller, stored(stores), connection("DE"), START)

    site = stored(stores)
    assert secret_ids == ("s/DE/1",)
    assert scheduled_secrets(stores) == ["s/DE/1"]
    assert (site.primary, set(site.connections)) == ("US", {"US"})


def test_primary_connection_is_succeeded_by_the_next_one(
    stores: Dependencies, caller: Caller
) -> None:
    connect_site(stores, caller, "US", "JP", "DE")
    primaries = []
    for code in ("US", "DE", "JP"):
        stores.sites.disconnect(caller, stored(stores), connection(code), START)
        primaries.append(stored(stores).primary)

    assert primaries == ["DE", "JP", None]


def replace_credentials(stores: Dependencies, caller: Caller) -> None:
    new = replace(connection("US"), secret_version="v2")
    stores.sites.connect(caller, new, connection("US"), START)


def make_other_primary(stores: Dependencies, caller: Caller) -> None:
    stores.sites.change(caller, START, None, "DE", None)


def disconnect_other(stores: Dependencies, caller: Caller) -> None:
    stores.sites.disconnect(caller, stored(stores), connection("DE"), START)


@pytest.mark.parametrize(
    ("removed", "change"),
    [("US", replace_credentials), ("DE", make_other_primary), ("US", disconnect_other)],
)
def test_deletion_decided_on_an_older_state_deletes_nothing(
    stores: Dependencies,
    caller: Caller,
    removed: str,
    change: Callable[[Dependencies, Caller], None],
) -> None:
    connect_site(stores, caller, "US", "DE")
    read = stored(stores)
    change(stores, caller)
    before = stored(stores), scheduled_secrets(stores)

    with pytest.raises(StoreUnavailable, match="at the same time"):
        stores.sites.disconnect(caller, read, connection(removed), START)

    assert (stored(stores), scheduled_secrets(stores)) == before


def test_only_given_settings_are_changed(stores: Dependencies, caller: Caller) -> None:
    connect_site(stores, caller, "US", "DE")
    stores.sites.change(caller, START, "new@example.com", None, None)
    stores.sites.change(caller, START, None, "DE", 6)
    with record_calls() as made:
        stores.sites.change(caller, START, None, None, None)

    site = stored(stores)
    assert made == []
    assert (site.email, site.primary, site.interval) == (
        "new@example.com", "DE", timedelta(hours=6),
    )  # fmt: skip


def test_unconnected_marketplace_does_not_become_primary(
    stores: Dependencies, caller: Caller
) -> None:
    connect_site(stores, caller, "US")
    before = stored(stores)

    with pytest.raises(StoreUnavailable):
        stores.sites.change(caller, START, "new@example.com", "DE", None)

    assert stored(stores) == before


def test_revoked_caller_changes_nothing(stores: Dependencies, caller: Caller) -> None:
    connect_site(stores, caller, "US")
    before = stored(stores)
    revoke_key(stores, caller.site_id, caller.kid)

    for write in (
        lambda: stores.sites.change(caller, START, "new@example.com", None, None),
        lambda: stores.sites.connect(caller, connection("DE"), None, START),
        lambda: stores.sites.disconnect(caller, before, connection("US"), START),
    ):
        with pytest.raises(ApiKeyRejected):
            write()
    assert stored(stores) == before


def test_connected_secret_is_no_longer_scheduled_for_deletion(
    stores: Dependencies, caller: Caller
) -> None:
    for code in ("US", "DE"):
        stores.outbox.schedule(Task.SECRET_DELETION, f"s/{code}/1", START)

    connect_site(stores, caller, "US")

    assert scheduled_secrets(stores) == ["s/DE/1"]


@pytest.mark.parametrize("secret_id", ["s/US/1", "s/US/2", NO_SECRET])
def test_replaced_secret_is_scheduled_for_deletion(
    stores: Dependencies, caller: Caller, secret_id: str
) -> None:
    connect_site(stores, caller, "US")
    new = replace(connection("US"), secret_id=secret_id, secret_version="v2")

    stores.sites.connect(caller, new, connection("US"), START)

    due = stores.outbox.due(Task.SECRET_DELETION, START + UNCONNECTED_SECRET_TTL)
    kept = [] if secret_id == "s/US/1" else [("s/US/1", START + UNCONNECTED_SECRET_TTL)]
    assert [(entry.subject, entry.due_at) for entry in due] == kept


@pytest.mark.parametrize(
    ("before", "after", "is_recovery"),
    [
        (State.KEYS_REJECTED, State.VALID, True),
        (State.VALID, State.VALID, False),
        (State.KEYS_REJECTED, State.KEYS_REJECTED, False),
    ],
)
def test_credentials_that_work_again_are_a_recovery(
    stores: Dependencies, caller: Caller, before: State, after: State, is_recovery: bool
) -> None:
    old = replace(connection("US"), state=before)
    stores.sites.connect(caller, old, None, START - MINUTE)
    for entry in stores.outbox.due(Task.ACCOUNT_RECOVERY, START):
        stores.outbox.complete(Task.ACCOUNT_RECOVERY, entry)

    stores.sites.connect(caller, replace(old, state=after, secret_version="v2"), old, START)

    due = stores.outbox.due(Task.ACCOUNT_RECOVERY, START)
    assert [entry.due_at for entry in due] == ([START] if is_recovery else [])


def test_changes_of_connections_are_in_the_audit_log(stores: Dependencies, caller: Caller) -> None:
    connect_site(stores, caller, "US")
    new = replace(connection("US"), account_key="q2", secret_version="v2")
    stores.sites.connect(caller, new, connection("US"), START)
    stores.sites.disconnect(caller, stored(stores), new, START + MINUTE)

    page = stores.audit_log.page(caller.site_id, None, 9, START + MINUTE)
    assert {event.event for event in page.events} == {
        "key_created", "credentials_replaced", "connection_deleted",
    }  # fmt: skip


@pytest.mark.parametrize("is_suspended", [False, True])
def test_connection_of_another_request_or_a_suspended_site_is_not_replaced(
    stores: Dependencies, caller: Caller, is_suspended: bool
) -> None:
    connect_site(stores, caller, "US")
    if is_suspended:
        stores.suspensions.suspend("a.example", START)
    stores.outbox.schedule(Task.SECRET_DELETION, "s/new", START)
    new = replace(connection("US"), secret_id="s/new")

    with pytest.raises(Conflict):
        stores.sites.connect(caller, new, connection("US") if is_suspended else None, START)

    assert stored(stores).connections == {"US": connection("US")}
    assert scheduled_secrets(stores) == ["s/new"]


def test_connection_of_a_sandbox_changes_the_version_of_its_site(
    stores: Dependencies, caller: Caller
) -> None:
    sandbox, record = sandbox_id_of(caller.site_id), key()
    stores.api_keys.add(caller, sandbox, record, START, START)
    before = get_site(caller.site_id).version

    account = replace(connection(), secret_id=NO_SECRET, secret_version="new")
    stores.sites.connect(Caller(sandbox, record.kid), account, None, START)

    assert (before, get_site(caller.site_id).version) == (record.kid, "new")
    assert stores.sites.require(sandbox).primary == "US"
    assert stored(stores).primary is None


def test_connections_of_suspended_sites_are_left_out(stores: Dependencies, caller: Caller) -> None:
    other = claim_site(stores, "site_b")
    for owner in (caller, other):
        connect_site(stores, owner, "US")
    wanted = [("site_a", "US"), ("site_b", "US"), ("site_b", "DE"), ("site_a", "US")]
    stores.suspensions.suspend("b.example", START)
    assert stores.sites.connections(wanted) == {("site_a", "US"): connection()}

    stores.suspensions.resume("b.example")
    assert set(stores.sites.connections(wanted)) == {("site_a", "US"), ("site_b", "US")}


def test_result_is_written_only_on_a_state_change(stores: Dependencies, caller: Caller) -> None:
    connect_site(stores, caller, "US")
    writes: Counter[str] = Counter()
    for minutes, error in enumerate((None, None, NOT_ELIGIBLE, NOT_ELIGIBLE, None)):
        account = stored(stores).connections["US"]
        with record_calls() as made:
            stores.sites.record_result("site_a", account, error, START + minutes * MINUTE)
        writes.update(made)

    # The recovery is recorded together with the last result.
    assert writes == {"GetItem": 3, "UpdateItem": 2, "TransactWriteItems": 1}
    assert stored(stores).connections["US"].state is State.VALID


def test_result_of_replaced_or_deleted_credentials_is_not_recorded(
    stores: Dependencies, caller: Caller
) -> None:
    connect_site(stores, caller, "US", "DE")
    former, deleted = stored(stores).connections["US"], stored(stores).connections["DE"]
    replace_credentials(stores, caller)
    stores.sites.disconnect(caller, stored(stores), deleted, START)
    before = stored(stores)

    for account in (former, deleted):
        stores.sites.record_result("site_a", account, REJECTED, START + MINUTE)

    assert stored(stores) == before


def test_later_result_of_a_concurrent_call_is_kept(stores: Dependencies, caller: Caller) -> None:
    connect_site(stores, caller, "US")
    account = stored(stores).connections["US"]

    def record_later_success() -> None:
        stores.sites.record_result("site_a", account, None, START + 2 * MINUTE)

    with run_before_call(2, record_later_success) as made:
        stores.sites.record_result("site_a", account, REJECTED, START + MINUTE)

    assert made == ["GetItem", "UpdateItem", "GetItem"]
    assert stored(stores).connections["US"].state is State.VALID


def test_deleted_site_is_not_found(stores: Dependencies, caller: Caller) -> None:
    stores.site_deletions.delete_site(caller, START)

    assert stores.sites.get("site_a") is None
    with pytest.raises(NotFound):
        stores.sites.require("site_a")


def test_sites_are_read_consistently(stores: Dependencies, caller: Caller) -> None:
    connect_site(stores, caller, "US")
    with recorded_reads() as reads:
        stores.sites.get("site_a")
        stores.sites.site_of_host("a.example")
        stores.sites.record_result("site_a", connection(), REJECTED, START)

    assert reads.consistent == ["Query", "GetItem", "GetItem"]
    assert reads.eventual == []
