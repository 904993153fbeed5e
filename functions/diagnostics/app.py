"""The owner asks what is wrong: one token, one product, and what they say about every step."""

from collections.abc import Sequence

from amzlinkr.domain.amazon_errors import AmazonError
from amzlinkr.domain.catalog import Search
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
from amzlinkr.wiring import Dependencies, dependencies

TEST_SEARCH = Search("book")


def diagnose(request: Request, deps: Dependencies) -> ApiResponse:
    """Ask Amazon at most twice (token, product) and tell each step from what it answered."""
    query = request.query(MarketplaceQuery)
    connection = deps.site(request.site_id).connection(query.marketplace)
    steps = run_steps(request.site_id, connection, deps.deadline(request.seconds_left), deps)

    known = deps.site(request.site_id).connections.get(connection.marketplace, connection)
    return ApiResponse(
        200,
        Diagnosis(
            marketplace=connection.marketplace,
            ok=all(step.ok for step in steps),
            steps=[step_out(step) for step in steps],
            connection=connection_out(known),
        ),
    )


def run_steps(
    site_id: str, connection: Connection, deadline: Deadline, deps: Dependencies
) -> list[Step]:
    """The steps as Amazon answers now; the connection's state follows."""
    catalog = deps.catalog_to_diagnose(site_id, connection)
    asked_at = deps.clock.now()
    try:
        seen = call_amazon(catalog, imported_asins(site_id, connection.marketplace, deps), deadline)
    except AmazonError as error:
        if error.upstream is None:
            raise  # a limit of our own: nothing was asked, so nothing is known
        deps.record_result(site_id, connection, error, asked_at)
        return steps_of(connection, error)
    deps.record_result(site_id, connection, None, asked_at)
    return steps_of(connection, seen)


def imported_asins(site_id: str, marketplace: str, deps: Dependencies) -> tuple[str, ...]:
    """Up to ten products of the site's own in this marketplace: what one call can ask for."""
    shelves = deps.shelves.list_for_site(site_id, marketplace)
    return next((shelf.asins for shelf in shelves if shelf.slots), ())


def call_amazon(catalog: Catalog, asins: Sequence[str], deadline: Deadline) -> DiagnosticResult:
    """One call: any of the imported products, or whatever a search brings. Raises `AmazonError`."""
    if asins:
        lookup = catalog.items(asins, deadline)
        product = next(iter(lookup.found.values()), None)
        return DiagnosticResult(asins[0], product, lookup.request_id)
    found = catalog.search(TEST_SEARCH, deadline)
    first = next(iter(found.items), None)
    return DiagnosticResult(first.asin if first else None, first, found.request_id)


app = Router(dependencies)
app.route("GET", "/v1/diagnostics", diagnose)
handler = app.handler
