"""The limits of sign-ups: what each of them counts, in which order, and whom it refuses."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amzlinkr.domain.errors import RateLimited
from amzlinkr.domain.limits import ALL_SITES, ONE_DAY, Limit, LimitUsage
from amzlinkr.security.addresses import SiteAddress
from amzlinkr.services.sign_up_limits import SignUpLimits
from amzlinkr.wiring import Dependencies
from tests.clock import FakeClock
from tests.integration.aws_spy import record_calls
from tests.limits import HIGH_LIMITS, with_limits

pytestmark = pytest.mark.memory_aws
ADDRESS, NETWORK = "203.0.113.9/32", "203.0.113.0/24"
IP, NEIGHBOR, STRANGER = "203.0.113.9", "203.0.113.77", "198.51.100.7"


def site(host: str = "shop.example.com") -> SiteAddress:
    return SiteAddress(host, "https", host, 443, "")


def limits_of(deps: Dependencies, **maximums: int) -> SignUpLimits:
    return with_limits(deps, **maximums).sign_up.limits


def used(limits: SignUpLimits, limit: Limit, name: str) -> int:
    return limits.usage_counters.usage([limit], name)[0].used


def starts(limits: SignUpLimits, *calls: tuple[str, str]) -> list[bool]:
    """Return for each start, by host and caller, whether it passed."""
    return [
        passes(lambda host=host, ip=ip: limits.count_start(site(host), ip)) for host, ip in calls
    ]


def fetches(limits: SignUpLimits, *calls: tuple[str, str]) -> list[bool]:
    """Return for each fetch, by sign-up and caller, whether it passed."""
    return [
        passes(lambda name=name, ip=ip: limits.count_fetch(name, site(), ip)) for name, ip in calls
    ]


class CountersInMemory:
    """Usage counters of one day, for properties of many events."""

    def __init__(self) -> None:
        self.counted: Counter[tuple[str, str]] = Counter()

    def increment(self, limit: Limit, name: str) -> LimitUsage:
        if self.counted[limit.kind, name] >= limit.maximum:
            raise RateLimited
        return self.record(limit, name)

    def record(self, limit: Limit, name: str) -> LimitUsage:
        self.counted[limit.kind, name] += 1
        return LimitUsage(limit, self.counted[limit.kind, name], 0)

    def usage(self, limits: Iterable[Limit], name: str) -> list[LimitUsage]:
        return [LimitUsage(limit, self.counted[limit.kind, name], 0) for limit in limits]


def new_sites(limits: SignUpLimits, *calls: tuple[str, str]) -> list[bool]:
    """Return for each verified new site, by host and caller, whether it passed."""
    return [
        passes(lambda host=host, ip=ip: limits.count_new_site(site(host), ip)) for host, ip in calls
    ]


def passes(count: object) -> bool:
    try:
        count()  # type: ignore[operator] # a lambda
    except RateLimited:
        return False
    return True


def test_start_is_counted_for_the_domain_the_address_and_the_network(deps: Dependencies) -> None:
    limits = limits_of(deps)

    limits.count_start(site(), IP)

    of_address = limits.limits.signups_of_address
    of_domain = limits.limits.signups_of_domain_and_address
    assert used(limits, of_domain, f"example.com {ADDRESS}") == 1
    assert [used(limits, of_address, name) for name in (ADDRESS, NETWORK)] == [1, 1]


def test_sub_domains_share_the_limit_of_their_domain(deps: Dependencies) -> None:
    limits = limits_of(deps, signups_of_domain_and_address=2)
    hosts = ("a.example.com", "b.example.com", "example.com", "a.example.org")

    assert starts(limits, *((host, IP) for host in hosts)) == [True, True, False, True]
    assert starts(limits, ("example.com", NEIGHBOR)) == [True]


def test_address_is_limited_over_all_domains(deps: Dependencies) -> None:
    limits = limits_of(deps, signups_of_address=2)
    calls = [(f"{number}.example", IP) for number in range(3)]

    assert starts(limits, *calls) == [True, True, False]
    assert starts(limits, ("x.example", NEIGHBOR), ("x.example", STRANGER)) == [True, True]


@pytest.mark.parametrize(
    ("addresses", "inside", "outside", "factor"),
    [
        ([f"203.0.113.{n}" for n in range(20)], "203.0.113.99", "203.0.114.1", 5),
        ([f"2001:db8:0:{n:x}::1" for n in range(20)], "2001:db8:0:fe::1", "2001:db8:0:100::", 2),
        ([f"2001:db8:0:{n:x}00::1" for n in range(20)], "2001:db8:0:ff00::1", "2001:db8:1::1", 5),
    ],
)
def test_neighboring_addresses_share_the_limits_of_wider_networks(
    deps: Dependencies, addresses: list[str], inside: str, outside: str, factor: int
) -> None:
    limits = limits_of(deps, signups_of_address=2)
    calls = [(f"{number}.example", ip) for number, ip in enumerate(addresses)]

    assert sum(starts(limits, *calls)) == 2 * factor
    assert starts(limits, ("x.example", inside), ("x.example", outside)) == [False, True]


def test_refused_start_is_not_counted_for_wider_networks(deps: Dependencies) -> None:
    limits = limits_of(deps, signups_of_domain_and_address=1)
    starts(limits, *[("example.com", IP)] * 4)

    assert [
        used(limits, limits.limits.signups_of_address, name) for name in (ADDRESS, NETWORK)
    ] == [1, 1]


def test_first_fetches_of_each_network_pass_during_a_flood(deps: Dependencies) -> None:
    limits = limits_of(deps, free_verifications=3)
    flood = [(f"su_{number}", f"10.{number}.0.1") for number in range(20) for _ in range(9)]
    assert sum(fetches(limits, *flood)) == 20 * 3 + 1

    assert fetches(limits, *[("su_owner", STRANGER)] * 4) == [True, True, True, False]
    assert fetches(limits, ("su_owner", "198.51.100.200")) == [False]
    assert fetches(limits, ("su_owner", "198.51.101.7")) == [True]


def test_further_fetches_from_a_host_share_its_pace(deps: Dependencies, clock: FakeClock) -> None:
    limits = limits_of(deps, free_verifications=1)
    pace = replace(limits.limits.verifications_of_host, per=timedelta(seconds=20))
    limits = replace(limits, limits=replace(limits.limits, verifications_of_host=pace))
    fetches(limits, ("su_1", IP), ("su_2", STRANGER))

    assert fetches(limits, ("su_1", IP), ("su_2", STRANGER), ("su_1", IP)) == [True, False, False]
    clock.advance(seconds=20)
    assert fetches(limits, ("su_2", STRANGER), ("su_1", IP)) == [True, False]


def test_folders_of_a_host_share_its_attempts(deps: Dependencies) -> None:
    limits = limits_of(deps, free_verifications=1, verifications_of_network=1)
    folders = [SiteAddress(f"a.example/{n}", "https", "a.example", 443, f"/{n}") for n in range(3)]

    passed = [
        passes(lambda folder=folder: limits.count_fetch("su_1", folder, IP)) for folder in folders
    ]

    assert passed == [True, True, False]


def test_network_has_a_maximum_of_further_fetches_over_all_hosts(deps: Dependencies) -> None:
    limits = limits_of(deps, free_verifications=1, verifications_of_network=2)
    hosts = [f"{number}.example" for number in range(4)]

    def passed(ip: str) -> list[bool]:
        return [
            passes(lambda host=host: limits.count_fetch("su_1", site(host), ip)) for host in hosts
        ]

    assert passed(IP) == [True] * 4
    assert passed(NEIGHBOR) == [True, True, False, False]
    assert passed(STRANGER) == [True] * 4


def test_sign_up_has_a_maximum_of_fetches_from_all_networks(deps: Dependencies) -> None:
    limits = limits_of(deps, verifications=2)

    assert fetches(limits, ("su_1", IP), ("su_1", STRANGER), ("su_1", "192.0.2.1")) == [
        True, True, False,
    ]  # fmt: skip
    assert fetches(limits, ("su_2", "192.0.2.1")) == [True]


def test_new_sites_are_limited_per_domain_and_in_total(deps: Dependencies) -> None:
    limits = limits_of(deps, new_sites_of_domain=2, new_sites=3)
    hosts = ("a.example.com", "b.example.com", "c.example.com", "example.org", "example.net")

    assert new_sites(limits, *((host, IP) for host in hosts)) == [True, True, False, True, False]
    # The first new site of another network passes the limit of all networks, not that of a domain.
    assert new_sites(
        limits,
        ("d.example.com", STRANGER),
        ("first.example", STRANGER),
        ("second.example", STRANGER),
    ) == [False, True, False]


NEW_SITES = st.tuples(st.integers(0, 2), st.integers(0, 40), st.integers(0, 3), st.booleans())


@given(st.lists(NEW_SITES, min_size=30, max_size=90))
@settings(max_examples=30, deadline=None)
def test_no_number_of_networks_exceeds_the_limits_of_new_sites(
    calls: list[tuple[int, int, int, bool]],
) -> None:
    """Let strangers of six providers add new sites; then an owner with another provider."""
    limits = SignUpLimits(
        CountersInMemory(),  # type: ignore[arg-type] # two of its methods
        replace(
            HIGH_LIMITS,
            new_sites_of_domain=Limit("new sites of a domain", 9, ONE_DAY),
            new_sites=Limit("new sites", 20, ONE_DAY),
        ),
    )
    added: list[str] = []
    for provider, network, domain, is_ipv6 in calls:
        ip = f"2001:{provider:x}:{network:x}::1" if is_ipv6 else f"10.{provider}.{network}.1"
        host = f"{domain}.example"
        added += [host] if new_sites(limits, (host, ip)) == [True] else []

    # Each of the six providers passes twice at most.
    assert len(added) <= 20 + 2 * 6
    assert max(Counter(added).values()) <= 9
    assert used(limits, limits.limits.new_sites, ALL_SITES) == len(added)
    assert new_sites(limits, ("owner.test", STRANGER)) == [True]


def test_neighboring_networks_share_a_few_passes(deps: Dependencies) -> None:
    limits = limits_of(deps, new_sites=20)
    for number in range(10):
        networks = [(f"{number}.example", f"2001:db8:{number:x}::{n}") for n in range(2)]
        assert new_sites(limits, *networks) == [True, True]
    assert used(limits, limits.limits.new_sites, ALL_SITES) == 20

    # Two networks of the /32 have passed, and now the limit of all networks is reached.
    assert new_sites(limits, ("a.example", "2001:db8:ffff::1"), ("b.example", "2001:db9::1")) == [
        False,
        True,
    ]


def test_one_caller_costs_four_writes_at_most(deps: Dependencies) -> None:
    limits = limits_of(deps)
    with record_calls() as made:
        limits.count_start(site(), "2001:db8::1")
        limits.count_fetch("su_1", site(), IP)

    assert made == ["UpdateItem"] * (4 + 2)
