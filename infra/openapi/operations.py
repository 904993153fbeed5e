"""Operations of the API: input, responses, and the problems that are specific to each."""

from amzlinkr.domain import amazon_errors as amazon
from amzlinkr.domain import errors
from amzlinkr.domain.connection_errors import (
    ConnectionHasCredentials,
    ConnectionLimitReached,
)
from amzlinkr.domain.lists import ListLimitReached
from amzlinkr.domain.product_errors import ShortLink
from amzlinkr.domain.sign_up_errors import (
    InviteRequired,
    InviteUsed,
    SignupExpired,
    SiteNotProven,
)
from amzlinkr.http.schemas import (
    audit,
    exports,
    feed,
    lists,
    products,
    requests,
    sign_ups,
    sites,
)
from infra.openapi.examples import (
    API_KEY_TEXT,
    ASIN,
    JOB_ID,
    KID,
    LIST_NAME,
    SIGNUP_ID,
    SIGNUP_SECRET,
)
from infra.openapi.operation import AMAZON_PROBLEMS, CALL_PROBLEMS, Operation

EXAMPLE_PAAPI_CREDENTIALS = {
    "api": "paapi5",
    "access_key": "AKIAEXAMPLEEXAMPLE00",
    "secret_key": "example/secret/key/of/forty/characters00",
    "partner_tag": "mysite-20",
    "marketplace": "US",
}

