"""The service as a WordPress plugin sees it, and the two other parties of the demo."""

from dataclasses import dataclass, field
from typing import Any

import boto3
import requests

from infra.local.stack.emulator import client_options

TIMEOUT_SECONDS = 15


@dataclass
class ServiceResponse:
    """An answer: its status and its JSON."""

    status: int
    json: Any
    headers: dict[str, str] = field(default_factory=dict)


class ServiceClient:
    """The API behind its URL; `api_key` is set after the sign-up."""

    def __init__(self, api_url: str) -> None:
        self.api_url = api_url
        self.api_key = ""
        self._session = requests.Session()
        self._session.trust_env = False

    def call(self, method: str, path: str, body: object = None, **query: str) -> ServiceResponse:
        """Send a request; `path` begins behind `/v1`."""
        headers = {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}
        url = self.api_url + path.removeprefix("/v1")
        answer = self._session.request(
            method, url, json=body, params=query or None, headers=headers, timeout=TIMEOUT_SECONDS
        )
        found = answer.json() if answer.content else None
        return ServiceResponse(answer.status_code, found, dict(answer.headers))


class FakeAmazonControl:
    """The fake Amazon's control API."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/_fake/"

    def send(self, method: str, path: str, body: object = None) -> Any:
        """One control call; its JSON."""
        answer = requests.request(method, self._url + path, json=body, timeout=TIMEOUT_SECONDS)
        answer.raise_for_status()
        return answer.json()

    def count_calls(self, operation: str) -> int:
        """How often an operation was called since the log was last emptied."""
        return sum(call["operation"] == operation for call in self.send("GET", "calls")["calls"])


class Scheduler:
    """EventBridge's part: it calls the planner with an event that says nothing."""

    def __init__(self, endpoint: str, function: str) -> None:
        self._client = boto3.client("lambda", **client_options(endpoint))
        self._function = function

    def trigger(self) -> str:
        """Run the planner once; its answer."""
        answer = self._client.invoke(FunctionName=self._function, Payload=b"{}")
        payload: bytes = answer["Payload"].read()
        return payload.decode()
