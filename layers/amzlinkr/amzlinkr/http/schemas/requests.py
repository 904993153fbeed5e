"""Request types: bodies and query strings. Unknown fields are rejected.

The docstrings of classes and fields become descriptions in the OpenAPI document; at run time those
of fields do not exist.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from amzlinkr.domain.freshness import MAX_REFRESH_HOURS
from amzlinkr.domain.imports import MAX_ITEMS
from amzlinkr.domain.scopes import Scope
from amzlinkr.domain.sites import Mode

Email = Annotated[str, Meta(max_length=254)]
"""An e-mail address, also an empty text: `email_address` names the rule."""
Text = Annotated[str, Meta(min_length=1, max_length=1_000)]
AsinList = Annotated[str, Meta(min_length=1, max_length=2_000)]
"""Up to 100 ASINs with commas and spaces; their number is checked by `asins_of`."""
MarketplaceCode = Annotated[str, Meta(min_length=2, max_length=2)]
Cursor = Annotated[str, Meta(max_length=512)]
PageLimit = Annotated[int, Meta(ge=1, le=100)]
PartnerTag = Annotated[str, Meta(max_length=1_000)]
"""An Associate tag, also an empty one: `partner_tag_of` names the rule."""
CATEGORY, BROWSE_NODE = r"^[A-Za-z]+\Z", r"^[1-9][0-9]{0,18}\Z"
PATTERN_RULES = {
    CATEGORY: "Use the letters of Amazon's name of a category, for example HomeAndKitchen.",
    BROWSE_NODE: "Use the ID of one browse node: up to 19 digits, for example 283155.",
}
"""The actions for texts that do not match these patterns."""
RefreshHours = Annotated[int, Meta(ge=1, le=MAX_REFRESH_HOURS)]


class Strict(Struct, forbid_unknown_fields=True, kw_only=True):
    """Base of all request types: rejects fields that the type does not define."""


class NoInput(Strict):
    """Request without a body and without query parameters."""


class SignupRequest(Strict):
    """Site that signs up, and its owner."""

    site_url: Annotated[str, Meta(min_length=1, max_length=500)]
    """URL of the site, such as `https://example.com/blog`."""
    email: Email
    """E-mail address of the owner (RFC 6531), at most 254 characters. No mail is sent to test
    it."""
    invite: Annotated[str, Meta(max_length=200)] | None = None
    """Invite of the operator, which replaces the verification. Omit it without one."""


class VerifyRequest(Strict):
    """Proof that the caller started the sign-up."""

    # Without limits: a text that is not the secret is answered like an unknown sign-up.
    signup_secret: str
    """Secret from the response of POST /signup."""

    def __repr__(self) -> str:
        return "VerifyRequest(***)"


class PaapiCredentialsInput(Strict, tag_field="api", tag="paapi5"):
    """Credentials of PA-API 5.0, which Amazon retired on 2026-05-15."""

    access_key: Text
    """Access key: 20 capital letters and digits."""
    secret_key: Text
    """Secret key: 40 characters."""
    partner_tag: PartnerTag
    """Associate tag of the marketplace, such as `mysite-20`."""
    marketplace: Text
    """Marketplace of the credentials."""

    def __repr__(self) -> str:
        return "PaapiCredentialsInput(***)"


class CreatorsCredentialsInput(Strict, tag_field="api", tag="creators"):
    """Credential of the Creators API, from Associates Central (Tools → Creators API)."""

    credential_id: Text
    """ID of the credential."""
    credential_secret: Text
    """Secret of the credential."""
    credential_version: Text
    """Version that Amazon shows beside the credential: 2.1, 2.2, 2.3, 3.1, 3.2 or 3.3. The last
    digit is the region: 1 North America; 2 Europe, Middle East and India; 3 Far East."""
    partner_tag: PartnerTag
    """Associate tag of the marketplace, such as `mysite-20`."""
    marketplace: Text
    """Marketplace in which the credential is used."""

    def __repr__(self) -> str:
        return "CreatorsCredentialsInput(***)"


CredentialsInput = PaapiCredentialsInput | CreatorsCredentialsInput


class LinkOnlyConnectionInput(Strict):
    """Connection with an Associate tag alone, before API access is granted."""

    partner_tag: PartnerTag
    """Associate tag of the marketplace, such as `mysite-20`: 1 to 64 characters."""


class ImportRequest(Strict):
    """Products to import.

    Items have no limits here: one that cannot be imported fails alone.
    """

    items: Annotated[list[str], Meta(min_length=1, max_length=MAX_ITEMS)]
    """1 to 1,000 entries, each an ASIN, an ISBN-10, or an Amazon address that contains an ASIN."""
    marketplace: MarketplaceCode | None = None
    """Marketplace of entries that name none. Default: the primary marketplace of the site."""


class PageQuery(Strict):
    """Page of a list: its maximum size, and the cursor of the page before."""

    limit: PageLimit = 100
    """Maximum number of entries in the page, 1 to 100."""
    cursor: Cursor = ""
    """Cursor from the previous page (`next_cursor`). Omit it to start at the beginning."""


class ProductsQuery(PageQuery):
    """Filters of products, which all apply, before `limit`."""

    marketplace: MarketplaceCode | None = None
    """Marketplace of the products. Default: all."""
    asins: AsinList | None = None
    """Up to 100 ASINs, separated by commas. Default: all."""
    price_status: Text | None = None
    """One or several values of `price_status` of a product, separated by commas. Default: all."""
    availability: Text | None = None
    """One or several values of `availability` of a product, separated by commas. Default: all."""


class MarketplaceQuery(Strict):
    """Marketplace of a request."""

    marketplace: MarketplaceCode | None = None
    """Marketplace. Default: the primary marketplace of the site."""


class RemovalQuery(MarketplaceQuery, kw_only=True):
    """Products to remove."""

    marketplace: MarketplaceCode | None = None
    """Marketplace of the products. Default: the primary marketplace of the site."""
    asins: AsinList
    """Up to 100 ASINs, separated by commas. Those that are not imported are ignored."""


class SiteSettings(Strict):
    """Settings to change. Absent ones stay as they are."""

    email: Email | None = None
    """E-mail address of the owner."""
    primary_marketplace: MarketplaceCode | None = None
    """Marketplace of calls that name none. It must have a connection."""
    refresh_hours: RefreshHours | None = None
    """Hours between two refreshes of a product, 1 to 12. Amazon's developer guides name one hour
    for offers; 2 to 12 hours exceed that."""


class DeleteSiteQuery(Strict):
    """Confirmation of the deletion of a site."""

    confirm: Annotated[str, Meta(max_length=600)] = ""
    """Host of the site, such as `example.com`. Required."""


class ApiKeyRequest(Strict):
    """API key to create."""

    mode: Mode | None = None
    """Tenant that the key gives access to. Default: that of the key that sends the request."""
    scope: Scope = "full"
    """Calls that the key permits. Default: `full`."""
    overlap_hours: Annotated[int, Meta(ge=0, le=168)] = 168
    """Hours after which the earlier key of the same scope ends, 0 to 168. Default: 168."""


class LeakReport(Strict):
    """API key that was found in public."""

    api_key: str
    """Complete API key. The response is the same for every text."""

    def __repr__(self) -> str:
        return "LeakReport(***)"
