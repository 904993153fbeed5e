"""GET /v1/diagnostics: find the step at which an Amazon account fails.

It takes one token request and one product call.
"""

from collections.abc import Sequence

from amzlinkr.domain.amazon_errors import AmazonError
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.diagnosis import DiagnosticResult, Step, steps_of
from amzlinkr.domain.ports import Catalog
from amzlinkr.http.presenters.sites import connection_out, step_out
from amzlinkr.http.request import Request
from amzlinkr.http.response import ApiResponse
from amzlinkr.http.router import Router
from amzlinkr.http.schemas.requests import MarketplaceQuery
from amzlinkr.http.schemas.sites import Diagnosis
from amzlinkr.services.amazon_accounts import TEST_SEARCH
from amzlinkr.wiring import Dependencies, dependencies


def diagnose(request: Request, deps: Dependencies) -> ApiResponse:
    """Call Amazon at most twice (token, product) and report each step."""
    query = request.query(MarketplaceQuery)
    connection = deps.sites.require(request.site_id).connection(query.marketplace)
    steps = run_steps(request.site_id, connection, request.upstream_deadline, deps)

    # Read again: the result of the call may have changed the connection's state.
    connections = deps.sites.require(request.site_id).connections
    connection = connections.get(connection.marketplace, connection)
    return ApiResponse(
        200,
        Diagnosis(
            marketplace=connection.marketplace,
            ok=all(step.ok for step in steps),
            steps=[step_out(step) for step in steps],
            connection=connection_out(connection),
        ),
    )


def run_steps(
    site_id: str, connection: Connection, deadline: Deadline, deps: Dependencies
) -> list[Step]:
    """Return the steps from one call to Amazon, and record its result.

    Raises:
        AmazonError: A limit of our own prevented the call.
    """
    accounts = deps.amazon_accounts
    catalog = accounts.test_catalog(site_id, connection, max_attempts=1)
    asins = imported_asins(site_id, connection.marketplace, deps)
    requested_at = deps.clock.now()
    try:
        result = call_amazon(catalog, asins, deadline)
    except AmazonError as error:
        if error.upstream is None:
            raise
        accounts.record_result(site_id, connection, error, requested_at)
        return steps_of(connection, error)
    accounts.record_result(site_id, connection, None, requested_at)
    return steps_of(connection, result)


def imported_asins(site_id: str, marketplace_code: str, deps: Dependencies) -> tuple[str, ...]:
    """Return up to ten imported products of the marketplace, which one call can request."""
    shelves = deps.shelves.list_for_site(site_id, marketplace_code)
    return next((shelf.asins for shelf in shelves if shelf.slots), ())


def call_amazon(catalog: Catalog, asins: Sequence[str], deadline: Deadline) -> DiagnosticResult:
    """Request imported products, or search if there are none. Raises `AmazonError`."""
    if asins:
        lookup = catalog.items(asins, deadline)
        product = next(iter(lookup.found.values()), None)
        return DiagnosticResult(asins[0], product, lookup.request_id)
    page = catalog.search(TEST_SEARCH, deadline)
    first = next(iter(page.items), None)
    return DiagnosticResult(first.asin if first else None, first, page.request_id)


app = Router(dependencies)
app.route("GET", "/v1/diagnostics", diagnose)
handler = app.handler
