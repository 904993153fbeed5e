"""The owner enters Amazon keys: one test request, then they are sealed or the reason is said."""

from typing import Literal

from amzlinkr.domain.amazon_errors import (
    TOKEN_SERVICE,
    AmazonError,
    AmazonNotEligible,
    AmazonPartnerTagRejected,
    AmazonThrottled,
)
from amzlinkr.domain.catalog import Search
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.credentials import (
    CreatorsCredentials,
    Credentials,
    creators_credentials,
    hint_of,
    paapi_credentials,
)
from amzlinkr.domain.ports import Catalog
from amzlinkr.domain.sites import tag_rejected_in
from amzlinkr.http.presenters.sites import connection_out
from amzlinkr.http.request import Request
from amzlinkr.http.responses import Answer
from amzlinkr.http.router import Edge
from amzlinkr.http.schemas.requests import CreatorsKeys, Keys, PaapiKeys
from amzlinkr.http.schemas.sites import Validated
from amzlinkr.wiring import Dependencies, dependencies

TEST_SEARCH = Search("book")
WORKS = "Your keys work. You can search and import products now."
MOVED = " Everything you imported stays, and its prices are now checked with these keys."
OTHER_REGION = (
    " Amazon made this credential for another region than {shop}'s; if Amazon refuses it later, "
    "make one in the Associates account of that marketplace."
)


def validate(request: Request, deps: Dependencies) -> Answer:
    """Check the shape, ask Amazon once, seal on success; wrong keys leave no trace."""
    credentials = credentials_of(request.body_of(Keys))
    site = deps.site(request.site_id)
    limits, count = deps.config.limits, deps.quotas.count
    count(limits.validations, site.site_id)
    quota_id = deps.quota_id(site.site_id, credentials)
    count(limits.validations_of_keys, quota_id)

    asked_at = deps.clock.now()
    catalog = deps.catalog_to_test(site.site_id, credentials, quota_id)
    problem = ask_amazon(catalog, credentials, deps.deadline(request.seconds_left))

    before = site.connections.get(credentials.marketplace.code)
    secret_id, version = deps.seal(site.site_id, credentials, before)
    connection = Connection(
        marketplace=credentials.marketplace.code,
        api=credentials.api,
        partner_tag=credentials.partner_tag,
        key_hint=hint_of(credentials),
        secret_id=secret_id,
        secret_version=version,
        quota_id=quota_id,
        since=asked_at,
    )
    connection = connection.after(problem, asked_at).following(before)
    deps.sites.connect(request.caller, connection, before, deps.clock.now())
    deps.count("KeysSealed")
    message = message_for(credentials, problem, before)
    return Answer(200, Validated(status_after(problem), message, connection_out(connection)))


def credentials_of(form: PaapiKeys | CreatorsKeys) -> Credentials:
    """The keys of either form, trimmed and checked for shape."""
    if isinstance(form, PaapiKeys):
        return paapi_credentials(
            form.access_key, form.secret_key, form.partner_tag, form.marketplace
        )
    return creators_credentials(
        form.credential_id,
        form.credential_secret,
        form.credential_version,
        form.partner_tag,
        form.marketplace,
    )


def ask_amazon(
    catalog: Catalog, credentials: Credentials, deadline: Deadline
) -> AmazonError | None:
    """What keeps an account with right keys from working now; None if it works.

    A limit of our own (no upstream) or of a token service says nothing about the keys, and is
    passed on.
    """
    try:
        catalog.search(TEST_SEARCH, deadline)
    except (AmazonNotEligible, AmazonThrottled) as error:
        unproven = error.upstream is None or error.upstream.service == TOKEN_SERVICE
        if unproven and isinstance(error, AmazonThrottled):
            raise
        return error
    except AmazonPartnerTagRejected as error:
        shop = credentials.marketplace.code
        raise tag_rejected_in(error, credentials.partner_tag, shop) from error
    return None


def status_after(problem: AmazonError | None) -> Literal["valid", "not_eligible", "throttled"]:
    """What the plugin's notice goes by: the keys are right, the account may not be ready."""
    if problem is None:
        return "valid"
    return "throttled" if isinstance(problem, AmazonThrottled) else "not_eligible"


def message_for(
    credentials: Credentials, problem: AmazonError | None, before: Connection | None
) -> str:
    """What the owner reads."""
    text = f"{problem.title}. {problem.action}" if problem else WORKS
    if before is not None and before.api != credentials.api:
        text += MOVED
    shop = credentials.marketplace
    if isinstance(credentials, CreatorsCredentials) and credentials.region != shop.creators_region:
        text += OTHER_REGION.format(shop=shop.name)
    return text


app = Edge(dependencies)
app.route("POST", "/v1/validate", validate)
handler = app.handler
