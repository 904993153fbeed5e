"""Canonical site URLs, and the addresses that may be connected to."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.security.addresses import MAX_URL_CHARS, is_allowed, site_address

EQUIVALENT_URLS = [
    "https://example.com", "https://example.com/", "https://EXAMPLE.com", "HTTPS://example.com",
    "https://example.com:443", "https://example.com:443/", "https://example.com.",
    " https://example.com ", "https://example.com./", "https://example.com//",
    "https://example。com", "https://example.com。", "https://ｅｘａｍｐｌｅ.com", "https://example．com",
    "https://example｡com/", "https://example.com/?", "https://example.com\t",
]  # fmt: skip
EQUIVALENT_IDN_URLS = [
    "https://bücher.example", "https://BÜCHER.example", "https://xn--bcher-kva.example",
    "https://XN--BCHER-KVA.EXAMPLE", "https://bu\u0308cher.example", "https://bücher.example./",
]  # fmt: skip
INVALID_URLS = [
    "", "example.com", "//example.com", "https://", "https:///path", "https:example.com",
    "http://example.com", "ftp://example.com", "file:///etc/passwd", "javascript:alert(1)",
    "gopher://example.com", "https://user@example.com", "https://user:pass@example.com",
    "https://@example.com", "https://:@example.com", "https://example.com@127.0.0.1",
    "https://example.com:80", "https://example.com:8443", "https://example.com:99999",
    "https://example.com:x", "https://example.com?x=1", "https://example.com#x",
    "https://example.com\\@evil.example", "https://exa mple.com", "https://exam\nple.com",
    "https://example\u202e.com", "https://example.com/a/../b", "https://example.com/./a",
    "https://example.com/%2e%2e", "https://example.com/a%2fb", "https://localhost",
    "https://intranet", "https://127.0.0.1", "https://127.0.0.1.", "https://127.1",
    "https://2130706433", "https://0x7f000001", "https://0x7f.0.0.1", "https://0177.0.0.1",
    "https://017700000001", "https://127.0.0.0x1", "https://１２７.０.０.１", "https://127。0。0。1",
    "https://①②⑦.0.0.1", "https://0", "https://0.0.0.0", "https://10.0.0.1",
    "https://169.254.169.254", "https://8.8.8.8", "https://[::1]", "https://[::]",
    "https://[::ffff:127.0.0.1]", "https://[::ffff:7f00:1]", "https://[64:ff9b::7f00:1]",
    "https://[2002:7f00:1::]", "https://[fe80::1%25eth0]", "https://[fd00:ec2::254]",
    "https://[::1", "https://]", "https://-example.com", "https://example..com",
    "https://.example.com", "https://.", "https://。", "https://exa_mple.com", "https://xn--a.com",
    "https://xn--.com", f"https://{'a' * 64}.com", f"https://{'a.' * 130}com",
    f"https://example.com/{'a' * 500}", "https://a.1", "https://[v1.fe80]", "https://[example.com]",
    "https://example.com/index.php", "https://example.com/blog/INDEX.PHP", "https://example.com/;a",
]  # fmt: skip
BLOCKED = [
    "0.0.0.0",  # noqa: S104 - never bound
    "0.1.2.3", "10.0.0.1", "100.64.0.1", "169.254.169.254", "169.254.170.2",
    "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1",
    "255.255.255.255", "::", "::7f00:1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:a9fe:a9fe::1", "2001::1", "2001:db8::1",
    "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "100::1",
]  # fmt: skip
LOOPBACK = ["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"]
PUBLIC = ["8.8.8.8", "93.184.215.14", "2606:4700:4700::1111", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("url", EQUIVALENT_URLS)
def test_equivalent_urls_have_the_same_name(url: str) -> None:
    site = site_address(url, allow_local=False)

    assert (site.name, site.url) == ("example.com", "https://example.com")
    assert (site.host, site.port, site.path) == ("example.com", 443, "")


@pytest.mark.parametrize("url", EQUIVALENT_IDN_URLS)
def test_international_host_is_encoded_in_ascii(url: str) -> None:
    assert site_address(url, allow_local=False).name == "xn--bcher-kva.example"


def test_path_distinguishes_sites_and_its_slashes_are_normalized() -> None:
    names = {
        site_address(f"https://example.com/{path}", allow_local=False).name
        for path in ("blog", "blog/", "/blog//", "blog/de", "Blog", "café", "cafe\u0301")
    }

    blogs = {"example.com/blog", "example.com/blog/de", "example.com/Blog"}
    assert names == blogs | {"example.com/café"}


@pytest.mark.parametrize("url", INVALID_URLS)
def test_invalid_url_is_rejected_with_the_field(url: str) -> None:
    with pytest.raises(InvalidRequest) as error:
        site_address(url, allow_local=False)

    assert error.value.field == "site_url"


@pytest.mark.parametrize("url", ["http://example.com:443", "HTTP://example.com:443/"])
def test_http_on_port_443_is_rejected(url: str) -> None:
    with pytest.raises(InvalidRequest, match="https"):
        site_address(url, allow_local=False)


@given(st.text(max_size=60), st.booleans())
def test_any_text_is_a_canonical_url_or_an_invalid_request(text: str, local: bool) -> None:
    for url in (text, f"https://{text}", f"https://{text}.com"):
        try:
            site = site_address(url, allow_local=local)
        except InvalidRequest:
            continue
        assert site_address(site.url, allow_local=local) == site


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://127.0.0.1:8080", "127.0.0.1:8080"),
        ("http://127.0.0.1:8081/blog/", "127.0.0.1:8081/blog"),
        ("http://localhost:8080", "localhost:8080"),
        ("http://[::1]:8080", "[::1]:8080"),
    ],
)
def test_local_site_requires_allow_local_and_port_distinguishes_sites(url: str, name: str) -> None:
    assert site_address(url, allow_local=True).name == name
    with pytest.raises(InvalidRequest):
        site_address(url, allow_local=False)


@pytest.mark.parametrize("url", ["http://localhost", "http://localhost:80", "HTTP://localhost/"])
def test_local_http_site_has_port_80(url: str) -> None:
    site = site_address(url, allow_local=True)

    assert (site.port, site.name, site.url) == (80, "localhost:80", "http://localhost")


def test_local_https_site_has_port_443() -> None:
    site = site_address("https://localhost", allow_local=True)

    assert (site.port, site.name, site.url) == (443, "localhost", "https://localhost")


@pytest.mark.parametrize("text", BLOCKED)
def test_address_outside_the_public_internet_is_rejected(text: str) -> None:
    address = ipaddress.ip_address(text)

    assert not is_allowed(address, allow_local=False)
    assert not is_allowed(address, allow_local=True)


@pytest.mark.parametrize("text", LOOPBACK)
def test_loopback_address_requires_allow_local(text: str) -> None:
    address = ipaddress.ip_address(text)

    assert is_allowed(address, allow_local=True)
    assert not is_allowed(address, allow_local=False)


@pytest.mark.parametrize("text", PUBLIC)
def test_public_address_is_allowed(text: str) -> None:
    assert is_allowed(ipaddress.ip_address(text), allow_local=False)


@pytest.mark.parametrize(
    ("url", "detail"),
    [
        ("https://exam\nple.com", "This is not a URL."),
        ("https://exa mple.com", "This is not a URL."),
        ("https://example\u202e.com", "This is not a URL."),
        ("https://[::1", "This is not a URL."),
        ("https://example.com:99999", "This is not a URL."),
        ("http://example.com", "The URL must begin with https://."),
        ("example.com", "The URL must begin with https://."),
        ("https://user@example.com", "The URL must not contain a user name."),
        ("https://:word@example.com", "The URL must not contain a user name."),
        ("https://@example.com", "The URL must not contain a user name."),
        ("https://example.com?x=1", "The URL must not contain ? or #."),
        ("https://example.com#x", "The URL must not contain ? or #."),
        ("https://example.com/a\\b", "The URL must not contain ? or #."),
        ("https://127.0.0.1", "The URL must contain a host name, not an IP address."),
        ("https://[2606:4700::1]", "The URL must contain a host name, not an IP address."),
        ("https://xn--a.com", "The host name of this URL is not valid."),
        ("https://localhost", "The URL must contain the full public host name."),
        ("https://127.1", "The URL must contain the full public host name."),
        ("https://example.com:8443", "The URL must not contain a port."),
        ("https://example.com:0", "The URL must not contain a port."),
        *(
            (
                f"https://example.com/{path}",
                "The path of the URL must not contain dots alone, %, ; or a PHP file.",
            )
            for path in (".", "..", "a/../b", "a%20b", "a;b", "index.php", "a/INDEX.PHP")
        ),
    ],
)
def test_problem_of_a_url_names_its_cause(url: str, detail: str) -> None:
    with pytest.raises(InvalidRequest) as error:
        site_address(url, allow_local=False)

    assert error.value.detail == detail
    assert "https://example.com" in error.value.action


@pytest.mark.parametrize("path", ["...", "a.b", "a.php5", "php", "a:b", "a@b", ".well-known"])
def test_other_paths_are_accepted(path: str) -> None:
    assert site_address(f"https://example.com/{path}", allow_local=False).path == f"/{path}"


def test_url_has_a_maximum_length() -> None:
    longest = "https://example.com/".ljust(MAX_URL_CHARS, "a")

    assert site_address(f" {longest}\n", allow_local=False).url == longest
    with pytest.raises(InvalidRequest, match="not a URL"):
        site_address(f"{longest}a", allow_local=False)


@pytest.mark.parametrize(
    "url", ["ftp://localhost", "http://localhost:0", "http://10.0.0.1", "http://intranet:8080"]
)
def test_local_sites_have_limits_too(url: str) -> None:
    with pytest.raises(InvalidRequest):
        site_address(url, allow_local=True)


def test_public_site_is_valid_beside_local_ones() -> None:
    site = site_address("http://example.com:8080/blog", allow_local=True)

    assert (site.name, site.url) == ("example.com:8080/blog", "http://example.com:8080/blog")
    assert site_address("https://example.com", allow_local=True).name == "example.com"
