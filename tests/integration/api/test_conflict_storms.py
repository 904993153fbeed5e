"""Requests of a site that conflict with many others of the same site, before each of their writes.

Of parallel writes one succeeds each time, so that a request can lose as often as there are others.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from amzlinkr.http.router import CLIENT_TIMEOUT_SECONDS
from amzlinkr.storage.optimistic import MAX_ATTEMPTS
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import Reply, suspend
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, CREDENTIAL, SECRET_KEY, TAG
from tests.fakes import product
from tests.iam.enforcer import without_enforcement
from tests.integration.aws_spy import intercept_calls, secrets
from tests.site_client import Site

OTHERS = 12
"""More conflicts than the eight attempts that every write has."""
MAX_AWS_CALLS = 8 * MAX_ATTEMPTS
LINKED = "early-20"


@contextmanager
def before_each_write(action: Callable[[int], object], times: int = OTHERS) -> Iterator[list[str]]:
    """Run `action` before each of the first transactions, with the number of the conflict.

    Yield a list that receives the operations, except those of `action`.
    """
    made: list[str] = []
    conflicts, is_acting = 0, False

    def intercept(operation: str, _arguments: Any, proceed: Callable[[], Any]) -> Any:
        nonlocal conflicts, is_acting
        if is_acting:
            return proceed()
        made.append(operation)
        if operation == "TransactWriteItems" and conflicts < times:
            conflicts, is_acting = conflicts + 1, True
            # The interrupting request is another process, with its own permissions.
            with without_enforcement():
                action(conflicts)
            is_acting = False
        return proceed()

    with intercept_calls(intercept):
        yield made


def put_list(site: Site, name: str) -> Reply:
    return site.put(f"/v1/lists/{name}", {"keywords": name})


def link(site: Site, tag: str) -> Reply:
    return site.put("/v1/connections/US", {"partner_tag": tag})


def import_one(site: Site, number: int = 0) -> Reply:
    return site.post("/v1/import", {"items": [f"B0TEST{number:04d}"]})


def add_product(deps: Dependencies, site: Site, number: int) -> None:
    asin = f"B0OTHER{number:03d}"
    deps.product_writer.add(site.site_id, "US", [product(asin, observed_at=deps.clock.now())])


@pytest.fixture
def linked(deps: Dependencies) -> Site:
    """Return a site with a link-only connection."""
    site = Site.sign_up(deps)
    assert link(site, LINKED).status == 201
    return site


def test_list_is_stored_after_many_conflicts(site: Site, deps: Dependencies) -> None:
    with before_each_write(lambda number: put_list(site, f"other-{number}")):
        reply = put_list(site, "tea")

    assert reply.status == 201
    assert len(site.get("/v1/lists").json["lists"]) == OTHERS + 1


def test_new_list_is_refused_when_others_reach_the_limit(site: Site, deps: Dependencies) -> None:
    maximum = OTHERS + 1
    limits = replace(deps.config.limits, lists=maximum)
    deps = Dependencies(replace(deps.config, limits=limits), deps.clock)
    site = replace(site, deps=deps)
    put_list(site, "known")
    with before_each_write(lambda number: put_list(site, f"other-{number}")):
        reply = put_list(site, "tea")

    assert (reply.status, reply.json["code"]) == (409, "list_limit_reached")
    assert len(site.get("/v1/lists").json["lists"]) == maximum


@pytest.mark.parametrize("name", ["site", "linked"])
def test_product_is_imported_after_many_conflicts(
    request: pytest.FixtureRequest, deps: Dependencies, amazon: FakeAmazon, name: str
) -> None:
    site: Site = request.getfixturevalue(name)
    calls = len(amazon.control.calls())
    with before_each_write(lambda number: add_product(deps, site, number)):
        reply = import_one(site)

    assert (reply.status, len(site.get("/v1/products").json["products"])) == (200, OTHERS + 1)
    assert len(amazon.control.calls()) - calls == (name == "site")


def test_product_is_removed_after_many_conflicts(site: Site, deps: Dependencies) -> None:
    site.post("/v1/import", {"items": ["B0TEST0000", "B0TEST0001"]})
    with before_each_write(lambda number: add_product(deps, site, number)):
        assert site.delete("/v1/products/B0TEST0000").status == 204
    with before_each_write(lambda number: add_product(deps, site, OTHERS + number)):
        assert site.delete("/v1/products", asins="B0TEST0001").status == 204

    assert len(site.get("/v1/products").json["products"]) == 2 * OTHERS


@pytest.mark.parametrize("change", [put_list, import_one])
def test_request_that_always_conflicts_ends_in_time_and_costs_little(
    site: Site, deps: Dependencies, clock: FakeClock, change: Callable[..., Reply]
) -> None:
    before = clock.monotonic()
    with before_each_write(lambda number: add_product(deps, site, number), 99) as made:
        reply = change(site, "tea") if change is put_list else change(site)

    assert (reply.status, reply.json["code"]) == (503, "store_unavailable")
    assert reply.json["retryable"]
    assert OTHERS < made.count("TransactWriteItems") <= MAX_ATTEMPTS
    assert len(made) <= MAX_AWS_CALLS
    assert clock.monotonic() - before <= CLIENT_TIMEOUT_SECONDS


def test_tag_is_stored_after_many_conflicts(linked: Site) -> None:
    with before_each_write(lambda number: link(linked, f"other{number}-20")):
        reply = link(linked, TAG)

    assert (reply.status, reply.json["partner_tag"]) == (200, TAG)
    assert linked.connection()["partner_tag"] == TAG


def test_same_tag_of_a_parallel_request_is_not_stored_again(linked: Site) -> None:
    with before_each_write(lambda _: link(linked, TAG), 1) as made:
        reply = link(linked, TAG)

    assert (reply.status, reply.json["partner_tag"]) == (200, TAG)
    assert made.count("TransactWriteItems") == 1


def test_tag_does_not_replace_credentials_that_are_entered_meanwhile(linked: Site) -> None:
    with before_each_write(lambda _: linked.connect(ACCESS_KEY, SECRET_KEY, TAG), 1):
        reply = link(linked, "other-20")

    assert (reply.status, reply.json["code"]) == (409, "connection_has_credentials")
    assert linked.connection()["state"] == "valid"


def test_tag_of_a_site_that_is_suspended_meanwhile_is_refused(
    linked: Site, deps: Dependencies
) -> None:
    with before_each_write(lambda _: suspend(deps, linked.site_id), 1) as made:
        reply = link(linked, TAG)

    assert (reply.status, reply.json["code"]) == (403, "site_suspended")
    assert made.count("TransactWriteItems") == 1


def test_tested_credentials_are_stored_after_many_conflicts(
    linked: Site, amazon: FakeAmazon
) -> None:
    with before_each_write(lambda number: link(linked, f"other{number}-20")):
        reply = linked.connect(ACCESS_KEY, SECRET_KEY, TAG)

    assert (reply.status, reply.json["status"]) == (200, "valid")
    assert linked.connection()["state"] == "valid"
    # Neither the test nor the secret is repeated: the one costs a call, the other a month.
    assert (len(amazon.control.calls()), len(secrets())) == (1, 1)


def test_later_credentials_replace_those_of_a_parallel_request(
    linked: Site, deps: Dependencies
) -> None:
    with before_each_write(lambda _: linked.connect_creators(CREDENTIAL, TAG), 1):
        reply = linked.connect(ACCESS_KEY, SECRET_KEY, TAG)

    assert (reply.status, reply.json["connection"]["api"]) == (200, "paapi5")
    stored = deps.sites.require(linked.site_id).connections["US"]
    assert stored.api == "paapi5"
    assert deps.vault.get(linked.site_id, stored).partner_tag == TAG
    assert linked.get("/v1/search", keywords="tea").status == 200


def test_same_credentials_of_a_parallel_request_are_kept(linked: Site, deps: Dependencies) -> None:
    with before_each_write(lambda _: linked.connect(ACCESS_KEY, SECRET_KEY, TAG), 1):
        reply = linked.connect(ACCESS_KEY, SECRET_KEY, TAG)

    stored = deps.sites.require(linked.site_id).connections["US"]
    assert (reply.status, stored.state) == (200, "valid")
    assert deps.vault.get(linked.site_id, stored).partner_tag == TAG


def test_same_secret_of_a_parallel_request_gets_another_version(
    site: Site, deps: Dependencies
) -> None:
    with before_each_write(lambda _: site.connect_creators(CREDENTIAL, TAG, "US"), 1):
        reply = site.connect(ACCESS_KEY, SECRET_KEY, TAG, "US")
    stored = deps.sites.require(site.site_id).connections["US"]

    assert (reply.status, stored.api) == (200, "paapi5")
    assert deps.vault.get(site.site_id, stored).api == "paapi5"
    # Secrets Manager deletes versions that are not the newest.
    assert deps.vault.is_stored(stored)
    assert len(secrets()) == 1


def test_credentials_are_stored_although_the_connection_is_deleted_meanwhile(
    site: Site, deps: Dependencies
) -> None:
    with before_each_write(lambda _: site.delete("/v1/connections/US"), 1):
        reply = site.connect_creators(CREDENTIAL, TAG)

    stored = deps.sites.require(site.site_id).connections["US"]
    assert (reply.status, stored.api) == (200, "creators")
    assert deps.vault.get(site.site_id, stored).partner_tag == TAG
