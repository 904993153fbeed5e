"""Deleted sites: what ends in one transaction, and what the purge finds afterwards."""

from dataclasses import replace

import pytest

from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.errors import ApiKeyRejected, NotFound, StoreUnavailable
from amzlinkr.domain.imports import Job
from amzlinkr.domain.ports import Task
from amzlinkr.domain.sites import ApiKeyOwner, ApiKeyRecord, Caller, sandbox_id_of
from amzlinkr.storage import item_keys
from amzlinkr.storage.host_records import HostItem
from amzlinkr.storage.job_records import JobsItem
from amzlinkr.storage.records import ProductsItem, ShelfItem, SitesItem
from amzlinkr.storage.site_items import item_from_connection, items_from_api_key
from amzlinkr.wiring import Dependencies
from tests.clock import START
from tests.fakes import product
from tests.integration.aws_spy import Arguments, fail_calls
from tests.stored_sites import claim_site, connect_site, connection, key, revoke_key
from tests.unit.storage.reads import recorded_reads

LATE = replace(connection("DE"), secret_id="s/late")
"""A connection that was written after the deletion; its secret is noted nowhere else."""


def partitions(prefix: str = "") -> set[str]:
    """Return the partition keys of all rows that a site can have."""
    rows = [row for table in (SitesItem, ProductsItem, ShelfItem, JobsItem) for row in table.scan()]
    return {row.pk for row in rows if row.pk.startswith(prefix)}


def tasks(stores: Dependencies, task: Task) -> list[str]:
    return [entry.subject for entry in stores.outbox.due(task, START)]


def fill(stores: Dependencies, site_id: str) -> None:
    """Store a product, a shelf and a job of a site."""
    stores.product_writer.add(site_id, "US", [product("B000000001")])
    stores.jobs.create(Job("job_1", site_id, (), (), START))


def purge(stores: Dependencies, site_id: str = "site_a") -> bool:
    return stores.site_deletions.purge_rows(site_id, Deadline.after(stores.clock, 60))


def test_deletion_ends_access_and_schedules_the_rest(stores: Dependencies) -> None:
    held, of_sandbox = key(), key()
    caller = claim_site(stores, held=held)
    stores.api_keys.add(caller, sandbox_id_of("site_a"), of_sandbox, START, START)
    connect_site(stores, caller, "US", "DE")

    with recorded_reads() as reads:
        secret_ids = stores.site_deletions.delete_site(caller, START)
        purge(stores)

    assert reads.eventual == []
    assert sorted(secret_ids) == tasks(stores, Task.SECRET_DELETION) == ["s/DE/1", "s/US/1"]
    assert tasks(stores, Task.SITE_DELETION) == ["site_a"]
    assert [stores.api_keys.owner(one.digest, START) for one in (held, of_sandbox)] == [None, None]
    assert stores.sites.site_of_host("a.example") is None
    with pytest.raises(NotFound):
        stores.site_deletions.delete_site(caller, START)


def test_revoked_caller_deletes_nothing(stores: Dependencies, caller: Caller) -> None:
    revoke_key(stores, caller.site_id, caller.kid)

    with pytest.raises(ApiKeyRejected):
        stores.site_deletions.delete_site(caller, START)

    assert stores.sites.get("site_a") is not None
    assert tasks(stores, Task.SITE_DELETION) == []


def test_purge_deletes_the_rows_of_the_site_and_its_sandbox_only(
    stores: Dependencies, caller: Caller
) -> None:
    claim_site(stores, "site_b")
    stores.api_keys.add(caller, "test_a", key(), START, START)
    for site_id in ("site_a", "test_a", "site_b"):
        fill(stores, site_id)
    stores.site_deletions.delete_site(caller, START)

    assert purge(stores)

    assert {one for one in partitions() if one.startswith(("site_", "test_"))} == {
        "site_b", "site_deletion",
    }  # fmt: skip
    assert stores.products.get("site_b", "US", "B000000001") is not None


def test_secret_of_a_late_connection_is_scheduled_for_deletion(
    stores: Dependencies, caller: Caller
) -> None:
    stores.site_deletions.delete_site(caller, START)
    item_from_connection("site_a", LATE).save()

    assert purge(stores)

    assert tasks(stores, Task.SECRET_DELETION) == ["s/late"]
    assert "site_a" not in partitions()


def test_late_api_key_is_revoked(stores: Dependencies, caller: Caller) -> None:
    stores.site_deletions.delete_site(caller, START)
    for item in items_from_api_key("site_a", ApiKeyRecord("late", "hash"), START):
        item.save()
    assert stores.api_keys.owner("hash", START) == ApiKeyOwner("site_a", "late")

    assert purge(stores)

    assert stores.api_keys.owner("hash", START) is None


def test_failed_purge_loses_no_secret(stores: Dependencies, caller: Caller) -> None:
    def is_batch_write(arguments: Arguments) -> bool:
        return "RequestItems" in arguments

    stores.site_deletions.delete_site(caller, START)
    item_from_connection("site_a", LATE).save()

    with fail_calls(is_batch_write, "InternalServerError"), pytest.raises(StoreUnavailable):
        purge(stores)

    assert tasks(stores, Task.SECRET_DELETION) == ["s/late"]
    assert "site_a" in partitions()
    assert purge(stores)
    assert "site_a" not in partitions()


def test_site_without_its_host_is_not_deleted(stores: Dependencies, caller: Caller) -> None:
    item = HostItem(item_keys.host("a.example"), item_keys.SITE)
    item.delete()

    with pytest.raises(StoreUnavailable):
        stores.site_deletions.delete_site(caller, START)

    assert stores.sites.require("site_a").host == "a.example"
    assert tasks(stores, Task.SITE_DELETION) == []
