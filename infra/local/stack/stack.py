"""The local stack: the embedded AWS with the service on it, in front of a fake or the real Amazon.

`python -m infra.local.stack.stack` starts it and keeps it running.
"""

import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

from infra.local.stack.deploy import deploy
from infra.local.stack.emulator import REGION, running_emulator
from infra.local.stack.processes import StackError, choose_port, last_lines, supervised

ROOT = Path(__file__).resolve().parents[3]
LIVE = "live"
START_SECONDS = 30.0
PLENTY = "10000"


@dataclass(frozen=True)
class Stack:
    """Where a running stack answers; the first five fields are what `stack.json` holds."""

    api_url: str
    aws_endpoint: str
    region: str
    amazon_url: str
    functions: dict[str, str]
    fake_amazon: bool
    checks: tuple[Callable[[], None], ...] = field(repr=False, compare=False)

    def check(self) -> None:
        """Fail if a part of the stack has ended."""
        for check in self.checks:
            check()

    def description(self) -> dict[str, object]:
        """What other programs may know."""
        return {
            "api_url": self.api_url,
            "aws_endpoint": self.aws_endpoint,
            "region": self.region,
            "amazon_url": self.amazon_url,
            "functions": self.functions,
        }


@contextmanager
def running_stack(
    amazon_url: str | None = None,
    port: int | None = None,
    *,
    enforce_iam: bool = True,
    state: Path = ROOT / ".local",
    parameters: Mapping[str, str] | None = None,
) -> Iterator[Stack]:
    """Run the stack for the duration of the block.

    Without `amazon_url` it starts the built-in fake Amazon; "live" means Amazon itself.
    Functions are held to their roles unless `enforce_iam` is off.
    """
    state.mkdir(parents=True, exist_ok=True)
    checks: list[Callable[[], None]] = []
    with ExitStack() as running:
        given = amazon_url
        if not amazon_url:
            amazon_url, check = running.enter_context(running_fake_amazon(state))
            checks.append(check)
        emulator = running.enter_context(
            running_emulator(choose_port(port), state / "ministack.log", enforce_iam=enforce_iam)
        )
        checks.append(emulator.check)
        resources = deploy(
            emulator.endpoint, ROOT, local_parameters(amazon_url) | dict(parameters or {})
        )
        stack = Stack(
            api_url=f"{emulator.endpoint}/restapis/{resources['Api']}/api/_user_request_/v1",
            aws_endpoint=emulator.endpoint,
            region=REGION,
            amazon_url=amazon_url,
            functions={
                logical_id: name
                for logical_id, name in sorted(resources.items())
                if logical_id.endswith("Function")
            },
            fake_amazon=not given,
            checks=tuple(checks),
        )
        wait_until_answering(stack)
        running.enter_context(published(stack, state / "stack.json"))
        yield stack


def local_parameters(amazon_url: str) -> dict[str, str]:
    """Template parameters of the stage `local`."""
    return {
        "Stage": "local",
        "AmazonUrl": "" if amazon_url == LIVE else amazon_url,
        "SignupsPerDay": PLENTY,
        "SignupsPerAddress": PLENTY,
        "SignupsPerDomain": PLENTY,
        "SignupsPerDomainAndAddress": PLENTY,
        "SignupsPerEmail": PLENTY,
        "ProofsPerSignup": PLENTY,
        "ProofsPerDomain": PLENTY,
        "KeysPerDay": PLENTY,
        "CallsPerHour": PLENTY,
        "ValidationsPerHour": PLENTY,
    }


@contextmanager
def running_fake_amazon(state: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """The built-in fake Amazon: its address, and a check that it still runs."""
    log = state / "fake_amazon.log"
    command = [sys.executable, "-m", "infra.local.fake_amazon", "--port", "0"]
    environment = {"PYTHONPATH": str(ROOT)}
    with supervised("The fake Amazon", command, environment, log) as process:

        def check() -> None:
            if process.poll() is not None:
                raise StackError(f"The fake Amazon has stopped.\n{last_lines(log)}")

        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            check()
            if found := re.search(r"http://127\.0\.0\.1:\d+(?=\s)", log.read_text()):
                yield found.group(), check
                return
            time.sleep(0.05)
        raise StackError(f"The fake Amazon does not say where it is.\n{last_lines(log)}")


def wait_until_answering(stack: Stack) -> None:
    """Return once a public call is answered by its function."""
    opener = build_opener(ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    problem = "no answer"
    while time.monotonic() < deadline:
        stack.check()
        try:
            with opener.open(f"{stack.api_url}/marketplaces", timeout=10):
                return
        except HTTPError as exc:
            problem = f"{exc.code}: {exc.read(2000).decode(errors='replace')}"
        except (URLError, OSError) as exc:
            problem = str(exc)
        time.sleep(0.2)
    raise StackError(f"The API does not answer. The last answer to GET /v1/marketplaces: {problem}")


@contextmanager
def published(stack: Stack, path: Path) -> Iterator[None]:
    """Write the stack's description in one step; take it back when the stack ends."""
    text = json.dumps(stack.description(), indent=2) + "\n"
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(text)
    draft.replace(path)
    try:
        yield
    finally:
        if path.exists() and path.read_text() == text:
            path.unlink()
