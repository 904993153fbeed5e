"""The owner enters Amazon keys: one test request, then they are sealed or the reason is said."""

from amzlinkr.domain.amazon_errors import (
    AmazonError,
    AmazonNotEligible,
    AmazonPartnerTagRejected,
    AmazonThrottled,
)
from amzlinkr.domain.credentials import PaapiCredentials, hint_of, paapi_credentials
from amzlinkr.domain.errors import NotBuilt
from amzlinkr.domain.ports import Lane
from amzlinkr.domain.searching import Search
from amzlinkr.domain.sites import NOT_ELIGIBLE, THROTTLED, VALID, Connection, tag_rejected_in
from amzlinkr.http.account_outputs import Validated
from amzlinkr.http.edge import Edge, Request
from amzlinkr.http.inputs import Keys, PaapiKeys
from amzlinkr.http.responses import Answer, connection_out
from amzlinkr.wiring import Dependencies, dependencies

TEST_SEARCH = Search("book")
WORKS = "Your keys work. You can search and import products now."


def validate(request: Request, deps: Dependencies) -> Answer:
    """Check the shape, ask Amazon once, seal on success; wrong keys leave no trace."""
    form = request.body_of(Keys)
    if not isinstance(form, PaapiKeys):
        raise NotBuilt("Creators API credentials are not accepted yet.")
    credentials = paapi_credentials(
        form.access_key, form.secret_key, form.partner_tag, form.marketplace
    )
    site = deps.site(request.site_id)
    quota_id = deps.sealer.quota_id(credentials)

    state, problem = ask_amazon(credentials, quota_id, request.seconds_left, deps)

    shop = credentials.marketplace.code
    now = deps.clock.now()
    before = site.connections.get(shop)
    secret_id, version = deps.vault.seal(site.site_id, credentials, before)
    connection = Connection(
        marketplace=shop,
        api=credentials.api,
        partner_tag=credentials.partner_tag,
        key_hint=hint_of(credentials),
        state=state,
        since=before.since if before and before.state == state else now,
        secret_id=secret_id,
        secret_version=version,
        quota_id=quota_id,
        last_ok_at=now if state == VALID else before.last_ok_at if before else None,
        problem=problem.code if problem else None,
    )
    deps.sites.connect(site.site_id, connection)
    deps.count("KeysSealed")
    message = f"{problem.title}. {problem.action}" if problem else WORKS
    return Answer(200, Validated(state, message, connection_out(connection)))


def ask_amazon(
    credentials: PaapiCredentials, quota_id: str, seconds_left: float, deps: Dependencies
) -> tuple[str, AmazonError | None]:
    """The state one test request shows. Right keys of an account that is not ready are kept.

    A limit of our own (no upstream) says nothing about the keys, and is passed on.
    """
    catalog = deps.catalog_for(credentials, quota_id, Lane.INTERACTIVE)
    try:
        catalog.search(TEST_SEARCH, deps.deadline(seconds_left))
    except AmazonNotEligible as error:
        return NOT_ELIGIBLE, error
    except AmazonThrottled as error:
        if error.upstream is None:
            raise
        return THROTTLED, error
    except AmazonPartnerTagRejected as error:
        shop = credentials.marketplace.code
        raise tag_rejected_in(error, credentials.partner_tag, shop) from error
    return VALID, None


app = Edge(dependencies)
app.route("POST", "/v1/validate", validate)
handler = app.handler
