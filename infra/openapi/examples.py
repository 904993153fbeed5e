"""Examples of all responses, built from the response types, so that they match the schemas."""

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from amzlinkr.domain.connection_errors import AmazonNoCredentials
from amzlinkr.domain.connections import State
from amzlinkr.domain.diagnosis import STEPS
from amzlinkr.domain.freshness import DISCLAIMER
from amzlinkr.domain.imports import problem_of
from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.domain.product_errors import NotAccessible
from amzlinkr.http.presenters.lists import list_change_out
from amzlinkr.http.presenters.problems import entry_problem
from amzlinkr.http.presenters.sites import marketplace_out
from amzlinkr.http.schemas import audit, exports, feed, lists, products, sign_ups, sites
from amzlinkr.http.security_txt import security_txt

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ASIN, LIST_NAME = "B0EXAMPLE1", "best-grinders"
SITE_ID, KID = "site_5f0c3a9e7b1d2468ace0135790", "4fJ2kQ9z"
JOB_ID, SIGNUP_ID = (f"{kind}_{'0123456789abcdef' * 2}" for kind in ("job", "su"))
SIGNUP_SECRET = "w2Zt…"  # noqa: S105 - an example
API_KEY_TEXT = "amzl_live_4fJ2kQ9z…"
CURSOR = "eyJ0Ijoi…"
SECURITY_TXT = security_txt("mailto:security@example.com", None, NOW)

PRODUCT = products.ProductOut(
    asin=ASIN,
    marketplace="US",
    title="Coffee grinder with 40 settings",
    url=f"https://www.amazon.com/dp/{ASIN}?tag=mysite-20&linkCode=ogi&th=1&psc=1",
    image=products.ImageOut("https://m.media-amazon.com/images/I/example.jpg", 500, 500),
    brand="Example",
    features=["40 settings, from espresso to French press"],
    binding="Kitchen",
    price=products.MoneyOut(3241, "USD", "$32.41"),
    list_price=products.MoneyOut(3999, "USD", "$39.99"),
    list_price_kind="was_price",
    list_price_label="Was:",
    savings_percent=19,
    unit_price="$32.41 / Count",
    availability="in_stock",
    availability_message="In Stock",
    min_order_quantity=1,
    max_order_quantity=30,
    price_status="current",
    condition="New",
    merchant="Amazon.com",
    deal=products.DealOut("all", "Limited time deal", NOW - HOUR, NOW + 5 * HOUR),
    observed_at=NOW,
    fresh_until=NOW + 5 * HOUR,
    disclaimer=DISCLAIMER.format(domain=MARKETPLACES["US"].domain),
)
CONNECTION = sites.ConnectionOut(
    marketplace="US",
    api="creators",
    partner_tag="mysite-20",
    key="…0001",
    state=State.VALID,
    since=NOW - 48 * HOUR,
    last_ok_at=NOW,
    next_probe_at=None,
    problem=None,
)
SITE_OUT = sites.SiteOut(
    SITE_ID,
    "https://example.com",
    "owner@example.com",
    NOW - 48 * HOUR,
    "US",
    1,
    suspended=False,
    connections=[CONNECTION],
)
API_KEY_OUT = sites.ApiKeyOut(KID, "live", "full", NOW - 48 * HOUR, None, NOW, current=True)
SYNC = sites.SyncStatus(
    NOW,
    NOW + HOUR,
    paused=False,
    products=sites.ProductCountsOut(fresh=240, stale=8, expired=1, missing=1, waiting=0),
    intervals={"US": sites.IntervalOut(3600, 3600, stretched=False)},
    amazon_budget={"US": sites.BudgetOut(412, 8640)},
    problems={
        "DE": sites.SyncProblemOut(AmazonNoCredentials.code, AmazonNoCredentials.default_action)
    },
    list_problems={},
)
IMPORTED = products.ImportResult("B0EXAMPLE1", "B0EXAMPLE1", "US", "imported", product=PRODUCT)
MISSING_PRODUCT = products.ProductOut(
    asin="B0EXAMPLE4",
    marketplace="US",
    url="https://www.amazon.com/dp/B0EXAMPLE4?tag=mysite-20",
    price_status="missing",
)
LIST = lists.ListOut(
    name=LIST_NAME,
    marketplace="US",
    query=lists.ListSearchOut(keywords="coffee grinder", sort="AvgCustomerReviews"),
    size=20,
    items=[PRODUCT],
    observed_at=NOW,
    fresh_until=NOW + 24 * HOUR,
)
FAILED = products.ImportResult(
    "B0EXAMPLE2",
    "B0EXAMPLE2",
    "US",
    "failed",
    problem=entry_problem(
        problem_of(NotAccessible("Amazon does not provide B0EXAMPLE2 through its API."))
    ),
)
STEP_DETAILS = (
    "Amazon issued a token for the keys …MNOP.",
    "The account has access to the product API.",
    "The tag mysite-20 belongs to the account.",
    "www.amazon.com accepted the request.",
    "Amazon returned B0EXAMPLE1.",
)


