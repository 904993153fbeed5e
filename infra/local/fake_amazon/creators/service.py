"""One Creators API request through all of Amazon's checks, in Amazon's order."""

import msgspec

from infra.local.fake_amazon.accounts import Account
from infra.local.fake_amazon.creators import errors
from infra.local.fake_amazon.creators.access import authorized, standing
from infra.local.fake_amazon.creators.names import camel_name
from infra.local.fake_amazon.creators.requests import translated
from infra.local.fake_amazon.creators.responses import finished
from infra.local.fake_amazon.errors import Refusal as PaapiRefusal
from infra.local.fake_amazon.exchange import Reply, Trace, delay_of, fields_if_any, spoilt
from infra.local.fake_amazon.marketplaces import Marketplace, marketplace_named
from infra.local.fake_amazon.operations import (
    Call,
    get_browse_nodes,
    get_items,
    get_variations,
    search_items,
)
from infra.local.fake_amazon.signature import Arrived
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


def answer(request: Arrived, world: State, trace: Trace) -> Reply:
    """The answer to one request."""
    name, run = _OPERATIONS.get(request.path, ("", None))
    marketplace = marketplace_named(request.header("x-marketplace"))
    noted = fields_if_any(request.body)
    trace.note(noted.get("itemIds"), noted.get("keywords"))
    trace.operation, trace.marketplace = name, marketplace.code if marketplace else ""
    account = authorized(request.header("authorization"), world)
    trace.access_key = account.access_key
    refusal = standing(account)
    if refusal:
        raise refusal
    fault = world.next_fault("creators", name, account.access_key)
    if fault and fault.kind != "slow":
        return spoilt(fault, _REFUSALS, _BEGINNING)
    if not world.admits(account):
        raise errors.throttled(world.retry_after(account))
    if run is None or request.method != "POST":
        raise errors.unknown_operation()
    call = _checked(name, _read_body(request), account, marketplace, world)
    try:
        found = run(call)
    except PaapiRefusal as refused:
        raise errors.invalid_field(camel_name(refused.field)) from refused
    body = msgspec.json.encode(finished(name, found, call.parameters), order="sorted")
    return Reply(200, body, delay_seconds=delay_of(fault))


def _read_body(request: Arrived) -> dict[str, object]:
    media_type = request.header("content-type").partition(";")[0].strip().lower()
    if media_type != "application/json" or request.header("content-encoding"):
        raise errors.cannot_parse()
    try:
        return msgspec.json.decode(request.body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise errors.cannot_parse() from exc


def _checked(
    name: str,
    body: dict[str, object],
    account: Account,
    marketplace: Marketplace | None,
    world: State,
) -> Call:
    if marketplace is None or body.get("marketplace") not in (None, marketplace.name):
        raise errors.invalid_field("marketplace")
    tag = body.get("partnerTag")
    if not isinstance(tag, str) or not 0 < len(tag.strip()) <= _LONGEST_TAG:
        raise errors.invalid_field("partnerTag")
    if not account.owns(tag, marketplace):
        raise errors.invalid_partner_tag()
    parameters = translated(name, body)
    today = world.now().date()
    return Call(parameters, marketplace, tag, world.catalog, today, errors.item_error)


_REFUSALS = {
    "429": lambda: errors.throttled(1),
    "500": errors.internal,
    "token_expired": lambda: errors.unauthorized("TokenExpired"),
    "invalid_token": lambda: errors.unauthorized("InvalidToken"),
}
