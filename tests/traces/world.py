"""The world of one trace: AWS and Amazon in memory, a fake clock, and the record of requests."""

import contextlib
import io
import json
import logging
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

from pynamodb.expressions.update import Action

from amzlinkr import telemetry
from amzlinkr.config import KMS
from amzlinkr.domain.errors import AmzlinkrError
from amzlinkr.http import router
from amzlinkr.storage import stores
from amzlinkr.storage.records import RateLimiterItem
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.control import Control
from infra.local.fake_amazon.control_bodies import AccountBody
from infra.local.fake_amazon.exchange import HttpRequest
from infra.local.fake_amazon.service import serve
from infra.local.fake_amazon.state import FakeAmazonState, Fault
from tests.calls import Reply, deliver
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, CREDENTIAL, SECRET_KEY, TAG
from tests.iam.enforcer import PolicyEnforcer
from tests.limits import SIGNING_KEY, with_limits
from tests.observability.emf import emf_values
from tests.simulation.memory_aws import MemoryAws
from tests.simulation.memory_tables import client_error
from tests.site_client import Site, start_sign_up, verify_sign_up
from tests.traces.aws_lines import AwsLines
from tests.traces.memory_http import SentRequest, SentResponse, memory_http
from tests.traces.placeholders import Placeholders, known_random_values
from tests.traces.value_lines import ValueLines, indented, one_line

HOST = "shop.example"
AMAZON_SECONDS = 0.1
"""The time that the fake Amazon takes for a response."""
UNSTABLE_LOG_FIELDS = frozenset(
    {"exception", "function_request_id", "location", "milliseconds", "places", "service",
     "timestamp", "xray_trace_id"}
)  # fmt: skip
for _file in Path(stores.__file__).parent.glob("*records.py"):
    import_module(f"amzlinkr.storage.{_file.stem}")  # queries name the types of imported records
Interception = Callable[[], object]


class RecordingClock(FakeClock):
    """A fake clock that reports how long code under test sleeps."""

    def __init__(self, on_sleep: Callable[[float], None]) -> None:
        super().__init__()
        self._on_sleep = on_sleep

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self._on_sleep(seconds)
        super().sleep(seconds)


