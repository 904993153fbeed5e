"""Attacks on sign-up with the default limits of the template: none of them locks anybody out."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product
from typing import Any

import pytest

from amzlinkr.wiring import Dependencies
from infra.local.stack.wordpress import WordPress
from tests.calls import TEMPLATE, Reply, run_admin_command
from tests.clock import FakeClock
from tests.integration import aws_spy
from tests.limits import production_limits, with_limits
from tests.site_client import start_sign_up, verify_sign_up

OWNER, STRANGER = "198.51.100.7", "203.0.113.9"
HOUR_SECONDS = 3600


@pytest.fixture
def production(deps: Dependencies, clock: FakeClock) -> Dependencies:
    """Return dependencies with the template's limits; loopback sites are still allowed."""
    return Dependencies(replace(deps.config, limits=production_limits(TEMPLATE)), clock)


@pytest.fixture
def wordpress() -> Iterator[WordPress]:
    with WordPress() as running:
        yield running


def start(deps: Dependencies, url: str, source_ip: str, **fields: str) -> Reply:
    return start_sign_up(deps, url, source_ip=source_ip, **fields)


def sign_up_as_owner(deps: Dependencies, wordpress: WordPress, source_ip: str = OWNER) -> int:
    """Sign up from the owner's network with the token in place; return the status of verify."""
    started = start(deps, wordpress.url, source_ip)
    assert started.status == 202, started.text
    wordpress.serve_challenge(started.json["challenge"])
    verified = verify_sign_up(deps, started.json, source_ip=source_ip)
    return verified.status


def test_neighboring_ipv6_networks_do_not_close_sign_up(
    production: Dependencies, wordpress: WordPress
) -> None:
    """Attack with 23 neighboring /64 networks and about 440 requests."""
    strangers = [f"2001:db8:0:{n:x}::1" for n in range(23)]
    replies = [
        start(production, f"https://{number}.example", ip, email=f"{number}@example.com").status
        for number, ip in enumerate(strangers * 20)
    ]

    # One /48 starts as many as five addresses, two /56 at most four.
    assert replies.count(202) == 40
    assert set(replies) == {202, 429}
    assert sign_up_as_owner(production, wordpress) == 201
    assert sign_up_as_owner(production, wordpress, "2001:db8:1::1") == 201


def test_invite_passes_every_limit_of_strangers(production: Dependencies) -> None:
    url = "https://invited.example"
    while start(production, url, OWNER).status == 202:
        pass
    code = run_admin_command(production, order="invite", site_url=url, by="support")["invite"]

    started = start(production, url, OWNER, invite=code)

    assert start(production, url, OWNER).status == 429
    assert verify_sign_up(production, started.json, source_ip=OWNER).status == 201


def test_sign_ups_with_the_victims_email_do_not_block_it(
    production: Dependencies, wordpress: WordPress
) -> None:
    for number in range(100):
        url, ip = f"https://{number}.example", f"203.0.{number}.1"
        assert start(production, url, ip, email="owner@example.com").status == 202
    assert sign_up_as_owner(production, wordpress) == 201


def test_flood_of_verifications_does_not_lock_the_owner_out(
    production: Dependencies, clock: FakeClock, wordpress: WordPress
) -> None:
    """Attack with 315 requests from three addresses, which became 600 requests to the site."""
    strangers = ["203.0.113.9", "203.0.114.9", "203.0.115.9"]
    started = [start(production, wordpress.url, ip).json for ip in strangers for _ in range(5)]
    sent = list(islice(product(started, range(21)), 315))

    statuses = [
        verify_sign_up(production, each, source_ip=strangers[number % 3]).status
        for number, (each, _) in enumerate(sent)
    ]

    # Three free attempts of each network, and one for all callers, each with two requests.
    assert statuses.count(422) == 3 * 3 + 1
    assert len(wordpress.requested_paths) == 2 * (3 * 3 + 1)
    assert sign_up_as_owner(production, wordpress) == 201


def test_fetches_from_a_flooded_host_are_paced(
    production: Dependencies, clock: FakeClock, wordpress: WordPress
) -> None:
    networks = [f"203.0.{n}.9" for n in range(6)]
    started = [start(production, wordpress.url, ip).json for ip in networks for _ in range(5)]
    seconds = 0
    while seconds < HOUR_SECONDS:
        for number, each in enumerate(started):
            verify_sign_up(production, each, source_ip=networks[number % 6])
        clock.advance(seconds=60)
        seconds += 60

    attempts = len(wordpress.requested_paths) // 2
    pace = production.config.limits.verifications_of_host.per.total_seconds()
    # Two hours of the clock begin in this hour of attempts at most.
    assert attempts <= 2 * 3 * len(networks) + HOUR_SECONDS / pace
    assert attempts > 3 * len(networks)


def test_neighbors_of_a_network_do_not_block_a_domain(
    production: Dependencies, wordpress: WordPress
) -> None:
    """Attack with ten /64 of one /60."""
    for number, _ in product(range(10), range(10)):
        start(production, wordpress.url, f"2001:db8:0:{number:x}::1")
    assert sign_up_as_owner(production, wordpress, "2001:db8:1::1") == 201


