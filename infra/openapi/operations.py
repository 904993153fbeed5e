"""Every call of the API: what it takes, what it answers, and which problems are its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from amzlinkr.domain import amazon_errors as amazon
from amzlinkr.domain import errors
from amzlinkr.http.schemas import products, requests
from amzlinkr.http.schemas import sites as account

Problems = tuple[type[errors.AmzlinkrError], ...]
ASKS_AMAZON: Problems = (errors.NotConnected, *amazon.AmazonError.__subclasses__())
ASIN, KID = "B0EXAMPLE1", "4fJ2kQ9z"
SIGNUP, JOB = "su_0123456789abcdef0123456789abcdef", "job_0123456789abcdef0123456789abcdef"


@dataclass(frozen=True)
class Operation:
    """One call. `names`: an example of each `{name}` in the path; `example`: a body or a query."""

    method: str
    path: str
    summary: str
    answers: Mapping[int, Any]
    query: Any = None
    body: Any = None
    names: Mapping[str, str] = field(default_factory=dict)
    example: Mapping[str, Any] = field(default_factory=dict)
    problems: Problems = ()
    public: bool = False
    body_optional: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    cacheable: bool = False


PAAPI_KEYS = {
    "api": "paapi5",
    "access_key": "AKIAEXAMPLEEXAMPLE00",
    "secret_key": "example/secret/key/of/forty/characters00",
    "partner_tag": "mysite-20",
    "marketplace": "US",
}

OPERATIONS = (
    Operation(
        "POST", "/v1/signup", "Start onboarding: known and unknown sites get the same answer",
        {202: account.SignupStarted}, body=requests.SignupRequest, public=True,
        example={"site_url": "https://example.com", "email": "owner@example.com"},
        problems=(errors.RateLimited,),
    ),
    Operation(
        "POST", "/v1/signup/{signup_id}/verify",
        "Fetch the token from the site itself; the key is shown this once",
        {201: account.SignupDone}, names={"signup_id": SIGNUP}, public=True,
        problems=(
            errors.SignupExpired, errors.InviteUsed, errors.SiteNotProven, errors.RateLimited,
        ),
    ),
    Operation(
        "GET", "/v1/marketplaces", "The 22 shops, for the settings form",
        {200: account.MarketplaceList}, query=requests.NoInput, public=True, cacheable=True,
    ),
    Operation(
        "GET", "/v1/openapi.json", "This document", {200: dict}, query=requests.NoInput,
        public=True, cacheable=True,
    ),
    Operation(
        "POST", "/v1/validate", "Check Amazon keys with one request to Amazon; seal right ones",
        {200: account.Validated}, body=requests.CredentialsInput, example=PAAPI_KEYS,
        problems=ASKS_AMAZON[1:],
    ),
    Operation(
        "GET", "/v1/connections", "The state of each marketplace's Amazon account",
        {200: account.Connections}, query=requests.NoInput,
    ),
    Operation(
        "DELETE", "/v1/connections/{marketplace}", "Forget a marketplace's Amazon keys",
        {204: None}, query=requests.NoInput, names={"marketplace": "US"},
        problems=(errors.NotFound,),
    ),
    Operation(
        "GET", "/v1/diagnostics", "Walk from the token to one product and say what is wrong",
        {200: account.Diagnosis}, query=requests.MarketplaceQuery, example={"marketplace": "US"},
        problems=ASKS_AMAZON,
    ),
    Operation(
        "GET", "/v1/search", "Search Amazon; an ASIN or an Amazon address is looked up",
        {200: products.SearchResults}, query=requests.SearchQuery,
        example={"keywords": "tea pot", "page": 1}, problems=ASKS_AMAZON,
    ),
    Operation(
        "GET", "/v1/variations/{asin}", "Ten variations of a product",
        {200: products.Variations}, query=requests.VariationsQuery, names={"asin": ASIN},
        problems=(errors.NotFound, *ASKS_AMAZON),
    ),
    Operation(
        "GET", "/v1/browse_nodes", "Up to ten categories by number",
        {200: products.BrowseNodes}, query=requests.BrowseNodesQuery, example={"ids": "283155"},
        problems=ASKS_AMAZON,
    ),
    Operation(
        "POST", "/v1/import", "Import products: up to ten at once, more as a job",
        {200: products.ImportResults, 202: products.JobStarted}, body=requests.ImportRequest,
        example={"items": [ASIN, f"https://www.amazon.com/dp/{ASIN}"]},
        headers={"Idempotency-Key": "1 to 255 printable ASCII characters; kept 24 hours"},
        problems=(errors.IdempotencyMismatch, errors.ProductLimitReached, *ASKS_AMAZON),
    ),
    Operation(
        "GET", "/v1/import/{job_id}", "How far an import job is",
        {200: products.JobProgress}, query=requests.PageQuery, names={"job_id": JOB},
        problems=(errors.NotFound, errors.InvalidCursor),
    ),
    Operation(
        "GET", "/v1/products", "What the site imported", {200: products.ProductList},
        query=requests.ProductsQuery, cacheable=True,
        problems=(errors.InvalidCursor, errors.NotConnected),
    ),
    Operation(
        "GET", "/v1/products/{asin}", "One imported product", {200: products.ProductOut},
        query=requests.MarketplaceQuery, names={"asin": ASIN}, cacheable=True,
        problems=(errors.NotFound, errors.NotConnected),
    ),
    Operation(
        "DELETE", "/v1/products/{asin}", "Take a product out", {204: None},
        query=requests.MarketplaceQuery, names={"asin": ASIN},
        problems=(errors.NotFound, errors.NotConnected),
    ),
    Operation(
        "GET", "/v1/changes", "Every product that changed behind the cursor, in its newest state",
        {200: products.Changes}, query=requests.PageQuery,
        problems=(errors.InvalidCursor, errors.CursorTooOld),
    ),
    Operation(
        "GET", "/v1/sync", "When prices were and will be checked", {200: account.SyncStatus},
        query=requests.NoInput,
    ),
    Operation(
        "POST", "/v1/sync", "Make every product due at once", {202: account.SyncStatus},
    ),
    Operation(
        "GET", "/v1/site", "The site and its connections", {200: account.SiteOut},
        query=requests.NoInput,
    ),
    Operation(
        "PATCH", "/v1/site", "Change settings", {200: account.SiteOut}, body=requests.SiteSettings,
        example={"email": "new@example.com"}, problems=(errors.NotConnected,),
    ),
    Operation(
        "DELETE", "/v1/site", "Leave: the keys end at once, everything is deleted",
        {202: account.SiteDeleted}, query=requests.DeleteSiteQuery, example={"confirm": "example.com"},
    ),
    Operation(
        "GET", "/v1/export", "Everything there is about the site, its products by pages",
        {200: products.ExportPage}, query=requests.PageQuery, problems=(errors.InvalidCursor,),
    ),
    Operation(
        "GET", "/v1/usage", "What was used of our limits and of Amazon's",
        {200: account.UsageOut}, query=requests.NoInput,
    ),
    Operation(
        "GET", "/v1/keys", "The site's API keys, without the keys themselves",
        {200: account.ApiKeyList}, query=requests.NoInput,
    ),
    Operation(
        "POST", "/v1/keys", "Make another API key, shown this once; the other ends later",
        {201: account.NewApiKey}, body=requests.ApiKeyRequest, body_optional=True,
        example={"mode": "live", "overlap_hours": 24}, problems=(errors.TooManyKeys,),
    ),
    Operation(
        "DELETE", "/v1/keys/{kid}", "Revoke an API key at once", {204: None},
        query=requests.NoInput, names={"kid": KID}, problems=(errors.NotFound,),
    ),
)  # fmt: skip
