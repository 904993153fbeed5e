"""Invocations of the functions as API Gateway, SQS, and EventBridge make them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from amzlinkr.domain.sites import ApiKeyOwner
from amzlinkr.http.router import Router
from amzlinkr.security.api_keys import digest_of
from amzlinkr.storage.service_state import MAX_SWITCH_AGE_SECONDS
from amzlinkr.wiring import Dependencies
from functions.admin import app as admin
from functions.api_keys import app as api_keys
from functions.authorizer import app as authorizer
from functions.diagnostics import app as diagnostics
from functions.documents import app as documents
from functions.import_items import app as import_items
from functions.import_worker import app as import_worker
from functions.lists import app as lists
from functions.offboarding import app as offboarding
from functions.price_sync import app as price_sync
from functions.products import app as products
from functions.purge_deleted_sites import app as purge_deleted_sites
from functions.refresh_shelves import app as refresh_shelves
from functions.search import app as search
from functions.signup import app as signup
from functions.site import app as site_function
from functions.validate import app as validate
from infra.local.stack.transform import load
from tests import openapi_check

TEMPLATE = load(Path(__file__).parents[1] / "template.yaml")
ROUTES: dict[str, Router[Dependencies]] = {
    "signup": signup.app,
    "marketplaces": documents.app,
    "openapi.json": documents.app,
    "security.txt": documents.app,
    "problems": documents.app,
    "validate": validate.app,
    "search": search.app,
    "variations": search.app,
    "browse_nodes": search.app,
    "import": import_items.app,
    "products": products.app,
    "changes": products.app,
    "lists": lists.app,
    "diagnostics": diagnostics.app,
    "keys": api_keys.app,
    "audit": api_keys.app,
    "export": offboarding.app,
}
"""The routers by the first path segment after `/v1`; all other paths belong to `site`."""
MAX_BATCHES = 100
API_DOMAIN = "api.example.com"
API_URL = f"https://{API_DOMAIN}/v1"
METHOD_ARN = "arn:aws:execute-api:us-east-1:123456789012:api/api/GET/v1/site"


class Context:
    """A Lambda context with a constant remaining time."""

    function_name = "test"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:test"
    aws_request_id = "request"

    def __init__(self, seconds: float = 60) -> None:
        self._seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self._seconds * 1000)


@dataclass
class Reply:
    """An HTTP response as API Gateway would send it; header names are in lower case."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def event_of(
    method: str,
    path: str,
    body: object = None,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    site_id: str | None = None,
) -> dict[str, Any]:
    """Return an API Gateway proxy event; a `body` that is no text is encoded as JSON.

    `path` begins with `/v1`, or is a URL of the API.
    """
    path = path.replace(API_URL, "/v1")
    text = body if isinstance(body, str) or body is None else json.dumps(body)
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": dict(headers or {}),
        "multiValueHeaders": {name: [value] for name, value in (headers or {}).items()},
        "queryStringParameters": dict(query) if query else None,
        "multiValueQueryStringParameters": {k: [v] for k, v in query.items()} if query else None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "requestId": "test-request",
            "stage": "api",
            "domainName": API_DOMAIN,
            "identity": {"sourceIp": "127.0.0.1"},
            "authorizer": {"site_id": site_id, "scope": "full"} if site_id else None,
            "path": path,
            "httpMethod": method,
        },
        "body": text,
        "isBase64Encoded": False,
    }


def sqs_event(messages: list[Any], url: str = "queue.fifo") -> dict[str, Any]:
    """Return the Lambda event of messages as `ReceiveMessage` returns them from a queue."""
    queue = url.rpartition("/")[2]
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message.get("ReceiptHandle", ""),
                "body": message["Body"],
                "attributes": message.get("Attributes", {}),
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:us-east-1:123456789012:{queue}",
                "awsRegion": "us-east-1",
            }
            for message in messages
        ]
    }


def router_for(method: str, path: str) -> Router[Dependencies]:
    """Return the router of the function that the template maps a route to."""
    if (method, path) == ("DELETE", "/v1/site"):
        return offboarding.app
    if method == "PUT" and path.startswith("/v1/connections/"):
        return validate.app
    return ROUTES.get(path.split("/")[2], site_function.app)


def send(deps: Dependencies, event: dict[str, Any], seconds: float = 10) -> Reply:
    """Call the handler of the event's route, and check the response against the OpenAPI document.

    `seconds` is the remaining time of the invocation.
    """
    router = router_for(event["httpMethod"], event["path"])
    router.provide = lambda: deps
    response = router.handler(event, Context(seconds))
    headers = response.get("headers") or {
        name: values[0] for name, values in response.get("multiValueHeaders", {}).items()
    }
    lower = {name.lower(): value for name, value in headers.items()}
    reply = Reply(response["statusCode"], lower, response.get("body") or "")
    openapi_check.check(event["httpMethod"], event["path"], reply.status, reply.text)
    return reply


