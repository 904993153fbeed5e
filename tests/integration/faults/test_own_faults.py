"""The alarms on requests report faults of the service, and no errors of sandboxes or of Amazon."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.storage import optimistic
from amzlinkr.storage.errors import Conflict
from amzlinkr.wiring import Dependencies
from functions.authorizer import app as authorizer
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.state import Fault, FaultKind
from tests.calls import METHOD_ARN, TEMPLATE, Context, event_of, run_sync, send, set_dependencies
from tests.clock import FakeClock
from tests.iam.enforcer import PolicyEnforcer
from tests.infra.template_reader import access_log_fields, of_type
from tests.integration import aws_spy
from tests.observability.emf import emf_values, json_objects
from tests.observability.evaluation import MetricStore, state_of
from tests.observability.log_filters import matches, metric_of
from tests.observability.stack import STAGE, alarms, rollback_alarms
from tests.site_client import Site

OF_REQUESTS = {
    "ApiErrorsAlarm": alarms("essential")["ApiErrorsAlarm"],
    "ApiServerErrorsAlarm": rollback_alarms()["ApiServerErrorsAlarm"],
}
MINUTES = (0, 5, 10, 13, 14)
"""The minutes of a quarter of an hour in which there are requests."""
CREDENTIAL = ("amzn1.application-oa2-client." + "0" * 32, "amzn1.oa2-cs.v1." + "0" * 64, "3.1")


@dataclass
class Watched:
    """A service with its metrics and its access log, as the alarms on requests read them."""

    site: Site
    clock: FakeClock
    amazon: FakeAmazon
    guard: PolicyEnforcer
    store: MetricStore = field(default_factory=MetricStore)

    def repeat(self, request: Callable[["Watched"], object]) -> set[str]:
        """Make two requests a minute for a quarter of an hour. Return the alarms."""
        start = self.clock.now()
        for minute in MINUTES:
            self.clock.advance(seconds=60 * minute - (self.clock.now() - start).total_seconds())
            self.guard.printed.clear()
            for _ in range(2):
                request(self)
            written = "".join(self.guard.printed)
            for entry in emf_values(written):
                self.store.put(entry.metric, self.clock.now(), entry.values)
            self.add_gateway_metrics(written)
        self.clock.advance(seconds=60 * 15 - (self.clock.now() - start).total_seconds())
        now = self.clock.now()
        states = {name: state_of(alarm, self.store, now) for name, alarm in OF_REQUESTS.items()}
        return {name for name, state in states.items() if state == "ALARM"}

    def add_gateway_metrics(self, written: str) -> None:
        """Add the 5xx of API Gateway, if an alarm reads them: 1 for each, and 0 for the others."""
        lines = (line for line in json_objects(written) if line.get("message") == "request")
        failed = [float(line["status"] >= 500) for line in lines]
        for alarm in OF_REQUESTS.values():
            for metric, _ in alarm.metrics.values():
                if metric[1] == "5XXError":
                    self.store.put(metric, self.clock.now(), failed)

    def add_access_log(self, status: str, error: str) -> None:
        """Count a line of the access log as the metric filters do."""
        line = access_log_fields(TEMPLATE) | {"status": status, "error": error}
        line = {name: value.replace("${Stage}", STAGE) for name, value in line.items()}
        for one in of_type(TEMPLATE, "AWS::Logs::MetricFilter").values():
            assert one["LogGroupName"] == {"Ref": "ApiLogGroup"}
            for transformation in one["MetricTransformations"]:
                if matches(one["FilterPattern"], line):
                    metric = metric_of(transformation, line)
                    self.store.put(metric, self.clock.now(), [float(transformation["MetricValue"])])


@pytest.fixture
def watched(site: Site, clock: FakeClock, amazon: FakeAmazon, guard: PolicyEnforcer) -> Watched:
    return Watched(site, clock, amazon, guard)


@pytest.fixture
def sandbox(watched: Watched) -> Site:
    """Return the connected sandbox of the watched site."""
    created = watched.site.open_sandbox()
    assert created.connect_creators(CREDENTIAL, "test-20").status == 200
    return created


def own_metrics(watched: Watched) -> set[str]:
    """Return the names of the own metrics that were written."""
    return {name for namespace, name, _ in watched.store.data if namespace == "AmzLinkr"}


@pytest.mark.parametrize("code", ["amazon_throttled", "amazon_unavailable", "store_unavailable"])
def test_simulated_error_of_a_sandbox_is_no_fault(
    code: str, watched: Watched, sandbox: Site, caplog: pytest.LogCaptureFixture
) -> None:
    def search(_: Watched) -> None:
        assert sandbox.get("/v1/search", keywords=code).status == 503

    assert watched.repeat(search) == set()
    # Each metric costs money, and each code of each function would be one.
    assert own_metrics(watched) == set()
    assert "fault" not in caplog.messages


def test_failing_product_of_a_sandbox_is_no_fault(watched: Watched, sandbox: Site) -> None:
    def fail(_: Watched) -> None:
        assert sandbox.post("/v1/import", {"items": ["B0TESTE503"]}).status == 503
        assert sandbox.get("/v1/variations/B0TESTE503").status == 503

    assert watched.repeat(fail) == set()
    assert own_metrics(watched) == set()


@pytest.mark.parametrize("kind", ["429", "500", "garbage"])
def test_error_of_the_amazon_account_of_a_site_is_no_fault(
    kind: FaultKind, watched: Watched
) -> None:
    watched.amazon.control.add_fault(Fault(kind, times=1_000))

    def search(_: Watched) -> None:
        assert watched.site.get("/v1/search", keywords="tea").status == 503

    assert watched.repeat(search) == set()
    assert any(name.startswith("Problem_amazon_") for name in own_metrics(watched))


def test_conflicting_requests_of_a_site_are_no_fault(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    @contextmanager
    def conflict() -> Iterator[None]:
        raise Conflict
        yield

    def add_key(_: Watched) -> None:
        assert watched.site.post("/v1/keys", {}).json["code"] == StoreUnavailable.code

    monkeypatch.setattr(optimistic, "store_errors", conflict)

    assert watched.repeat(add_key) == set()
    assert "fault" not in caplog.messages


def read_products(watched: Watched) -> None:
    assert watched.site.get("/v1/products").status == 503


def call_broken_function(_: Watched) -> None:
    event = event_of("GET", "/v1/products", site_id="site_a")
    assert send(cast(Dependencies, None), event).status == 500


def authorize(watched: Watched) -> None:
    """Call the authorizer. API Gateway answers its exception, and logs the response."""
    set_dependencies(authorizer, lambda: watched.site.deps)
    headers = {"Authorization": f"Bearer {watched.site.api_key}"}
    event: dict[str, Any] = {"methodArn": METHOD_ARN, "headers": headers, "requestContext": {}}
    with pytest.raises(StoreUnavailable):
        authorizer.handler(event, Context())
    watched.add_access_log(status_of("AUTHORIZER_FAILURE"), "AUTHORIZER_FAILURE")


def status_of(response: str) -> str:
    """Return the status of a response that the gateway generates."""
    (api,) = of_type(TEMPLATE, "AWS::Serverless::Api").values()
    return str(api["GatewayResponses"][response]["StatusCode"])


def outage() -> AbstractContextManager[None]:
    """Let every call of AWS fail."""
    return aws_spy.fail_calls(lambda _: True, "InternalServerError")


FAULTS: dict[str, tuple[Callable[[Watched], None], Callable[[], AbstractContextManager[None]]]] = {
    "tables unavailable": (read_products, outage),
    "tables unavailable to the authorizer": (authorize, outage),
    "exception in a handler": (call_broken_function, nullcontext),
}


@pytest.mark.parametrize("name", FAULTS)
def test_own_fault_raises_the_alarms_and_rolls_back(name: str, watched: Watched) -> None:
    request, condition = FAULTS[name]

    with condition():
        assert watched.repeat(request) == set(OF_REQUESTS)


@pytest.mark.parametrize(
    ("error", "is_fault"),
    [
        ("AUTHORIZER_FAILURE", True),
        ("INTEGRATION_TIMEOUT", True),
        ("DEFAULT_5XX", True),
        # Lambda is busy, which another alarm reports.
        ("INTEGRATION_FAILURE", False),
        ("QUOTA_EXCEEDED", False),
    ],
)
def test_error_of_the_gateway_is_a_fault_of_its_status(
    error: str, is_fault: bool, watched: Watched
) -> None:
    alarmed = watched.repeat(lambda one: one.add_access_log(status_of(error), error))

    assert alarmed == (set(OF_REQUESTS) if is_fault else set())


@pytest.mark.parametrize("status", ["500", "503", "200"])
def test_response_of_a_function_is_no_error_of_the_gateway(status: str, watched: Watched) -> None:
    # A function counts its faults itself. API Gateway logs an absent value as `-`.
    assert watched.repeat(lambda one: one.add_access_log(status, "-")) == set()


def test_outage_during_calls_of_a_sandbox_is_logged_and_raises_no_alarm(
    watched: Watched, sandbox: Site, caplog: pytest.LogCaptureFixture
) -> None:
    def read(_: Watched) -> None:
        assert sandbox.get("/v1/products").status == 503

    with outage():
        assert watched.repeat(read) == set()
    assert caplog.messages.count("fault") == 2 * len(MINUTES)


@pytest.mark.parametrize("tag", ["test-20", "amazon-throttled-20"])
def test_refreshes_of_sandboxes_are_not_counted(tag: str, watched: Watched, sandbox: Site) -> None:
    """Healthy ones would hide failures of live sites, and failing ones would be such failures."""
    sandbox.post("/v1/import", {"items": ["B0TEST0001"]})
    assert sandbox.connect_creators(CREDENTIAL, tag).status in {200, 202, 503}
    watched.clock.advance(hours=1)
    watched.guard.printed.clear()

    refreshed = watched.clock.now()
    for _ in range(3):
        run_sync(watched.site.deps)
        watched.clock.advance(hours=1)

    observed = sandbox.get("/v1/products").json["products"][0]["observed_at"]
    assert (observed >= refreshed.isoformat()[:19]) == (tag == "test-20")
    written = "".join(watched.guard.printed)
    of_worker = {
        entry.metric[1]
        for entry in emf_values(written)
        if ("service", "refresh_shelves") in entry.metric[2]
    }
    assert of_worker == set()
    assert "refresh failed" not in {line.get("message") for line in json_objects(written)}
