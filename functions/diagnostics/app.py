"""GET /v1/diagnostics: find the step at which an Amazon account fails."""

from amzlinkr.http.presenters.sites import connection_out, step_out
from amzlinkr.http.request import Request
from amzlinkr.http.response import ApiResponse
from amzlinkr.http.router import Router
from amzlinkr.http.schemas.connections import Diagnosis
from amzlinkr.http.schemas.requests import MarketplaceQuery
from amzlinkr.wiring import Dependencies, dependencies, initialize


def diagnose(request: Request, deps: Dependencies) -> ApiResponse:
    """Call Amazon at most twice (token, product) and report each step."""
    query = request.query(MarketplaceQuery)
    steps, connection = deps.diagnostics.diagnose(
        request.site_id, query.marketplace, request.upstream_deadline
    )
    return ApiResponse(
        200,
        Diagnosis(
            marketplace=connection.marketplace,
            ok=all(step.ok for step in steps),
            steps=[step_out(step) for step in steps],
            connection=connection_out(connection),
        ),
    )


app = Router(dependencies)
app.route("GET", "/v1/diagnostics", diagnose)
handler = app.handler

initialize("dynamodb", "amazon", "call_counter", "diagnostics")
