"""The local stack: the service on an emulated AWS, with the fake or the real Amazon upstream.

`python -m infra.local.stack` runs it until Ctrl-C.
"""

import json
import logging
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

from infra.local.stack.deploy import api_url_of, deploy
from infra.local.stack.emulator import REGION, running_emulator
from infra.local.stack.processes import (
    MAX_START_SECONDS,
    StackError,
    choose_port,
    last_lines,
    supervised,
)
from infra.local.stack.transform import load

ROOT = Path(__file__).resolve().parents[3]
LIVE_AMAZON = "live"
LOCAL_LIMIT = "10000"
HIGH_LOCALLY = (
    "SignupsPerAddress",
    "SignupsPerDomainAndAddress",
    "VerificationsPerSignup",
    "FreeVerifications",
    "NewSitesPerDomain",
    "NewSitesPerDay",
    "KeysPerDay",
    "LeakReportsPerNetwork",
    "SettingsPerHour",
    "CallsPerHour",
    "CallsPerSandbox",
    "CallsWithoutAccess",
    "RemovalsPerSandbox",
    "ValidationsPerHour",
)
"""The template parameters that developers and tests would reach with the defaults."""
_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stack:
    """A running stack; its first five fields are the content of `stack.json`."""

    api_url: str
    aws_endpoint: str
    region: str
    amazon_url: str
    functions: dict[str, str]
    fake_amazon: bool
    checks: tuple[Callable[[], None], ...] = field(repr=False, compare=False)

    def check(self) -> None:
        """Raise `StackError` if a process of the stack has stopped."""
        for check in self.checks:
            check()

    def description(self) -> dict[str, object]:
        """Return the content of `stack.json`."""
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

    Args:
        amazon_url: Upstream URL; without it the built-in fake Amazon is started, and "live"
            is Amazon itself.
        port: Port of the emulator; without it a free port.
        enforce_iam: Whether the emulator checks the functions' roles.
        state: Folder of the log files and `stack.json`.
        parameters: Template parameters that override the local ones.
    """
    state.mkdir(parents=True, exist_ok=True)
    checks: list[Callable[[], None]] = []
    with ExitStack() as running:
        uses_fake = not amazon_url
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
            api_url=api_url_of(emulator.endpoint, resources),
            aws_endpoint=emulator.endpoint,
            region=REGION,
            amazon_url=amazon_url,
            functions=_functions_in(resources),
            fake_amazon=uses_fake,
            checks=tuple(checks),
        )
        wait_for_api(stack)
        running.enter_context(publish_description(stack, state / "stack.json"))
        yield stack


def _functions_in(resources: Mapping[str, str]) -> dict[str, str]:
    return {
        logical_id: name
        for logical_id, name in sorted(resources.items())
        if logical_id.endswith("Function")
    }


def local_parameters(amazon_url: str) -> dict[str, str]:
    """Return the template parameters of the stage `local`, with high limits."""
    return {
        "Stage": "local",
        # The emulator has no CodeDeploy.
        "Canary": "false",
        "Alarms": "all",
        "AmazonUrl": "" if amazon_url == LIVE_AMAZON else amazon_url,
        **dict.fromkeys(HIGH_LOCALLY, LOCAL_LIMIT),
    }


def production_limits() -> dict[str, str]:
    """Return the template's defaults of the parameters that are high locally."""
    declared = load(ROOT / "template.yaml")["Parameters"]
    return {name: str(declared[name]["Default"]) for name in HIGH_LOCALLY}


@contextmanager
def running_fake_amazon(state: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """Run the built-in fake Amazon; yield its URL and a check that it still runs."""
    _logger.info("Starting the fake Amazon")
    log = state / "fake_amazon.log"
    command = [sys.executable, "-m", "infra.local.fake_amazon", "--port", "0"]
    environment = {"PYTHONPATH": str(ROOT)}
    with supervised("The fake Amazon", command, environment, log) as process:

        def check() -> None:
            if process.poll() is not None:
                raise StackError(f"The fake Amazon stopped.\n{last_lines(log)}")

        deadline = time.monotonic() + MAX_START_SECONDS
        while time.monotonic() < deadline:
            check()
            # The lookahead excludes a URL that is only partly written yet.
            if found := re.search(r"http://127\.0\.0\.1:\d+(?=\s)", log.read_text()):
                yield found.group(), check
                return
            time.sleep(0.05)
        raise StackError(f"The fake Amazon did not print its URL.\n{last_lines(log)}")


def wait_for_api(stack: Stack) -> None:
    """Wait until a public endpoint returns a successful response."""
    _logger.info("Waiting for the API")
    opener = build_opener(ProxyHandler({}))
    deadline = time.monotonic() + MAX_START_SECONDS
    problem = "no response"
    while time.monotonic() < deadline:
        stack.check()
        try:
            # Public, and without a table read: it fails only if the gateway or the functions fail.
            with opener.open(f"{stack.api_url}/marketplaces", timeout=10):
                return
        except HTTPError as exc:
            problem = f"{exc.code}: {exc.read(2000).decode(errors='replace')}"
        except (URLError, OSError) as exc:
            problem = str(exc)
        time.sleep(0.2)
    raise StackError(f"The API did not start. Last response to GET /v1/marketplaces: {problem}")


@contextmanager
def publish_description(stack: Stack, path: Path) -> Iterator[None]:
    """Write `stack.json` atomically, and delete it when the block ends."""
    text = json.dumps(stack.description(), indent=2) + "\n"
    # Renamed when complete, so that a reader never sees a part of it.
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(text)
    draft.replace(path)
    try:
        yield
    finally:
        # Another stack may have replaced the file since.
        if path.exists() and path.read_text() == text:
            path.unlink()