class World:
    """One deployment, and the trace of what it sends while `record` is active."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.clock = RecordingClock(lambda seconds: self.add([f"sleep {seconds:g} s"]))
        self.placeholders = Placeholders(self.clock.now)
        self.values = ValueLines(self.placeholders.replace_in)
        self._requests = AwsLines(self.values)
        self.aws = MemoryAws(self.clock.now)
        state = FakeAmazonState(lambda: self.clock.now().timestamp(), self.clock.monotonic)
        self.amazon, self.control = state, Control(state, None)
        self.pages: dict[str, SentResponse] = {}
        self.deps: Dependencies
        self.sites: list[Site] = []
        self._is_recording = False
        self._failing: dict[str, str] = {}
        self._interceptions: list[tuple[str, int, str, Interception]] = []
        self.placeholders.add(ACCESS_KEY, "access key")
        for value in (SECRET_KEY, CREDENTIAL[1], SIGNING_KEY):
            self.placeholders.add(value, "secret")
            self.placeholders.add(json.dumps(value)[1:-1], "secret")

    # --- what happens -----------------------------------------------------------------------

    @contextmanager
    def running(self) -> Iterator[None]:
        """Replace AWS, Amazon, sites, random values, and all clocks."""
        state = random.getstate()
        random.seed(1)
        with ExitStack() as stack:
            stack.enter_context(known_random_values(self.placeholders))
            config = stack.enter_context(self.aws.beneath())
            stack.enter_context(memory_http(self._respond, self.clock))
            # Of the invocation: the others are those of the dependencies.
            # Integration tests of this process enforce roles, those of one credential store.
            stack.enter_context(mock.patch.object(PolicyEnforcer, "check"))
            stack.enter_context(mock.patch.object(router, "SystemClock", return_value=self.clock))
            self._execute = self.aws.call
            stack.enter_context(mock.patch.object(self.aws, "call", self._call))
            # Without TLS: the host header is Amazon's.
            self._use(Dependencies(replace(config, amazon_url="http://amazon.invalid"), self.clock))
            self._create_accounts()
            yield
        random.setstate(state)

    def fresh_process(self) -> None:
        """Continue in a process without caches."""
        self._use(self.deps)

    def store_in_kms(self) -> None:
        """Encrypt new credentials with a key of KMS."""
        arn = self.aws.kms.call("CreateKey", {})["KeyMetadata"]["Arn"]
        config = replace(self.deps.config, credential_store=KMS, credential_key_arn=arn)
        self._use(Dependencies(config, self.clock))

    def limit(self, **maximums: int) -> None:
        """Set lower limits, by the names of `Limits`."""
        self._use(with_limits(self.deps, **maximums))

    def sign_up(self, host: str = HOST, email: str = "owner@example.com") -> Site:
        """Sign up a site that shows its token."""
        started = start_sign_up(self.deps, f"http://{host}", email=email).json
        self.show_token(started)
        done = verify_sign_up(self.deps, started)
        assert done.status == 201, done.text
        return self.client(done.json["site_id"], done.json["api_key"])

    def client(self, site_id: str, api_key: str, scope: str = "full") -> Site:
        """Return a client of a site that moves to a fresh process with this world."""
        self.sites.append(Site(self.deps, site_id, api_key, scope))
        return self.sites[-1]

    def connected_site(self, host: str = HOST) -> Site:
        """Sign up a site with a Creators API credential for the US."""
        site = self.sign_up(host)
        assert site.connect_creators(CREDENTIAL, TAG).status == 200
        return site

    def paapi_site(self, host: str = HOST) -> Site:
        """Sign up a site with PA-API credentials for the US."""
        site = self.sign_up(host)
        assert site.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200
        return site

    def sandbox_of(self, site: Site) -> Site:
        """Open the sandbox of a site."""
        opened = site.open_sandbox()
        return self.client(opened.site_id, opened.api_key)

    def verify(self, started: Any) -> Reply:
        """Verify a started sign-up; its site shows the token."""
        self.show_token(started)
        return verify_sign_up(self.deps, started)

    def account_key(self, site: Site, marketplace: str = "US") -> str:
        """Return the key of the rate limiter of a site's account."""
        found = self.deps.sites.require(site.site_id).connection(marketplace).account_key
        assert found
        return found

    def change_limiter(self, site: Site, *actions: Action) -> None:
        """Change the rate limiter of a site's account, as another process does."""
        RateLimiterItem(self.account_key(site)).update(list(actions))

    def end_faults(self) -> None:
        """Let Amazon work again."""
        self.amazon._faults.clear()

    def show_token(self, started: Any) -> None:
        """Let the site of a started sign-up show the token of its challenge."""
        challenge = started["challenge"]
        self.pages[challenge["path"]] = SentResponse(200, (), challenge["token"].encode())

    def before(self, operation: str, action: Interception, note: str, number: int = 1) -> None:
        """Run an action before a recorded call of an operation, the first one by default."""
        self._interceptions.append((operation, number, note, action))

    def fail(self, operation: str, code: str, number: int = 1) -> None:
        """Let a recorded call fail with an AWS error, the first one of its operation by default."""

        def refuse() -> None:
            raise client_error(operation, code, "simulated")

        self.before(operation, refuse, "", number)

    def fail_always(self, operation: str, code: str) -> None:
        """Let all calls of an operation fail with an AWS error until the end of the record."""
        self._failing[operation] = code

    def fault(self, kind: Any, **fields: Any) -> None:
        """Let the next request to Amazon fail."""
        self.amazon.add_fault(Fault(kind, **fields))

    # --- what is recorded -------------------------------------------------------------------

    @contextmanager
    def record(self, title: str) -> Iterator[None]:
        """Record what happens in the block: requests, pauses, log lines, and metrics."""
        assert not self._is_recording
        self.lines += ["", f"== {title}"] if self.lines else [f"== {title}"]
        output, logs = io.StringIO(), _LogRecorder(self)
        telemetry._metrics.clear_metrics()
        logger = telemetry.log._logger
        level = logger.level
        self._is_recording = True
        try:
            logger.addHandler(logs)
            logger.setLevel(logging.INFO)
            with contextlib.redirect_stdout(output):
                yield
        finally:
            self._is_recording = False
            self._failing.clear()
            logger.removeHandler(logs)
            logger.setLevel(level)
        self._add_metrics(output.getvalue())
        assert not self._interceptions, f"no such call: {self._interceptions}"

    def reply(self, title: str, send: Callable[[], Reply]) -> Reply:
        """Record an API call with its response, and return the response."""
        with self.record(title):
            reply = send()
        self._show(f"status: {reply.status}")
        self._show(one_line("headers:", reply.headers))
        if reply.text and reply.headers.get("content-type", "").endswith("json"):
            self._show(*self.values.named("body", reply.json))
        return reply

    def result(self, title: str, run: Callable[[], object]) -> None:
        """Record the invocation of a function with its result."""
        with self.record(title):
            try:
                result = run()
            except AmzlinkrError as error:
                result = type(error).__name__
        self._show(*self.values.named("result", result))

    def work(self, title: str, worker: Any, url: str, seconds: float = 60) -> list[Any]:
        """Deliver up to ten messages of a queue to a worker, record it, and return them."""
        batch = self.receive(url)
        assert batch
        self.deliver(title, worker, batch, seconds)
        return batch

    def deliver(self, title: str, worker: Any, batch: list[Any], seconds: float = 60) -> None:
        """Record the delivery of received messages."""
        self.result(title, lambda: deliver(self.deps, worker, batch, seconds))

    def receive(self, url: str) -> list[Any]:
        """Return up to ten messages of a queue, and delete them as after a success."""
        found: list[Any] = self.aws.sqs.call(
            "ReceiveMessage", {"QueueUrl": url, "MaxNumberOfMessages": 10}
        ).get("Messages", [])
        for message in found:
            receipt = message["ReceiptHandle"]
            self.aws.sqs.call("DeleteMessage", {"QueueUrl": url, "ReceiptHandle": receipt})
        return found

    def add(self, lines: list[str]) -> None:
        """Add lines to the trace, with placeholders, while it is recorded."""
        if self._is_recording:
            self.lines += map(self.placeholders.replace_in, lines)

    def text(self) -> str:
        """Return the trace."""
        return "\n".join(self.lines) + "\n"

    def _show(self, *lines: str) -> None:
        self.lines += map(self.placeholders.replace_in, lines)

    def _add_metrics(self, output: str) -> None:
        for entry in emf_values(output):
            # The name of the function comes from the environment, that of the whole API does not.
            pairs = {pair for pair in entry.metric[2] if pair[0] != "service" or pair[1] == "api"}
            dimensions = " ".join(sorted(f"{name}={text}" for name, text in pairs))
            values = ", ".join(f"{value:g}" for value in entry.values)
            self.lines.append(f"metric {entry.metric[1]} {values} {entry.unit} ({dimensions})")

    def _use(self, deps: Dependencies) -> None:
        self.deps = Dependencies(deps.config, self.clock)
        self.deps.map_concurrently.max_threads = 1
        for site in self.sites:
            site.deps = self.deps

    def _create_accounts(self) -> None:
        tags: dict[str, str | list[str]] = {"US": TAG, "DE": "test-21", "JP": "test-22"}
        self.control.put_account(ACCESS_KEY, AccountBody(secret_key=SECRET_KEY, partner_tags=tags))
        name, secret, version = CREDENTIAL
        creators = AccountBody(
            api="creators", credential_secret=secret, credential_version=version, partner_tags=tags
        )
        self.control.put_account(name, creators)

    def _call(self, service: str, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if not self._is_recording:
            return self._execute(service, operation, arguments)
        lines = self._requests.of_request(service, operation, arguments)
        try:
            self._intercept(operation)
            response = self._execute(service, operation, arguments)
        except Exception as error:
            self.add([*lines, f"  => {_code_of(error)}"])
            raise
        self.add([*lines, *_found(response)])
        return response

    def _intercept(self, operation: str) -> None:
        """Run what is planned before this call of an operation."""
        if operation in self._failing:
            raise client_error(operation, self._failing[operation], "simulated")
        waiting, self._interceptions = self._interceptions, []
        due = []
        for name, number, note, action in waiting:
            if name == operation and number == 1:
                due.append((note, action))
            else:
                left = number - 1 if name == operation else number
                self._interceptions.append((name, left, note, action))
        for note, action in due:
            if note:
                self.add([f"-- {note}"])
            self._is_recording = False
            recorded = telemetry._metrics.provider.metric_set
            kept = dict(recorded)
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    action()
            finally:
                self._is_recording = True
                recorded.clear()
                recorded.update(kept)

    def _respond(self, request: SentRequest) -> SentResponse:
        host = request.headers["host"]
        if host.endswith(".example"):
            self._add_http(request)
            return self.pages.get(request.target, SentResponse(404, (), b"not found"))
        headers = {name: [text] for name, text in request.headers.items()}
        path, _, query = request.target.partition("?")
        self._add_http(request)
        found = serve(HttpRequest(request.method, path, query, headers, request.body), self.amazon)
        self.clock.advance(seconds=AMAZON_SECONDS + found.delay_seconds)
        self.add([f"  => {found.status} {found.code}".rstrip()])
        if found.is_dropped:
            return SentResponse()
        extra = (("Content-Type", found.content_type), ("x-amzn-RequestId", "request-of-amazon"))
        date = ("Date", self.clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT"))
        length = len(found.body) * (2 if found.is_truncated else 1)
        more = (*found.headers.items(), ("Content-Length", str(length)))
        return SentResponse(found.status, (*extra, date, *more), found.body)

    def _add_http(self, request: SentRequest) -> None:
        if not self._is_recording:
            return
        headers = dict(request.headers)
        host, body = headers.pop("host"), request.body.decode()
        lines = [f"http {request.method} {host} {request.target}"]
        if request.connect_timeout is not None:
            lines.append(f"  timeout of the connection: {request.connect_timeout:g} s")
        if request.timeout is not None:
            lines.append(f"  timeout: {request.timeout:g} s")
        lines.append(one_line("  headers:", headers))
        if body.startswith("{"):
            lines += indented(self.values.named("body", json.loads(body)))
        elif body:
            lines.append(f"  body: {body}")
        self.add(lines)


class _LogRecorder(logging.Handler):
    """A handler that adds the lines of the log to the trace."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def emit(self, record: logging.LogRecord) -> None:
        """Add one line."""
        fields = json.loads(telemetry.log.registered_formatter.format(record))
        level, message = fields.pop("level"), fields.pop("message")
        shown = {name: fields[name] for name in fields.keys() - UNSTABLE_LOG_FIELDS}
        self._world.add([one_line(f"log {level} {message}:", shown)])


def _code_of(error: Exception) -> str:
    response = getattr(error, "response", {})
    reasons = [reason["Code"] for reason in response.get("CancellationReasons", ())]
    code = response.get("Error", {}).get("Code", type(error).__name__)
    return " ".join([code, *reasons])


def _found(response: dict[str, Any]) -> list[str]:
    if "Items" in response:
        more = ", and more" if "LastEvaluatedKey" in response else ""
        return [f"  => {len(response['Items'])} items{more}"]
    if "Responses" in response:
        return [f"  => {sum(map(len, response['Responses'].values()))} items"]
    return []
