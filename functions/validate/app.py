"""Connections to Amazon accounts: credentials after one test call, or an Associate tag alone."""

from typing import Literal

from amzlinkr import telemetry
from amzlinkr.domain.amazon_errors import AmazonError, AmazonThrottled
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.credentials import (
    CreatorsCredentials,
    Credentials,
    creators_credentials,
    paapi_credentials,
    partner_tag_of,
)
from amzlinkr.domain.marketplaces import marketplace
from amzlinkr.http.presenters.sites import connection_out
from amzlinkr.http.request import Request
from amzlinkr.http.response import ApiResponse, located
from amzlinkr.http.router import Router
from amzlinkr.http.schemas.connections import Validated
from amzlinkr.http.schemas.requests import (
    CreatorsCredentialsInput,
    CredentialsInput,
    LinkOnlyConnectionInput,
    PaapiCredentialsInput,
)
from amzlinkr.wiring import Dependencies, dependencies, initialize

VALID = "Your keys work. You can search and import products now."
CREDENTIALS_REPLACED = (
    " All imported products remain. Their prices are now refreshed with the new keys."
)
WRONG_REGION = (
    " Amazon issued this credential for another region than {marketplace}'s. If Amazon rejects it "
    "later, create a credential in the Associates account of {marketplace}."
)


def validate(request: Request, deps: Dependencies) -> ApiResponse:
    """Test credentials with one call to Amazon and store them. Wrong ones are not stored."""
    credentials = credentials_of(request.body_union(CredentialsInput))
    site = deps.sites.require(request.site_id)
    # Per account too: several sites may have one, and each test spends a request of its budget.
    limits, count = deps.config.limits, deps.usage_counters.increment
    count(limits.validations, site.site_id)
    account_key = deps.amazon_accounts.account_key(site.site_id, credentials)
    count(limits.validations_of_account, account_key)

    previous = site.connections.get(credentials.marketplace.code)
    connection, problem = deps.account_setup.connect(
        request.caller, site, credentials, request.upstream_deadline
    )
    telemetry.count("CredentialsStored")
    # `previous` was read before the change, to name what was replaced.
    message = message_for(credentials, problem, previous)
    return ApiResponse(200, Validated(status_after(problem), message, connection_out(connection)))


def connect_link_only(request: Request, deps: Dependencies) -> ApiResponse:
    """Connect a marketplace with an Associate tag, before the owner has API credentials."""
    code = marketplace(request.path["marketplace"]).code
    tag = partner_tag_of(request.body(LinkOnlyConnectionInput).partner_tag)
    site = deps.sites.require(request.site_id)
    deps.usage_counters.increment(deps.config.limits.settings, site.site_id)
    connection, is_new = deps.account_setup.connect_link_only(request.caller, site, code, tag)
    shown = connection_out(connection)
    if not is_new:
        return ApiResponse(200, shown)
    return ApiResponse(201, shown, located(request.api_url, f"connections/{code}"))


def credentials_of(payload: PaapiCredentialsInput | CreatorsCredentialsInput) -> Credentials:
    """Return the credentials of either API, trimmed. Raises `InvalidRequest` for a wrong shape."""
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


def status_after(problem: AmazonError | None) -> Literal["valid", "not_eligible", "throttled"]:
    """Return the status: the credentials are correct, but the account may not be usable yet."""
    if problem is None:
        return "valid"
    return "throttled" if isinstance(problem, AmazonThrottled) else "not_eligible"


def message_for(
    credentials: Credentials, problem: AmazonError | None, previous: Connection | None
) -> str:
    """Return the message for the site's owner."""
    text = f"{problem.title}. {problem.action}" if problem else VALID
    if previous is not None and previous.api not in (None, credentials.api):
        text += CREDENTIALS_REPLACED
    marketplace = credentials.marketplace
    region = credentials.region if isinstance(credentials, CreatorsCredentials) else None
    if region is not None and region != marketplace.creators_region:
        text += WRONG_REGION.format(marketplace=marketplace.name)
    return text


app = Router(dependencies)
app.route("POST", "/v1/validate", validate)
app.route("PUT", "/v1/connections/<marketplace>", connect_link_only)
handler = app.handler

initialize("dynamodb", "secretsmanager", "amazon", "call_counter", "account_setup", "service_state")
