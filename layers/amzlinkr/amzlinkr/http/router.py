"""Where HTTP ends: routes, checked input, one log line a request, and no exception gets past.

Powertools' resolver matches the routes. A story is a function of a `Request` and the function's
dependencies that gives an `Answer`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Generic, Protocol, TypeVar

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response

from amzlinkr import telemetry
from amzlinkr.domain.errors import (
    AmzlinkrError,
    InternalError,
    NotFound,
    RateLimited,
    SiteSuspended,
    StoreUnavailable,
)
from amzlinkr.domain.limits import LimitUsage
from amzlinkr.http.events import (
    MAX_PATH_PARAMETER_CHARS,
    Event,
    check_shape,
    printable_text,
    request_id_of,
    site_id_of,
)
from amzlinkr.http.request import Request
from amzlinkr.http.response import (
    ApiResponse,
    conditional,
    problem,
    rate_limit_headers,
    to_proxy_response,
    to_resolver_response,
)

CLIENT_TIMEOUT_SECONDS = 3.8
"""WordPress gives up after 5 seconds; gateway, authorizer and a cold start need the rest."""


class CallCounter(Protocol):
    """What every function's dependencies can do: count a call of a site."""

    def count_call(self, site_id: str) -> LimitUsage | None:
        """Raises `RateLimited`."""
        ...


D = TypeVar("D", bound=CallCounter)


class Router(Generic[D]):
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
        endpoint: Callable[[Request, D], ApiResponse],
        *,
        public: bool = False,
        allow_suspended: bool = False,
    ) -> None:
        """Answer `method path` with `story`; `<name>` in the path is in `Request.path`.

        Calls of sites are counted, and a suspended site has only those that say so.
        """

        def check_access(request: Request, deps: D) -> LimitUsage | None:
            if public:
                return None
            if request.is_suspended and not allow_suspended:
                raise SiteSuspended
            return deps.count_call(request.site_id)

        def answered(**names: str) -> Response[str]:
            return self._dispatch(check_access, endpoint, names)

        self._resolver.route(path, method=method)(answered)

    def handler(self, event: Event, context: Any) -> dict[str, Any]:
        """The Lambda handler."""
        started = time.monotonic()
        ends = started + CLIENT_TIMEOUT_SECONDS
        self._seconds_left = lambda: min(
            context.get_remaining_time_in_millis() / 1000, ends - time.monotonic()
        )
        try:
            check_shape(event)
            answer = self._resolver.resolve(event, context)
        except Exception as error:  # noqa: BLE001 - the edge of the world: nothing may get past
            answer = to_proxy_response(self._problem_response(error, request_id_of(event)))
        telemetry.log.info(
            "request",
            method=printable_text(event.get("httpMethod")),
            resource=printable_text(event.get("resource")),
            status=answer["statusCode"],
            request_id=request_id_of(event),
            site_id=site_id_of(event),
            milliseconds=round((time.monotonic() - started) * 1000),
        )
        telemetry.flush()
        return answer

    def _dispatch(
        self,
        check_access: Callable[[Request, D], LimitUsage | None],
        endpoint: Callable[[Request, D], ApiResponse],
        names: Mapping[str, str],
    ) -> Response[str]:
        event = self._resolver.current_event.raw_event
        request = Request(event, request_id_of(event), self._seconds_left, names)
        allowance = None
        try:
            _check_path_parameters(names)
            deps = self.provide()
            allowance = check_access(request, deps)
            answer = endpoint(request, deps)
        except Exception as error:  # noqa: BLE001 - becomes a problem; faults of ours are logged
            answer = self._problem_response(error, request.request_id)
            if isinstance(error, RateLimited):
                allowance = error.usage
        if allowance is not None:
            answer.headers.update(rate_limit_headers(allowance))
        return conditional(answer, request.header("if-none-match"))

    def _problem_response(self, error: Exception, request_id: str) -> ApiResponse:
        known = error if isinstance(error, AmzlinkrError) else InternalError()
        if isinstance(known, InternalError | StoreUnavailable):
            telemetry.log_fault(error)
        telemetry.count(f"Problem_{known.code}")
        return problem(known, request_id)

    def _not_found(self, _error: Exception) -> Response[str]:
        event = self._resolver.current_event.raw_event
        return to_resolver_response(self._problem_response(NotFound(), request_id_of(event)))


def _check_path_parameters(names: Mapping[str, str]) -> None:
    """Ids in a path that cannot be ours are not found, before any table is asked."""
    for name in names.values():
        if len(name) > MAX_PATH_PARAMETER_CHARS or not (name.isascii() and name.isprintable()):
            raise NotFound
