"""Operations of lists."""

from amzlinkr.domain import errors
from amzlinkr.domain.lists import ListLimitReached
from amzlinkr.domain.product_errors import ShortLink
from amzlinkr.http.schemas import lists, requests, search_requests
from infra.openapi.examples import LIST_NAME
from infra.openapi.operation import Operation

_TAG = "Lists"
LIST_OPERATIONS = (
    Operation(
        "putList", _TAG, "PUT", "/v1/lists/{name}", "Define a list",
        "Defines a list, or replaces the one with this name. It is filled as soon as its account "
        "works, usually within a minute, and refreshed at the interval of the site. The same "
        "definition again changes nothing; another search drops the products; another `size` "
        "keeps those that fit.",
        {200: lists.ListOut, 201: lists.ListOut},
        {
            200: "The list replaces the earlier one.",
            201: "The list is defined, without products yet.",
        },
        body=search_requests.ListInput, path_parameters={"name": LIST_NAME}, located=(201,),
        example={"keywords": "coffee grinder", "sort": "AvgCustomerReviews", "size": 20},
        problems=(errors.NotConnected, ShortLink, ListLimitReached),
    ),
    Operation(
        "listLists", _TAG, "GET", "/v1/lists", "List lists",
        "Returns the lists of the site with their products, by name.",
        {200: lists.ListPageOut}, "A page of lists.",
        query=requests.PageQuery, cacheable=True, problems=(errors.InvalidCursor,),
    ),
    Operation(
        "getList", _TAG, "GET", "/v1/lists/{name}", "Get a list",
        "Returns a list with its products.",
        {200: lists.ListOut}, "The list.", query=requests.NoInput,
        path_parameters={"name": LIST_NAME}, cacheable=True, problems=(errors.NotFound,),
    ),
    Operation(
        "deleteList", _TAG, "DELETE", "/v1/lists/{name}", "Delete a list",
        "Removes a list. The change feed contains its removal for 30 days.",
        {204: None}, "The list is removed.", query=requests.NoInput,
        path_parameters={"name": LIST_NAME}, problems=(errors.NotFound,),
    ),
)  # fmt: skip
