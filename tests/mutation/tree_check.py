"""A pytest plugin that stops a run in a copy if it would test the original."""

from pathlib import Path

import pytest

import amzlinkr
import functions.api_keys.app
import infra.openapi.operations
import tests.calls

MODULES = (amzlinkr, functions.api_keys.app, infra.openapi.operations, tests.calls)


def pytest_sessionstart() -> None:
    """Raise a usage error if a module was imported from outside the working directory."""
    root = Path.cwd().resolve()
    files = [Path(module.__file__ or "/").resolve() for module in MODULES]
    outside = [str(file) for file in files if root not in file.parents]
    if outside:
        raise pytest.UsageError(f"imported from outside this copy: {outside}")
