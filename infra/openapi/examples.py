"""Examples of all responses, built from the response types, so that they match the schemas."""

from datetime import UTC, datetime, timedelta

from amzlinkr.domain.connection_errors import AmazonNoCredentials
from amzlinkr.domain.connections import State
from amzlinkr.domain.freshness import DISCLAIMER
from amzlinkr.domain.imports import problem_of
from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.domain.product_errors import NotAccessible
from amzlinkr.http.presenters.problems import entry_problem
from amzlinkr.http.response import DOCUMENTED_API_URL
from amzlinkr.http.schemas import (
    api_keys,
    connections,
    imports,
    lists,
    products,
    sites,
    sync,
)
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
CONNECTION = connections.ConnectionOut(
    marketplace="US",
    api="creators",
    partner_tag="mysite-20",
    key_hint="…0001",
    state=State.VALID,
    since=NOW - 48 * HOUR,
    last_ok_at=NOW,
)
SITE_OUT = sites.SiteOut(
    site_id=SITE_ID,
    site_url="https://example.com",
    email="owner@example.com",
    created_at=NOW - 48 * HOUR,
    primary_marketplace="US",
    refresh_hours=1,
    suspended=False,
    connections=[CONNECTION],
)
API_KEY_OUT = api_keys.ApiKeyOut(
    kid=KID,
    mode="live",
    scope="full",
    created_at=NOW - 48 * HOUR,
    last_used_at=NOW,
    current=True,
)
SYNC = sync.SyncStatus(
    last_run_at=NOW,
    next_run_at=NOW + HOUR,
    paused=False,
    products=sync.ProductCountsOut(fresh=240, stale=8, expired=1, missing=1, waiting=0),
    intervals={"US": sync.IntervalOut(3600, 3600, stretched=False)},
    amazon_budget={"US": sync.BudgetOut(412, 8640)},
    problems={
        "DE": sync.SyncProblemOut(AmazonNoCredentials.code, AmazonNoCredentials.default_action)
    },
    list_problems={},
)
IMPORTED = imports.ImportResult(
    input="B0EXAMPLE1", asin="B0EXAMPLE1", marketplace="US", status="imported", product=PRODUCT
)
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
FAILED = imports.ImportResult(
    input="B0EXAMPLE2",
    asin="B0EXAMPLE2",
    marketplace="US",
    status="failed",
    problem=entry_problem(
        problem_of(NotAccessible("Amazon does not provide B0EXAMPLE2 through its API.")),
        DOCUMENTED_API_URL,
    ),
)
STEP_DETAILS = (
    "Amazon issued a token for the keys …MNOP.",
    "The account has access to the product API.",
    "The tag mysite-20 belongs to the account.",
    "www.amazon.com accepted the request.",
    "Amazon returned B0EXAMPLE1.",
)
