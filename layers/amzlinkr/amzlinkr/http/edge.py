"""Where HTTP ends: routes, checked input, one log line a request, and no exception gets past.

Powertools' resolver matches the routes. A story is a function of a `Request` and the function's
dependencies that gives an `Answer`.
"""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

import msgspec
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response

from amzlinkr import telemetry
from amzlinkr.domain.errors import (
    AmzlinkrError,
    ApiKeyMissing,
    BodyTooLarge,
    InternalError,
    InvalidRequest,
    NotFound,
    RateLimited,
    SiteSuspended,
    StoreUnavailable,
)
from amzlinkr.domain.quotas import Allowance
from amzlinkr.domain.sites import Caller
from amzlinkr.http.events import check_shape
from amzlinkr.http.inputs import NoInput
from amzlinkr.http.refusals import invalid
from amzlinkr.http.responses import Answer, etag_of, problem, rate_limit_headers

MAX_BODY = 64 * 1024
MAX_NAME = 100
PATIENCE = 3.8
"""WordPress gives up after 5 seconds; gateway, authorizer and a cold start need the rest."""


GUARDS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Meter(Protocol):
    """What every function's dependencies can do: count a call of a site."""

    def count_call(self, site_id: str) -> Allowance | None:
        """Raises `RateLimited`."""
        ...


D = TypeVar("D", bound=Meter)
S = TypeVar("S", bound=msgspec.Struct)
Event = dict[str, Any]
"""An API Gateway proxy event, whose JSON nobody has checked; it never leaves this module."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call, seen from a story. `site_id` comes from the authorizer and nowhere else."""

    _event: Event = field(repr=False)
    request_id: str
    _left: Callable[[], float] = field(repr=False)
    path: Mapping[str, str]

    @property
    def seconds_left(self) -> float:
        """Seconds until a waiting person gives up, or Lambda does; asked anew, it is less."""
        return self._left()

    @property
    def site_id(self) -> str:
        """The site whose key was used. Raises `ApiKeyMissing`."""
        site_id = self._authorizer.get("site_id")
        if not isinstance(site_id, str) or not site_id or not site_id.isascii():
            raise ApiKeyMissing
        return site_id

    @property
    def kid(self) -> str:
        """Which of the site's API keys the call came with."""
        return str(self._authorizer.get("kid") or "")

    @property
    def caller(self) -> Caller:
        """The site, and which of its keys was used. Raises `ApiKeyMissing`."""
        return Caller(self.site_id, self.kid)

    @property
    def is_suspended(self) -> bool:
        """Whether the operator stopped that site."""
        return self._authorizer.get("suspended") == "true"

    @property
    def _authorizer(self) -> Mapping[str, Any]:
        found = self._event["requestContext"].get("authorizer")
        return found if isinstance(found, dict) else {}

    @property
    def source_ip(self) -> str:
        """The caller's address as API Gateway saw it."""
        return str(self._event["requestContext"].get("identity", {}).get("sourceIp") or "unknown")

    def header(self, name: str) -> str | None:
        """A header's value, whatever the case of its name."""
        headers = self._event.get("headers") or {}
        return next((v for k, v in headers.items() if k.lower() == name and v is not None), None)

    def body_bytes(self) -> bytes:
        """The raw body. Raises `InvalidRequest` or `BodyTooLarge`."""
        text = self._event.get("body") or ""
        if len(text) > 2 * MAX_BODY:
            raise BodyTooLarge
        try:
            encoded = self._event.get("isBase64Encoded")
            body = base64.b64decode(text, validate=True) if encoded else text.encode()
        except (binascii.Error, ValueError):
            raise InvalidRequest("body", "The body's encoding is broken.") from None
        if len(body) > MAX_BODY:
            raise BodyTooLarge
        return body

    def body(self, schema: type[S]) -> S:
        """The body as a schema. Raises `InvalidRequest` naming the field."""
        body: S = self._body(schema)
        return body

    def body_if_any(self, schema: type[S]) -> S:
        """The same; without a body, what the schema says of itself."""
        if self.body_bytes():
            return self.body(schema)
        self.nothing()
        return schema()

    def body_of(self, schema: Any) -> Any:
        """The body as one of several schemas, told apart by their tag."""
        return self._body(schema)

    def query(self, schema: type[S]) -> S:
        """The query string as a schema. Raises `InvalidRequest` naming the field."""
        values = self._event.get("multiValueQueryStringParameters") or {}
        repeated = [name for name, given in values.items() if len(given) != 1]
        if repeated:
            raise InvalidRequest(repeated[0][:60], "This parameter is given more than once.")
        known = schema.__struct_fields__
        flat = {n: given[0] for n, given in values.items() if given[0] != "" or n not in known}
        broken = [name for name, given in flat.items() if not _is_text(name + given)]
        if broken:
            raise InvalidRequest("query", "The query's encoding is broken.", "Send UTF-8.")
        try:
            return msgspec.convert(flat, schema, strict=False)
        except msgspec.ValidationError as error:
            raise invalid(error, "query") from None

    def nothing(self) -> None:
        """Raises `InvalidRequest` for a body or a query: this call takes neither."""
        self.query(NoInput)
        if self.body_bytes():
            self.body(NoInput)

    def _body(self, schema: Any) -> Any:
        """A call that has a body takes no query."""
        self.query(NoInput)
        body = self.body_bytes()
        try:
            return msgspec.json.decode(body or b"null", type=schema)
        except msgspec.ValidationError as error:
            raise invalid(error, "body") from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise InvalidRequest(
                "body", "The body is not JSON.", "Send a JSON object in UTF-8."
            ) from None


