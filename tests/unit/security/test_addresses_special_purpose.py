"""Special-purpose networks (IANA's registries): rejected, also where Python calls them global."""

import ipaddress

import pytest

from amzlinkr.security.addresses import is_allowed

SPECIAL = [
    "192.0.0.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.175.48.0/24",
    "2001::/23", "2001:1::1/128", "2001:1::2/128", "2001:3::/32", "2001:4:112::/48",
    "2001:20::/28", "2001:30::/28", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48",
    "3fff::/20", "5f00::/16",
]  # fmt: skip
GLOBAL = ["192.0.0.9", "192.0.0.10"]
"""Python calls these addresses global. They are for protocols, not for sites."""


@pytest.mark.parametrize("network", SPECIAL)
def test_special_purpose_network_is_rejected(network: str) -> None:
    parsed = ipaddress.ip_network(network)
    samples = (parsed[0], parsed[-1], parsed[parsed.num_addresses // 2])

    assert [str(sample) for sample in samples if is_allowed(sample, allow_local=False)] == []


@pytest.mark.parametrize("address", GLOBAL)
def test_globally_reachable_address_in_special_purpose_network_is_rejected(address: str) -> None:
    assert not is_allowed(ipaddress.ip_address(address), allow_local=False)
