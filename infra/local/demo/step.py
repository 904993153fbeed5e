"""What every act of the demo can do: ask the service, insist on the answer, wait for something."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infra.local.demo.console import Console
from infra.local.stack.client import FakeAmazonControl, Scheduler, ServiceClient, ServiceResponse

PATIENCE = 40


class StepFailed(Exception):
    """A step did not hold."""


def expect_true(condition: bool, sentence: str) -> None:
    """Go on only if this is so."""
    if not condition:
        raise StepFailed(sentence)


@dataclass
class DemoStep:
    """The parties of the story."""

    service: ServiceClient
    amazon: FakeAmazonControl
    scheduler: Scheduler
    console: Console

    def expect(self, status: int, method: str, path: str, body: object = None, **query: str) -> Any:
        """The JSON of an answer that must have this status."""
        answer = self.service.call(method, path, body, **query)
        expect_true(answer.status == status, f"{method} {path}: {answer.status} {answer.json}")
        return answer.json

    def refused(self, answer: ServiceResponse, status: int, code: str) -> None:
        """A refusal that must be this one, as the owner reads it."""
        found = (answer.status, (answer.json or {}).get("code"))
        expect_true(found == (status, code), f"expected {status} {code}, got {found}")
        self.console.refused(status, answer.json)

    def watch(
        self,
        look: Callable[[], Any],
        progress: Callable[[Any], tuple[int, int, str]],
        is_done: Callable[[Any], bool],
    ) -> Any:
        """Look until it is done, with a live progress line."""
        ends = time.monotonic() + PATIENCE
        with self.console.progress() as show:
            while True:
                seen = look()
                show(*progress(seen))
                if is_done(seen):
                    return seen
                expect_true(time.monotonic() < ends, f"not done after {PATIENCE} s: {seen}")
                time.sleep(0.2)
