"""One request, answered by the service whose host it names, and logged."""

from infra.local.fake_amazon import paapi5, token_service
from infra.local.fake_amazon.creators import service as creators
from infra.local.fake_amazon.exchange import Refused, Reply, Trace
from infra.local.fake_amazon.signature import Arrived
from infra.local.fake_amazon.state import LoggedCall, Service, State


def serve(request: Arrived, world: State) -> Reply:
    """The answer to one request."""
    host = request.header("host").lower().removesuffix(":443")
    trace = Trace(_service_at(host))
    try:
        reply = _answer(host, request, world, trace)
    except Refused as refusal:
        reply = refusal.reply()
    world.log(
        LoggedCall(
            time=world.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            api=trace.api,
            operation=trace.operation,
            marketplace=trace.marketplace,
            access_key=trace.access_key,
            item_ids=trace.item_ids,
            keywords=trace.keywords,
            status=reply.status,
            code=reply.code,
        )
    )
    return reply


def _service_at(host: str) -> Service:
    if host in token_service.ISSUERS:
        return "token"
    return "creators" if host == creators.HOST else "paapi5"


def _answer(host: str, request: Arrived, world: State, trace: Trace) -> Reply:
    match trace.api:
        case "token":
            return token_service.issue(request, token_service.ISSUERS[host], world, trace)
        case "creators":
            return creators.answer(request, world, trace)
        case "paapi5":
            return paapi5.answer(request, world, trace)
