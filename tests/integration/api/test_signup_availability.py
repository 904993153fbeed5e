"""Invariant: whatever strangers call, the owner of a site can sign up from another network.

Strangers are all callers outside the owner's /24 or /48. Their calls are generated: any address,
host, e-mail address, wrong or right secret, and floods of verifications. Then the owner signs up
with the token in place, with the default limits of the template.
"""

import socket
from collections import Counter
from dataclasses import dataclass, field, replace
from socket import getaddrinfo
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from amzlinkr.domain.networks import network_of
from amzlinkr.wiring import Dependencies
from infra.local.stack.wordpress import WordPress
from tests.calls import TEMPLATE, event_of, send
from tests.clock import FakeClock
from tests.limits import production_limits
from tests.simulation.memory_aws import MemoryAws
from tests.site_client import start_sign_up, verify_sign_up

OWNERS = ("198.51.100.7", "2001:db8:ffff:1::7")
MAX_REPEATS = 60
"""The longest flood of one caller; it exceeds all limits of an address and of a sign-up."""
EXAMPLES = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@dataclass
class Strangers:
    """Strangers with the sign-ups that they started, and the site of the victim."""

    deps: Dependencies
    clock: FakeClock
    victim: WordPress
    started: list[dict[str, Any]] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    attempts: Counter[tuple[str, int]] = field(default_factory=Counter)

    def hosts(self) -> tuple[str, ...]:
        """Return URLs of the victim and of others."""
        local = self.victim.url.replace("127.0.0.1", "localhost")
        subdomain = "https://shop.victim.co.uk"
        return (self.victim.url, f"{self.victim.url}/x", local, subdomain, "https://victim.co.uk")

    def start(self, address: str, host: int, email: str, times: int) -> None:
        """Start sign-ups of a host."""
        for number in range(times):
            url = self.hosts()[host] if host >= 0 else f"https://h{number}.evil.example"
            reply = start_sign_up(self.deps, url, source_ip=address, email=email)
            self.statuses[reply.status] += 1
            if reply.status == 202:
                self.started.append(reply.json)

    def verify(self, address: str, which: int, secret: str, times: int) -> None:
        """Verify one of the sign-ups, with its secret or another text."""
        if not self.started:
            return
        sign_up = self.started[which % len(self.started)]
        sign_up = sign_up if secret == "own" else {**sign_up, "signup_secret": secret}
        for _ in range(times):
            before = len(self.victim.requested_paths)
            reply = verify_sign_up(self.deps, sign_up, source_ip=address)
            self.statuses[reply.status] += 1
            if len(self.victim.requested_paths) > before:
                self.attempts[network_of(address), self.hour()] += 1

    def nonsense(self, address: str, body: str, times: int) -> None:
        """Send texts that are no requests."""
        for _ in range(times):
            event = event_of("POST", "/v1/signup", body)
            event["requestContext"]["identity"]["sourceIp"] = address
            self.statuses[send(self.deps, event).status] += 1

    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds=seconds)

    def hour(self) -> int:
        return int(self.clock.now().timestamp()) // 3600


def is_stranger(address: str) -> bool:
    return network_of(address) not in {network_of(owner) for owner in OWNERS}


