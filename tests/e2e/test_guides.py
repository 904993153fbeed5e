"""Execution of docs/guides/: their commands run in the order of the page and print what it has."""

import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.local.stack.processes import choose_port
from infra.local.stack.stack import Stack
from infra.reference.guides import GUIDE_NAMES
from infra.reference.page import GUIDE_FOLDER
from tests.e2e.documented_commands import run_text

SIGN_UP = re.compile(r"^## Sign up$.*?(?=^## )", re.MULTILINE | re.DOTALL)


@pytest.mark.skipif(not shutil.which("curl"), reason="the guides are about curl")
def test_guides_print_what_they_document_in_the_order_of_the_page(
    stack: Stack, tmp_path: Path
) -> None:
    """Run all guides as a reader who has the page only, and then repeat the examples."""
    texts = [(GUIDE_FOLDER / f"{name}.md").read_text("utf-8") for name in GUIDE_NAMES]
    first_read = "\n".join(texts)
    second_read, sign_ups = SIGN_UP.subn("", first_read)
    assert sign_ups == 1

    with served(tmp_path) as site:
        variables = {"API": stack.api_url, "SITE": site, "WEB_ROOT": str(tmp_path)}
        run_text(f"{first_read}\n{second_read}", tmp_path, variables)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve the files of a folder as the guide does, and yield the URL."""
    port = str(choose_port(None))
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "--directory"]
    with subprocess.Popen(
        [*command, str(folder), port], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        while not accepts_connections(port):
            assert server.poll() is None
            time.sleep(0.05)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


def accepts_connections(port: str) -> bool:
    """Return True if a server listens on a port of this machine."""
    try:
        socket.create_connection(("127.0.0.1", int(port)), timeout=5).close()
    except OSError:
        return False
    return True
