"""Registrable domains: sub-domains of one owner are grouped, customers of a suffix are not."""

import pytest

from amzlinkr.security.addresses import SiteAddress
from amzlinkr.security.registrable_domains import registrable_domain_of


def domain_of(host: str, port: int = 443) -> str:
    return registrable_domain_of(SiteAddress(host, "https", host, port, ""))


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("example.com", "example.com"),
        ("a.b.example.com", "example.com"),
        ("shop.example.co.uk", "example.co.uk"),
        ("one.github.io", "one.github.io"),
        ("deep.one.github.io", "one.github.io"),
        ("xn--85x722f.com.cn", "xn--85x722f.com.cn"),
        ("www.xn--85x722f.xn--fiqs8s", "xn--85x722f.xn--fiqs8s"),
        ("a.unlisted", "a.unlisted"),
        ("x.a.unlisted", "a.unlisted"),
    ],
)
def test_domain_ends_one_label_before_the_public_suffix(host: str, expected: str) -> None:
    assert domain_of(host) == expected
    assert domain_of(host, 8443) == expected


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "github.io", "co.uk"])
def test_host_without_a_domain_counts_as_itself_with_its_port(host: str) -> None:
    assert domain_of(host) == f"{host}:443"
    assert domain_of(host, 8080) == f"{host}:8080"
