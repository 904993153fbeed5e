"""Public documents: marketplaces, problem codes, the OpenAPI document, the contact for reports."""

from amzlinkr.domain.errors import NotFound
from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.http.presenters.problems import problem_type_out
from amzlinkr.http.presenters.sites import marketplace_out
from amzlinkr.http.request import Request
from amzlinkr.http.response import TEXT, ApiResponse, api_description
from amzlinkr.http.router import Router
from amzlinkr.http.schemas.sites import MarketplaceList
from amzlinkr.http.security_txt import security_txt
from amzlinkr.wiring import Dependencies, dependencies, initialize


def list_marketplaces(request: Request, _deps: Dependencies) -> ApiResponse:
    """List the supported marketplaces."""
    request.expect_no_input()
    marketplaces = [marketplace_out(marketplace) for marketplace in MARKETPLACES.values()]
    return ApiResponse(200, MarketplaceList(marketplaces), cacheable=True, public=True)


def show_openapi(request: Request, _deps: Dependencies) -> ApiResponse:
    """Show this API as an OpenAPI document."""
    request.expect_no_input()
    text = api_description(request.api_url)
    return ApiResponse(200, text, cacheable=True, public=True)


def show_problem(request: Request, _deps: Dependencies) -> ApiResponse:
    """Show what a problem code means."""
    request.expect_no_input()
    shown = problem_type_out(request.path["code"], request.api_url)
    return ApiResponse(200, shown, cacheable=True, public=True)


def show_security_txt(request: Request, deps: Dependencies) -> ApiResponse:
    """Show the contact for reports of vulnerabilities, if the operator set one."""
    request.expect_no_input()
    contact = deps.config.security_contact
    if contact is None:
        raise NotFound(
            "The operator of this service has not published a contact for security reports.",
            "Contact the operator of this service in another way.",
        )
    text = security_txt(contact, request.url, deps.clock.now())
    return ApiResponse(200, text, cacheable=True, public=True, content_type=TEXT)


app = Router(dependencies)
app.route("GET", "/v1/marketplaces", list_marketplaces, public=True)
app.route("GET", "/v1/openapi.json", show_openapi, public=True)
app.route("GET", "/v1/problems/<code>", show_problem, public=True)
app.route("GET", "/v1/security.txt", show_security_txt, public=True)
handler = app.handler

initialize()