def limit_usage(used: int, limit: int, period: timedelta) -> sites.LimitUsageOut:
    """Return the usage of a limit."""
    return sites.LimitUsageOut(used, limit, int(period.total_seconds()), NOW + HOUR)


EXAMPLES: dict[type[Struct], Struct] = {
    type(example): example
    for example in (
        sign_ups.SignupStarted(
            SIGNUP_ID,
            SIGNUP_SECRET,
            sign_ups.Challenge(
                "Yp0x…",
                f"/.well-known/amzlinkr/{SIGNUP_ID}",
                f"?amzlinkr_challenge={SIGNUP_ID}",
            ),
            NOW + HOUR,
        ),
        sign_ups.SignupDone(SITE_ID, API_KEY_TEXT, "https://example.com"),
        sites.MarketplaceList([marketplace_out(MARKETPLACES["JP"])]),
        sites.Validated(
            "valid",
            "Your keys work. You can search and import products now.",
            CONNECTION,
        ),
        CONNECTION,
        sites.Connections([CONNECTION]),
        sites.Diagnosis(
            "US",
            ok=True,
            steps=[
                sites.StepOut(step, ok=True, detail=detail)
                for step, detail in zip(STEPS, STEP_DETAILS, strict=True)
            ],
            connection=CONNECTION,
        ),
        SITE_OUT,
        sites.ApiKeyList([API_KEY_OUT]),
        sites.NewApiKey(KID, "live", "full", API_KEY_TEXT, NOW),
        audit.AuditEvents(
            [
                audit.AuditEventOut(
                    NOW,
                    "credentials_replaced",
                    KID,
                    "The Amazon credentials of the marketplace US changed.",
                ),
                audit.AuditEventOut(
                    NOW - 48 * HOUR,
                    "key_created",
                    "sign-up",
                    f"API key {KID} was created (live, full).",
                ),
            ],
            None,
            has_more=False,
        ),
        sites.SiteDeleted("leaving", "example.com", NOW),
        sites.UsageOut(
            limit_usage(120, 5000, HOUR),
            limit_usage(1, 200, 24 * HOUR),
            limit_usage(2, 60, HOUR),
            limit_usage(0, 60, HOUR),
            limit_usage(0, 100, 24 * HOUR),
            sites.BudgetOut(250, 10_000),
            sites.BudgetOut(3, 50),
            {"US": sites.BudgetOut(412, 8640)},
        ),
        SYNC,
        PRODUCT,
        products.ProductList([PRODUCT], None, has_more=False),
        products.SearchResults([PRODUCT], 132, 1, 10, "https://www.amazon.com/s?k=coffee+grinder"),
        products.Variations(
            [PRODUCT], [products.DimensionOut("color_name", "Color", ("Black", "White"))], 1, 1
        ),
        products.BrowseNodes(
            [
                products.BrowseNodeOut(
                    "284507",
                    "Kitchen & Dining",
                    [products.NodeNameOut("1055398", "Home & Kitchen")],
                    [products.NodeNameOut("289742", "Coffee, Tea & Espresso")],
                )
            ],
            [],
        ),
        products.ImportResults([IMPORTED, FAILED]),
        products.JobStarted(JOB_ID, f"/v1/import/{JOB_ID}"),
        products.JobProgress(JOB_ID, "done", 2, 2, 1, [IMPORTED, FAILED], None),
        LIST,
        lists.ListPageOut([LIST], None, has_more=False),
        feed.Changes(
            [
                feed.ChangeOut(asin="B0EXAMPLE1", marketplace="US", kind="price", product=PRODUCT),
                feed.ChangeOut(asin="B0EXAMPLE3", marketplace="US", kind="removed"),
                feed.ChangeOut(
                    asin="B0EXAMPLE4", marketplace="US", kind="missing", product=MISSING_PRODUCT
                ),
                feed.ChangeOut(marketplace="US", kind="list", list=list_change_out(LIST)),
                feed.ChangeOut(
                    marketplace="US",
                    kind="list_removed",
                    list=lists.ListChangeOut(name="old-list", marketplace="US"),
                ),
            ],
            CURSOR,
            has_more=False,
            checked_at={"US": NOW},
            connections={
                "US": feed.ConnectionState(
                    State.VALID, NOW - 48 * HOUR, None, None, CONNECTION.partner_tag
                )
            },
        ),
        exports.ExportPage(
            SITE_OUT,
            [CONNECTION],
            [API_KEY_OUT],
            [PRODUCT],
            [LIST],
            next_cursor=None,
            has_more=False,
        ),
    )
}
