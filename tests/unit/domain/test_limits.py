"""Usage of our own limits."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.connections import Connection, State
from amzlinkr.domain.limits import ONE_DAY, ONE_HOUR, Limit, Limits, LimitUsage
from amzlinkr.domain.sites import Site
from tests.clock import START
from tests.limits import HIGH_LIMITS


@given(st.integers(0, 1_000), st.integers(0, 2_000))
def test_remaining_events_and_used_events_add_up_to_the_maximum(maximum: int, used: int) -> None:
    usage = LimitUsage(Limit("calls", maximum, ONE_HOUR), used, resets_in=60)

    assert usage.remaining == max(maximum, used) - used


def test_limit_without_a_period_is_a_total() -> None:
    assert not Limit("products", 10).per


def test_sandbox_has_limits_of_its_own() -> None:
    limits = replace(
        HIGH_LIMITS,
        calls_of_sandbox=Limit("calls", 5, ONE_HOUR),
        jobs_of_sandbox=Limit("jobs", 2, ONE_DAY),
        syncs_of_sandbox=Limit("syncs", 3, ONE_DAY),
        products_of_sandbox=4,
    )
    sandbox = limits.of_mode("test")

    assert limits.of_mode("live") is limits
    assert (sandbox.jobs.maximum, sandbox.syncs.maximum, sandbox.products) == (2, 3, 4)
    assert sandbox.calls.maximum == 5
    assert sandbox.settings == limits.settings


CONNECTION = Connection("US", "paapi5", "t-20", "…", "s", "1", "account", START)
WORKED = replace(CONNECTION, state=State.ACCESS_DENIED, last_ok_at=START)
LIMITS = replace(
    HIGH_LIMITS,
    jobs_without_access=Limit("jobs", 6, ONE_DAY),
    products_without_access=7,
    products_of_sandbox=8,
)


def limits_with(*connections: Connection, site_id: str = "site_a") -> Limits:
    """Return the limits of a site with these connections, each in another marketplace."""
    by_code = dict(zip(("US", "DE"), connections, strict=False))
    return LIMITS.of_site(Site(site_id, "a", "a", "a", START, None, by_code))


@pytest.mark.parametrize(
    "connections",
    [
        (),
        (Connection.link_only("US", "t-20", START),),
        (replace(CONNECTION, state=State.NOT_ELIGIBLE),),
        (replace(CONNECTION, state=State.THROTTLED), CONNECTION),
    ],
    ids=["none", "link-only", "not eligible", "never called"],
)
def test_site_that_never_had_access_has_lower_limits(connections: tuple[Connection, ...]) -> None:
    limits = limits_with(*connections)

    assert (limits.products, limits.jobs.maximum) == (7, 6)
    assert replace(limits, products=LIMITS.products, jobs=LIMITS.jobs) == LIMITS


def test_one_account_that_ever_worked_is_enough() -> None:
    assert limits_with(Connection.link_only("US", "t-20", START), WORKED) is LIMITS


def test_sandbox_without_access_keeps_its_own_limits() -> None:
    assert limits_with(site_id="test_a") == LIMITS.of_mode("test")


@pytest.mark.parametrize(
    ("site", "is_shown"),
    [
        (Site("site_a", "a", "a", "a", START), True),
        (Site("site_a", "a", "a", "a", START, "US", {"US": WORKED}), False),
        (Site("test_a", "a", "a", "a", START), False),
    ],
    ids=["no access", "access", "sandbox"],
)
def test_limit_of_calls_without_access_is_shown_to_whom_it_applies(
    site: Site, is_shown: bool
) -> None:
    own = LIMITS.of_site(site)
    shown = LIMITS.windows_of(site)

    assert shown[:5] == (own.calls, own.jobs, own.validations, own.syncs, own.api_keys)
    assert shown[5:] == (LIMITS.calls_without_access,) * is_shown
