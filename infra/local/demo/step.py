"""Base class of the demo's parts: call the service, check the response, poll for a result."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infra.local.demo.console import Console
from infra.local.stack.client import (
    FakeAmazonControl,
    Scheduler,
    ServiceClient,
    ServiceResponse,
)

_MAX_WAIT_SECONDS = 40
_POLL_INTERVAL_SECONDS = 0.2


class StepFailed(Exception):
    """A step of the demo had an unexpected result."""


def expect_true(condition: bool, message: str) -> None:
    """Raise `StepFailed` with `message` if `condition` is false."""
    if not condition:
        raise StepFailed(message)


@dataclass
class DemoStep:
    """A part of the demo, with clients for the service, the fake Amazon and the schedule."""

    service: ServiceClient
    amazon: FakeAmazonControl
    scheduler: Scheduler
    console: Console

    def expect(self, status: int, method: str, path: str, body: object = None, **query: str) -> Any:
        """Call the service and return the JSON of the response, which must have this status."""
        response = self.service.call(method, path, body, **query)
        found = f"{method} {path}: {response.status} {response.json}"
        expect_true(response.status == status, found)
        return response.json

    def expect_problem(self, response: ServiceResponse, status: int, code: str) -> None:
        """Check that the response is this problem, and print its text and action."""
        found = (response.status, (response.json or {}).get("code"))
        expect_true(found == (status, code), f"expected {status} {code}, got {found}")
        self.console.print_problem(status, response.json)

    def poll(
        self,
        read: Callable[[], Any],
        progress: Callable[[Any], tuple[int, int, str]],
        is_done: Callable[[Any], bool],
    ) -> Any:
        """Call `read` until `is_done` accepts its result, and show `progress` in a live line."""
        deadline = time.monotonic() + _MAX_WAIT_SECONDS
        with self.console.show_progress() as show:
            while True:
                result = read()
                show(*progress(result))
                if is_done(result):
                    return result
                timed_out = f"no result after {_MAX_WAIT_SECONDS} s; last: {result}"
                expect_true(time.monotonic() < deadline, timed_out)
                time.sleep(_POLL_INTERVAL_SECONDS)
