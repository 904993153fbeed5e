"""Operations of public documents."""

from amzlinkr.domain import errors
from amzlinkr.http.schemas import problems, requests, sites
from infra.openapi.operation import Operation

_TAG = "Service"
DOCUMENT_OPERATIONS = (
    Operation(
        "listMarketplaces", _TAG, "GET", "/v1/marketplaces", "List marketplaces",
        "Returns the Amazon marketplaces with their currencies, languages and API regions.",
        {200: sites.MarketplaceList}, "The marketplaces.", query=requests.NoInput,
        public=True, cacheable=True,
    ),
    Operation(
        "getProblemType", _TAG, "GET", "/v1/problems/{code}", "Get the meaning of a problem code",
        "Returns what a problem code means. Its URL is the `type` of each problem with this code.",
        {200: problems.ProblemTypeOut}, "The description of the code.", query=requests.NoInput,
        path_parameters={"code": errors.RateLimited.code}, public=True, cacheable=True,
        problems=(errors.NotFound,),
    ),
    Operation(
        "getOpenApi", _TAG, "GET", "/v1/openapi.json", "Get this document",
        "Returns this document. `servers` has the URL at which it was requested.",
        {200: dict}, "The OpenAPI document.", query=requests.NoInput, public=True, cacheable=True,
    ),
    Operation(
        "getSecurityTxt", _TAG, "GET", "/v1/security.txt", "Get the contact for security reports",
        "Returns the contact for reports of vulnerabilities (RFC 9116), if the operator set one.",
        {200: str}, "The contact.", query=requests.NoInput, public=True, cacheable=True,
        problems=(errors.NotFound,),
    ),
)  # fmt: skip
