"""Removals of several products: their limits, and their deadline."""

from dataclasses import replace

import pytest

from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.errors import (
    InvalidRequest,
    NotConnected,
    NotFound,
    RateLimited,
    StoreUnavailable,
)
from amzlinkr.domain.sites import Caller, Site
from amzlinkr.services.removals import MIN_TRANSACTION_SECONDS
from amzlinkr.storage import product_removals
from amzlinkr.wiring import Dependencies
from tests.fakes import product
from tests.integration.aws_spy import record_calls, run_before_call
from tests.limits import with_limits
from tests.stored_sites import claim_site, connection

pytestmark = pytest.mark.memory_aws
ASINS = [f"B0{number:08d}" for number in range(10)]


@pytest.fixture
def stocked(deps: Dependencies, caller: Caller) -> Site:
    """Return a live site with ten products in the US."""
    deps.product_writer.add(caller.site_id, "US", [product(asin) for asin in ASINS])
    return deps.sites.require(caller.site_id)


def remove(deps: Dependencies, site: Site, asins: list[str], seconds: float = 3.0) -> None:
    deadline = Deadline.after(deps.clock, seconds)
    deps.removals.remove_many(site, "US", asins, deadline)


def left(deps: Dependencies, site: Site) -> set[str]:
    return set(deps.products.held(site.site_id, "US", ASINS))


def test_each_product_of_a_sandbox_counts(deps: Dependencies) -> None:
    claim_site(deps, "test_a")
    sandbox = deps.sites.require("test_a")
    deps.product_writer.add("test_a", "US", [product(asin) for asin in ASINS])
    limited = with_limits(deps, removals_of_sandbox=5)

    remove(limited, sandbox, [*ASINS[:3], "B0UNKNOWN0"])
    with pytest.raises(RateLimited, match="leaves 2, and this request would use 3") as refused:
        remove(limited, sandbox, ASINS[:6])

    assert "Remove fewer products" in refused.value.action
    assert refused.value.usage is not None
    assert (refused.value.usage.used, refused.value.usage.remaining) == (3, 2)
    assert left(deps, sandbox) == set(ASINS[3:])
    remove(limited, sandbox, ASINS[:5])
    with pytest.raises(RateLimited, match="The limit of 5 removals per day is reached"):
        limited.removals.remove("test_a", "US", ASINS[5])
    # Products that are not there cost no removal.
    remove(limited, sandbox, ASINS[:5])


def test_further_products_of_a_site_without_access_count_as_calls(
    deps: Dependencies, stocked: Site
) -> None:
    limited = with_limits(deps, calls_without_access=4)
    assert stocked.is_without_access

    with pytest.raises(RateLimited, match="calls without API access per day leaves 4"):
        remove(limited, stocked, ASINS[:6])
    remove(limited, stocked, ASINS[:5])
    remove(limited, stocked, ASINS[5:6])

    (usage,) = limited.usage_counters.usage([limited.config.limits.calls_without_access], "site_a")
    assert usage.used == 4
    assert left(deps, stocked) == set(ASINS[6:])


def test_removals_of_a_site_with_access_are_not_limited(deps: Dependencies, stocked: Site) -> None:
    limited = with_limits(deps, calls_without_access=1, removals_of_sandbox=1)
    worked = replace(connection(), last_ok_at=deps.clock.now())

    remove(limited, replace(stocked, connections={"US": worked}), ASINS)

    assert left(deps, stocked) == set()


def test_request_ends_at_its_deadline_and_can_be_repeated(
    deps: Dependencies, stocked: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product_removals, "MAX_TRANSACTION_ITEMS", 20)

    with pytest.raises(StoreUnavailable, match="6 of 10 products are removed") as interrupted:
        remove(deps, stocked, ASINS, MIN_TRANSACTION_SECONDS / 2)

    assert interrupted.value.retryable
    assert not interrupted.value.is_fault
    assert "Send the request again" in interrupted.value.action
    assert len(left(deps, stocked)) == 4
    remove(deps, stocked, ASINS, MIN_TRANSACTION_SECONDS / 2)
    assert left(deps, stocked) == set()


def test_products_that_another_request_removes_are_no_error(
    deps: Dependencies, stocked: Site
) -> None:
    def remove_others() -> None:
        remove(deps, stocked, ASINS[:9])

    with run_before_call(3, remove_others) as made:
        remove(deps, stocked, ASINS)

    assert made.count("TransactWriteItems") == 1
    assert left(deps, stocked) == set()
    assert deps.products.feed_state(stocked.site_id).last_seq == 20


def test_unknown_products_cause_no_write(deps: Dependencies, stocked: Site) -> None:
    with record_calls() as made:
        remove(deps, stocked, ["B0UNKNOWN0"])
    assert made == ["BatchGetItem"]

    with pytest.raises(NotFound):
        deps.removals.remove(stocked.site_id, "US", "B0UNKNOWN0")


@pytest.mark.parametrize("marketplace", [None, "XX"])
def test_marketplace_must_be_known(
    deps: Dependencies, stocked: Site, marketplace: str | None
) -> None:
    deadline = Deadline.after(deps.clock, 3)

    with pytest.raises(InvalidRequest if marketplace else NotConnected):
        deps.removals.remove_many(stocked, marketplace, ASINS, deadline)
    deps.removals.remove_many(replace(stocked, primary="US"), None, ASINS, deadline)

    assert left(deps, stocked) == set()
