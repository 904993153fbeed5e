"""Sign-up limits count people, domains, and networks in their normalized form."""

import pytest

from amzlinkr.wiring import Dependencies
from tests.limits import with_limits
from tests.site_client import start_sign_up


def statuses(deps: Dependencies, limit: str, *sign_ups: tuple[str, str]) -> list[int]:
    """Return the statuses of sign-ups while the limit allows one.

    Each sign-up is a site URL and either an email address or a network address.
    """
    limited = with_limits(deps, **{limit: 1})
    return [
        start_sign_up(limited, url, email=address).status
        if "@" in address
        else start_sign_up(limited, url, source_ip=address).status
        for url, address in sign_ups
    ]


def test_email_limit_ignores_case(deps: Dependencies) -> None:
    sites = ["https://one.example", "https://two.example"]
    people = zip(sites, ["owner@example.com", "Owner@EXAMPLE.com"], strict=True)
    assert statuses(deps, "signups_of_email", *people) == [202, 429]


@pytest.mark.parametrize("limit", ["signups_of_domain", "signups_of_domain_and_address"])
def test_domain_limit_ignores_folders(deps: Dependencies, limit: str) -> None:
    folders = [("https://one.example/a", "a@example.com"), ("https://one.example/b", "b@b.example")]
    assert statuses(deps, limit, *folders) == [202, 429]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", 429),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", 202),
        ("203.0.113.1", "203.0.113.1", 429),
        ("203.0.113.1", "203.0.113.2", 202),
        ("nonsense", "no address either", 429),
    ],
)
def test_address_limit_groups_one_network(
    deps: Dependencies, first: str, second: str, expected: int
) -> None:
    callers = [("https://one.example", first), ("https://two.example", second)]
    assert statuses(deps, "signups_of_address", *callers) == [202, expected]
