"""Networks with a special purpose (IANA's registries) are not asked, whatever Python calls them."""

import ipaddress

import pytest

from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.security.addresses import is_allowed, site_address

SPECIAL = [
    "192.0.0.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.175.48.0/24",
    "2001::/23", "2001:1::1/128", "2001:1::2/128", "2001:3::/32", "2001:4:112::/48",
    "2001:20::/28", "2001:30::/28", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48",
    "3fff::/20", "5f00::/16",
]  # fmt: skip
GLOBAL = ["192.0.0.9", "192.0.0.10"]
"""Python calls these global; nobody's site is there."""


@pytest.mark.parametrize("network", SPECIAL)
def test_no_address_of_a_special_network_is_asked(network: str) -> None:
    found = ipaddress.ip_network(network)
    ends = (found[0], found[-1], found[found.num_addresses // 2])
    assert [str(one) for one in ends if is_allowed(one, allow_local=False)] == []


@pytest.mark.parametrize("address", GLOBAL)
def test_an_exception_in_a_special_network_is_none_for_us(address: str) -> None:
    assert not is_allowed(ipaddress.ip_address(address), allow_local=False)


@pytest.mark.parametrize("url", ["http://example.com:443", "HTTP://example.com:443/"])
def test_http_is_no_site_on_the_port_of_https_either(url: str) -> None:
    with pytest.raises(InvalidRequest, match="https"):
        site_address(url, allow_local=False)
