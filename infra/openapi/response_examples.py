"""Examples of all responses, by their types."""

from datetime import timedelta

from msgspec import Struct

from amzlinkr.domain.connections import State
from amzlinkr.domain.diagnosis import STEPS
from amzlinkr.domain.errors import RateLimited
from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.http.presenters.lists import list_change_out
from amzlinkr.http.presenters.problems import problem_type_out
from amzlinkr.http.presenters.sites import marketplace_out
from amzlinkr.http.response import DOCUMENTED_API_URL
from amzlinkr.http.schemas import (
    api_keys,
    audit,
    catalog,
    connections,
    exports,
    feed,
    imports,
    lists,
    products,
    sign_ups,
    sites,
    sync,
)
from infra.openapi.examples import (
    API_KEY_OUT,
    API_KEY_TEXT,
    CONNECTION,
    CURSOR,
    FAILED,
    HOUR,
    IMPORTED,
    JOB_ID,
    KID,
    LIST,
    MISSING_PRODUCT,
    NOW,
    PRODUCT,
    SIGNUP_ID,
    SIGNUP_SECRET,
    SITE_ID,
    SITE_OUT,
    STEP_DETAILS,
    SYNC,
)


def limit_usage(used: int, limit: int, period: timedelta) -> sync.LimitUsageOut:
    """Return the usage of a limit."""
    return sync.LimitUsageOut(used, limit, int(period.total_seconds()), NOW + HOUR)


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
        connections.Validated(
            "valid",
            "Your keys work. You can search and import products now.",
            CONNECTION,
        ),
        problem_type_out(RateLimited.code, DOCUMENTED_API_URL),
        CONNECTION,
        connections.Connections([CONNECTION]),
        connections.Diagnosis(
            "US",
            ok=True,
            steps=[
                connections.StepOut(step, ok=True, detail=detail)
                for step, detail in zip(STEPS, STEP_DETAILS, strict=True)
            ],
            connection=CONNECTION,
        ),
        SITE_OUT,
        api_keys.ApiKeyList([API_KEY_OUT]),
        api_keys.NewApiKey(KID, "live", "full", API_KEY_TEXT, NOW),
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
            has_more=False,
        ),
        sites.SiteDeleted("leaving", "example.com", NOW),
        sync.UsageOut(
            limit_usage(120, 5000, HOUR),
            limit_usage(1, 200, 24 * HOUR),
            limit_usage(2, 60, HOUR),
            limit_usage(0, 60, HOUR),
            limit_usage(0, 100, 24 * HOUR),
            sync.BudgetOut(250, 10_000),
            sync.BudgetOut(3, 50),
            {"US": sync.BudgetOut(412, 8640)},
        ),
        SYNC,
        PRODUCT,
        products.ProductList([PRODUCT], has_more=False),
        catalog.SearchResults([PRODUCT], 132, 1, 10, "https://www.amazon.com/s?k=coffee+grinder"),
        catalog.Variations(
            [PRODUCT], [catalog.DimensionOut("color_name", "Color", ("Black", "White"))], 1, 1
        ),
        catalog.BrowseNodes(
            [
                catalog.BrowseNodeOut(
                    "284507",
                    "Kitchen & Dining",
                    [catalog.NodeNameOut("1055398", "Home & Kitchen")],
                    [catalog.NodeNameOut("289742", "Coffee, Tea & Espresso")],
                )
            ],
            [],
        ),
        imports.ImportResults([IMPORTED, FAILED]),
        imports.JobStarted(JOB_ID, f"{DOCUMENTED_API_URL}/import/{JOB_ID}"),
        imports.JobProgress(JOB_ID, "done", 2, 2, 1, [IMPORTED, FAILED], has_more=False),
        LIST,
        lists.ListPageOut([LIST], has_more=False),
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
                "US": feed.ConnectionState(State.VALID, NOW - 48 * HOUR, CONNECTION.partner_tag)
            },
        ),
        exports.ExportPage(
            SITE_OUT,
            [CONNECTION],
            [API_KEY_OUT],
            [PRODUCT],
            [LIST],
            has_more=False,
        ),
    )
}
