"""End-to-end tests of the deployed template, through API Gateway, with IAM enforced."""

import json
import logging
import os
import subprocess
import sys

import boto3
import pytest
import requests

from amzlinkr.http.response import DOCUMENTED_API_URL
from amzlinkr.security.api_keys import new_api_key
from infra.local.demo.console import Console
from infra.local.demo.onboarding import Onboarding
from infra.local.demo.products import Products
from infra.local.stack.client import FakeAmazonControl, Scheduler, ServiceClient
from infra.local.stack.emulator import client_options
from infra.local.stack.progress import StepPrinter
from infra.local.stack.stack import Stack
from infra.openapi.document import document
from tests.e2e.conftest import KID_END, SECRETS, StepRecorder, sign_up
from tests.e2e.listeners import listening_addresses
from tests.e2e.malformed import malformed
from tests.infra.conftest import translated
from tests.infra.template_reader import of_type, resolve
from tests.observability.stack import alarms

PROBLEM = "application/problem+json"


@pytest.mark.slow  # `make demo` runs the same steps, and CI runs `make demo`
def test_onboarding_and_products_of_the_demo(stack: Stack) -> None:
    clients = (
        ServiceClient(stack.api_url),
        FakeAmazonControl(stack.amazon_url),
        Scheduler(stack.aws_endpoint, stack.functions["PriceSyncFunction"]),
        Console(),
    )

    Onboarding(*clients).run()
    Products(*clients).run()


@pytest.mark.parametrize(
    ("path", "key", "status", "code"),
    [
        ("/site", None, 401, "api_key_rejected"),
        ("/site", "", 401, "api_key_rejected"),
        ("/site", "Basic dXNlcjpwYXNz", 401, "api_key_rejected"),
        ("/site", "Bearer nonsense", 401, "api_key_rejected"),
        ("/site", "Bearer {unknown}", 401, "api_key_rejected"),
        ("/nowhere", "", 404, "not_found"),
    ],
)
def test_gateway_errors_are_problem_json(
    stack: Stack, path: str, key: str | None, status: int, code: str
) -> None:
    headers = {} if key is None else {"Authorization": key.format(unknown=unknown_key())}

    response = requests.get(stack.api_url + path, headers=headers, timeout=10)

    assert (response.status_code, response.headers["Content-Type"]) == (status, PROBLEM)
    assert (response.json()["code"], response.json()["status"]) == (code, status)
    assert response.headers.get("WWW-Authenticate") == ("Bearer" if status == 401 else None)
    assert response.json()["type"] == f"{stack.api_url}/problems/{code}"
    assert response.headers["Request-Id"] == response.json()["request_id"]
    assert requests.get(response.json()["type"], timeout=10).json()["code"] == code


@pytest.mark.parametrize("path", ["/marketplaces", "/openapi.json", "/problems/not_found"])
def test_head_is_a_get_without_body(stack: Stack, path: str) -> None:
    head = requests.head(stack.api_url + path, timeout=10)
    shown = requests.get(stack.api_url + path, timeout=10)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == shown.headers["ETag"]
    assert head.headers["Access-Control-Allow-Origin"] == "*"
    assert head.headers["Request-Id"] != shown.headers["Request-Id"]


def test_url_of_a_job_can_be_read_as_it_is(stack: Stack) -> None:
    owner = sign_up(stack)
    owner.call("PUT", "/connections/US", {"partner_tag": "demo-20"})

    started = owner.call("POST", "/import", {"items": [f"B0DEMO{n:04d}" for n in range(11)]})

    url = started.json["status_url"]
    assert started.headers["Location"] == url
    assert url.startswith(f"{stack.api_url}/import/")
    headers = {"Authorization": f"Bearer {owner.api_key}"}
    assert requests.get(url, headers=headers, timeout=10).json()["total"] == 11


def unknown_key() -> str:
    """Return a well-formed API key that no site has."""
    return new_api_key().text.reveal()


def authorizer_log(stack: Stack) -> list[str]:
    """Return the log lines of the authorizer, without those of Lambda about an invocation."""
    options = client_options(stack.aws_endpoint)
    function = boto3.client("lambda", **options).get_function_configuration(
        FunctionName=stack.functions["AuthorizerFunction"]
    )
    pages = (
        boto3.client("logs", **options)
        .get_paginator("filter_log_events")
        .paginate(logGroupName=function["LoggingConfig"]["LogGroup"])
    )
    lines = [event["message"].rstrip("\n") for page in pages for event in page["events"]]
    return [line for line in lines if not line.startswith(("START ", "END ", "REPORT ", "INIT_"))]


