"""Hosts that wrap links, and their lookalikes."""

import pytest

from amzlinkr.domain.link_hosts import wraps_links


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("google.com", True),
        ("www.google.co.uk", True),
        ("www.google.com.au", True),
        ("l.facebook.com", True),
        ("m.youtube.com", True),
        ("google.com.evil.com", False),
        ("a.b.google.com", False),
        ("facebook.com", False),
        ("evill.facebook.com", False),
        ("googleXcom", False),
    ],
)
def test_wrapping_hosts_are_exact(host: str, expected: bool) -> None:
    assert wraps_links(host) == expected
