"""Fairness of imports in virtual time: a site's job is hardly delayed by what others queue."""

import pytest

from tests.simulation.import_load import import_load

MAX_SLOWDOWN = 3
PRODUCTS, FEW_PRODUCTS = 100, 30
MAX_SECONDS = 60.0
MANY = pytest.param(12, 3, marks=pytest.mark.slow)
"""Other sites, and jobs of each, as many as a busy service has."""


def seconds(
    others: int = 0,
    jobs: int = 0,
    *,
    is_sandbox: bool = False,
    others_are_sandboxes: bool = False,
    products: int = PRODUCTS,
    products_of_others: int = 1_000,
) -> float:
    """Return how long a site's job takes, submitted after the jobs of other sites."""
    with import_load() as load:
        for _ in range(others):
            other = load.add_site(is_sandbox=others_are_sandboxes)
            for _ in range(jobs):
                load.submit(other, products_of_others)
        site_id = load.add_site(is_sandbox=is_sandbox)
        return load.seconds_until_done(site_id, load.submit(site_id, products), MAX_SECONDS)


@pytest.mark.parametrize(("others", "jobs"), [(8, 1), MANY])
def test_job_takes_at_most_three_times_as_long_beside_others(others: int, jobs: int) -> None:
    alone = seconds()

    assert seconds(others, jobs) <= MAX_SLOWDOWN * alone


@pytest.mark.parametrize(
    ("others", "jobs", "size"),
    [pytest.param(12, 3, 1_000, marks=pytest.mark.slow), (200, 1, FEW_PRODUCTS)],
)
def test_sandboxes_do_not_delay_a_live_job(others: int, jobs: int, size: int) -> None:
    alone = seconds(products=FEW_PRODUCTS)

    beside = seconds(
        others, jobs, others_are_sandboxes=True, products=FEW_PRODUCTS, products_of_others=size
    )

    assert beside <= 1.1 * alone


@pytest.mark.parametrize(("others", "jobs"), [(8, 1), MANY])
@pytest.mark.parametrize("others_are_sandboxes", [True, False])
def test_job_of_a_sandbox_takes_at_most_three_times_as_long_beside_others(
    others: int, jobs: int, others_are_sandboxes: bool
) -> None:
    alone = seconds(is_sandbox=True)

    beside = seconds(others, jobs, is_sandbox=True, others_are_sandboxes=others_are_sandboxes)

    assert beside <= MAX_SLOWDOWN * alone


@pytest.mark.parametrize(
    ("workers", "others", "size"),
    [
        (2, 60, 100),
        pytest.param(2, 200, 1_000, marks=pytest.mark.slow),
        pytest.param(5, 200, 1_000, marks=pytest.mark.slow),
    ],
)
def test_sites_without_access_do_not_delay_a_job_of_a_site_with_access(
    workers: int, others: int, size: int
) -> None:
    def duration(others: int) -> float:
        with import_load(workers=workers) as load:
            for _ in range(others):
                load.submit(load.add_link_only_site(), size)
            site_id = load.add_site()
            return load.seconds_until_done(site_id, load.submit(site_id, PRODUCTS), MAX_SECONDS)

    assert duration(others) <= 1.1 * duration(0)


def test_site_with_several_jobs_has_one_open_chunk() -> None:
    with import_load() as load:
        site_id = load.add_site()
        job_ids = [load.submit(site_id, 30) for _ in range(4)]
        duration = load.seconds_until_done(site_id, job_ids[-1], 60)

        assert duration < 60
        assert load.open_chunks == {site_id: 1}
