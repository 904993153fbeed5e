"""The embedded AWS emulator (ministack): on 127.0.0.1 only, without persistent state."""

import logging
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from botocore.config import Config

from infra.local.stack.processes import (
    MAX_START_SECONDS,
    StackError,
    last_lines,
    supervised,
)

REGION = "us-east-1"
OWNER_KEY = "test"  # access key ID and secret of the emulated account's root user
_logger = logging.getLogger(__name__)


class ClientOptions(TypedDict):
    """Keyword arguments with which `boto3.client` connects to the emulator."""

    endpoint_url: str
    region_name: str
    aws_access_key_id: str
    aws_secret_access_key: str
    config: Config


@dataclass(frozen=True)
class Emulator:
    """A running emulator process."""

    endpoint: str
    process: subprocess.Popen[bytes]
    log: Path

    def check(self) -> None:
        """Raise `StackError` with the end of the log if the emulator has stopped."""
        if self.process.poll() is not None:
            raise StackError(f"The AWS emulator stopped.\n{last_lines(self.log)}")


def client_options(endpoint: str) -> ClientOptions:
    """Return options for the emulator: `boto3.client("s3", **client_options(endpoint))`."""
    return ClientOptions(
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=OWNER_KEY,
        aws_secret_access_key=OWNER_KEY,
        # A function can run for a minute; a retry after a timeout would invoke it twice.
        config=Config(proxies={}, read_timeout=90, retries={"total_max_attempts": 1}),
    )


@contextmanager
def running_emulator(port: int, log: Path, *, enforce_iam: bool) -> Iterator[Emulator]:
    """Run the emulator for the duration of the block; it is ready when the block begins.

    With `enforce_iam` the emulator checks each function's role, and other callers need the
    owner's credentials. Without it every call is allowed.
    """
    _logger.info("Starting the AWS emulator")
    with tempfile.TemporaryDirectory(prefix="amzlinkr-aws-", ignore_cleanup_errors=True) as scratch:
        environment = {
            "AUTH": "true" if enforce_iam else "false",
            "AWS_ACCESS_KEY_ID": OWNER_KEY,
            "AWS_SECRET_ACCESS_KEY": OWNER_KEY,
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "IOT_MTLS_ENABLED": "0",
            "MINISTACK_REGION": REGION,
            "PERSIST_STATE": "0",
            "TMPDIR": scratch,
            "STATE_DIR": f"{scratch}/state",
            "S3_DATA_DIR": f"{scratch}/s3",
        }
        command = [sys.executable, "-m", "ministack"]
        with supervised("The AWS emulator", command, environment, log) as process:
            emulator = Emulator(f"http://127.0.0.1:{port}", process, log)
            wait_until_ready(emulator)
            yield emulator


def wait_until_ready(emulator: Emulator) -> None:
    """Wait until the emulator's health check succeeds."""
    # Without proxies, which cannot reach a loopback address.
    opener = build_opener(ProxyHandler({}))
    deadline = time.monotonic() + MAX_START_SECONDS
    while time.monotonic() < deadline:
        emulator.check()
        try:
            with opener.open(f"{emulator.endpoint}/_ministack/health", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.05)
    text = f"The AWS emulator did not start within {MAX_START_SECONDS:.0f} s."
    raise StackError(f"{text}\n{last_lines(emulator.log)}")