NEAR = st.sampled_from(
    [
        "198.51.101.7",
        "198.51.99.255",
        "2001:db8:fffe:ffff::1",
        "127.0.0.1",
        "unknown",
        "::ffff:1.2.3.4",
    ]
)
IPV4_BLOCK = st.integers(0, 255).map(lambda n: f"203.0.113.{n}")
IPV6_BLOCK = st.integers(0, 2**16 - 1).map(lambda n: f"2001:db8:5:{n:x}::1")
ANY_IP = st.ip_addresses().map(str)
ADDRESSES = st.one_of(NEAR, IPV4_BLOCK, IPV6_BLOCK, ANY_IP).filter(is_stranger)
TIMES = st.sampled_from([1, 2, 6, 25, MAX_REPEATS])
EMAILS = st.sampled_from(["owner@example.com", "Owner@EXAMPLE.com", "x@evil.example"])
SECRETS = st.one_of(st.just("own"), st.just("own"), st.text(max_size=50))
STEPS = st.one_of(
    st.tuples(st.just("start"), ADDRESSES, st.integers(-1, 4), EMAILS, TIMES),
    st.tuples(st.just("verify"), ADDRESSES, st.integers(0, 200), SECRETS, TIMES),
    st.tuples(st.just("verify"), ADDRESSES, st.integers(0, 200), SECRETS, TIMES),
    st.tuples(st.just("nonsense"), ADDRESSES, st.sampled_from(["", "{", '{"site_url": 1}']), TIMES),
    st.tuples(st.just("wait"), st.sampled_from([1, 19, 20, 61, 1800, 3600])),
)


def resolve_loopback(host: str, *options: Any, **more: Any) -> Any:
    """Resolve loopback addresses only, so that no request leaves the machine."""
    if host not in ("127.0.0.1", "localhost"):
        raise socket.gaierror
    return getaddrinfo("127.0.0.1", *options, **more)


def flood(which: int, count: int) -> list[Any]:
    """Return steps in which many networks start sign-ups of a host and verify them."""
    return [
        step
        for number in range(count)
        for step in (
            ("start", f"192.0.{number}.1", which, "owner@example.com", 25),
            ("verify", f"192.0.{number}.1", 5 * number, "own", 25),
        )
    ]


CALLS = given(
    steps=st.lists(STEPS, max_size=14), owner=st.sampled_from(OWNERS), is_known=st.booleans()
)


@EXAMPLES
@example(steps=flood(0, 12), owner=OWNERS[0], is_known=False)
@example(steps=flood(1, 12), owner=OWNERS[1], is_known=True)
@example(steps=flood(-1, 30), owner=OWNERS[1], is_known=False)
@CALLS
def test_owner_signs_up_whatever_strangers_called(
    steps: list[Any], owner: str, *, is_known: bool
) -> None:
    check_sign_up_after(steps, owner, is_known=is_known)


@pytest.mark.slow
@settings(EXAMPLES, max_examples=300)
@CALLS
def test_owner_signs_up_after_many_other_calls(
    steps: list[Any], owner: str, *, is_known: bool
) -> None:
    check_sign_up_after(steps, owner, is_known=is_known)


def check_sign_up_after(steps: list[Any], owner: str, *, is_known: bool) -> None:
    """Let strangers make these calls; then the owner must receive a 202 and a 201."""
    clock = FakeClock()
    with (
        MemoryAws(clock.now).beneath() as config,
        WordPress() as wordpress,
        mock.patch.object(socket, "getaddrinfo", resolve_loopback),
    ):
        limits = production_limits(TEMPLATE)
        deps = Dependencies(replace(config, limits=limits), clock)
        if is_known:
            assert sign_up(deps, wordpress, owner) == 201
            wordpress.responses.clear()
        strangers = Strangers(deps, clock, wordpress)
        for name, *arguments in steps:
            getattr(strangers, name)(*arguments)

        assert set(strangers.statuses) <= {202, 404, 422, 429}
        free = limits.free_verifications.maximum
        excess = sum(max(0, made - free) for made in strangers.attempts.values())
        began = (clock.now() - FakeClock().now()).total_seconds()
        pace = limits.verifications_of_host.per.total_seconds()
        # The victim's URLs with its address and with `localhost` are two hosts.
        assert excess <= 2 * (began // pace + 1)
        assert sign_up(deps, wordpress, owner) == 201


def sign_up(deps: Dependencies, wordpress: WordPress, source_ip: str) -> int:
    """Sign up with the token in place; return the status of verify."""
    started = start_sign_up(deps, wordpress.url, source_ip=source_ip)
    assert started.status == 202, started.text
    wordpress.serve_challenge(started.json["challenge"])
    return verify_sign_up(deps, started.json, source_ip=source_ip).status
