"""What passes between the HTTP side and a service: the reply, a refusal, notes for the log."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec

from infra.local.fake_amazon.state import Fault, ServiceName

FaultErrors = Mapping[str, Callable[[], "ServiceError"]]
_SLOW_SECONDS = 3.0
_TIMEOUT_SECONDS = 60.0
_HTML = b"<html><head><title>503 Service Unavailable</title></head><body>Busy</body></html>"
_GARBAGE = b"\x8f\xfe<<not json>>\x00"


@dataclass(frozen=True)
class HttpResponse:
    """An answer, and how it is to be spoilt on its way out; `code` is for the log."""

    status: int
    body: bytes
    code: str = ""
    content_type: str = "application/json"
    delay_seconds: float = 0.0
    is_dropped: bool = False
    is_truncated: bool = False


@dataclass
class Trace:
    """What is known of the request so far, for the log."""

    api: ServiceName
    operation: str = ""
    marketplace: str = ""
    access_key: str = ""
    item_ids: list[str] = field(default_factory=list)
    keywords: str = ""

    def record(self, item_ids: object, keywords: object) -> None:
        """Take down what is asked for, whatever shape it has."""
        self.item_ids = [str(asin) for asin in item_ids] if isinstance(item_ids, list) else []
        self.keywords = str(keywords or "")


class ServiceError(Exception):
    """A request that a service does not serve; each service has its own body for it."""

    status: int
    code: str

    def body(self) -> dict[str, object]:
        """The JSON body that goes with the status."""
        raise NotImplementedError

    def response(self) -> HttpResponse:
        """The answer to send."""
        return HttpResponse(self.status, msgspec.json.encode(self.body()), self.code)


def decode_fields(body: bytes) -> dict[str, object]:
    """The body's fields, or none when it is not a JSON object."""
    try:
        return msgspec.json.decode(body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}


def apply_fault(fault: Fault, errors: FaultErrors, beginning: bytes) -> HttpResponse:
    """The answer of a request that runs into a fault; `beginning` is that of a good answer."""
    if make_error := errors.get(fault.kind):
        error = make_error()
        return HttpResponse(error.status, msgspec.json.encode(error.body()), fault.kind)
    match fault.kind:
        case "html":
            return HttpResponse(503, _HTML, fault.kind, content_type="text/html")
        case "garbage":
            return HttpResponse(200, _GARBAGE, fault.kind)
        case "truncated":
            return HttpResponse(200, beginning, fault.kind, is_truncated=True)
        case _:
            seconds = fault.seconds or _TIMEOUT_SECONDS
            return HttpResponse(504, b"", fault.kind, delay_seconds=seconds, is_dropped=True)


def response_delay(fault: Fault | None) -> float:
    """How many seconds a good answer waits."""
    return (fault.seconds or _SLOW_SECONDS) if fault else 0.0
