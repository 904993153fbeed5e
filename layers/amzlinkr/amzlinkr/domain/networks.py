"""The networks of a caller's IP address, to which the limits of sign-ups apply."""

from __future__ import annotations

import ipaddress

UNKNOWN = "unknown"
"""The one network of all callers without a readable address."""
ADDRESS_BITS = {4: 32, 6: 64}
"""The prefix that counts as one address. An IPv6 customer usually has a /64 network."""
NETWORK_BITS = {4: 24, 6: 48}
"""The prefix that counts as one network: the largest that providers usually assign to one site."""
PROVIDER_BITS = {4: 16, 6: 32}
"""The prefix that counts as one provider: the smallest IPv6 allocation of a registry, and an IPv4
prefix with as many networks as one customer can rent at low cost."""
WIDER_BITS = {4: (24,), 6: (56, 48)}
"""The prefixes that are limited besides the address, from the narrowest to the network."""


def address_of(text: str) -> str:
    """Return the address of a caller: an IPv4 address or an IPv6 /64, or `unknown`."""
    return _prefix_of(text, ADDRESS_BITS)


def network_of(text: str) -> str:
    """Return the network of a caller: an IPv4 /24 or an IPv6 /48, or `unknown`."""
    return _prefix_of(text, NETWORK_BITS)


def provider_network_of(text: str) -> str:
    """Return the network of a caller's provider: an IPv4 /16 or an IPv6 /32, or `unknown`."""
    return _prefix_of(text, PROVIDER_BITS)


def wider_networks_of(text: str) -> tuple[str, ...]:
    """Return the networks around the address of a caller, from the narrowest to the widest."""
    address = _parse(text)
    if address is None:
        return ()
    return tuple(_network(address, bits) for bits in WIDER_BITS[address.version])


def _prefix_of(text: str, bits: dict[int, int]) -> str:
    address = _parse(text)
    return UNKNOWN if address is None else _network(address, bits[address.version])


def _parse(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    # The same caller as its IPv4 address.
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _network(address: ipaddress.IPv4Address | ipaddress.IPv6Address, bits: int) -> str:
    return str(ipaddress.ip_network((address.packed, bits), strict=False))
