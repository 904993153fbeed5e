"""Item keys: nothing of two sites, marketplaces, jobs or kinds of items has the same key."""

import string
from collections import Counter
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.storage import item_keys

CODES = st.sampled_from(sorted(MARKETPLACES))
ASINS = st.text(string.ascii_uppercase + string.digits, min_size=10, max_size=10)
SHELF_IDS = st.integers(0, 2**64 - 1).map(lambda number: f"{number:016x}")
JOB_IDS = st.text("0123456789abcdef", min_size=1, max_size=4).map(lambda text: f"job_{text}")
NAMES = st.text(string.ascii_lowercase + "#_.@", max_size=6)
PARTITIONS: dict[str, Callable[[str], str]] = {
    "site": lambda name: f"site_{name}",
    "sandbox": lambda name: f"test_{name}",
    "host": item_keys.host,
    "hostname": item_keys.hostname,
    "signup": item_keys.signup,
    "api_key": item_keys.api_key,
    "invite": item_keys.invite,
    "access_token": item_keys.access_token,
    "usage_counter": lambda name: item_keys.usage_counter("calls", name, "1"),
}


@given(CODES, ASINS, SHELF_IDS)
def test_sort_keys_are_split_into_their_parts(code: str, asin: str, shelf_id: str) -> None:
    assert item_keys.split_sort_key(item_keys.product(code, asin)) == (code, asin)
    assert item_keys.split_sort_key(item_keys.details(code, asin)) == (code, asin)
    assert item_keys.split_sort_key(item_keys.shelf(code, shelf_id)) == (code, shelf_id)
    assert item_keys.split_sort_key(item_keys.tombstone(code, asin)) == (code, asin)


@given(CODES, ASINS, CODES, ASINS)
def test_details_directly_follow_their_offer(
    code: str, asin: str, other_code: str, other_asin: str
) -> None:
    offer, details = item_keys.product(code, asin), item_keys.details(code, asin)

    assert offer < details < item_keys.after_prefix(offer)
    for other in (item_keys.product, item_keys.details):
        assert not offer < other(other_code, other_asin) < details


@given(CODES, CODES, ASINS)
def test_range_of_a_marketplace_has_its_products_only(code: str, other: str, asin: str) -> None:
    first, last = item_keys.marketplace_range(code)
    first_of_all, last_of_all = item_keys.marketplace_range(None)

    for key in (item_keys.product(other, asin), item_keys.details(other, asin)):
        assert (first <= key <= last) == (other == code)
        assert first_of_all <= key <= last_of_all
    for apart in (item_keys.FEED, item_keys.tombstone(other, asin)):
        assert not first_of_all <= apart <= last_of_all


@given(JOB_IDS, JOB_IDS, st.integers(0, 9_999))
def test_range_of_a_job_has_the_job_and_its_chunks_only(
    job_id: str, other: str, number: int
) -> None:
    first, last = item_keys.job_range(job_id)

    for key in (other, item_keys.chunk(other, number)):
        assert (first <= key <= last) == (other == job_id)


@given(st.lists(st.integers(0, 9_999)))
def test_chunks_are_sorted_by_number(numbers: list[int]) -> None:
    keys = [item_keys.chunk("job_1", number) for number in numbers]

    assert sorted(keys) == [item_keys.chunk("job_1", number) for number in sorted(numbers)]


@given(st.sets(NAMES, max_size=4))
def test_partitions_of_all_kinds_and_names_differ(names: set[str]) -> None:
    keys = {make(name) for make in PARTITIONS.values() for name in names}

    assert len(keys) == len(PARTITIONS) * len(names)


@given(st.sampled_from(["calls", "searches"]), NAMES, st.sampled_from(["1", "2"]))
def test_usage_counter_depends_on_kind_name_and_period(kind: str, name: str, period: str) -> None:
    key = item_keys.usage_counter(kind, name, period)

    assert key != item_keys.usage_counter(kind + "x", name, period)
    assert key != item_keys.usage_counter(kind, name + "x", period)
    assert key != item_keys.usage_counter(kind, name, period + "0")


def test_due_shelves_are_spread_evenly_over_all_shards() -> None:
    per_shard = 200
    shards = Counter(
        item_keys.due_shard(f"site_{number % 7}", item_keys.shelf("US", f"{number:016x}"))
        for number in range(per_shard * item_keys.DUE_SHARDS)
    )

    assert set(shards) == set(range(item_keys.DUE_SHARDS))
    assert max(shards.values()) < 1.5 * per_shard


@given(st.from_regex(r"site_[a-z0-9]{1,8}", fullmatch=True), st.integers(0, 10**14))
def test_pending_jobs_are_sorted_by_site_marketplace_and_age(
    site_id: str, created_at_ms: int
) -> None:
    key = item_keys.pending_job(site_id, "US", created_at_ms, "job_1")

    assert item_keys.split_pending_job(key) == (site_id, "US", created_at_ms, "job_1")
    assert key.startswith(item_keys.pending_job_prefix(site_id))
    assert key.startswith(item_keys.pending_job_prefix(site_id, "US"))
    assert not key.startswith(item_keys.pending_job_prefix(site_id, "UK"))
    assert not key.startswith(item_keys.pending_job_prefix(site_id[:-1]))
    assert key < item_keys.pending_job(site_id, "US", created_at_ms + 1, "job_0")
