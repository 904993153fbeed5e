"""The contract of the stores: one suite on moto and on the embedded AWS."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.errors import RateLimited
from amzlinkr.domain.imports import Chunk, Entry, Job, Problem
from amzlinkr.domain.limits import Limit
from amzlinkr.domain.ports import Task
from amzlinkr.domain.sign_up_errors import SignupExpired
from amzlinkr.domain.sites import ApiKeyOwner, Caller, ClaimResult
from amzlinkr.wiring import Dependencies
from tests.clock import START
from tests.fakes import offer, product
from tests.feed_pages import changed_products
from tests.stored_sites import connection, key, signup

HOUR = timedelta(hours=1)
ASINS = [f"B0{number:08d}" for number in range(30)]


@pytest.fixture
def site_id() -> str:
    return f"site_{secrets.token_hex(13)}"


def test_imported_products_are_read_back_with_their_age(stores: Dependencies, site_id: str) -> None:
    stores.product_writer.add(site_id, "US", [product(asin) for asin in ASINS[:10]])
    stores.product_writer.add(site_id, "US", [product(asin) for asin in ASINS[10:13]])

    held = stores.products.get_many(site_id, "US", [*ASINS[:13], ASINS[20]])

    assert set(held) == set(ASINS[:13])
    assert held[ASINS[0]].details == product(ASINS[0]).details
    assert held[ASINS[0]].offer == offer()
    assert held[ASINS[0]].observed_at == START
    assert stores.products.get("site_other", "US", ASINS[0]) is None
    assert stores.products.get(site_id, "DE", ASINS[0]) is None


def test_repeated_import_changes_nothing(stores: Dependencies, site_id: str) -> None:
    items = [product(asin) for asin in ASINS[:7]]
    stores.product_writer.add(site_id, "US", items)
    before = [item.seq for item in changed_products(stores, site_id, 0, 100)]

    stores.product_writer.add(site_id, "US", items)

    assert [item.seq for item in changed_products(stores, site_id, 0, 100)] == before
    shelves = stores.shelves.list_for_site(site_id)
    assert [len(shelf.slots) for shelf in shelves] == [7]


def test_pages_have_no_gap_and_no_repetition(stores: Dependencies, site_id: str) -> None:
    for start in range(0, 30, 10):
        stores.product_writer.add(site_id, "US", [product(a) for a in ASINS[start : start + 10]])
    stores.product_writer.remove(site_id, "US", ASINS[5])
    seen: list[str] = []
    after: str | None = None

    while True:
        page = stores.products.page(site_id, "US", after, 7)
        seen += [item.asin for item in page.products]
        after = page.next_key
        if after is None:
            break

    assert seen == [asin for asin in ASINS if asin != ASINS[5]]


def test_feed_lists_each_product_once_at_its_newest_change(
    stores: Dependencies, site_id: str
) -> None:
    stores.product_writer.add(site_id, "US", [product(asin) for asin in ASINS[:3]])
    stores.product_writer.add(site_id, "US", [product(ASINS[0], offer(1), START + HOUR)])
    stores.product_writer.remove(site_id, "US", ASINS[1])

    feed = changed_products(stores, site_id, 0, 100)

    assert [(item.asin, item.kind, item.seq) for item in feed] == [
        (ASINS[2], "added", 3),
        (ASINS[0], "price", 4),
        (ASINS[1], "removed", 5),
    ]
    assert changed_products(stores, site_id, 4, 100) == feed[2:]
    assert changed_products(stores, site_id, 0, 1) == feed[:1]


def test_removed_product_is_deleted_and_its_slot_is_filled(
    stores: Dependencies, site_id: str
) -> None:
    stores.product_writer.add(site_id, "US", [product(asin) for asin in ASINS[:10]])

    assert stores.product_writer.remove(site_id, "US", ASINS[4])
    assert not stores.product_writer.remove(site_id, "US", ASINS[4])
    stores.product_writer.add(site_id, "US", [product(ASINS[11])])

    assert stores.products.get(site_id, "US", ASINS[4]) is None
    (shelf,) = stores.shelves.list_for_site(site_id)
    assert set(shelf.asins) == {*ASINS[:10], ASINS[11]} - {ASINS[4]}


def test_refresh_writes_changes_and_updates_the_time_of_the_rest(
    stores: Dependencies, site_id: str
) -> None:
    stores.product_writer.add(site_id, "US", [product(asin) for asin in ASINS[:3]])
    (shelf,) = stores.shelves.list_for_site(site_id)
    assert stores.shelves.lease(shelf, "l1", START + HOUR, START + 2 * HOUR)
    (shelf,) = stores.shelves.list_for_site(site_id)
    later = START + 2 * HOUR
    found = {a: product(a, offer(1 if a == ASINS[1] else 1999), later) for a in ASINS[:2]}

    changes = stores.product_writer.refresh(shelf, LookupResult(later, found)).changes

    assert [(c.product.asin, c.kind) for c in changes] == [(ASINS[1], "price")]
    held = stores.products.get_many(site_id, "US", ASINS[:3])
    assert {a: held[a].observed_at for a in held} == {
        ASINS[0]: later, ASINS[1]: later, ASINS[2]: START,
    }  # fmt: skip
    assert [item.asin for item in changed_products(stores, site_id, 3, 100)] == [ASINS[1]]
    (refreshed,) = stores.shelves.list_for_site(site_id)
    assert (refreshed.due_at, refreshed.lease) == (later + HOUR, "")


def test_repeated_or_late_refresh_changes_nothing(stores: Dependencies, site_id: str) -> None:
    stores.product_writer.add(site_id, "US", [product(ASINS[0])])
    (shelf,) = stores.shelves.list_for_site(site_id)
    new = LookupResult(START + HOUR, {ASINS[0]: product(ASINS[0], offer(5), START + HOUR)})
    old = LookupResult(START, {ASINS[0]: product(ASINS[0], offer(9), START)})

    results = [stores.product_writer.refresh(shelf, lookup) for lookup in (new, new, old)]

    assert [len(result.changes) for result in results] == [1, 0, 0]
    held = stores.products.get(site_id, "US", ASINS[0])
    assert held is not None
    assert held.offer == offer(5)
    assert [item.seq for item in changed_products(stores, site_id, 0, 9)] == [2]


def test_due_shelf_is_leased_once(stores: Dependencies, site_id: str) -> None:
    stores.product_writer.add(site_id, "US", [product(ASINS[0])])
    (shelf,) = stores.shelves.list_for_site(site_id)

    def due(now: datetime) -> list[str]:
        due_shelves = stores.shelves.due(now, 1000)
        return [shelf.lease for shelf in due_shelves if shelf.site_id == site_id]

    def lease(name: str, now: datetime) -> bool:
        return stores.shelves.lease(shelf, name, now, now + HOUR)

    assert due(START) == []
    assert due(START + HOUR) == [""]
    assert lease("l1", START + HOUR)
    assert not lease("l2", START + HOUR + HOUR / 2)
    assert due(START + HOUR) == ["l1"]
    assert lease("l2", START + 2 * HOUR)
    assert not stores.shelves.release_lease(replace(shelf, lease="l1"), START + 5 * HOUR)
    assert stores.shelves.reschedule(shelf, START)
    assert not stores.shelves.release_lease(replace(shelf, lease="l2"), START + 5 * HOUR)
    assert due(START) == [""]


def test_write_based_on_an_older_read_keeps_the_lease(stores: Dependencies, site_id: str) -> None:
    stores.product_writer.add(site_id, "US", [product(ASINS[0])])
    (unleased,) = stores.shelves.list_for_site(site_id)
    assert stores.shelves.lease(unleased, "l1", START + HOUR, START + 2 * HOUR)

    stores.product_writer.add(site_id, "US", [product(ASINS[1])])

    (shelf,) = stores.shelves.list_for_site(site_id)
    assert (shelf.asins, shelf.lease) == ((ASINS[0], ASINS[1]), "l1")
    assert shelf.leased_until == START + 2 * HOUR
    assert not stores.shelves.defer(unleased, START + 3 * HOUR)


def test_sign_up_is_stored_until_it_expires(stores: Dependencies) -> None:
    begun = signup(f"{secrets.token_hex(8)}.example")
    stores.signups.begin(begun)

    assert stores.signups.get(begun.signup_id, START) == begun
    for name, now in ((begun.signup_id, START + HOUR), ("su_unknown", START)):
        with pytest.raises(SignupExpired):
            stores.signups.get(name, now)


def test_claim_creates_a_site_with_one_key(stores: Dependencies, site_id: str) -> None:
    begun, held = signup(f"{secrets.token_hex(8)}.example"), key()

    stores.signups.claim(begun, site_id, held, START)
    stores.sites.connect(Caller(site_id, held.kid), connection("DE"), None, START)
    stores.sites.connect(Caller(site_id, held.kid), connection("US"), None, START)

    site = stores.sites.get(site_id)
    assert site is not None
    assert (site.host, site.primary, set(site.connections)) == (begun.host, "DE", {"DE", "US"})
    assert stores.api_keys.owner(held.digest, START) == ApiKeyOwner(site_id, held.kid)
    assert stores.api_keys.owner("unknown", START) is None


def secrets_to_delete(stores: Dependencies, now: datetime) -> list[str]:
    """Return the names of the secrets that are due for deletion."""
    return [entry.subject for entry in stores.outbox.due(Task.SECRET_DELETION, now)]


def test_new_owner_of_a_host_keeps_the_id_without_keys_and_connections(
    stores: Dependencies, site_id: str
) -> None:
    begun, first, second, third = signup(f"{secrets.token_hex(8)}.example"), key(), key(), key()
    stores.signups.begin(begun)
    stores.signups.claim(begun, site_id, first, START)
    secret_id = f"s/{site_id}/US/1"
    stores.outbox.schedule(Task.SECRET_DELETION, secret_id, START + HOUR)
    first_connection = replace(connection(), secret_id=secret_id)
    stores.sites.connect(Caller(site_id, first.kid), first_connection, None, START)
    assert secret_id not in secrets_to_delete(stores, START + 2 * HOUR)

    again = stores.signups.get(begun.signup_id, START)
    same = stores.signups.claim(again, "site_new", second, START)
    kept = stores.sites.get(site_id)
    other_signup = signup(begun.host)
    other = stores.signups.claim(other_signup, "site_new", third, START)

    assert kept is not None
    assert (same, set(kept.connections)) == (ClaimResult(site_id), {"US"})
    assert other == ClaimResult(site_id, (secret_id,))
    assert secret_id in secrets_to_delete(stores, START)
    stores.outbox.remove(Task.SECRET_DELETION, secret_id)
    assert secret_id not in secrets_to_delete(stores, START)
    found = [stores.api_keys.owner(k.digest, START) for k in (first, second, third)]
    assert found == [None, None, ApiKeyOwner(site_id, third.kid)]
    site = stores.sites.get(site_id)
    assert site is not None
    assert (site.connections, site.primary) == ({}, None)


def test_job_is_created_once_and_stores_its_finished_chunks(
    stores: Dependencies, site_id: str
) -> None:
    entries = (Entry(ASINS[0], ASINS[0], "US"), Entry("x", None, None, Problem("c", "d", "a", "f")))
    job = Job("job_1", site_id, entries, (Chunk(0, "US", (ASINS[0],)),), START, "hash")

    assert stores.jobs.create(job)
    assert not stores.jobs.create(replace(job, body_hash="other"))
    assert stores.jobs.get(site_id, "job_1") == replace(job, outcomes={})
    stores.jobs.finish(job, job.chunks[0], {ASINS[0]: None})
    stores.jobs.finish(job, job.chunks[0], {ASINS[0]: None})

    kept = stores.jobs.get(site_id, "job_1")
    assert kept is not None
    assert (kept.outcomes, kept.status) == ({0: {ASINS[0]: None}}, "done")
    assert stores.jobs.get("site_other", "job_1") is None


def test_usage_counter_rejects_until_the_next_window(stores: Dependencies, site_id: str) -> None:
    for _ in range(3):
        stores.usage_counters.increment(Limit("tests", 3, HOUR), site_id)

    with pytest.raises(RateLimited) as refused:
        stores.usage_counters.increment(Limit("tests", 3, HOUR), site_id)

    assert refused.value.retry_after == 3600
    stores.clock.sleep(3600)
    stores.usage_counters.increment(Limit("tests", 3, HOUR), site_id)