def test_alarms_and_the_dashboard_are_deployed(stack: Stack) -> None:
    client = boto3.client("cloudwatch", **client_options(stack.aws_endpoint))
    expected = alarms()

    pages = client.get_paginator("describe_alarms").paginate()
    found = [alarm for page in pages for alarm in page["MetricAlarms"]]
    # The emulator refuses alarms on expressions.
    on_metrics = [alarm for alarm in expected.values() if len(alarm.metrics) == 1]
    assert {alarm["AlarmName"] for alarm in found} == {alarm.name for alarm in on_metrics}
    (topic,) = {action for alarm in found for action in alarm["AlarmActions"]}
    assert topic.endswith(":amzlinkr-local-alarms")
    dashboard = client.get_dashboard(DashboardName="amzlinkr-local")
    assert json.loads(dashboard["DashboardBody"])["widgets"]


def test_rejected_keys_do_not_fill_the_log(stack: Stack, service: ServiceClient) -> None:
    service.call("GET", "/site")
    before = len(authorizer_log(stack))

    for key in (
        "nonsense",
        "x" * 5_000,
        service.api_key[:-1] + "é",
        unknown_key(),
    ):
        response = requests.get(
            f"{stack.api_url}/site",
            headers={"Authorization": f"Bearer {key}".encode()},
            timeout=10,
        )
        assert response.status_code == 401

    assert authorizer_log(stack)[before:] == []


def test_read_key_and_leaked_key_on_the_gateway(stack: Stack) -> None:
    owner = sign_up(stack)
    created = owner.call("POST", "/keys", {"scope": "read"}).json
    SECRETS.append(created["api_key"][KID_END:])
    reader = ServiceClient(stack.api_url)
    reader.api_key = created["api_key"]

    assert reader.call("GET", "/products").status == 200
    refused = reader.call("POST", "/sync")
    assert (refused.status, refused.json["code"]) == (403, "scope_insufficient")

    stranger = ServiceClient(stack.api_url)
    for text in (created["api_key"], created["api_key"], unknown_key(), "nonsense"):
        assert stranger.call("POST", "/keys/leaked", {"api_key": text}).status == 204
    assert reader.call("GET", "/products").status == 401
    events = owner.call("GET", "/audit?limit=2").json
    assert [(event["event"], event["actor"]) for event in events["events"]] == [
        ("key_revoked", created["kid"]),
        ("key_created", owner.api_key[KID_END - 8 : KID_END]),
    ]
    assert events["has_more"] is True
    assert len(owner.call("GET", f"/audit?cursor={events['next_cursor']}").json["events"]) == 1


def test_openapi_document_is_the_committed_one_and_is_not_sent_twice(stack: Stack) -> None:
    url = f"{stack.api_url}/openapi.json"

    first = requests.get(url, timeout=10)
    again = requests.get(url, headers={"If-None-Match": first.headers["ETag"]}, timeout=10)

    text = json.dumps(document()).replace(DOCUMENTED_API_URL, stack.api_url)
    assert first.json() == json.loads(text)
    assert [server["url"] for server in first.json()["servers"]] == [stack.api_url]
    assert first.headers["Cache-Control"] == "public, max-age=3600"
    assert (again.status_code, again.content) == (304, b"")


def test_stack_without_a_security_contact_publishes_none(stack: Stack) -> None:
    response = requests.get(f"{stack.api_url}/security.txt", timeout=10)

    assert (response.status_code, response.headers["Content-Type"]) == (404, PROBLEM)


def test_stack_json_names_functions_that_can_be_invoked(stack: Stack) -> None:
    names = {"api_url", "aws_endpoint", "region", "amazon_url", "functions"}
    client = boto3.client("lambda", **client_options(stack.aws_endpoint))

    response = client.invoke(FunctionName=stack.functions["PriceSyncFunction"], Payload=b"{}")

    assert names == set(stack.description())
    assert "planned" in json.loads(response["Payload"].read())


