"""Every function runs with the permissions of its role, and nothing more."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from tests.iam.guard import Guard, as_function

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LAST = "test_permissions_used.py"


@pytest.fixture(scope="session")
def guard() -> Iterator[Guard]:
    """On duty from the first test to the last."""
    guard = Guard()
    with pytest.MonkeyPatch.context() as patch, guard.on_duty():
        for folder in sorted((ROOT / "functions").glob("*/app.py")):
            name = folder.parent.name
            module = import_module(f"functions.{name}.app")
            handler = as_function(name, module.handler)
            patch.setattr(module, "handler", handler)
            if hasattr(module, "app"):
                patch.setattr(module.app, "handler", handler)
        yield guard


@pytest.fixture(autouse=True)
def _nothing_is_refused(guard: Guard) -> Iterator[None]:
    """A test in which a function lacked a permission fails, whatever it made of that."""
    before = len(guard.refused)
    yield
    assert guard.refused[before:] == []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What all tests used is known after all of them."""
    items.sort(key=lambda item: item.path.name == LAST)
