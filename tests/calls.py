"""Calling handlers as API Gateway, SQS and EventBridge do, and a site that does so."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from amzlinkr.http.router import Router
from amzlinkr.wiring import Dependencies
from functions.admin import app as operate
from functions.api_keys import app as keys
from functions.diagnostics import app as diagnose
from functions.import_items import app as import_items
from functions.import_worker import app as import_chunks
from functions.offboarding import app as leave
from functions.price_sync import app as price_sync
from functions.products import app as products
from functions.purge_deleted_sites import app as erase_sites
from functions.refresh_shelves import app as refresh_shelves
from functions.search import app as search
from functions.signup import app as signup
from functions.site import app as site_function
from functions.validate import app as validate
from infra.local.stack.transform import load
from infra.local.stack.wordpress import WordPress
from tests import openapi_check

TEMPLATE = load(Path(__file__).parents[1] / "template.yaml")
ROUTES: dict[str, Router[Dependencies]] = {
    "signup": signup.app,
    "validate": validate.app,
    "search": search.app,
    "variations": search.app,
    "browse_nodes": search.app,
    "import": import_items.app,
    "products": products.app,
    "changes": products.app,
    "diagnostics": diagnose.app,
    "keys": keys.app,
    "export": leave.app,
}


class Context:
    """Lambda's context; `seconds` are left, always."""

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
    """What API Gateway would send."""

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
    """An API Gateway proxy event."""
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
            "identity": {"sourceIp": "127.0.0.1"},
            "authorizer": {"site_id": site_id} if site_id else None,
            "path": path,
            "httpMethod": method,
        },
        "body": text,
        "isBase64Encoded": False,
    }


def router_for(method: str, path: str) -> Router[Dependencies]:
    """The function that a route belongs to."""
    if (method, path) == ("DELETE", "/v1/site"):
        return leave.app
    return ROUTES.get(path.split("/")[2], site_function.app)


def send(deps: Dependencies, event: dict[str, Any], seconds: float = 10) -> Reply:
    """Give an event to the handler its path belongs to, with these dependencies."""
    edge = router_for(event["httpMethod"], event["path"])
    edge.provide = lambda: deps
    answer = edge.handler(event, Context(seconds))
    headers = answer.get("headers") or {
        name: values[0] for name, values in answer.get("multiValueHeaders", {}).items()
    }
    lower = {name.lower(): value for name, value in headers.items()}
    reply = Reply(answer["statusCode"], lower, answer.get("body") or "")
    openapi_check.check(event["httpMethod"], event["path"], reply.status, reply.text)
    return reply


