"""Operations of imports and imported products."""

from amzlinkr.domain import amazon_errors as amazon
from amzlinkr.domain import errors
from amzlinkr.http.schemas import imports, products, requests
from infra.openapi.examples import ASIN, JOB_ID
from infra.openapi.operation import Operation

_TAG = "Products"
PRODUCT_OPERATIONS = (
    Operation(
        "importProducts", _TAG, "POST", "/v1/import", "Import products",
        "Imports up to ten entries directly, and up to 1,000 as a job. An entry that cannot be "
        "imported fails alone, with its `problem`. Accounts without API access store products as "
        "`waiting`. Send an `Idempotency-Key` to repeat the call safely.",
        {200: imports.ImportResults, 202: imports.JobStarted},
        {
            200: "The results of up to ten entries, in their order.",
            202: "A job was started for more than ten entries. Read its progress at `status_url`.",
        },
        body=requests.ImportRequest, is_idempotent=True, located=(202,),
        example={"items": [ASIN, f"https://www.amazon.com/dp/{ASIN}"]},
        problems=(
            errors.IdempotencyMismatch, errors.ProductLimitReached, amazon.AmazonThrottled,
            amazon.AmazonClockSkew, amazon.AmazonRejectedRequest, amazon.AmazonUnavailable,
        ),
    ),
    Operation(
        "getImportJob", _TAG, "GET", "/v1/import/{job_id}", "Get an import job",
        "Returns the progress of an import job, with its results in pages. A job is kept for 24 "
        "hours.",
        {200: imports.JobProgress}, "The progress, and a page of the results.",
        query=requests.PageQuery, path_parameters={"job_id": JOB_ID},
        problems=(errors.NotFound, errors.InvalidCursor),
    ),
    Operation(
        "listProducts", _TAG, "GET", "/v1/products", "List products",
        "Returns the imported products of all marketplaces, or of one, by marketplace and ASIN. "
        "All filters apply, before `limit`. A cursor is valid for its filters only. To follow "
        "changes, read the change feed instead.",
        {200: products.ProductList}, "A page of products.",
        query=requests.ProductsQuery, cacheable=True,
        problems=(errors.InvalidCursor, errors.NotConnected),
    ),
    Operation(
        "deleteProducts",
        _TAG,
        "DELETE",
        "/v1/products",
        "Delete several products",
        "Removes up to 100 imported products of one marketplace. ASINs that are not imported are "
        "ignored. A 503 states how many were removed: send the request again.",
        {204: None},
        "The products are removed.",
        query=requests.RemovalQuery,
        example={"asins": ASIN},
        problems=(errors.NotConnected,),
    ),
    Operation(
        "getProduct", _TAG, "GET", "/v1/products/{asin}", "Get a product",
        "Returns an imported product in its current state.",
        {200: products.ProductOut}, "The product.",
        query=requests.MarketplaceQuery, path_parameters={"asin": ASIN}, cacheable=True,
        problems=(errors.NotFound, errors.NotConnected),
    ),
    Operation(
        "deleteProduct", _TAG, "DELETE", "/v1/products/{asin}", "Delete a product",
        "Removes an imported product. The change feed contains its removal for 30 days.",
        {204: None}, "The product is removed.",
        query=requests.MarketplaceQuery, path_parameters={"asin": ASIN},
        problems=(errors.NotFound, errors.NotConnected),
    ),
)  # fmt: skip