OPERATIONS = (
    Operation(
        "POST", "/v1/signup",
        "Start the sign-up of a site; the response is the same for known and unknown hosts",
        {202: sign_ups.SignupStarted}, body=requests.SignupRequest, public=True,
        example={"site_url": "https://example.com", "email": "owner@example.com"},
        problems=(InviteRequired, errors.RateLimited),
    ),
    Operation(
        "POST", "/v1/signup/{signup_id}/verify",
        "Verify the site and create its API key, which is shown only here",
        {201: sign_ups.SignupDone}, path_parameters={"signup_id": SIGNUP_ID}, public=True,
        body=requests.VerifyRequest, example={"signup_secret": SIGNUP_SECRET},
        problems=(
            SignupExpired, errors.SiteSuspended, InviteRequired, InviteUsed,
            SiteNotProven, errors.RateLimited,
        ),
    ),
    Operation(
        "GET", "/v1/marketplaces", "List the 22 Amazon marketplaces",
        {200: sites.MarketplaceList}, query=requests.NoInput, public=True, cacheable=True,
    ),
    Operation(
        "GET", "/v1/openapi.json", "Return this document", {200: dict}, query=requests.NoInput,
        public=True, cacheable=True,
    ),
    Operation(
        "GET", "/v1/security.txt",
        "Return the contact for reports of vulnerabilities (RFC 9116), if the operator set one",
        {200: str}, query=requests.NoInput, public=True, cacheable=True,
        problems=(errors.NotFound,),
    ),
    Operation(
        "POST", "/v1/validate",
        "Test Amazon credentials with one request, and store them unless Amazon rejects them",
        {200: sites.Validated}, body=requests.CredentialsInput, example=EXAMPLE_PAAPI_CREDENTIALS,
        problems=(ConnectionLimitReached, *AMAZON_PROBLEMS),
    ),
    Operation(
        "GET", "/v1/connections", "List the connections with the state of their Amazon accounts",
        {200: sites.Connections}, query=requests.NoInput,
    ),
    Operation(
        "PUT", "/v1/connections/{marketplace}",
        "Connect a marketplace with an Associate tag, before API access is granted",
        {200: sites.ConnectionOut, 201: sites.ConnectionOut}, body=requests.LinkOnlyConnectionInput,
        path_parameters={"marketplace": "US"}, example={"partner_tag": "mysite-20"},
        problems=(ConnectionHasCredentials,),
    ),
    Operation(
        "DELETE", "/v1/connections/{marketplace}", "Delete the connection of a marketplace",
        {204: None}, query=requests.NoInput, path_parameters={"marketplace": "US"},
        problems=(errors.NotFound,),
    ),
    Operation(
        "GET", "/v1/diagnostics",
        "Check the Amazon account step by step, from the token to one product",
        {200: sites.Diagnosis}, query=requests.MarketplaceQuery, example={"marketplace": "US"},
        problems=(errors.NotConnected, *AMAZON_PROBLEMS),
    ),
    Operation(
        "GET", "/v1/search",
        "Search Amazon; an ASIN or Amazon URL anywhere in the keywords is looked up",
        {200: products.SearchResults}, query=requests.SearchQuery,
        example={"keywords": "tea pot", "page": 1}, problems=(ShortLink, *CALL_PROBLEMS),
    ),
    Operation(
        "GET", "/v1/variations/{asin}", "List the variations of a product, ten per page",
        {200: products.Variations}, query=requests.VariationsQuery, path_parameters={"asin": ASIN},
        problems=(errors.NotFound, ShortLink, *CALL_PROBLEMS),
    ),
    Operation(
        "GET", "/v1/browse_nodes", "Look up to ten categories by ID",
        {200: products.BrowseNodes}, query=requests.BrowseNodesQuery, example={"ids": "283155"},
        problems=CALL_PROBLEMS,
    ),
    Operation(
        "POST", "/v1/import", "Import products: up to ten in the response, more as a job",
        {200: products.ImportResults, 202: products.JobStarted}, body=requests.ImportRequest,
        example={"items": [ASIN, f"https://www.amazon.com/dp/{ASIN}"]},
        headers={"Idempotency-Key": "1 to 255 printable ASCII characters, stored for 24 hours"},
        problems=(
            errors.IdempotencyMismatch, errors.ProductLimitReached, amazon.AmazonThrottled,
            amazon.AmazonClockSkew, amazon.AmazonRejectedRequest, amazon.AmazonUnavailable,
        ),
    ),
    Operation(
        "GET", "/v1/import/{job_id}", "Return the progress of an import job",
        {200: products.JobProgress}, query=requests.PageQuery, path_parameters={"job_id": JOB_ID},
        problems=(errors.NotFound, errors.InvalidCursor),
    ),
    Operation(
        "GET", "/v1/products", "List the imported products", {200: products.ProductList},
        query=requests.ProductsQuery, cacheable=True,
        problems=(errors.InvalidCursor, errors.NotConnected),
    ),
    Operation(
        "DELETE", "/v1/products", "Remove up to 100 products; unknown ASINs are ignored",
        {204: None}, query=requests.RemovalQuery, example={"asins": ASIN},
        problems=(errors.NotConnected,),
    ),
    Operation(
        "GET", "/v1/products/{asin}", "Return an imported product", {200: products.ProductOut},
        query=requests.MarketplaceQuery, path_parameters={"asin": ASIN}, cacheable=True,
        problems=(errors.NotFound, errors.NotConnected),
    ),
    Operation(
        "DELETE", "/v1/products/{asin}", "Remove a product", {204: None},
        query=requests.MarketplaceQuery, path_parameters={"asin": ASIN},
        problems=(errors.NotFound, errors.NotConnected),
    ),
    Operation(
        "GET", "/v1/changes",
        "List the products and lists that changed after the cursor, in their current state",
        {200: feed.Changes}, query=requests.PageQuery,
        problems=(errors.InvalidCursor, errors.CursorTooOld),
    ),
    Operation(
        "PUT", "/v1/lists/{name}",
        "Define a list, or replace it: a search with results that are refreshed automatically",
        {201: lists.ListOut, 200: lists.ListOut}, body=requests.ListInput,
        path_parameters={"name": LIST_NAME},
        example={"keywords": "coffee grinder", "sort": "AvgCustomerReviews", "size": 20},
        problems=(errors.NotConnected, ShortLink, ListLimitReached),
    ),
    Operation(
        "GET", "/v1/lists", "List the lists with their results", {200: lists.ListPageOut},
        query=requests.PageQuery, cacheable=True, problems=(errors.InvalidCursor,),
    ),
    Operation(
        "GET", "/v1/lists/{name}", "Return a list with its results", {200: lists.ListOut},
        query=requests.NoInput, path_parameters={"name": LIST_NAME}, cacheable=True,
        problems=(errors.NotFound,),
    ),
    Operation(
        "DELETE", "/v1/lists/{name}", "Remove a list", {204: None}, query=requests.NoInput,
        path_parameters={"name": LIST_NAME}, problems=(errors.NotFound,),
    ),
    Operation(
        "GET", "/v1/sync", "Return the state of the price sync", {200: sites.SyncStatus},
        query=requests.NoInput,
    ),
    Operation(
        "POST", "/v1/sync",
        "Schedule an immediate refresh of all products and lists", {202: sites.SyncStatus},
    ),
    Operation(
        "GET", "/v1/site", "Return the site and its connections", {200: sites.SiteOut},
        query=requests.NoInput,
    ),
    Operation(
        "PATCH", "/v1/site",
        "Change the settings of the site", {200: sites.SiteOut}, body=requests.SiteSettings,
        example={"email": "new@example.com"}, problems=(errors.NotConnected,),
    ),
    Operation(
        "DELETE", "/v1/site", "Delete the site: revoke its API keys and delete all data",
        {202: sites.SiteDeleted}, query=requests.DeleteSiteQuery,
        example={"confirm": "example.com"},
    ),
    Operation(
        "GET", "/v1/export", "Export all data of the site, with products and lists in pages",
        {200: exports.ExportPage}, query=requests.PageQuery, problems=(errors.InvalidCursor,),
    ),
    Operation(
        "GET", "/v1/usage",
        "Return the usage of the service's limits and of Amazon's daily budgets",
        {200: sites.UsageOut}, query=requests.NoInput,
    ),
    Operation(
        "GET", "/v1/keys", "List the API keys of the site, without their secrets",
        {200: sites.ApiKeyList}, query=requests.NoInput,
    ),
    Operation(
        "POST", "/v1/keys",
        "Create an API key, which is shown only here; the earlier one of its scope expires later",
        {201: sites.NewApiKey}, body=requests.ApiKeyRequest, body_optional=True,
        example={"mode": "live", "scope": "full", "overlap_hours": 24},
        problems=(errors.TooManyKeys,),
    ),
    Operation(
        "DELETE", "/v1/keys/{kid}", "Revoke an API key", {204: None},
        query=requests.NoInput, path_parameters={"kid": KID}, problems=(errors.NotFound,),
    ),
    Operation(
        "POST", "/v1/keys/leaked",
        "Revoke an API key that was found in public; the response is the same for every text",
        {204: None}, body=requests.LeakReport, example={"api_key": API_KEY_TEXT}, public=True,
        problems=(errors.RateLimited,),
    ),
    Operation(
        "GET", "/v1/audit", "List the security events of the last 90 days, newest first",
        {200: audit.AuditEvents}, query=requests.PageQuery, problems=(errors.InvalidCursor,),
    ),
)  # fmt: skip
