"""Clients for the local stack: the service's API, the fake Amazon's control API, the schedule."""

from dataclasses import dataclass, field
from typing import Any

import boto3
import requests

from infra.local.stack.emulator import client_options

TIMEOUT_SECONDS = 15


@dataclass
class ServiceResponse:
    """A response of the service: status, decoded JSON body, and headers."""

    status: int
    json: Any
    headers: dict[str, str] = field(default_factory=dict)


class ServiceClient:
    """A client of the service's API; set `api_key` after the sign-up.

    With `uses_environment` it uses the proxies and certificates of the environment. The local stack
    is on loopback, which a proxy cannot reach.
    """

    def __init__(self, api_url: str, *, uses_environment: bool = False) -> None:
        self.api_url = api_url
        self.api_key = ""
        self._session = requests.Session()
        self._session.trust_env = uses_environment
        # A session without `auth` would replace the API key by credentials from .netrc.
        self._session.auth = self._authorize

    def call(self, method: str, path: str, body: object = None, **query: str) -> ServiceResponse:
        """Send a request to a path below `/v1`, with or without it, or to a URL of the API."""
        url = self.api_url + path.removeprefix(self.api_url).removeprefix("/v1")
        response = self._session.request(
            method, url, json=body, params=query or None, timeout=TIMEOUT_SECONDS
        )
        content = response.json() if response.content else None
        return ServiceResponse(response.status_code, content, dict(response.headers))

    def _authorize(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self.api_key:
            request.headers["Authorization"] = f"Bearer {self.api_key}"
        return request


class FakeAmazonControl:
    """A client of the fake Amazon's control API."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/_fake/"

    def send(self, method: str, path: str, body: object = None) -> Any:
        """Send a control request and return the JSON of its response."""
        response = requests.request(method, self._url + path, json=body, timeout=TIMEOUT_SECONDS)
        response.raise_for_status()
        return response.json()

    def calls(self) -> list[dict[str, Any]]:
        """Return the calls since the call log was last cleared, oldest first."""
        calls: list[dict[str, Any]] = self.send("GET", "calls")["calls"]
        return calls

    def count_calls(self, operation: str) -> int:
        """Count the calls of an operation since the call log was last cleared."""
        return sum(call["operation"] == operation for call in self.calls())


class Scheduler:
    """A substitute for EventBridge: invokes the price sync with an empty event."""

    def __init__(self, endpoint: str, function: str) -> None:
        self._client = boto3.client("lambda", **client_options(endpoint))
        self._function = function

    def trigger(self) -> str:
        """Invoke the price sync once and return its JSON response."""
        response = self._client.invoke(FunctionName=self._function, Payload=b"{}")
        payload: bytes = response["Payload"].read()
        return payload.decode()
