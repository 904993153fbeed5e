"""Descriptions of responses: status, type and redirect host, and no text that a site chose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3 import HTTPHeaderDict

from amzlinkr.security.addresses import SiteAddress
from amzlinkr.security.seen_responses import describe_response

SITE = SiteAddress("example.com", "https", "example.com", 443, "/blog")


def described(status: int, **headers: str) -> str:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return describe_response(status, HTTPHeaderDict(names), SITE)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("text/html", "content type text/html"),
        (" Text/HTML ; charset=utf-8", "content type text/html"),
        ("application/problem+json", "content type application/problem+json"),
        ("", "no content type"),
        (";", "no content type"),
        ("nonsense", "an unreadable content type"),
        ("text/<script>", "an unreadable content type"),
        ("a/" + "b" * 64, "an unreadable content type"),
    ],
)
def test_content_type_is_repeated_only_in_its_form(header: str, expected: str) -> None:
    assert described(404, Content_Type=header) == f"it returned HTTP 404 with {expected}"


def test_success_without_the_token_says_so() -> None:
    assert described(200).endswith("with no content type, but not exactly the token")
    assert "token" not in described(201)


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("https://www.example.org/login?next=secret", "www.example.org"),
        ("//CDN.example.org:8443/x", "cdn.example.org"),
        ("http://user:secret@example.org/", "example.org"),
        ("https://[2001:db8::1]/", "2001:db8::1"),
        ("/wp-login.php", "its own host"),
        ("https://EXAMPLE.com/", "its own host"),
        ("", "no readable address"),
        ("https://", "its own host"),
        ("https://exa mple.org/", "no readable address"),
        ("https://<b>.example.org/", "no readable address"),
        ("https://[::1", "no readable address"),
        ("https://" + "a" * 300 + ".org", "no readable address"),
        ("javascript:alert(1)", "no readable address"),
    ],
)
def test_redirect_is_described_by_its_host(location: str, expected: str) -> None:
    text = described(302, Location=location)
    assert text == f"it returned HTTP 302, a redirect to {expected}, which is not followed"


@given(st.integers(100, 999), st.text(max_size=80), st.text(max_size=80))
def test_no_markup_or_control_character_is_passed_on(
    status: int, content_type: str, location: str
) -> None:
    text = describe_response(status, {"content-type": content_type, "location": location}, SITE)
    assert text.isprintable()
    assert text.isascii()
    assert not set("<>\"'&?=%\\") & set(text)
