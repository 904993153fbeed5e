"""Warnings about Associate tags that no call to Amazon has tested."""

import pytest

from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.domain.partner_tags import tag_warning


@pytest.mark.parametrize("code", MARKETPLACES)
def test_usual_tag_of_a_marketplace_has_no_warning(code: str) -> None:
    assert tag_warning(f"mysite-{MARKETPLACES[code].tag_suffix}", code) is None


@pytest.mark.parametrize(
    ("tag", "code", "expected"),
    [
        ("mysite-21", "US", "UK, DE, FR, IT, ES, NL"),
        ("mysite-20", "DE", "US, CA, MX, BR"),
        ("mysite-22", "UK", "JP, AU, SG"),
        ("mysite", "US", "mysite-20"),
        ("mysite-2", "DE", "mysite-21"),
        ("my-site", "JP", "mysite-22"),
        ("mysite20", "US", "mysite-20"),
    ],
)
def test_unusual_tag_has_a_warning(tag: str, code: str, expected: str) -> None:
    assert expected in (tag_warning(tag, code) or "")


@pytest.mark.parametrize(
    ("tag", "code"), [("mysite-22", "NL"), ("mysite-21", "SG"), ("mysite-99", "US")]
)
def test_suffix_without_a_certain_marketplace_has_no_warning(tag: str, code: str) -> None:
    assert tag_warning(tag, code) is None
