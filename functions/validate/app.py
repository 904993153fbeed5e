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
    paapi_credentials,
    redacted_hint,
)
from amzlinkr.domain.ports import Catalog
from amzlinkr.domain.sites import with_marketplace_hint
from amzlinkr.http.presenters.sites import connection_out
from amzlinkr.http.request import Request
from amzlinkr.http.response import ApiResponse
from amzlinkr.http.router import Router
from amzlinkr.http.schemas.requests import (
    CreatorsCredentialsInput,
    CredentialsInput,
    PaapiCredentialsInput,
)
from amzlinkr.http.schemas.sites import Validated
from amzlinkr.wiring import Dependencies, dependencies

TEST_SEARCH = Search("book")
WORKS = "Your keys work. You can search and import products now."
CREDENTIALS_REPLACED = (
    " Everything you imported stays, and its prices are now checked with these keys."
)
WRONG_REGION = (
    " Amazon made this credential for another region than {shop}'s; if Amazon refuses it later, "
    "make one in the Associates account of that marketplace."
)


def validate(request: Request, deps: Dependencies) -> ApiResponse:
    """Check the shape, ask Amazon once, seal on success; wrong keys leave no trace."""
    credentials = credentials_of(request.body_union(CredentialsInput))
    site = deps.site(request.site_id)
    limits, count = deps.config.limits, deps.usage_counters.increment
    count(limits.validations, site.site_id)
    quota_id = deps.account_key(site.site_id, credentials)
    count(limits.validations_of_keys, quota_id)

    asked_at = deps.clock.now()
    catalog = deps.test_catalog(site.site_id, credentials, quota_id)
    problem = verify_credentials(catalog, credentials, deps.deadline(request.seconds_left))

    before = site.connections.get(credentials.marketplace.code)
    secret_id, version = deps.store_credentials(site.site_id, credentials, before)
    connection = Connection(
        marketplace=credentials.marketplace.code,
        api=credentials.api,
        partner_tag=credentials.partner_tag,
        key_hint=redacted_hint(credentials),
        secret_id=secret_id,
        secret_version=version,
        account_key=quota_id,
        since=asked_at,
    )
    connection = connection.with_result(problem, asked_at).replacing(before)
    deps.sites.connect(request.caller, connection, before, deps.clock.now())
    deps.count("CredentialsStored")
    message = message_for(credentials, problem, before)
    return ApiResponse(200, Validated(status_after(problem), message, connection_out(connection)))


def credentials_of(payload: PaapiCredentialsInput | CreatorsCredentialsInput) -> Credentials:
    """The keys of either form, trimmed and checked for shape."""
    if isinstance(payload, PaapiCredentialsInput):
        return paapi_credentials(
            payload.access_key, payload.secret_key, payload.partner_tag, payload.marketplace
        )
    return creators_credentials(
        payload.credential_id,
        payload.credential_secret,
        payload.credential_version,
        payload.partner_tag,
        payload.marketplace,
    )


def verify_credentials(
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
        raise with_marketplace_hint(error, credentials.partner_tag, shop) from error
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
        text += CREDENTIALS_REPLACED
    shop = credentials.marketplace
    if isinstance(credentials, CreatorsCredentials) and credentials.region != shop.creators_region:
        text += WRONG_REGION.format(shop=shop.name)
    return text


app = Router(dependencies)
app.route("POST", "/v1/validate", validate)
handler = app.handler
