"""Routing of a request to the service that its Host header names, and the call log."""

from infra.local.fake_amazon import paapi5, token_service
from infra.local.fake_amazon.creators import service as creators
from infra.local.fake_amazon.dialects import error_response
from infra.local.fake_amazon.exchange import HttpRequest, HttpResponse, ServiceError, Trace
from infra.local.fake_amazon.state import FakeAmazonState, LoggedCall, ServiceName


def serve(request: HttpRequest, state: FakeAmazonState) -> HttpResponse:
    """Return the response to a request and log the call."""
    host = request.header("host").lower().removesuffix(":443")
    trace = Trace(_service_for_host(host))
    try:
        response = _dispatch(host, request, state, trace)
    except ServiceError as error:
        has_dialects = trace.api != "token"
        response = (
            error_response(error, state.dialect, state.now()) if has_dialects else error.response()
        )
    state.log(
        LoggedCall(
            time=state.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            api=trace.api,
            operation=trace.operation,
            marketplace=trace.marketplace,
            access_key=trace.access_key,
            item_ids=trace.item_ids,
            keywords=trace.keywords,
            status=response.status,
            code=response.code,
        )
    )
    return response


def _service_for_host(host: str) -> ServiceName:
    if host in token_service.TOKEN_SERVICES:
        return "token"
    return "creators" if host == creators.HOST else "paapi5"


def _dispatch(
    host: str, request: HttpRequest, state: FakeAmazonState, trace: Trace
) -> HttpResponse:
    match trace.api:
        case "token":
            return token_service.respond(request, token_service.TOKEN_SERVICES[host], state, trace)
        case "creators":
            return creators.respond(request, state, trace)
        case "paapi5":
            return paapi5.respond(request, state, trace)
