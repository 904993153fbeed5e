"""The router of an HTTP function: routes, access checks, problem responses, and one log line.

The resolver of AWS Lambda Powertools matches the routes. An endpoint is a function that receives a
`Request` and the function's dependencies and returns an `ApiResponse`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Generic, Protocol, TypeVar

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response

from amzlinkr import telemetry
from amzlinkr.domain.clock import Clock, Deadline, SystemClock
from amzlinkr.domain.errors import (
    AmzlinkrError,
    InternalError,
    NotFound,
    RateLimited,
    SiteSuspended,
)
from amzlinkr.domain.limits import LimitUsage
from amzlinkr.domain.scopes import READ, ScopeInsufficient, is_permitted
from amzlinkr.domain.service_switches import ServiceReadOnly, ServiceSwitches
from amzlinkr.domain.sites import is_sandbox
from amzlinkr.http.events import (
    MAX_PATH_PARAMETER_CHARS,
    Event,
    api_url_of,
    check_shape,
    header_of,
    printable_text,
    request_id_of,
    routable_path,
    site_id_of,
)
from amzlinkr.http.request import Request
from amzlinkr.http.response import (
    ANY_ORIGIN,
    ApiResponse,
    add_header,
    conditional,
    problem,
    rate_limit_headers,
    to_proxy_response,
    to_resolver_response,
)

CLIENT_TIMEOUT_SECONDS = 3.8
"""WordPress waits for 5 seconds. API Gateway, the authorizer, and a cold start take the rest."""


class CallCounter(Protocol):
    """A counter of the calls of each site."""

    def count_call(self, name: str, *, is_account_setup: bool = False) -> LimitUsage | None:
        """Count a call of a site. Raises `RateLimited`."""
        ...


class SwitchReader(Protocol):
    """A reader of the operator's switches."""

    def recent_switches(self) -> ServiceSwitches:
        """Return the switches, as they were some seconds ago at most."""
        ...


class RouterDependencies(Protocol):
    """The dependencies that the router itself uses."""

    @property
    def clock(self) -> Clock:
        """Return the clock of request deadlines."""
        ...

    @property
    def call_counter(self) -> CallCounter:
        """Return the counter of calls of sites."""
        ...

    @property
    def service_state(self) -> SwitchReader:
        """Return the reader of the operator's switches."""
        ...


D = TypeVar("D", bound=RouterDependencies)
READING_METHODS = frozenset({"GET", "HEAD"})
KEY_ENDING_ROUTES = frozenset({("DELETE", "/v1/keys/<kid>"), ("POST", "/v1/keys/leaked")})
"""Calls that change data in read-only mode all the same: a leaked API key must not stay valid."""
CHECKED_BY_ENDPOINT = frozenset({"name", "marketplace"})
"""Path parameters that clients choose: their endpoints name the rule for them."""
FEED_ROUTE = ("GET", "/v1/changes")
ACCOUNT_SETUP_ROUTES = frozenset(
    {
        ("POST", "/v1/validate"),
        ("GET", "/v1/connections"),
        ("PUT", "/v1/connections/<marketplace>"),
        ("DELETE", "/v1/connections/<marketplace>"),
        ("DELETE", "/v1/site"),
    }
)
"""Calls by which an owner ends the limit of calls without API access, or leaves the service. The
limit excludes them."""
UNCOUNTED_ROUTES = frozenset({("DELETE", "/v1/keys/<kid>")})
"""Calls that are not limited: an owner can always revoke the key that uses up the limit."""


