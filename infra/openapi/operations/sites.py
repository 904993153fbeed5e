"""Operations of a site."""

from amzlinkr.domain import errors
from amzlinkr.http.schemas import exports, requests, sites, sync
from infra.openapi.operation import Operation

_TAG = "Site"
SITE_OPERATIONS = (
    Operation(
        "getSite", _TAG, "GET", "/v1/site", "Get the site",
        "Returns the site with its settings and its connections.",
        {200: sites.SiteOut}, "The site.", query=requests.NoInput,
    ),
    Operation(
        "updateSite", _TAG, "PATCH", "/v1/site", "Change settings",
        "Changes the settings that the body contains. The others stay as they are.",
        {200: sites.SiteOut}, "The site with its new settings.", body=requests.SiteSettings,
        example={"email": "new@example.com"}, problems=(errors.NotConnected,),
    ),
    Operation(
        "deleteSite", _TAG, "DELETE", "/v1/site", "Delete the site",
        "Deletes the site and its sandbox. All API keys end immediately, and all data is deleted "
        "in the background. It cannot be undone. `confirm` must be the host of the site. A "
        "sandbox key cannot delete it.",
        {202: sites.SiteDeleted}, "Access has ended. The data is deleted in the background.",
        query=requests.DeleteSiteQuery, example={"confirm": "example.com"}, required=("confirm",),
    ),
    Operation(
        "exportSite", _TAG, "GET", "/v1/export", "Export all data",
        "Returns all data that is stored about the site, with all products, then all lists, in "
        "pages. Export a sandbox with its own key. Import jobs and security events have calls of "
        "their own.",
        {200: exports.ExportPage}, "A page of the export.", query=requests.PageQuery,
        problems=(errors.InvalidCursor,),
    ),
    Operation(
        "getUsage", _TAG, "GET", "/v1/usage", "Get the usage of limits",
        "Returns the usage of the service's limits, and of Amazon's daily budgets.",
        {200: sync.UsageOut}, "The usage.", query=requests.NoInput,
    ),
)  # fmt: skip