def order_from(event: object, schema: Any) -> Any:
    """An operator's order out of a Lambda invocation. Raises `InvalidRequest` naming the field."""
    try:
        return msgspec.convert(event, schema)
    except msgspec.ValidationError as error:
        raise invalid(error, "order") from None


class Edge(Generic[D]):
    """A function's routes. `provide` gives its dependencies, when the first request comes."""

    def __init__(self, provide: Callable[[], D]) -> None:
        self.provide = provide
        self._resolver = APIGatewayRestResolver()
        self._resolver.not_found(self._not_found)
        self._seconds_left: Callable[[], float] = lambda: 0.0

    def route(
        self,
        method: str,
        path: str,
        story: Callable[[Request, D], Answer],
        *,
        public: bool = False,
        even_suspended: bool = False,
    ) -> None:
        """Answer `method path` with `story`; `<name>` in the path is in `Request.path`.

        Calls of sites are counted, and a suspended site has only those that say so.
        """

        def admit(request: Request, deps: D) -> Allowance | None:
            if public:
                return None
            if request.is_suspended and not even_suspended:
                raise SiteSuspended
            return deps.count_call(request.site_id)

        def answered(**names: str) -> Response[str]:
            return self._answered(admit, story, names)

        self._resolver.route(path, method=method)(answered)

    def handler(self, event: Event, context: Any) -> dict[str, Any]:
        """The Lambda handler."""
        started = time.monotonic()
        ends = started + PATIENCE
        self._seconds_left = lambda: min(
            context.get_remaining_time_in_millis() / 1000, ends - time.monotonic()
        )
        try:
            check_shape(event)
            answer = self._resolver.resolve(event, context)
        except Exception as error:  # noqa: BLE001 - the edge of the world: nothing may get past
            answer = _plain(self._failed(error, _request_id(event)))
        telemetry.log.info(
            "request",
            method=_plain_text(event.get("httpMethod")),
            resource=_plain_text(event.get("resource")),
            status=answer["statusCode"],
            request_id=_request_id(event),
            site_id=_site_id(event),
            milliseconds=round((time.monotonic() - started) * 1000),
        )
        telemetry.flush()
        return answer

    def _answered(
        self,
        admit: Callable[[Request, D], Allowance | None],
        story: Callable[[Request, D], Answer],
        names: Mapping[str, str],
    ) -> Response[str]:
        event = self._resolver.current_event.raw_event
        request = Request(event, _request_id(event), self._seconds_left, names)
        allowance = None
        try:
            _check_names(names)
            deps = self.provide()
            allowance = admit(request, deps)
            answer = story(request, deps)
        except Exception as error:  # noqa: BLE001 - becomes a problem; faults of ours are logged
            answer = self._failed(error, request.request_id)
            if isinstance(error, RateLimited):
                allowance = error.allowance
        if allowance is not None:
            answer.headers.update(rate_limit_headers(allowance))
        return _conditional(answer, request.header("if-none-match"))

    def _failed(self, error: Exception, request_id: str) -> Answer:
        known = error if isinstance(error, AmzlinkrError) else InternalError()
        if isinstance(known, InternalError | StoreUnavailable):
            telemetry.log_fault(error)
        telemetry.count(f"Problem_{known.code}")
        return problem(known, request_id)

    def _not_found(self, _error: Exception) -> Response[str]:
        event = self._resolver.current_event.raw_event
        return _response(self._failed(NotFound(), _request_id(event)))


def _plain(answer: Answer) -> dict[str, Any]:
    """The form API Gateway wants, for when the resolver itself failed."""
    return {
        "statusCode": answer.status,
        "headers": {"Content-Type": answer.content_type, **GUARDS},
        "body": answer.encoded(),
        "isBase64Encoded": False,
    }


def _response(answer: Answer) -> Response[str]:
    return Response(
        answer.status,
        answer.content_type if answer.body is not None else None,
        answer.encoded(),
        headers=GUARDS | answer.headers,
    )


def _conditional(answer: Answer, if_none_match: str | None) -> Response[str]:
    """Add the ETag of a cacheable answer; 304 if the caller has it."""
    response = _response(answer)
    if not answer.cacheable:
        return response
    tag = etag_of(response.body or "")
    kept = "public, max-age=3600" if answer.public else "private, no-cache"
    response.headers.update({"ETag": tag, "Cache-Control": kept})
    known = {text.strip().removeprefix("W/") for text in (if_none_match or "").split(",")}
    if tag in known or "*" in known:
        return Response(304, None, "", headers=dict(response.headers))
    return response


def _is_text(text: str) -> bool:
    """Whether this can be written as UTF-8: lone surrogates cannot."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _check_names(names: Mapping[str, str]) -> None:
    """Ids in a path that cannot be ours are not found, before any table is asked."""
    for name in names.values():
        if len(name) > MAX_NAME or not (name.isascii() and name.isprintable()):
            raise NotFound


def _request_id(event: Event) -> str:
    context = event.get("requestContext")
    found = context.get("requestId") if isinstance(context, dict) else None
    return _plain_text(found) or "unknown"


def _site_id(event: Event) -> str | None:
    context = event.get("requestContext")
    authorizer = context.get("authorizer") if isinstance(context, dict) else None
    return _plain_text(authorizer.get("site_id")) if isinstance(authorizer, dict) else None


def _plain_text(value: object) -> str | None:
    """A short text that may stand in a log or an answer; None for anything else."""
    fits = isinstance(value, str) and len(value) <= MAX_NAME and value.isascii()
    return str(value) if fits else None
