"""Independence of tenants: a site gets the same responses with and without another busy site."""

import random
from collections.abc import Iterator

import pytest

from amzlinkr.storage import item_keys
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.server import FakeAmazon
from infra.openapi.operations import OPERATIONS
from tests.integration.tenant import REQUESTS, UNKNOWN_JOB, UNKNOWN_KID, Step, Tenant

ROUTES = [
    f"{operation.method} {operation.path}" for operation in OPERATIONS if not operation.public
]
DELETE_SITE = "DELETE /v1/site"
READ_ROUTES = [route for route in ROUTES if route.startswith("GET ")]
FREQUENT_ROUTES = ["POST /v1/import", "GET /v1/changes", "GET /v1/products", "GET /v1/usage"]
LAST_ROUTES = ["POST /v1/validate", *READ_ROUTES, DELETE_SITE, "GET /v1/site"]


def build_script(rng: random.Random, length: int) -> list[Step]:
    """Return random steps: credentials and products first, then every route, then any routes."""
    others = [route for route in ROUTES if route != DELETE_SITE]
    routes = ["POST /v1/validate", "POST /v1/import", *rng.sample(others, len(others))]
    routes += rng.choices([*others, *FREQUENT_ROUTES], k=length)
    return [(route, rng.randrange(100)) for route in routes]


def compare_with_and_without_neighbor(
    deps: Dependencies, amazon: FakeAmazon, seed: int, length: int = 10
) -> None:
    """Run one script alone and beside another site; fail if a response differs."""
    rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
    steps = build_script(rng, length)
    last: list[Step] = [(route, 0) for route in LAST_ROUTES]
    alone = Tenant(deps, amazon, f"alone{seed}", "MINE")
    expected = [alone.run_step(step) for step in [*steps, *last]]

    beside = Tenant(deps, amazon, f"beside{seed}", "MINE")
    other = Tenant(deps, amazon, f"other{seed}", "ALSO")
    others = iter(build_script(rng, length))
    actual = [run_beside(step, beside, other, others, rng) for step in steps]
    check_foreign_ids_are_unknown(other, beside)
    other.run_step((DELETE_SITE, 0))
    actual += [beside.run_step(step) for step in last]

    for alone_response, beside_response in zip(expected, actual, strict=True):
        assert beside_response == alone_response, f"seed {seed}"
    for tenant, foreign in ((beside, other), (other, beside), (beside, alone), (other, alone)):
        check_no_foreign_identifier(tenant, foreign)


def run_beside(
    step: Step, beside: Tenant, other: Tenant, others: Iterator[Step], rng: random.Random
) -> object:
    """Return a step's response right after steps of the other site.

    A read is sent by the other site first, so that anything cached between calls is of that site.
    """
    for _ in range(rng.randrange(2)):
        other.run_step(next(others))
    if step[0] in READ_ROUTES:
        other.run_step(step)
    return beside.run_step(step)


def check_no_foreign_identifier(tenant: Tenant, foreign: Tenant) -> None:
    """Fail if a response of one tenant contains an identifier or product of another."""
    responses = "\n".join(tenant.responses)
    own = tenant.identifiers()
    identifiers = [text for text in foreign.identifiers() if text not in own]
    if foreign.asins != tenant.asins:
        identifiers += foreign.asins
    assert [text for text in identifiers if text in responses] == [], tenant.label


def check_foreign_ids_are_unknown(tenant: Tenant, victim: Tenant) -> None:
    """Fail if an ID or cursor of another site is answered other than one that never existed."""
    site = tenant.site
    for job in set(victim.jobs) - set(tenant.jobs):
        assert site.get(f"/v1/import/{job}").text == site.get(f"/v1/import/{UNKNOWN_JOB}").text
    for kid in {victim.site.kid, *victim.kids} - set(tenant.kids):
        assert site.delete(f"/v1/keys/{kid}").text == site.delete(f"/v1/keys/{UNKNOWN_KID}").text
    cursors = list(filter(None, victim.cursors.values()))
    assert cursors
    for path in ("/v1/changes", "/v1/products", "/v1/export"):
        garbage = site.get(path, cursor="garbage")
        for cursor in cursors:
            foreign = site.get(path, cursor=cursor)
            assert (foreign.status, foreign.text) == (400, garbage.text)


def test_script_covers_every_route() -> None:
    # A new route must be added to `REQUESTS`, or its leaks are not detected.
    assert sorted(REQUESTS) == sorted(ROUTES)
    assert {route for route, _ in build_script(random.Random(0), 0)} == set(ROUTES) - {DELETE_SITE}  # noqa: S311 - as above


@pytest.mark.parametrize("seed", range(2))
def test_responses_are_independent_of_another_site(
    deps: Dependencies, amazon: FakeAmazon, seed: int
) -> None:
    compare_with_and_without_neighbor(deps, amazon, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 200))
def test_responses_are_independent_of_another_site_in_many_runs(
    deps: Dependencies, amazon: FakeAmazon, seed: int
) -> None:
    compare_with_and_without_neighbor(deps, amazon, seed, length=40)


def test_shared_usage_counter_is_detected(
    deps: Dependencies, amazon: FakeAmazon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Count the calls of all sites together."""
    monkeypatch.setattr(
        item_keys, "usage_counter", lambda kind, _, period: f"count#{kind}#all#{period}"
    )
    with pytest.raises((AssertionError, KeyError)):
        compare_with_and_without_neighbor(deps, amazon, 1)
