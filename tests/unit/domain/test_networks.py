"""The networks of callers' addresses."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.networks import (
    UNKNOWN,
    address_of,
    network_of,
    provider_network_of,
    wider_networks_of,
)


@pytest.mark.parametrize(
    ("text", "address", "wider"),
    [
        ("203.0.113.9", "203.0.113.9/32", ("203.0.113.0/24",)),
        ("::ffff:203.0.113.9", "203.0.113.9/32", ("203.0.113.0/24",)),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64", ("2001:db8:1::/56", "2001:db8:1::/48")),
        ("2001:db8:1:f02::", "2001:db8:1:f02::/64", ("2001:db8:1:f00::/56", "2001:db8:1::/48")),
    ],
)
def test_prefixes_widen_from_the_address_to_the_network(
    text: str, address: str, wider: tuple[str, ...]
) -> None:
    assert (address_of(text), wider_networks_of(text)) == (address, wider)
    assert network_of(text) == wider[-1]


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        ("203.0.113.9", "203.0.0.0/16"),
        ("::ffff:203.0.113.9", "203.0.0.0/16"),
        ("2001:db8:ffff::1", "2001:db8::/32"),
        ("none", UNKNOWN),
    ],
)
def test_network_of_a_provider_is_wider(text: str, provider: str) -> None:
    assert provider_network_of(text) == provider


@given(st.ip_addresses(v=6), st.integers(0, 2**80 - 1), st.integers(1, 2**48 - 1))
def test_ipv6_network_ends_after_48_bits(
    address: ipaddress.IPv6Address, host: int, other: int
) -> None:
    network = int(address) >> 80
    neighbor = str(ipaddress.IPv6Address((network << 80) | host))
    stranger = str(ipaddress.IPv6Address(((network ^ other) << 80) | host))
    texts = {network_of(str(address)), network_of(neighbor)}

    # An address in ::ffff:0:0/96 is an IPv4 address.
    is_mapped = any(ipaddress.IPv6Address(text).ipv4_mapped for text in (str(address), neighbor))
    assert is_mapped or len(texts) == 1
    assert network_of(stranger) not in texts


@given(st.ip_addresses())
def test_every_prefix_contains_the_address(address: ipaddress.IPv4Address) -> None:
    text = str(address)
    for network in (address_of(text), *wider_networks_of(text)):
        assert address in ipaddress.ip_network(network)


@pytest.mark.parametrize("text", ["", "unknown", "127.0.0.1:80", "1.2.3", "::1%", "::1, ::2"])
def test_other_text_is_one_unknown_network(text: str) -> None:
    assert (address_of(text), network_of(text)) == (UNKNOWN, UNKNOWN)
    assert wider_networks_of(text) == ()