class Router(Generic[D]):
    """The routes of a function. `provide` returns its dependencies, on the first request.

    The deadline of a request is `timeout_seconds` after it was received, or the moment at which
    Lambda stops the invocation, if that is earlier.
    """

    def __init__(
        self, provide: Callable[[], D], timeout_seconds: float = CLIENT_TIMEOUT_SECONDS
    ) -> None:
        self.provide = provide
        self._timeout_seconds = timeout_seconds
        self._resolver = APIGatewayRestResolver()
        self._resolver.not_found(self._not_found)

    def route(
        self,
        method: str,
        path: str,
        endpoint: Callable[[Request, D], ApiResponse],
        *,
        public: bool = False,
        allow_suspended: bool = False,
    ) -> None:
        """Register an endpoint. The value of `<name>` in the path is in `Request.path`.

        A call of a site is counted unless the endpoint is public. A suspended site is rejected
        unless the endpoint allows it. A call that the scope of the API key does not permit is
        rejected, and in read-only mode every call that changes data, except those that end a key.
        HEAD is a GET without the body of its response. Any web page may read a public GET.
        """

        def check_access(request: Request, deps: D) -> LimitUsage | None:
            # Before the count, which is a write: rejected calls cost nothing.
            if not public and request.is_suspended and not allow_suspended:
                raise SiteSuspended
            if not public and not is_permitted(request.scope, method, path):
                raise ScopeInsufficient
            is_allowed = method in READING_METHODS or (method, path) in KEY_ENDING_ROUTES
            if not is_allowed and deps.service_state.recent_switches().is_read_only:
                raise ServiceReadOnly
            if public or (method, path) in UNCOUNTED_ROUTES:
                return None
            # Apart: a leaked key for reading must not use up the calls of the owner's key, and the
            # other calls of a live site must not use up those that keep its prices correct.
            suffix = f"#{READ}" if request.scope == READ else ""
            if (method, path) == FEED_ROUTE and not is_sandbox(request.site_id):
                suffix += "#feed"
            is_setup = (method, path) in ACCOUNT_SETUP_ROUTES
            return deps.call_counter.count_call(request.site_id + suffix, is_account_setup=is_setup)

        def dispatch(**path_parameters: str) -> Response[str]:
            # Before `provide`: what it takes in a cold start counts against the client's time.
            invocation = Deadline.of_invocation(SystemClock(), self._resolver.lambda_context)
            due = invocation.at_most(self._timeout_seconds)
            response = self._dispatch(check_access, endpoint, due, path_parameters)
            response.headers.update(_origin_headers(method, public=public))
            return response

        self._resolver.route(path, method=_verbs_of(method))(dispatch)

    def handler(self, event: Event, context: Any) -> dict[str, Any]:
        """Handle one event of API Gateway. Never raises."""
        request_id = request_id_of(event)
        with telemetry.invocation(context, request_id=request_id, site_id=site_id_of(event)):
            started = time.monotonic()
            try:
                check_shape(event)
                routable = {**event, "path": routable_path(event["path"])}
                response = self._resolver.resolve(routable, context)
            except Exception as error:  # noqa: BLE001 - API Gateway must always receive a response
                response = to_proxy_response(self._problem_response(error, event))
            add_header(response, "Request-Id", request_id)
            if event.get("httpMethod") == "HEAD":
                response["body"] = ""
            telemetry.log.info(
                "request",
                method=printable_text(event.get("httpMethod")),
                resource=printable_text(event.get("resource")),
                status=response["statusCode"],
                milliseconds=round((time.monotonic() - started) * 1000),
            )
        return response

    def _dispatch(
        self,
        check_access: Callable[[Request, D], LimitUsage | None],
        endpoint: Callable[[Request, D], ApiResponse],
        due: Deadline,
        path_parameters: Mapping[str, str],
    ) -> Response[str]:
        event = self._resolver.current_event.raw_event
        usage = None
        try:
            _check_path_parameters(path_parameters)
            deps = self.provide()
            deadline = Deadline.after(deps.clock, due.remaining())
            request = Request(event, request_id_of(event), deadline, path_parameters)
            usage = check_access(request, deps)
            response = endpoint(request, deps)
        except Exception as error:  # noqa: BLE001 - every error becomes a problem response
            response = self._problem_response(error, event)
            if isinstance(error, RateLimited):
                usage = error.usage
        if usage is not None:
            response.headers.update(rate_limit_headers(usage))
        return conditional(response, header_of(event, "if-none-match"))

    def _problem_response(self, error: Exception, event: Event) -> ApiResponse:
        known = error if isinstance(error, AmzlinkrError) else InternalError()
        if known.is_fault:
            telemetry.log_fault(error)
        # Anyone can have a sandbox, which returns errors on request: they must not raise alarms.
        if not is_sandbox(site_id_of(event) or ""):
            telemetry.count(f"Problem_{known.code}")
            if known.is_fault:
                telemetry.count_of_api("ApiFaults")
        return problem(known, request_id_of(event), api_url_of(event))

    def _not_found(self, _error: Exception) -> Response[str]:
        event = self._resolver.current_event.raw_event
        return to_resolver_response(self._problem_response(NotFound(), event))


def _verbs_of(method: str) -> list[str]:
    return ["GET", "HEAD"] if method == "GET" else [method]


def _origin_headers(method: str, *, public: bool) -> Mapping[str, str]:
    return ANY_ORIGIN if public and method == "GET" else {}


def _check_path_parameters(path_parameters: Mapping[str, str]) -> None:
    """Raise `NotFound` for an ID that cannot be one of ours, before any table is read."""
    for name, value in path_parameters.items():
        if name in CHECKED_BY_ENDPOINT:
            continue
        if len(value) > MAX_PATH_PARAMETER_CHARS or not (value.isascii() and value.isprintable()):
            raise NotFound
