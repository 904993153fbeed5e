"""The fake Creators API: authenticates and checks a request, then runs its operation."""

import msgspec

from infra.local.fake_amazon.accounts import Account
from infra.local.fake_amazon.creators import errors
from infra.local.fake_amazon.creators.access import account_error, authenticate
from infra.local.fake_amazon.creators.names import camel_name
from infra.local.fake_amazon.creators.requests import to_paapi_parameters
from infra.local.fake_amazon.creators.responses import to_creators_response
from infra.local.fake_amazon.errors import PaapiError
from infra.local.fake_amazon.exchange import (
    HttpRequest,
    HttpResponse,
    Trace,
    apply_fault,
    decode_fields,
    response_delay,
)
from infra.local.fake_amazon.marketplaces import Marketplace, marketplace_by_name
from infra.local.fake_amazon.operations import (
    OperationCall,
    get_browse_nodes,
    get_items,
    get_variations,
    search_items,
)
from infra.local.fake_amazon.state import FakeAmazonState

HOST = "creatorsapi.amazon"
_MAX_TAG_CHARS = 64
_TRUNCATED_BODY = b'{"itemsResult":{"items":[{"asin":"B0'
_OPERATIONS = {
    "/catalog/v1/searchItems": ("SearchItems", search_items),
    "/catalog/v1/getItems": ("GetItems", get_items),
    "/catalog/v1/getVariations": ("GetVariations", get_variations),
    "/catalog/v1/getBrowseNodes": ("GetBrowseNodes", get_browse_nodes),
}


def respond(request: HttpRequest, state: FakeAmazonState, trace: Trace) -> HttpResponse:
    """Return the response to a request."""
    name, run = _OPERATIONS.get(request.path, ("", None))
    marketplace = marketplace_by_name(request.header("x-marketplace"))
    # Decoded leniently and before authentication: the call log also records rejected requests.
    fields = decode_fields(request.body)
    trace.record(fields.get("itemIds"), fields.get("keywords"))
    trace.operation, trace.marketplace = name, marketplace.code if marketplace else ""
    account = authenticate(request.header("authorization"), state)
    trace.access_key = account.access_key
    error = account_error(account)
    if error:
        raise error
    fault = state.next_fault("creators", name, account.access_key)
    # A slow request is processed normally; only its response is delayed.
    if fault and fault.kind != "slow":
        return apply_fault(fault, _FAULT_ERRORS, _TRUNCATED_BODY)
    if not state.count_request(account):
        raise errors.throttled(state.retry_after(account))
    if run is None or request.method != "POST":
        raise errors.unknown_operation()
    # Decoded again, strictly: for an authenticated caller a malformed body is an error.
    call = _check_request(name, _read_body(request), account, marketplace, state)
    # The shared operations raise PA-API errors; this API reports the field instead.
    try:
        found = run(call)
    except PaapiError as exc:
        raise errors.invalid_field(camel_name(exc.field)) from exc
    body = msgspec.json.encode(to_creators_response(name, found, call.parameters), order="sorted")
    return HttpResponse(200, body, delay_seconds=response_delay(fault))


def _read_body(request: HttpRequest) -> dict[str, object]:
    media_type = request.header("content-type").partition(";")[0].strip().lower()
    if media_type != "application/json" or request.header("content-encoding"):
        raise errors.cannot_parse()
    try:
        return msgspec.json.decode(request.body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise errors.cannot_parse() from exc


def _check_request(
    name: str,
    body: dict[str, object],
    account: Account,
    marketplace: Marketplace | None,
    state: FakeAmazonState,
) -> OperationCall:
    if marketplace is None or body.get("marketplace") not in (None, marketplace.name):
        raise errors.invalid_field("marketplace")
    tag = body.get("partnerTag")
    if not isinstance(tag, str) or not 0 < len(tag.strip()) <= _MAX_TAG_CHARS:
        raise errors.invalid_field("partnerTag")
    if not account.has_tag(tag, marketplace):
        raise errors.invalid_partner_tag()
    parameters = to_paapi_parameters(name, body)
    today = state.now().date()
    return OperationCall(parameters, marketplace, tag, state.catalog, today, errors.item_error)


_FAULT_ERRORS = {
    "429": lambda: errors.throttled(1),
    "500": errors.internal,
    "token_expired": lambda: errors.unauthorized("TokenExpired"),
    "invalid_token": lambda: errors.unauthorized("InvalidToken"),
}
