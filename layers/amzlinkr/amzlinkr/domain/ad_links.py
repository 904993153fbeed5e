"""Products in the addresses of Amazon's ads: widgets, banners, and counting pixels.

The forms come from public pages that contain such ads.
"""

from __future__ import annotations

from amzlinkr.domain.marketplaces import MARKETPLACES, Marketplace
from amzlinkr.domain.product_paths import QueryParameters, asin_of_parameters

AD_HOST = "amazon-adsystem.com"
"""The host of Amazon's ads."""
_NUMBERS = {
    "1": "US", "2": "UK", "3": "DE", "8": "FR", "9": "JP", "15": "CA", "29": "IT", "30": "ES",
    "36": "AU",
}  # fmt: skip
"""Marketplaces by the value of the parameter `o`."""


def asin_of_ad(parameters: QueryParameters) -> str | None:
    """Return the ASIN of the first product that an ad shows, or None."""
    # Only in ads, `a` is the ASIN.
    named = [("asin", value) for name, value in parameters if name == "a"]
    return asin_of_parameters(parameters) or asin_of_parameters(named)


def marketplace_of_ad(host: str, parameters: QueryParameters) -> Marketplace | None:
    """Return the marketplace of an ad, or None if the ad only names a region of the world."""
    values = dict(parameters)
    codes = (
        values.get("marketplace", ""),
        values.get("region", ""),
        _NUMBERS.get(values.get("o", ""), ""),
        host.partition(".")[0].rpartition("-")[2],  # as in ir-de.amazon-adsystem.com
    )
    known = (MARKETPLACES.get(code.upper().replace("GB", "UK")) for code in codes)
    return next(filter(None, known), None)
