"""What a site sees is the same whether or not another site is busy beside it."""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from amzlinkr.storage import item_keys
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.server import FakeAmazon
from infra.openapi.operations import OPERATIONS
from tests.integration.tenant import UNKNOWN_JOB, UNKNOWN_KID, REQUESTS, Tenant, Step

ROUTES = [
    f"{operation.method} {operation.path}" for operation in OPERATIONS if not operation.public
]
LEAVE = "DELETE /v1/site"
READING = [route for route in ROUTES if route.startswith("GET ")]
OFTEN = ["POST /v1/import", "GET /v1/changes", "GET /v1/products", "GET /v1/usage"]
LAST = ["POST /v1/validate", *READING, LEAVE, "GET /v1/site"]


def script(rng: random.Random, length: int) -> list[Step]:
    """What a site may come to do: keys and products first, then every route, then any."""
    others = [route for route in ROUTES if route != LEAVE]
    routes = ["POST /v1/validate", "POST /v1/import", *rng.sample(others, len(others))]
    routes += rng.choices([*others, *OFTEN], k=length)
    return [(route, rng.randrange(100)) for route in routes]


def interleave(deps: Dependencies, amazon: FakeAmazon, seed: int, length: int = 10) -> None:
    """The same script alone and beside another site's: no answer differs or names the other."""
    rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
    steps = script(rng, length)
    last: list[Step] = [(route, 0) for route in LAST]
    alone = Tenant(deps, amazon, f"alone{seed}", "MINE")
    seen_alone = [alone.run_step(step) for step in [*steps, *last]]

    beside = Tenant(deps, amazon, f"beside{seed}", "MINE")
    other = Tenant(deps, amazon, f"other{seed}", "ALSO")
    others = iter(script(rng, length))
    seen = [seen_beside(step, beside, other, others, rng) for step in steps]
    nothing_foreign(other, beside)
    other.run_step((LEAVE, 0))
    seen += [beside.run_step(step) for step in last]

    for there, here in zip(seen_alone, seen, strict=True):
        assert here == there, f"seed {seed}"
    for one, foreign in ((beside, other), (other, beside), (beside, alone), (other, alone)):
        names_nothing_of(one, foreign)


def seen_beside(
    step: Step, beside: Tenant, other: Tenant, others: Iterator[Step], rng: random.Random
) -> object:
    """What is seen after the other site did something, and read just the same: whatever is kept
    from one call to the next is the other's now."""
    for _ in range(rng.randrange(2)):
        other.run_step(next(others))
    if step[0] in READING:
        other.run_step(step)
    return beside.run_step(step)


def names_nothing_of(actor: Tenant, foreign: Tenant) -> None:
    """No answer of one site has a mark of another in it."""
    heard = "\n".join(actor.responses)
    marks = [mark for mark in foreign.identifiers() if mark not in actor.identifiers()]
    if foreign.asins != actor.asins:
        marks += foreign.asins
    assert [mark for mark in marks if mark in heard] == [], actor.label


def nothing_foreign(actor: Tenant, victim: Tenant) -> None:
    """Every id and cursor of another site answers like one that never was."""
    site = actor.site
    for job in set(victim.jobs) - set(actor.jobs):
        assert site.get(f"/v1/import/{job}").text == site.get(f"/v1/import/{UNKNOWN_JOB}").text
    for kid in {victim.site.kid, *victim.kids} - set(actor.kids):
        assert site.delete(f"/v1/keys/{kid}").text == site.delete(f"/v1/keys/{UNKNOWN_KID}").text
    cursors = list(filter(None, victim.cursors.values()))
    assert cursors
    for path in ("/v1/changes", "/v1/products", "/v1/export"):
        garbage = site.get(path, cursor="garbage")
        for cursor in cursors:
            foreign = site.get(path, cursor=cursor)
            assert (foreign.status, foreign.text) == (400, garbage.text)


def test_script_covers_every_route() -> None:
    """A new one has to say how: what nobody asks for, nobody sees leak."""
    assert sorted(REQUESTS) == sorted(ROUTES)
    assert {route for route, _ in script(random.Random(0), 0)} == set(ROUTES) - {LEAVE}  # noqa: S311 - as above


@pytest.mark.parametrize("seed", range(2))
def test_responses_are_independent_of_another_site(
    deps: Dependencies, amazon: FakeAmazon, seed: int
) -> None:
    interleave(deps, amazon, seed)


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(100, 200))
def test_responses_are_independent_of_another_site_in_many_runs(
    deps: Dependencies, amazon: FakeAmazon, seed: int
) -> None:
    interleave(deps, amazon, seed, length=40)


def test_shared_usage_counter_is_detected(
    deps: Dependencies, amazon: FakeAmazon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted flaw: all sites count together."""
    limits = deps.config.limits
    few = replace(limits, calls=replace(limits.calls, maximum=40))
    deps.config = replace(deps.config, limits=few)
    monkeypatch.setattr(
        item_keys, "usage_counter", lambda kind, _, period: f"count#{kind}#all#{period}"
    )
    with pytest.raises((AssertionError, KeyError)):
        interleave(deps, amazon, 1)