@dataclass
class Site:
    """A site that has a key."""

    deps: Dependencies
    site_id: str
    api_key: str

    @property
    def kid(self) -> str:
        """Which key it calls with, as the authorizer would say."""
        return self.api_key.removeprefix("amzl_live_").removeprefix("amzl_test_")[:8]

    @classmethod
    def sign_up(
        cls, deps: Dependencies, email: str = "owner@example.com", folder: str = ""
    ) -> "Site":
        """Sign up a loopback site that answers the challenge."""
        with WordPress() as wordpress:
            asked = {"site_url": wordpress.url + folder, "email": email}
            started = send(deps, event_of("POST", "/v1/signup", asked)).json
            wordpress.shows(started["challenge"])
            path = f"/v1/signup/{started['signup_id']}/verify"
            done = send(deps, event_of("POST", path), seconds=15)
        assert done.status == 201, done.text
        return cls(deps, done.json["site_id"], done.json["api_key"])

    @classmethod
    def sign_up_and_connect(
        cls, deps: Dependencies, access_key: str, secret_key: str, tag: str
    ) -> "Site":
        """A new site with keys for the US."""
        site = cls.sign_up(deps)
        assert site.connect(access_key, secret_key, tag).status == 200
        return site

    def connect(self, access_key: str, secret_key: str, tag: str, shop: str = "US") -> Reply:
        return self.post(
            "/v1/validate",
            {
                "api": "paapi5",
                "access_key": access_key,
                "secret_key": secret_key,
                "partner_tag": tag,
                "marketplace": shop,
            },
        )

    def connect_creators(
        self, keys: tuple[str, str, str], tag: str, shop: str = "US", **changed: str
    ) -> Reply:
        """Enter id, secret and version of a Creators API credential."""
        credential_id, secret, version = keys
        form = {
            "api": "creators",
            "credential_id": credential_id,
            "credential_secret": secret,
            "credential_version": version,
            "partner_tag": tag,
            "marketplace": shop,
        }
        return self.post("/v1/validate", form | changed)

    def connection(self, shop: str = "US") -> Any:
        """The marketplace's connection as GET /v1/connections shows it."""
        shown = self.get("/v1/connections").json["connections"]
        return next(one for one in shown if one["marketplace"] == shop)

    def send(self, event: dict[str, Any], seconds: float = 10) -> Reply:
        """Give the service an event as this site's, after the authorizer."""
        event["requestContext"]["authorizer"] = {"site_id": self.site_id, "kid": self.kid}
        return send(self.deps, event, seconds)

    def get(self, path: str, headers: Mapping[str, str] | None = None, **query: str) -> Reply:
        return self.send(event_of("GET", path, query=query, headers=headers))

    def post(
        self, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        event = event_of("POST", path, body, headers=headers)
        return self.send(event, seconds=25)

    def patch(self, path: str, body: object) -> Reply:
        return self.send(event_of("PATCH", path, body))

    def delete(self, path: str, **query: str) -> Reply:
        return self.send(event_of("DELETE", path, query=query))

    def changes(self, cursor: str = "") -> tuple[list[dict[str, Any]], str]:
        """All changes behind a cursor, and the next one."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.get("/v1/changes", cursor=cursor).json
            found += page["changes"]
            cursor = page["next_cursor"]
            if not page["has_more"]:
                return found, cursor


def run_queue(deps: Dependencies, worker: Any, url: str) -> list[Any]:
    """Give a queue's messages to a worker, one batch after another, until it is empty."""
    sqs = boto3.client("sqs")
    answers: list[Any] = []
    worker.dependencies = lambda: deps
    for _ in range(100):
        batch = sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"], WaitTimeSeconds=0
        ).get("Messages", [])
        if not batch:
            return answers
        answer = worker.handler(sqs_event(batch), Context())
        failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        for message in batch:
            if message["MessageId"] not in failed:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        answers.append(answer)
    raise AssertionError("the queue never got empty")


def sqs_event(messages: list[Any]) -> dict[str, Any]:
    """The event Lambda makes of received messages."""
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message.get("ReceiptHandle", ""),
                "body": message["Body"],
                "attributes": message.get("Attributes", {}),
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:queue.fifo",
                "awsRegion": "us-east-1",
            }
            for message in messages
        ]
    }


def run_imports(deps: Dependencies) -> list[Any]:
    """Work through the import queue."""
    return run_queue(deps, import_chunks, deps.config.import_queue_url)


def run_sync(deps: Dependencies) -> int:
    """Plan a round and refresh what it planned."""
    planner: Any = price_sync
    planner.dependencies = lambda: deps
    planned: int = price_sync.handler({}, Context())["planned"]
    run_queue(deps, refresh_shelves, deps.config.refresh_queue_url)
    return planned


def run_purge(deps: Dependencies) -> int:
    """One round over the sites that left; how many there were."""
    worker: Any = erase_sites
    worker.dependencies = lambda: deps
    return int(erase_sites.handler({}, Context())["sites"])


def run_admin_command(deps: Dependencies, **wish: str) -> dict[str, Any]:
    """An operator's order, carried out."""
    desk: Any = operate
    desk.dependencies = lambda: deps
    return operate.handler(wish, Context())
