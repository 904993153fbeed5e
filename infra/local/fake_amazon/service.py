"""One request through all of Amazon's checks, in Amazon's order."""

import re
from dataclasses import dataclass, field

import msgspec

from infra.local.fake_amazon import errors
from infra.local.fake_amazon.accounts import Account
from infra.local.fake_amazon.errors import Refusal
from infra.local.fake_amazon.marketplaces import Marketplace, marketplace_of_host
from infra.local.fake_amazon.operations import OPERATIONS, Call
from infra.local.fake_amazon.parameters import Parameters
from infra.local.fake_amazon.signature import Arrived, verify
from infra.local.fake_amazon.world import Fault, LoggedCall, World

_TARGET = "com.amazon.paapi5.v1.ProductAdvertisingAPIv1."
_ENCODINGS = ("", "amz-1.0")
_CLAIMED_KEY = re.compile(r"Credential=([A-Za-z0-9]{1,128})/")
_SLOW_SECONDS = 3.0
_TIMEOUT_SECONDS = 60.0
_HTML = b"<html><head><title>503 Service Unavailable</title></head><body>Busy</body></html>"
_GARBAGE = b"\x8f\xfe<<not json>>\x00"


@dataclass(frozen=True)
class Reply:
    """An answer, and how it is to be spoilt on its way out."""

    status: int
    body: bytes
    content_type: str = "application/json"
    delay_seconds: float = 0.0
    is_dropped: bool = False
    is_truncated: bool = False


@dataclass
class _Trace:
    """What is known of the request so far, for the log."""

    operation: str = ""
    marketplace: str = ""
    access_key: str = ""
    fields: dict[str, object] = field(default_factory=dict)


def serve(request: Arrived, world: World) -> Reply:
    """The answer to one API request, logged."""
    trace = _Trace(fields=_fields_if_any(request.body), access_key=_claimed_key(request))
    try:
        reply, code = _answer(request, world, trace)
    except Refusal as refusal:
        reply, code = _refused(refusal), refusal.code
    ids = trace.fields.get("ItemIds")
    world.log(
        LoggedCall(
            time=world.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            operation=trace.operation,
            marketplace=trace.marketplace,
            access_key=trace.access_key,
            item_ids=[str(asin) for asin in ids] if isinstance(ids, list) else [],
            keywords=str(trace.fields.get("Keywords") or ""),
            status=reply.status,
            code=code,
        )
    )
    return reply


def _answer(request: Arrived, world: World, trace: _Trace) -> tuple[Reply, str]:
    marketplace = marketplace_of_host(request.header("host"))
    if marketplace is None:
        raise errors.unknown_operation()
    trace.marketplace = marketplace.code
    name, run = OPERATIONS.get(request.path, ("", None))
    trace.operation = name
    account = world.accounts[verify(request, marketplace.region, world.secret_of, world.now())]
    standing = account.standing(marketplace)
    if standing:
        raise standing
    fault = world.next_fault(name, account.access_key)
    if fault and fault.kind != "slow":
        return _spoilt(fault), fault.kind
    if not world.admits(account):
        raise errors.too_many_requests()
    if run is None or request.method != "POST" or request.header("x-amz-target") != _TARGET + name:
        raise errors.unknown_operation()
    call = _checked(_read_body(request), account, marketplace, world)
    body = msgspec.json.encode(run(call), order="sorted")
    delay = (fault.seconds or _SLOW_SECONDS) if fault else 0.0
    return Reply(200, body, delay_seconds=delay), ""


def _read_body(request: Arrived) -> dict[str, object]:
    media_type = request.header("content-type").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise errors.invalid_parameter("Content-Type", media_type)
    if request.header("content-encoding").lower() not in _ENCODINGS:
        raise errors.invalid_parameter("Content-Encoding", request.header("content-encoding"))
    try:
        return msgspec.json.decode(request.body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise errors.invalid_parameter("Body", "not a JSON object") from exc


def _checked(
    fields: dict[str, object], account: Account, marketplace: Marketplace, world: World
) -> Call:
    parameters = Parameters(fields)
    tag = parameters.text("PartnerTag")
    if not account.owns(tag, marketplace):
        raise errors.invalid_partner_tag(account.access_key, marketplace.associates_site)
    parameters.check_common(marketplace)
    return Call(parameters, marketplace, tag, world.catalog, world.now().date())


def _fields_if_any(body: bytes) -> dict[str, object]:
    try:
        return msgspec.json.decode(body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}


def _claimed_key(request: Arrived) -> str:
    claimed = _CLAIMED_KEY.search(request.header("authorization"))
    return claimed[1] if claimed else ""


def _refused(refusal: Refusal) -> Reply:
    return Reply(refusal.status, msgspec.json.encode(refusal.body()))


_REFUSALS = {
    "429": errors.too_many_requests,
    "500": errors.internal_failure,
    "expired": errors.request_expired,
}


def _spoilt(fault: Fault) -> Reply:
    if refusal := _REFUSALS.get(fault.kind):
        return _refused(refusal())
    match fault.kind:
        case "html":
            return Reply(503, _HTML, content_type="text/html")
        case "garbage":
            return Reply(200, _GARBAGE)
        case "truncated":
            return Reply(200, b'{"ItemsResult":{"Items":[{"ASIN":"B0', is_truncated=True)
        case _:
            seconds = fault.seconds or _TIMEOUT_SECONDS
            return Reply(504, b"", delay_seconds=seconds, is_dropped=True)
