"""Operations of the change feed and the price sync."""

from amzlinkr.domain import errors
from amzlinkr.http.schemas import feed, requests, sync
from infra.openapi.operation import Operation

_TAG = "Change feed"
FEED_OPERATIONS = (
    Operation(
        "listChanges", _TAG, "GET", "/v1/changes", "Read the change feed",
        "Returns the products and lists that changed after the cursor, each once, in its current "
        "state. Without a cursor the feed starts with all products and lists, and has the removals "
        "of the last 30 days. Store `next_cursor` "
        "after each page, and call again with it: immediately while `has_more` is true, later "
        "otherwise. After a 410 `cursor_too_old`, read without a cursor, and then drop what the "
        "feed did not contain.",
        {200: feed.Changes}, "A page of changes. It may be empty.",
        query=requests.PageQuery, problems=(errors.InvalidCursor, errors.CursorTooOld),
    ),
    Operation(
        "getSyncStatus", _TAG, "GET", "/v1/sync", "Get the state of the price sync",
        "Returns the latest and the next refresh, products by state, refresh intervals, Amazon's "
        "daily budgets, and why nothing is refreshed in a marketplace.",
        {200: sync.SyncStatus}, "The state of the price sync.", query=requests.NoInput,
    ),
    Operation(
        "requestSync", _TAG, "POST", "/v1/sync", "Request a refresh of everything",
        "Makes all products and lists due, as far as their accounts have worked. The request is "
        "stored; the next run of the price sync, usually within five minutes, completes it.",
        {202: sync.SyncStatus}, "The request is stored. The body is the state of the price sync.",
        located=(202,),
    ),
)  # fmt: skip
