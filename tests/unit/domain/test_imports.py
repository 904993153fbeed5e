"""Import entries, chunks, outcomes, and the status of a job."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.amazon_errors import AmazonKeysRejected, Upstream
from amzlinkr.domain.errors import SiteSuspended
from amzlinkr.domain.imports import (
    WAITING,
    Job,
    Outcome,
    PendingJob,
    Problem,
    check_connection,
    chunks_of,
    entry_of,
    problem_of,
)
from amzlinkr.domain.sites import Site
from tests.clock import START

ASINS = [f"B0{number:08d}" for number in range(12)]
GONE = Problem("not_found", "…", "…")
DENIED = Problem("amazon_access_denied", "…", "…")
LINES = st.lists(
    st.sampled_from(ASINS)
    | st.sampled_from(ASINS).map(lambda asin: f"https://www.amazon.de/dp/{asin}")
    | st.just("nonsense"),
    max_size=60,
)


def job_of(lines: list[str], outcomes: dict[int, dict[str, Outcome]]) -> Job:
    entries = tuple(entry_of(line, index, "US") for index, line in enumerate(lines))
    return Job("job", "site", entries, chunks_of(entries), START, outcomes=outcomes)


@given(LINES)
def test_chunks_are_full_and_of_one_marketplace(lines: list[str]) -> None:
    entries = [entry_of(line, index, "US") for index, line in enumerate(lines)]

    chunks = chunks_of(entries)

    requested = {(entry.marketplace, entry.asin) for entry in entries if entry.asin}
    fetched = [(chunk.marketplace, asin) for chunk in chunks for asin in chunk.asins]
    assert sorted(fetched) == sorted(requested, key=str)
    for code in ("US", "DE"):
        count = sum(name[0] == code for name in requested)
        assert sum(chunk.marketplace == code for chunk in chunks) == -(-count // 10)
    assert [chunk.number for chunk in chunks] == list(range(len(chunks)))


def test_url_has_its_marketplace_and_bare_asin_the_default() -> None:
    bare = entry_of(ASINS[0], 0, "US")
    from_url = entry_of(f"https://www.amazon.co.jp/dp/{ASINS[0]}", 1, "US")

    assert (bare.marketplace, from_url.marketplace) == ("US", "JP")
    assert bare.asin == from_url.asin == ASINS[0]


def test_line_without_product_has_a_problem() -> None:
    entry = entry_of("nonsense", 7, "US")

    assert entry.asin is None
    assert (entry.name, entry_of("nonsense", 7, None).name) == (("", ""), ("", ""))
    assert entry.problem is not None
    assert (entry.problem.code, entry.problem.field) == ("invalid_request", "items[7]")


def test_entries_of_a_marketplace_without_connection_get_a_problem() -> None:
    site = Site("site_1", "example.com", "https://example.com", "a@example.com", START)
    broken = entry_of("nonsense", 0, None)

    bare = check_connection(entry_of(ASINS[0], 1, None), site)
    german = check_connection(entry_of(f"https://www.amazon.de/dp/{ASINS[0]}", 2, None), site)

    assert check_connection(broken, site) is broken
    assert bare.problem is not None
    assert german.problem is not None
    assert bare.problem.code == german.problem.code == "not_connected"
    assert (german.asin, german.marketplace) == (ASINS[0], "DE")
    assert "DE" in german.problem.detail
    assert chunks_of([broken, bare, german]) == ()
    with pytest.raises(SiteSuspended):
        check_connection(entry_of(ASINS[0], 1, "US"), replace(site, suspended_at=START))


@pytest.mark.parametrize(
    ("outcomes", "status", "counts"),
    [
        ({}, "queued", (1, 1)),
        ({0: dict.fromkeys(ASINS[:10])}, "running", (12, 1)),
        ({1: {ASINS[10]: GONE, ASINS[11]: None}}, "running", (3, 2)),
        ({0: dict.fromkeys(ASINS[:10]), 1: dict.fromkeys(ASINS[10:])}, "done", (14, 1)),
        (
            {0: dict.fromkeys(ASINS[:10], GONE), 1: dict.fromkeys(ASINS[10:], GONE)},
            "done",
            (14, 14),
        ),
        (
            {0: dict.fromkeys(ASINS[:10], DENIED), 1: dict.fromkeys(ASINS[10:], DENIED)},
            "failed",
            (14, 14),
        ),
        (
            {0: dict.fromkeys(ASINS[:10], DENIED), 1: dict.fromkeys(ASINS[10:], GONE)},
            "done",
            (14, 14),
        ),
        ({0: dict.fromkeys(ASINS[:10], DENIED), 1: dict.fromkeys(ASINS[10:])}, "done", (14, 12)),
        (
            {0: dict.fromkeys(ASINS[:10], WAITING), 1: dict.fromkeys(ASINS[10:], WAITING)},
            "done",
            (14, 1),
        ),
        (
            {0: dict.fromkeys(ASINS[:10], WAITING), 1: dict.fromkeys(ASINS[10:], DENIED)},
            "done",
            (14, 3),
        ),
    ],
)
def test_job_status_and_counts_follow_its_finished_chunks(
    outcomes: dict[int, dict[str, Outcome]], status: str, counts: tuple[int, int]
) -> None:
    job = job_of([*ASINS, ASINS[0], "nonsense"], outcomes)

    assert job.status == status
    assert job.counts == counts


def test_job_without_valid_entries_is_done() -> None:
    job = job_of(["nonsense", "more of it"], {})

    assert (job.status, job.counts) == ("done", (2, 2))


def test_page_of_a_job_has_few_waiting_results() -> None:
    asins = [f"B1{number:08d}" for number in range(200)]
    job = job_of(asins, {})
    for chunk in job.chunks[4:]:
        job = job.with_outcomes(chunk, dict.fromkeys(chunk.asins, WAITING))

    pages = [len(job.page(start, 100)) for start in (0, 20, 40, 120, 150)]
    assert pages == [100, 90, 70, 70, 50]
    assert job.page(40, 60) == job.entries[40:100]
    fetched = {number: dict.fromkeys(chunk.asins) for number, chunk in enumerate(job.chunks)}
    assert job_of(asins, fetched).page(40, 100) == job.entries[40:140]


def test_chunks_follow_each_other_until_all_are_finished() -> None:
    entries = tuple(entry_of(f"B{number:09d}", number, "US") for number in range(21))
    job = Job("job_1", "site_a", entries, chunks_of(entries), START)
    order = []
    for chunk in (job.chunks[1], job.chunks[0], job.chunks[2]):
        following = job.next_chunk("US")
        assert following is not None
        order.append(following.number)
        job = job.with_outcomes(chunk, dict.fromkeys(chunk.asins))

    assert order == [0, 0, 2]
    assert job.next_chunk("US") is None
    assert job.status == "done"


def test_marketplaces_of_a_job_have_chunks_of_their_own() -> None:
    asins = [f"B{number:09d}" for number in range(21)]
    entries = tuple(entry_of(a, n, "DE" if n % 2 else "US") for n, a in enumerate(asins))
    job = Job("job_1", "site_a", entries, chunks_of(entries), START)

    assert job.marketplaces == ("US", "DE")
    for code in job.marketplaces:
        while (chunk := job.next_chunk(code)) is not None:
            assert chunk.marketplace == code
            job = job.with_outcomes(chunk, dict.fromkeys(chunk.asins))
    assert job.status == "done"


@given(st.integers(1, 10**6), st.integers(0, 10**6))
def test_pending_job_is_due_after_its_age(created: int, age: int) -> None:
    created_at = START + timedelta(seconds=created)
    now = created_at + timedelta(seconds=age)

    pending = PendingJob("site_a", "US", "job_1", created_at, now)

    assert pending.next_due_at(now) - now == now - created_at


def test_problem_of_an_entry_names_the_response_of_amazon() -> None:
    upstream = Upstream("paapi5", 401, "UnrecognizedClient")
    error = AmazonKeysRejected("Wrong.", upstream=upstream, retry_after=7)

    problem = problem_of(error)

    assert (problem.code, problem.upstream, problem.retry_after) == (error.code, upstream, 7)
    assert problem_of(SiteSuspended()).upstream is None
