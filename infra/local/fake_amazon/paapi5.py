"""The fake PA-API 5.0: authenticates and checks a request, then runs its operation."""

import re

import msgspec

from infra.local.fake_amazon import errors
from infra.local.fake_amazon.accounts import Account
from infra.local.fake_amazon.dialects import retired_host
from infra.local.fake_amazon.exchange import (
    HttpRequest,
    HttpResponse,
    ServiceError,
    Trace,
    apply_fault,
    decode_fields,
    response_delay,
)
from infra.local.fake_amazon.marketplaces import Marketplace, marketplace_by_host
from infra.local.fake_amazon.operations import PAAPI_OPERATIONS, OperationCall
from infra.local.fake_amazon.parameters import Parameters
from infra.local.fake_amazon.signature import verify_signature
from infra.local.fake_amazon.state import FakeAmazonState, Retirement

_TARGET_PREFIX = "com.amazon.paapi5.v1.ProductAdvertisingAPIv1."
_ENCODINGS = ("", "amz-1.0")  # PA-API clients send amz-1.0
_ACCESS_KEY = re.compile(r"Credential=([A-Za-z0-9.-]{1,128})/")
_TRUNCATED_BODY = b'{"ItemsResult":{"Items":[{"ASIN":"B0'


def respond(request: HttpRequest, state: FakeAmazonState, trace: Trace) -> HttpResponse:
    """Return the response to a request."""
    # Decoded leniently and before authentication: the call log also records rejected requests.
    fields = decode_fields(request.body)
    trace.record(fields.get("ItemIds"), fields.get("Keywords"))
    trace.access_key = _access_key(request)
    marketplace = marketplace_by_host(request.header("host"))
    if marketplace is None:
        raise errors.unknown_operation()
    name, run = PAAPI_OPERATIONS.get(request.path, ("", None))
    trace.operation, trace.marketplace = name, marketplace.code
    account = state.accounts[
        verify_signature(request, marketplace.region, state.find_secret_key, state.now())
    ]
    error = _account_error(account, marketplace, state.dialect.retirement)
    if error:
        raise error
    fault = state.next_fault("paapi5", name, account.access_key)
    # A slow request is processed normally; only its response is delayed.
    if fault and fault.kind != "slow":
        return apply_fault(fault, _FAULT_ERRORS, _TRUNCATED_BODY)
    if not state.count_request(account):
        raise errors.too_many_requests()
    if (
        run is None
        or request.method != "POST"
        or request.header("x-amz-target") != _TARGET_PREFIX + name
    ):
        raise errors.unknown_operation()
    call = _check_request(_read_body(request), account, marketplace, state)
    body = msgspec.json.encode(run(call), order="sorted")
    return HttpResponse(200, body, delay_seconds=response_delay(fault))


def _account_error(
    account: Account, marketplace: Marketplace, retirement: Retirement
) -> ServiceError | None:
    site = marketplace.associates_site
    match account.state:
        case "not_eligible":
            return errors.not_eligible()
        case "retired":
            return retired_host(retirement) or errors.retired()
        case "access_denied":
            return errors.access_denied(account.access_key)
        case "aws_user":
            return errors.access_denied_aws_user(account.access_key)
        case "invalid_associate":
            return errors.invalid_associate(account.access_key, site)
        case _:
            return None


def _read_body(request: HttpRequest) -> dict[str, object]:
    media_type = request.header("content-type").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise errors.invalid_parameter("Content-Type", media_type)
    if request.header("content-encoding").lower() not in _ENCODINGS:
        raise errors.invalid_parameter("Content-Encoding", request.header("content-encoding"))
    try:
        return msgspec.json.decode(request.body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise errors.invalid_parameter("Body", "not a JSON object") from exc


def _check_request(
    fields: dict[str, object], account: Account, marketplace: Marketplace, state: FakeAmazonState
) -> OperationCall:
    parameters = Parameters(fields)
    tag = parameters.text("PartnerTag")
    if not account.has_tag(tag, marketplace):
        raise errors.invalid_partner_tag(account.access_key, marketplace.associates_site)
    parameters.check_common(marketplace)
    today = state.now().date()
    return OperationCall(parameters, marketplace, tag, state.catalog, today, errors.item_error)


def _access_key(request: HttpRequest) -> str:
    match = _ACCESS_KEY.search(request.header("authorization"))
    return match[1] if match else ""


_FAULT_ERRORS = {
    "429": errors.too_many_requests,
    "500": errors.internal_failure,
    "expired": errors.request_expired,
}