def authorize(deps: Dependencies, headers: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the authorizer's policy for a request."""
    set_dependencies(authorizer, lambda: deps)
    event = {"type": "REQUEST", "methodArn": METHOD_ARN, "headers": headers}
    return authorizer.handler(event, Context())


def authorize_key(deps: Dependencies, api_key: str) -> dict[str, Any] | None:
    """Return the context that the authorizer passes on for an API key, or None if it denies it."""
    policy = authorize(deps, {"Authorization": f"Bearer {api_key}"})
    allowed = policy["policyDocument"]["Statement"][0]["Effect"] == "Allow"
    return policy["context"] if allowed else None


def find_owner(deps: Dependencies, api_key: str) -> ApiKeyOwner | None:
    """Return the stored owner of an API key, or None if the key is not active."""
    return deps.api_keys.owner(digest_of(api_key), deps.clock.now())


def set_dependencies(function: Any, provide: Callable[[], Dependencies]) -> None:
    """Make a function without routes use these dependencies."""
    function.dependencies = provide


def run_queue(deps: Dependencies, worker: Any, url: str) -> list[Any]:
    """Deliver a queue's messages to a worker in batches until it is empty; return its responses."""
    sqs = boto3.client("sqs")
    responses: list[Any] = []
    set_dependencies(worker, lambda: deps)
    for _ in range(MAX_BATCHES):
        batch = sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"], WaitTimeSeconds=0
        ).get("Messages", [])
        if not batch:
            return responses
        response = worker.handler(sqs_event(batch, url), Context())
        failed = {failure["itemIdentifier"] for failure in response["batchItemFailures"]}
        for message in batch:
            if message["MessageId"] not in failed:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        responses.append(response)
    raise AssertionError(f"the queue still has messages after {MAX_BATCHES} batches")


def deliver(deps: Dependencies, worker: Any, messages: list[Any], seconds: float = 60) -> list[str]:
    """Invoke a worker with received messages; return the IDs that go back to the queue."""
    set_dependencies(worker, lambda: deps)
    response = worker.handler(sqs_event(messages), Context(seconds))
    return [failure["itemIdentifier"] for failure in response["batchItemFailures"]]


def run_imports(deps: Dependencies) -> list[Any]:
    """Process both import queues; return the worker's responses."""
    urls = deps.config.sandbox_import_queue_url, deps.config.import_queue_url
    responses: list[Any] = []
    # Again if a site got access: its next chunk is in the other queue.
    while found := [each for url in urls for each in run_queue(deps, import_worker, url)]:
        responses += found
    return responses


def plan_sync(deps: Dependencies, event: Any = None, seconds: float = 60) -> int:
    """Run the price sync, which queues due shelves; return their number."""
    set_dependencies(price_sync, lambda: deps)
    return price_sync.handler(event, Context(seconds))["planned"]


def run_sync(deps: Dependencies) -> int:
    """Run the price sync and refresh the shelves it queued; return their number."""
    planned = plan_sync(deps)
    run_queue(deps, refresh_shelves, deps.config.refresh_queue_url)
    return planned


def run_purge(deps: Dependencies) -> int:
    """Run the purge of deleted sites once; return how many deletions it found."""
    set_dependencies(purge_deleted_sites, lambda: deps)
    return int(purge_deleted_sites.handler({}, Context())["sites"])


def run_admin_command(deps: Dependencies, **command: object) -> dict[str, Any]:
    """Invoke the admin function with a command; return its response."""
    set_dependencies(admin, lambda: deps)
    return admin.handler(command, Context())


def turn_switch(deps: Dependencies, order: str, **fields: object) -> dict[str, Any]:
    """Turn a switch of the service, and let the time pass after which every process sees it."""
    done = run_admin_command(deps, order=order, by="ops", reason="maintenance", **fields)
    deps.clock.sleep(MAX_SWITCH_AGE_SECONDS)
    return done


def suspend(deps: Dependencies, site: str) -> dict[str, Any]:
    """Suspend a site, named by its ID or URL."""
    return run_admin_command(deps, order="suspend", site=site, by="support", reason="spam")


def resume(deps: Dependencies, site: str) -> dict[str, Any]:
    """Lift the suspension of a site, named by its ID or URL."""
    return run_admin_command(deps, order="resume", site=site, by="support", reason="resolved")
