"""Calls that strangers can repeat, without an API key or with a free one, and their later work.

The use per call is an upper bound, which `tests/infra/test_stranger_costs.py` compares with the
code.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Use:
    """Upper bound of what one call uses: milliseconds of its function, bytes, DynamoDB units."""

    milliseconds: int
    response_bytes: int
    writes: float = 0
    reads: float = 0


@dataclass(frozen=True, slots=True)
class StrangerCall:
    """A call that needs no API key, or a free one.

    `rule` is the rule of AWS WAF that limits it, or the parameter that limits the calls of each
    site per day, or per hour if its name ends so. `resource_path` selects its throttling among the
    `MethodSettings`. `function` is a logical ID, or None if API Gateway responds without one.
    `removals` is the number of products that it removes, each of which counts against `rule`.
    `is_authorized` calls invoke the authorizer. API Gateway charges for those that are `is_billed`.
    """

    name: str
    route: str
    rule: str
    function: str | None
    use: Use
    resource_path: str = "/*"
    is_authorized: bool = False
    is_billed: bool = True
    removals: int = 1


SEVERAL = "/~1v1~1products"
"""The resource path of removals of several products, which have a rate of their own."""
AUTHORIZED = Use(30, 0, reads=1)
"""The authorizer's part of a call with a well-formed API key."""
CALLS = (
    StrangerCall(
        "the OpenAPI document", "GET /v1/openapi.json", "documents", "DocumentsFunction",
        Use(30, 200_000), resource_path="/~1v1~1openapi.json",
    ),
    StrangerCall(
        "the marketplaces", "GET /v1/marketplaces", "documents", "DocumentsFunction",
        Use(15, 5_000), resource_path="/~1v1~1marketplaces",
    ),
    StrangerCall(
        "`security.txt`", "GET /v1/security.txt", "documents", "DocumentsFunction", Use(15, 600),
        resource_path="/~1v1~1security.txt",
    ),
    StrangerCall(
        "a problem code", "GET /v1/problems/{code}", "documents", "DocumentsFunction",
        Use(15, 1_000), resource_path="/~1v1~1problems~1{code}",
    ),
    StrangerCall(
        "a sign-up", "POST /v1/signup", "signups", "SignupFunction",
        Use(150, 1_000, writes=8, reads=2), resource_path="/~1v1~1signup",
    ),
    StrangerCall(
        "a sign-up with a body of 64 KB", "POST /v1/signup", "signups", "SignupFunction",
        Use(30, 1_000), resource_path="/~1v1~1signup",
    ),
    StrangerCall(
        "a verification of a silent site", "POST /v1/signup/{signup_id}/verify", "signups",
        "SignupFunction", Use(5_000, 1_000, writes=3, reads=2),
        resource_path="/~1v1~1signup~1{signup_id}~1verify",
    ),
    # It lasts half a second, whatever the result is.
    StrangerCall(
        "a report of a leaked API key", "POST /v1/keys/leaked", "signups", "ApiKeysFunction",
        Use(1_000, 600, writes=10, reads=6), resource_path="/~1v1~1keys~1leaked",
    ),
    StrangerCall(
        "a malformed API key", "GET /v1/site", "calls", None, Use(30, 1_000),
        is_authorized=True, is_billed=False,
    ),
    StrangerCall(
        "a well-formed, unknown API key", "GET /v1/site", "calls", None, AUTHORIZED,
        is_authorized=True, is_billed=False,
    ),
    StrangerCall("an unknown path", "GET /v1/unknown", "calls", None, Use(0, 1_000)),
    StrangerCall(
        "a page of 100 security events", "GET /v1/audit", "CallsWithoutAccess", "ApiKeysFunction",
        Use(80, 20_000, writes=2, reads=12), is_authorized=True,
    ),
    StrangerCall(
        "ten refused entries, with an `Idempotency-Key`", "POST /v1/import", "CallsWithoutAccess",
        "ImportItemsFunction", Use(270, 18_000, writes=3, reads=21), is_authorized=True,
    ),
    StrangerCall(
        "a page of a job of 1,000 refused entries", "GET /v1/import/{job_id}", "CallsWithoutAccess",
        "ImportItemsFunction", Use(100, 17_000, writes=2, reads=30), is_authorized=True,
    ),
    # Its time is that of 30 long entries, its writes are those of 1,000 short ones.
    StrangerCall(
        "a job of 1,000 refused entries", "POST /v1/import", "JobsWithoutAccess",
        "ImportItemsFunction", Use(1_200, 500, writes=125, reads=18), is_authorized=True,
    ),
    # A key of a sandbox with as many products as it may have.
    StrangerCall(
        "an import of ten products from ten shelves of a sandbox, after a new tag",
        "POST /v1/import", "sandbox-imports", "ImportItemsFunction",
        Use(500, 12_000, writes=110, reads=66), is_authorized=True,
    ),
    StrangerCall(
        "an import of one changed product of each of ten marketplaces of a sandbox",
        "POST /v1/import", "sandbox-imports", "ImportItemsFunction",
        Use(850, 9_500, writes=125, reads=85), is_authorized=True,
    ),
    StrangerCall(
        "a removal of a product of a sandbox", "DELETE /v1/products/{asin}", "sandbox",
        "ProductsFunction", Use(120, 0, writes=18, reads=25), is_authorized=True,
    ),
    StrangerCall(
        "a removal of 100 products of a sandbox", "DELETE /v1/products", "RemovalsPerSandbox",
        "ProductsFunction", Use(350, 0, writes=1_400, reads=400),
        resource_path=SEVERAL, is_authorized=True, removals=100,
    ),
    StrangerCall(
        "a removal of 100 unknown products of a sandbox", "DELETE /v1/products", "sandbox",
        "ProductsFunction", Use(80, 0, writes=2, reads=105),
        resource_path=SEVERAL, is_authorized=True,
    ),
    StrangerCall(
        "an import job of a sandbox", "POST /v1/import", "sandbox-imports", "ImportItemsFunction",
        Use(150, 500, writes=40, reads=20), is_authorized=True,
    ),
    StrangerCall(
        "a list of a sandbox with another search, and its refresh", "PUT /v1/lists/{name}",
        "sandbox-imports", "ListsFunction", Use(350, 25_000, writes=42, reads=26),
        is_authorized=True,
    ),
    StrangerCall(
        "the lists of a sandbox", "GET /v1/lists", "sandbox-imports", "ListsFunction",
        Use(120, 120_000, writes=1, reads=22), is_authorized=True,
    ),
    StrangerCall(
        "a page of 100 products of a sandbox", "GET /v1/products", "sandbox",
        "ProductsFunction", Use(150, 120_000, writes=1, reads=50), is_authorized=True,
    ),
    StrangerCall(
        "the missing products of a sandbox", "GET /v1/products?price_status=missing", "sandbox",
        "ProductsFunction", Use(200, 500, writes=1, reads=80), is_authorized=True,
    ),
    StrangerCall(
        "the changes of a sandbox", "GET /v1/changes", "sandbox", "ProductsFunction",
        Use(220, 206_000, writes=1, reads=160), is_authorized=True,
    ),
    StrangerCall(
        "an export of a sandbox", "GET /v1/export", "sandbox", "OffboardingFunction",
        Use(250, 220_000, writes=1, reads=60), is_authorized=True,
    ),
    StrangerCall(
        "a sync request of a sandbox, while all shelves move", "POST /v1/sync", "sandbox",
        "SiteFunction", Use(430, 6_500, writes=67, reads=23), is_authorized=True,
    ),
    StrangerCall(
        "a new tag of a sandbox", "POST /v1/validate", "sandbox", "ValidateFunction",
        Use(150, 500, writes=16, reads=7), is_authorized=True,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SiteWork:
    """Work that the service does later for a site with as many products as it may have.

    `use` is that of the whole work, in `invocations` of the function, each with a message.
    `scheduled` is how often it happens per day without a request, and `parameter` limits the
    requests of a site per day, if it can request it.
    """

    name: str
    function: str
    use: Use
    invocations: int
    parameter: str
    scheduled: int = 0


WORK = (
    SiteWork(
        "a job that imports all products again, after a new tag", "ImportWorkerFunction",
        Use(4_500, 0, writes=1_800, reads=650), 20, "JobsPerSandbox",
    ),
    # A client may set an interval of one hour, and request more by `POST /v1/sync`.
    SiteWork(
        "a refresh of all products, after a new tag", "RefreshShelvesFunction",
        Use(4_500, 0, writes=2_300, reads=205), 20, "SyncsPerSandbox", scheduled=24,
    ),
    SiteWork(
        "a refresh of all lists, after a new tag", "RefreshShelvesFunction",
        Use(1_500, 0, writes=350, reads=75), 5, "SyncsPerSandbox", scheduled=24,
    ),
)  # fmt: skip
