"""The owner asks what is wrong: one token, one product, and what they say about every step."""

from collections.abc import Sequence

from amzlinkr.domain.amazon_errors import AmazonError
from amzlinkr.domain.catalog import Search
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.diagnosis import Seen, Step, steps_of
from amzlinkr.domain.ports import Catalog
from amzlinkr.http.presenters.sites import connection_out, step_out
from amzlinkr.http.request import Request
from amzlinkr.http.responses import Answer
from amzlinkr.http.router import Edge
from amzlinkr.http.schemas.requests import MarketplaceQuery
from amzlinkr.http.schemas.sites import Diagnosis
from amzlinkr.wiring import Dependencies, dependencies

TEST_SEARCH = Search("book")


def diagnose(request: Request, deps: Dependencies) -> Answer:
    """Ask Amazon at most twice (token, product) and tell each step from what it answered."""
    query = request.query(MarketplaceQuery)
    connection = deps.site(request.site_id).connection(query.marketplace)
    steps = walk(request.site_id, connection, deps.deadline(request.seconds_left), deps)

    known = deps.site(request.site_id).connections.get(connection.marketplace, connection)
    return Answer(
        200,
        Diagnosis(
            marketplace=connection.marketplace,
            ok=all(step.ok for step in steps),
            steps=[step_out(step) for step in steps],
            connection=connection_out(known),
        ),
    )


def walk(
    site_id: str, connection: Connection, deadline: Deadline, deps: Dependencies
) -> list[Step]:
    """The steps as Amazon answers now; the connection's state follows."""
    catalog = deps.catalog_to_diagnose(site_id, connection)
    asked_at = deps.clock.now()
    try:
        seen = see(catalog, imported(site_id, connection.marketplace, deps), deadline)
    except AmazonError as error:
        if error.upstream is None:
            raise  # a limit of our own: nothing was asked, so nothing is known
        deps.note(site_id, connection, error, asked_at)
        return steps_of(connection, error)
    deps.note(site_id, connection, None, asked_at)
    return steps_of(connection, seen)


def imported(site_id: str, marketplace: str, deps: Dependencies) -> tuple[str, ...]:
    """Up to ten products of the site's own in this marketplace: what one call can ask for."""
    shelves = deps.shelves.of_site(site_id, marketplace)
    return next((shelf.asins for shelf in shelves if shelf.slots), ())


def see(catalog: Catalog, asins: Sequence[str], deadline: Deadline) -> Seen:
    """One call: any of the imported products, or whatever a search brings. Raises `AmazonError`."""
    if asins:
        lookup = catalog.items(asins, deadline)
        product = next(iter(lookup.found.values()), None)
        return Seen(asins[0], product, lookup.request_id)
    found = catalog.search(TEST_SEARCH, deadline)
    first = next(iter(found.items), None)
    return Seen(first.asin if first else None, first, found.request_id)


app = Edge(dependencies)
app.route("GET", "/v1/diagnostics", diagnose)
handler = app.handler