def test_the_start_reports_each_step(
    stack: Stack, recorded_start: StepRecorder, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = [
        "Starting the fake Amazon",
        "Starting the AWS emulator",
        "Transforming template.yaml and packaging the code",
        f"Creating {len(stack.functions)} functions, their tables and queues",
        "Waiting for the API",
    ]
    # The same process may have started the stack of another test module.
    steps = recorded_start.steps
    assert expected in [steps[i : i + len(expected)] for i in range(len(steps))]

    printer = StepPrinter()
    for step in recorded_start.steps:
        printer.handle(logging.makeLogRecord({"msg": step}))
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(" s  ")[2] for line in lines] == recorded_start.steps
    assert all(float(line.partition(" s  ")[0]) >= 0 for line in lines)


def test_all_listeners_are_on_loopback(stack: Stack) -> None:
    addresses = listening_addresses()

    assert addresses
    assert {address for address in addresses if not address.startswith("127.")} == set()


def test_custom_domain_of_the_template_serves_the_documented_url(
    stack: Stack,
) -> None:
    """Create the template's domain in the emulator, which selects it by the Host header."""
    host, template = "amzlinkr.example.com", translated(Stage="local")
    (mapping,) = of_type(
        resolve(template, DomainName=host), "AWS::ApiGateway::BasePathMapping"
    ).values()
    gateway = boto3.client("apigateway", **client_options(stack.aws_endpoint))
    gateway.create_domain_name(domainName=host, endpointConfiguration={"types": ["REGIONAL"]})
    gateway.create_base_path_mapping(
        domainName=host,
        restApiId=stack.api_url.split("/restapis/")[1].split("/")[0],
        stage=template["Resources"][mapping["Stage"]["Ref"]]["Properties"]["StageName"],
        basePath=mapping.get("BasePath", "(none)"),
    )

    def status_of(path: str) -> int:
        url = stack.aws_endpoint + path
        return requests.get(url, headers={"Host": host}, timeout=10).status_code

    assert status_of("/v1/marketplaces") == 200
    assert (status_of("/api/v1/marketplaces"), status_of("/marketplaces")) == (404, 404)


def smoke(service_url: str, api_key: str) -> subprocess.CompletedProcess[str]:
    """Run the smoke test as the pipeline does."""
    return subprocess.run(
        [sys.executable, "-m", "infra.smoke", service_url],
        env=os.environ | {"AMZLINKR_SANDBOX_KEY": api_key},
        capture_output=True,
        text=True,
        check=False,
    )


def test_smoke_test_passes_twice_and_leaves_nothing(stack: Stack) -> None:
    owner, sandbox = sign_up(stack), ServiceClient(stack.api_url)
    sandbox.api_key = owner.call("POST", "/keys", {"mode": "test"}).json["api_key"]
    SECRETS.append(sandbox.api_key[KID_END:])

    runs = [smoke(stack.api_url, sandbox.api_key) for _ in range(2)]

    assert [(run.returncode, run.stderr) for run in runs] == [(0, "")] * 2
    assert runs[0].stdout.splitlines()[-1] == "smoke test passed"
    assert runs[0].stdout == runs[1].stdout
    assert sandbox.call("GET", "/connections").json["connections"] == []
    assert sandbox.call("GET", "/products").json["products"] == []


def send_malformed(service: ServiceClient, seeds: range) -> None:
    """Send malformed requests and check that each response is a 4xx problem with an action."""
    for seed in seeds:
        request = malformed(seed, service.api_key)
        response = requests.request(
            request.method,
            service.api_url + request.path,
            data=request.body,
            headers=request.headers,
            timeout=30,
        )
        sent = f"seed {seed}: {request.method} {request.path[:80]}"
        message = f"{sent}: {response.status_code} {response.text[:300]}"
        assert 400 <= response.status_code < 500, message
        assert response.headers["Content-Type"] == PROBLEM, message
        problem = response.json()
        assert problem["action"], message
        assert problem.get("field") or problem["code"] != "invalid_request", message


def count_rows(stack: Stack) -> int:
    """Count the rows of all tables except the usage counters."""
    client = boto3.client("dynamodb", **client_options(stack.aws_endpoint))
    tables = [name for name in client.list_tables()["TableNames"] if "Quotas" not in name]
    return sum(client.scan(TableName=name, Select="COUNT")["Count"] for name in tables)


def test_malformed_requests_are_rejected_and_store_nothing(
    stack: Stack, service: ServiceClient
) -> None:
    before = count_rows(stack)

    send_malformed(service, range(40))

    assert count_rows(stack) == before


@pytest.mark.slow
def test_a_thousand_malformed_requests_are_rejected(stack: Stack, service: ServiceClient) -> None:
    before = count_rows(stack)

    send_malformed(service, range(1_000))

    assert count_rows(stack) == before
