"""Operations that look up products and categories at Amazon."""

from amzlinkr.domain import errors
from amzlinkr.domain.product_errors import ShortLink
from amzlinkr.http.schemas import catalog, search_requests
from infra.openapi.examples import ASIN
from infra.openapi.operation import CALL_PROBLEMS, Operation

_TAG = "Catalog"
CATALOG_OPERATIONS = (
    Operation(
        "searchProducts", _TAG, "GET", "/v1/search", "Search products",
        "Searches Amazon. At least one of `keywords`, `brand`, `author`, `artist`, `actor` and "
        "`title` is required. An ASIN or an Amazon address anywhere in the keywords is looked up "
        "instead. Products that are out of stock are included with `in_stock=false` only.",
        {200: catalog.SearchResults}, "A page of results. `items` is empty if there are none.",
        query=search_requests.SearchQuery, example={"keywords": "tea pot", "page": 1},
        problems=(ShortLink, *CALL_PROBLEMS),
    ),
    Operation(
        "listVariations", _TAG, "GET", "/v1/variations/{asin}", "List the variations of a product",
        "Returns the variations of a product, such as sizes and colors, by the ASIN of the parent "
        "or of any variation, ten per page.",
        {200: catalog.Variations}, "A page of variations.",
        query=search_requests.VariationsQuery, path_parameters={"asin": ASIN},
        problems=(errors.NotFound, ShortLink, *CALL_PROBLEMS),
    ),
    Operation(
        "getBrowseNodes", _TAG, "GET", "/v1/browse_nodes", "Look up categories",
        "Returns up to ten categories by ID, each with its ancestors and its direct children.",
        {200: catalog.BrowseNodes}, "The categories that exist, and the IDs of the others.",
        query=search_requests.BrowseNodesQuery, example={"ids": "283155"}, problems=CALL_PROBLEMS,
    ),
)  # fmt: skip
