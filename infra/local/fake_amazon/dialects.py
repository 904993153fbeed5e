"""The dialects in which the fake reports errors, selected by the control API.

Amazon's documentation, SDKs, and public reports of both APIs disagree about the place and the
letter case of error codes, and about the responses of the retired PA-API.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import format_datetime

import msgspec

from infra.local.fake_amazon.exchange import HttpResponse, ServiceError
from infra.local.fake_amazon.state import Dialect, ErrorBodies, Retirement

_TOO_MANY_REQUESTS, _RETRY_SECONDS = 429, 30
_NOT_FOUND = "ResourceNotFoundException"
_UNAUTHORIZED = "Unable to determine service/operation name to be authorized"
_XML = f"<AccessDeniedException>\n  <Message>{_UNAUTHORIZED}</Message>\n</AccessDeniedException>\n"
_HTML = "<html><head><title>410 Gone</title></head><body><h1>Gone</h1></body></html>"


def _snake(code: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", code).upper()


_BODIES: dict[ErrorBodies, Callable[[str, str], object]] = {
    "errors": lambda code, text: {"errors": [{"code": code, "message": text}]},
    "Errors": lambda code, text: {"Errors": [{"Code": code, "Message": text}]},
    "reason_in_errors": lambda code, text: {"errors": [{"reason": code, "message": text}]},
    "top_level": lambda code, text: {"Code": code, "Message": text},
    "type": lambda code, text: {
        "__type": f"com.amazon.coral.service#{code.removesuffix('Exception')}Exception",
        "message": text,
    },
    "upper_snake_case": lambda code, text: {"errors": [{"code": _snake(code), "message": text}]},
}


def error_response(error: ServiceError, dialect: Dialect, now: datetime) -> HttpResponse:
    """Return the response of an error of PA-API or the Creators API in the selected dialect."""
    response = error.response()
    if dialect.errors != "documented" and not isinstance(error, RetiredHost):
        # Public reports show PA-API's code for a request without results.
        code = "NoResults" if error.code == _NOT_FOUND else error.code
        body = _BODIES[dialect.errors](code, error.message)
        response = replace(response, body=msgspec.json.encode(body))
    if error.status != _TOO_MANY_REQUESTS or dialect.retry_after == "documented":
        return response
    is_date = dialect.retry_after == "date"
    until = format_datetime(now + timedelta(seconds=_RETRY_SECONDS), usegmt=True)
    return replace(response, headers={"Retry-After": until if is_date else str(_RETRY_SECONDS)})


@dataclass(eq=False)
class RetiredHost(ServiceError):
    """A response of the retired PA-API's host, in no form of PA-API."""

    status: int
    text: str
    content_type: str
    code: str = "Retired"
    message: str = field(default="", init=False)

    def response(self) -> HttpResponse:
        """Return the response to send."""
        return HttpResponse(self.status, self.text.encode(), self.code, self.content_type)


def retired_host(retirement: Retirement) -> RetiredHost | None:
    """Return the response of the retired host, or None for Amazon's documented error."""
    response = _RETIRED_HOST.get(retirement)
    return RetiredHost(*response) if response else None


_RETIRED_HOST: dict[Retirement, tuple[int, str, str]] = {
    "unauthorized": (403, f'{{"Message":"{_UNAUTHORIZED}"}}', "application/json"),
    "unauthorized_xml": (403, _XML, "text/xml"),
    "not_found": (404, '{"message":"Not Found"}', "application/json"),
    "gone": (410, '{"message":"Gone"}', "application/json"),
    "gone_html": (410, _HTML, "text/html"),
    "gone_empty": (410, "", "text/plain"),
}
