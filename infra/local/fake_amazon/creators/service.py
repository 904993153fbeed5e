"""One Creators API request through all of Amazon's checks, in Amazon's order."""

import msgspec

from infra.local.fake_amazon.accounts import Account
from infra.local.fake_amazon.creators import errors
from infra.local.fake_amazon.creators.access import account_error, authenticate
from infra.local.fake_amazon.creators.names import camel_name
from infra.local.fake_amazon.creators.requests import to_paapi_parameters
from infra.local.fake_amazon.creators.responses import to_creators_response
from infra.local.fake_amazon.errors import PaapiError as PaapiRefusal
from infra.local.fake_amazon.exchange import (
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
from infra.local.fake_amazon.signature import HttpRequest
from infra.local.fake_amazon.state import State

HOST = "creatorsapi.amazon"
_LONGEST_TAG = 64
_BEGINNING = b'{"itemsResult":{"items":[{"asin":"B0'
_OPERATIONS = {
    "/catalog/v1/searchItems": ("SearchItems", search_items),
    "/catalog/v1/getItems": ("GetItems", get_items),
    "/catalog/v1/getVariations": ("GetVariations", get_variations),
    "/catalog/v1/getBrowseNodes": ("GetBrowseNodes", get_browse_nodes),
}


def respond(request: HttpRequest, state: State, trace: Trace) -> HttpResponse:
    """The answer to one request."""
    name, run = _OPERATIONS.get(request.path, ("", None))
    marketplace = marketplace_by_name(request.header("x-marketplace"))
    noted = decode_fields(request.body)
    trace.record(noted.get("itemIds"), noted.get("keywords"))
    trace.operation, trace.marketplace = name, marketplace.code if marketplace else ""
    account = authenticate(request.header("authorization"), state)
    trace.access_key = account.access_key
    refusal = account_error(account)
    if refusal:
        raise refusal
    fault = state.next_fault("creators", name, account.access_key)
    if fault and fault.kind != "slow":
        return apply_fault(fault, _REFUSALS, _BEGINNING)
    if not state.count_request(account):
        raise errors.throttled(state.retry_after(account))
    if run is None or request.method != "POST":
        raise errors.unknown_operation()
    call = _check_request(name, _read_body(request), account, marketplace, state)
    try:
        found = run(call)
    except PaapiRefusal as refused:
        raise errors.invalid_field(camel_name(refused.field)) from refused
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
    state: State,
) -> OperationCall:
    if marketplace is None or body.get("marketplace") not in (None, marketplace.name):
        raise errors.invalid_field("marketplace")
    tag = body.get("partnerTag")
    if not isinstance(tag, str) or not 0 < len(tag.strip()) <= _LONGEST_TAG:
        raise errors.invalid_field("partnerTag")
    if not account.has_tag(tag, marketplace):
        raise errors.invalid_partner_tag()
    parameters = to_paapi_parameters(name, body)
    today = state.now().date()
    return OperationCall(parameters, marketplace, tag, state.catalog, today, errors.item_error)


_REFUSALS = {
    "429": lambda: errors.throttled(1),
    "500": errors.internal,
    "token_expired": lambda: errors.unauthorized("TokenExpired"),
    "invalid_token": lambda: errors.unauthorized("InvalidToken"),
}
