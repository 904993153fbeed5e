"""What passes between the HTTP side and a service: the reply, a refusal, notes for the log."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec

from infra.local.fake_amazon.state import Fault, Service

Refusals = Mapping[str, Callable[[], "Refused"]]
_SLOW_SECONDS = 3.0
_TIMEOUT_SECONDS = 60.0
_HTML = b"<html><head><title>503 Service Unavailable</title></head><body>Busy</body></html>"
_GARBAGE = b"\x8f\xfe<<not json>>\x00"


@dataclass(frozen=True)
class Reply:
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

    api: Service
    operation: str = ""
    marketplace: str = ""
    access_key: str = ""
    item_ids: list[str] = field(default_factory=list)
    keywords: str = ""

    def note(self, item_ids: object, keywords: object) -> None:
        """Take down what is asked for, whatever shape it has."""
        self.item_ids = [str(asin) for asin in item_ids] if isinstance(item_ids, list) else []
        self.keywords = str(keywords or "")


class Refused(Exception):
    """A request that a service does not serve; each service has its own body for it."""

    status: int
    code: str

    def body(self) -> dict[str, object]:
        """The JSON body that goes with the status."""
        raise NotImplementedError

    def reply(self) -> Reply:
        """The answer to send."""
        return Reply(self.status, msgspec.json.encode(self.body()), self.code)


def fields_if_any(body: bytes) -> dict[str, object]:
    """The body's fields, or none when it is not a JSON object."""
    try:
        return msgspec.json.decode(body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}


def spoilt(fault: Fault, refusals: Refusals, beginning: bytes) -> Reply:
    """The answer of a request that runs into a fault; `beginning` is that of a good answer."""
    if refusal := refusals.get(fault.kind):
        refused = refusal()
        return Reply(refused.status, msgspec.json.encode(refused.body()), fault.kind)
    match fault.kind:
        case "html":
            return Reply(503, _HTML, fault.kind, content_type="text/html")
        case "garbage":
            return Reply(200, _GARBAGE, fault.kind)
        case "truncated":
            return Reply(200, beginning, fault.kind, is_truncated=True)
        case _:
            seconds = fault.seconds or _TIMEOUT_SECONDS
            return Reply(504, b"", fault.kind, delay_seconds=seconds, is_dropped=True)


def delay_of(fault: Fault | None) -> float:
    """How many seconds a good answer waits."""
    return (fault.seconds or _SLOW_SECONDS) if fault else 0.0
