"""Response types about sites and marketplaces."""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from amzlinkr.http.schemas.connections import ConnectionOut, Timestamp

DeletionStatus = Literal["leaving"]
"""State of a deleted site.

- `leaving`: All access has ended. The data is deleted in the background.
"""


class RegionsOut(Struct):
    """Regions of the two Amazon APIs that serve a marketplace."""

    paapi5: str
    """AWS region of PA-API 5.0, such as `us-east-1`."""
    creators: str
    """Region of the Creators API: `NA`, `EU`, or `FE`."""


class MarketplaceOut(Struct):
    """Amazon marketplace."""

    code: str
    """Code of the marketplace, which all calls use: two letters, such as `US`."""
    domain: str
    """Host of Amazon's pages, such as `www.amazon.com`."""
    name: str
    """Name of the country in English."""
    currency: str
    """Currency of all prices (ISO 4217)."""
    decimals: int
    """Number of decimal places of the currency: 2, or 0 for yen."""
    languages: tuple[str, ...]
    """Languages of Amazon's texts, the default one first, such as `en_US`."""
    regions: RegionsOut
    """Regions of the two Amazon APIs."""


class MarketplaceList(Struct):
    """Supported marketplaces."""

    marketplaces: list[MarketplaceOut]
    """All 22 marketplaces."""


class SiteOut(Struct, kw_only=True):
    """Site with its settings and connections."""

    site_id: str
    """ID of the site."""
    site_url: str
    """URL of the site, in canonical form."""
    email: str
    """E-mail address of the owner."""
    created_at: Timestamp
    """Time of the first sign-up."""
    refresh_hours: int
    """Hours between two refreshes of a product, 1 to 12. 2 to 12 exceed Amazon's guide of one hour
    for offers."""
    suspended: bool
    """True if the operator suspended the site. It may then read, export and delete its data
    only."""
    connections: list[ConnectionOut]
    """Connections, one for each connected marketplace."""
    primary_marketplace: str | UnsetType = UNSET
    """Marketplace of calls that name none. Absent before the first connection."""


class SiteDeleted(Struct):
    """Confirmation that the site is deleted. All API keys are revoked."""

    status: DeletionStatus
    """State of the deletion."""
    host: str
    """Host of the site."""
    left_at: Timestamp
    """Time at which access ended."""
