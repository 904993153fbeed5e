"""The INIT phase: what is constructed, when, and what a restored process drops."""

import gc
import random
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from amzlinkr import startup

IMPORT = "import gc; import amzlinkr; print(gc.isenabled())"


class Recorder:
    """Dependencies that record what they are asked for."""

    def __init__(self) -> None:
        self.calls: list[object] = []

    def construct(self, *names: str) -> None:
        self.calls.append(names)

    def after_restore(self) -> None:
        self.calls.append("restored")


@pytest.fixture
def on_lambda(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "amzlinkr-prod-search")
    gc.disable()
    yield monkeypatch
    gc.unfreeze()
    gc.enable()


def test_elsewhere_nothing_is_constructed() -> None:
    def provide() -> Any:
        raise AssertionError("constructed without an environment")

    startup.initialize(provide, "dynamodb")

    assert gc.get_freeze_count() == 0


def test_on_lambda_the_named_dependencies_are_constructed(on_lambda: object) -> None:
    deps = Recorder()

    startup.initialize(lambda: deps, "dynamodb", "sites")

    assert deps.calls == [("dynamodb", "sites")]
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0


def test_the_hook_is_registered_for_snapshots_only(on_lambda: pytest.MonkeyPatch) -> None:
    deps, registered = Recorder(), list[tuple[Callable[..., None], tuple[Any, ...]]]()
    runtime = types.ModuleType("snapshot_restore_py")
    runtime.__dict__["register_after_restore"] = lambda hook, *args: registered.append((hook, args))
    on_lambda.setitem(sys.modules, "snapshot_restore_py", runtime)

    startup.initialize(lambda: deps)
    assert registered == []
    on_lambda.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start")
    startup.initialize(lambda: deps)
    ((hook, arguments),) = registered
    deps.calls.clear()
    random.seed(1)
    snapshot = random.getstate()
    hook(*arguments)

    assert deps.calls == ["restored"]
    assert random.getstate() != snapshot


def test_restored_processes_do_not_share_random_numbers() -> None:
    random.seed(1)
    snapshot = random.getstate()

    numbers = set()
    for _ in range(3):
        random.setstate(snapshot)
        startup.after_restore(Recorder())
        numbers.add(random.random())  # noqa: S311 - no secret

    assert len(numbers) == 3


@pytest.mark.parametrize("name", ["AWS_LAMBDA_FUNCTION_NAME", "OTHER"])
def test_the_collector_pauses_during_imports_on_lambda(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT],
        env={"PYTHONPATH": ":".join(sys.path), name: "search"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == str(name == "OTHER")
