"""Calls of a live site that never had a successful call to Amazon, and their later work.

The site has as many waiting products and lists as it may have. The use per call is an upper bound,
which `tests/infra/test_costs_without_access.py` compares with the code.
"""

from infra.stranger_calls import SEVERAL, SiteWork, StrangerCall, Use

CALLS_RULE, PRODUCTS_RULE = "CallsWithoutAccess", "ProductsWithoutAccess"
CALLS_WITHOUT_ACCESS = (
    StrangerCall(
        "the usage of a site", "GET /v1/usage", CALLS_RULE, "SiteFunction",
        Use(110, 1_400, writes=2, reads=65), is_authorized=True,
    ),
    # No limit of a site but `CallsPerHour` counts it, because it leads to API access.
    StrangerCall(
        "the connections of a site", "GET /v1/connections", "calls", "SiteFunction",
        Use(40, 14_500, writes=2, reads=7), is_authorized=True,
    ),
    StrangerCall(
        "an export of a site", "GET /v1/export", CALLS_RULE, "OffboardingFunction",
        Use(180, 52_000, writes=2, reads=60), is_authorized=True,
    ),
    StrangerCall(
        "another e-mail address of a site", "PATCH /v1/site", CALLS_RULE, "SiteFunction",
        Use(100, 14_500, writes=10, reads=19), is_authorized=True,
    ),
    StrangerCall(
        "an import of ten waiting products", "POST /v1/import", PRODUCTS_RULE,
        "ImportItemsFunction", Use(250, 3_200, writes=54, reads=84), is_authorized=True,
    ),
    StrangerCall(
        "an import of ten waiting products of ten marketplaces", "POST /v1/import",
        PRODUCTS_RULE, "ImportItemsFunction", Use(1_200, 3_300, writes=120, reads=260),
        is_authorized=True,
    ),
    StrangerCall(
        "an import of ten waiting products of ten marketplaces that the site has",
        "POST /v1/import", CALLS_RULE, "ImportItemsFunction",
        Use(300, 3_300, writes=14, reads=72), is_authorized=True,
    ),
    StrangerCall(
        "an import of one waiting product", "POST /v1/import", CALLS_RULE,
        "ImportItemsFunction", Use(250, 500, writes=15, reads=58), is_authorized=True,
    ),
    StrangerCall(
        "an import of ten waiting products that the site has, after a new tag", "POST /v1/import",
        CALLS_RULE, "ImportItemsFunction", Use(230, 2_800, writes=5, reads=82),
        is_authorized=True,
    ),
    StrangerCall(
        "a job that imports 1,000 waiting products", "POST /v1/import", "JobsWithoutAccess",
        "ImportItemsFunction", Use(800, 500, writes=105, reads=200), is_authorized=True,
    ),
    StrangerCall(
        "a page of a job of 1,000 waiting products", "GET /v1/import/{job_id}", CALLS_RULE,
        "ImportItemsFunction", Use(150, 24_000, writes=2, reads=130), is_authorized=True,
    ),
    StrangerCall(
        "a page of 100 waiting products", "GET /v1/products", CALLS_RULE, "ProductsFunction",
        Use(110, 19_000, writes=2, reads=29), is_authorized=True,
    ),
    StrangerCall(
        "the waiting products by their state", "GET /v1/products?price_status=waiting", CALLS_RULE,
        "ProductsFunction", Use(150, 19_000, writes=2, reads=46), is_authorized=True,
    ),
    StrangerCall(
        "the missing products, of which there are none", "GET /v1/products?price_status=missing",
        CALLS_RULE, "ProductsFunction", Use(250, 500, writes=2, reads=97), is_authorized=True,
    ),
    StrangerCall(
        "the changes of 100 waiting products", "GET /v1/changes", CALLS_RULE, "ProductsFunction",
        Use(180, 34_500, writes=2, reads=52), is_authorized=True,
    ),
    StrangerCall(
        "a new tag", "PUT /v1/connections/{marketplace}", "SettingsPerHour", "ValidateFunction",
        Use(100, 800, writes=12, reads=7), is_authorized=True,
    ),
    StrangerCall(
        "a new tag beyond `SettingsPerHour`", "PUT /v1/connections/{marketplace}", "calls",
        "ValidateFunction", Use(75, 700, writes=3, reads=7), is_authorized=True,
    ),
    # Its time is that of Amazon, at most what a request may last.
    StrangerCall(
        "a test of made-up credentials", "POST /v1/validate", "ValidationsPerHour",
        "ValidateFunction", Use(3_800, 900, writes=10, reads=11), is_authorized=True,
    ),
    StrangerCall(
        "a test of credentials beyond `ValidationsPerHour`", "POST /v1/validate", "calls",
        "ValidateFunction", Use(75, 700, writes=3, reads=7), is_authorized=True,
    ),
    StrangerCall(
        "a list with another search", "PUT /v1/lists/{name}", CALLS_RULE, "ListsFunction",
        Use(150, 500, writes=13, reads=25), is_authorized=True,
    ),
    StrangerCall(
        "all lists", "GET /v1/lists", CALLS_RULE, "ListsFunction",
        Use(120, 20_500, writes=2, reads=117), is_authorized=True,
    ),
    StrangerCall(
        "a sync request", "POST /v1/sync", CALLS_RULE, "SiteFunction",
        Use(200, 8_000, writes=6, reads=83), is_authorized=True,
    ),
    StrangerCall(
        "another refresh interval", "PATCH /v1/site", CALLS_RULE, "SiteFunction",
        Use(150, 14_500, writes=10, reads=43), is_authorized=True,
    ),
    StrangerCall(
        "a removal of a waiting product", "DELETE /v1/products/{asin}", CALLS_RULE,
        "ProductsFunction", Use(160, 0, writes=26, reads=28), is_authorized=True,
    ),
    StrangerCall(
        "a removal of 100 waiting products from 100 shelves", "DELETE /v1/products", CALLS_RULE,
        "ProductsFunction", Use(450, 0, writes=1_750, reads=550), resource_path=SEVERAL,
        is_authorized=True, removals=100,
    ),
    StrangerCall(
        "a removal of 100 unknown products", "DELETE /v1/products", CALLS_RULE,
        "ProductsFunction", Use(90, 0, writes=3, reads=114), resource_path=SEVERAL,
        is_authorized=True,
    ),
    StrangerCall(
        "a disconnection of a marketplace without a connection",
        "DELETE /v1/connections/{marketplace}", "calls", "SiteFunction",
        Use(60, 700, writes=2, reads=7), is_authorized=True,
    ),
    # Their time is that of `MAX_SECONDS_WITHOUT_ACCESS`, and of the calls to AWS beside Amazon's.
    StrangerCall(
        "a search with credentials that Amazon does not serve", "GET /v1/search", CALLS_RULE,
        "SearchFunction", Use(2_200, 900, writes=6, reads=6), is_authorized=True,
    ),
    StrangerCall(
        "diagnostics of credentials that Amazon does not serve", "GET /v1/diagnostics", CALLS_RULE,
        "DiagnosticsFunction", Use(2_200, 2_500, writes=8, reads=12), is_authorized=True,
    ),
    StrangerCall(
        "a call beyond `CallsWithoutAccess`", "GET /v1/products", "calls", "ProductsFunction",
        Use(60, 700, writes=2, reads=7), is_authorized=True,
    ),
)  # fmt: skip

WORK_WITHOUT_ACCESS = (
    SiteWork(
        "a job that imports 1,000 waiting products again", "ImportWorkerFunction",
        Use(17_500, 0, writes=145, reads=3_800), 110, "JobsWithoutAccess",
    ),
    # Each product that is added beyond the limit replaces one that a call removed.
    SiteWork(
        "a job that imports 1,000 other products", "ImportWorkerFunction",
        Use(28_000, 0, writes=5_200, reads=5_700), 110, PRODUCTS_RULE,
    ),
    SiteWork(
        "a postponement of all shelves", "PriceSyncFunction",
        Use(2_500, 0, writes=335, reads=190), 1, "", scheduled=24,
    ),
)  # fmt: skip