def test_customer_of_a_shared_server_leaves_its_neighbors_their_own_domains(
    production: Dependencies, wordpress: WordPress
) -> None:
    statuses = [start(production, "https://customer.example", OWNER).status for _ in range(30)]

    assert statuses == [202] * 5 + [429] * 25
    assert sign_up_as_owner(production, wordpress, OWNER) == 201


def test_customer_of_a_shared_server_does_not_use_up_its_neighbors_attempts(
    production: Dependencies, wordpress: WordPress
) -> None:
    with WordPress() as customer:
        for _ in range(4):
            started = start(production, customer.url, OWNER).json
            for _ in range(10):
                verify_sign_up(production, started, source_ip=OWNER)
    assert sign_up_as_owner(production, wordpress, OWNER) == 201


def test_sub_domains_count_as_one_domain(production: Dependencies) -> None:
    wildcard = [start(production, f"https://{n}.evil.co.uk", OWNER).status for n in range(10)]
    customers = [start(production, f"https://{n}.github.io", OWNER).status for n in range(10)]

    assert wildcard == [202] * 5 + [429] * 5
    assert customers == [202] * 10


def test_new_sites_of_one_domain_do_not_use_up_the_day(
    deps: Dependencies, wordpress: WordPress
) -> None:
    limited = with_limits(deps, new_sites_of_domain=2, new_sites=4)
    owned = [wordpress.url, *(f"{wordpress.url}/{n}" for n in range(4))]

    statuses = [verify_url(limited, wordpress, url).status for url in owned]

    assert statuses == [201, 201, 429, 429, 429]
    # A known site passes, and so does another host.
    assert verify_url(limited, wordpress, owned[0]).status == 201
    with WordPress("127.0.0.2") as other:
        assert verify_url(limited, other, other.url).status == 201


def test_verified_strangers_do_not_close_sign_up_for_other_networks(
    deps: Dependencies, wordpress: WordPress
) -> None:
    limited = with_limits(deps, new_sites=2)
    with WordPress("127.0.0.2") as evil:
        urls = [f"{evil.url}/{n}" for n in range(4)]
        statuses = [verify_url(limited, evil, url, STRANGER).status for url in urls]

    assert statuses == [201, 201, 429, 429]
    assert verify_url(limited, wordpress, wordpress.url).status == 201


def test_networks_without_number_do_not_exceed_the_limits(
    deps: Dependencies, wordpress: WordPress
) -> None:
    """Attack with one host and a network for each of its sites."""
    limited = with_limits(deps, new_sites_of_domain=3, new_sites=20)
    networks = [f"2a0d:{number:x}::1" for number in range(8)]

    statuses = [
        verify_url(limited, wordpress, f"{wordpress.url}/s{number}", ip).status
        for number, ip in enumerate(networks)
    ]

    assert statuses == [201] * 3 + [429] * 5
    status = run_admin_command(limited, order="status")
    assert status["new_sites_today"] == {"used": 3, "limit": 20}


def verify_url(deps: Dependencies, wordpress: WordPress, url: str, caller: str = OWNER) -> Reply:
    started = start(deps, url, caller).json
    wordpress.serve_challenge(started["challenge"])
    return verify_sign_up(deps, started, source_ip=caller)


@pytest.mark.parametrize("limit", ["signups_of_address", "signups_of_domain_and_address"])
def test_refused_start_says_when_to_repeat_it(
    deps: Dependencies, clock: FakeClock, wordpress: WordPress, limit: str
) -> None:
    limited = with_limits(deps, **{limit: 2})
    assert [start_sign_up(limited, wordpress.url).status for _ in range(3)] == [202, 202, 429]
    refused = start_sign_up(limited, wordpress.url)
    assert refused.json["code"] == "rate_limited"
    assert int(refused.headers["retry-after"]) == refused.json["retry_after"] == 12 * 3600
    clock.advance(hours=12)
    assert start_sign_up(limited, wordpress.url).status == 202


def test_limits_do_not_reveal_known_hosts(production: Dependencies, wordpress: WordPress) -> None:
    assert sign_up_as_owner(production, wordpress) == 201
    outcomes: list[Any] = []
    with WordPress("127.0.0.2") as unknown:
        for number, url in enumerate((wordpress.url, unknown.url)):
            with aws_spy.record_calls() as made:
                replies = [start(production, url, f"203.0.{number}.1").status for _ in range(8)]
            outcomes.append((replies, made))
    assert outcomes[0] == outcomes[1]


def test_mode_invite_names_the_remedy(deps: Dependencies, wordpress: WordPress) -> None:
    closed = Dependencies(replace(deps.config, signup_mode="invite"), deps.clock)

    refused = start(closed, wordpress.url, OWNER)

    assert (refused.status, refused.json["code"]) == (403, "invite_required")
    assert "invite" in refused.json["action"]
