"""Products in addresses of Amazon's ads."""

import pytest

from amzlinkr.domain.ad_links import AD_HOST, asin_of_ad, marketplace_of_ad
from amzlinkr.domain.product_paths import parameters_of


@pytest.mark.parametrize(
    ("label", "query", "code"),
    [
        ("ws-eu", "MarketPlace=de", "DE"),
        ("ws-eu", "marketplace=GB", "UK"),
        ("ws-na", "marketplace=amazon&region=US", "US"),
        ("rcm-eu", "o=29", "IT"),
        ("ir-au", "o=36", "AU"),
        ("ir-de", "o=99", "DE"),
        ("ws-fe", "o=99", None),
        ("aax-us-east", "", None),
    ],
)
def test_parameters_come_before_the_host(label: str, query: str, code: str | None) -> None:
    marketplace = marketplace_of_ad(f"{label}.{AD_HOST}", parameters_of(query))

    assert (marketplace.code if marketplace else None) == code


@pytest.mark.parametrize(
    ("query", "asin"),
    [
        ("ASIN=B0C0FFEE42&a=B0BBBBBBBB", "B0C0FFEE42"),
        ("asins=B0C0FFEE42,B0BBBBBBBB", "B0C0FFEE42"),
        ("a=B0C0FFEE42", "B0C0FFEE42"),
        ("a=1", None),
        ("o=3", None),
    ],
)
def test_asin_of_an_ad(query: str, asin: str | None) -> None:
    assert asin_of_ad(parameters_of(query)) == asin
