"""A plugin for pytest: the tests of a copy must not be about the original."""

from pathlib import Path

import pytest

import amzlinkr
import functions.api_keys.app
import infra.openapi.operations
import tests.calls

MODULES = (amzlinkr, functions.api_keys.app, infra.openapi.operations, tests.calls)


def pytest_sessionstart() -> None:
    """End with pytest's status for a wrong use if anything comes from elsewhere."""
    here = Path.cwd().resolve()
    files = [Path(module.__file__ or "/").resolve() for module in MODULES]
    strange = [str(file) for file in files if here not in file.parents]
    if strange:
        raise pytest.UsageError(f"not of this copy: {strange}")
