"""HTTP requests and responses of the fake Amazon: successful ones, errors, and faults."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from infra.local.fake_amazon.state import Fault, ServiceName

FaultErrors = Mapping[str, Callable[[], "ServiceError"]]
_SLOW_SECONDS = 3.0
_TIMEOUT_SECONDS = 60.0
_HTML = b"<html><head><title>503 Service Unavailable</title></head><body>Busy</body></html>"
_NOT_JSON = b"\x8f\xfe<<not json>>\x00"


@dataclass(frozen=True)
class HttpRequest:
    """A received request; header names are lower case, repeated values keep their order."""

    method: str
    path: str
    query: str
    headers: Mapping[str, Sequence[str]]
    body: bytes

    def header(self, name: str) -> str:
        """Return the first value of a header, or an empty string."""
        values = self.headers.get(name, ())
        return values[0].strip() if values else ""


@dataclass(frozen=True)
class HttpResponse:
    """A response, and the transport faults to apply when it is sent; `code` is for the log."""

    status: int
    body: bytes
    code: str = ""
    content_type: str = "application/json"
    delay_seconds: float = 0.0
    is_dropped: bool = False
    is_truncated: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Trace:
    """Properties of a request that the call log records, as far as they are known."""

    api: ServiceName
    operation: str = ""
    marketplace: str = ""
    access_key: str = ""
    item_ids: list[str] = field(default_factory=list)
    keywords: str = ""

    def record(self, item_ids: object, keywords: object) -> None:
        """Store the requested IDs and keywords, of any JSON type."""
        self.item_ids = [str(asin) for asin in item_ids] if isinstance(item_ids, list) else []
        self.keywords = str(keywords or "")


class ServiceError(Exception):
    """An error response; each service has its own body format."""

    status: int
    code: str
    message: str

    def body(self) -> dict[str, object]:
        """Return the JSON body of the response."""
        raise NotImplementedError

    def response(self) -> HttpResponse:
        """Return the response to send."""
        return HttpResponse(self.status, msgspec.json.encode(self.body()), self.code)


def decode_fields(body: bytes) -> dict[str, object]:
    """Return the fields of a JSON object; empty if the body is not one."""
    try:
        return msgspec.json.decode(body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}


def apply_fault(fault: Fault, errors: FaultErrors, truncated_body: bytes) -> HttpResponse:
    """Return the faulty response; `truncated_body` is the beginning of a valid body.

    Raises:
        ServiceError: The fault is an error of the service.
    """
    if make_error := errors.get(fault.kind):
        raise make_error()
    match fault.kind:
        case "html":
            return HttpResponse(503, _HTML, fault.kind, content_type="text/html")
        case "garbage":
            return HttpResponse(200, _NOT_JSON, fault.kind)
        case "truncated":
            return HttpResponse(200, truncated_body, fault.kind, is_truncated=True)
        case "timeout":
            seconds = fault.seconds or _TIMEOUT_SECONDS
            # The status is for the call log only: the connection is closed without a response.
            return HttpResponse(504, b"", fault.kind, delay_seconds=seconds, is_dropped=True)
        case _:
            raise ValueError(f"the fault {fault.kind} has no response")


def response_delay(fault: Fault | None) -> float:
    """Return the delay in seconds of a successful response."""
    return (fault.seconds or _SLOW_SECONDS) if fault else 0.0
