"""The flows: functions that record a trace, by the name of its file."""

import difflib
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from tests.traces.world import World

HERE = Path(__file__).parent
RECORDED = HERE / "recorded"
COMMAND = "python -m tests.traces"
UPDATE_PLUGIN = "update-traces"
Flow = Callable[[World], None]


def flows() -> dict[str, Flow]:
    """Return the public functions of the modules in `flows`, by the name of their trace."""
    found: dict[str, Flow] = {}
    for file in sorted((HERE / "flows").glob("*.py")):
        module = import_module(f"tests.traces.flows.{file.stem}")
        for name, flow in vars(module).items():
            if not name.startswith("_") and getattr(flow, "__module__", "") == module.__name__:
                found[f"{file.stem}_{name}"] = flow
    return found


def record(flow: Flow) -> str:
    """Run a flow and return its trace, below the description of the flow."""
    world = World()
    with world.running():
        flow(world)
    return f"# {(flow.__doc__ or '').strip()}\n\n{world.text()}"


def expected_file(name: str) -> Path:
    """Return the file of a trace."""
    return RECORDED / f"{name}.txt"


def difference(name: str, recorded: str) -> str:
    """Return the unified diff from the file of a trace to what was recorded, and what to do."""
    file = expected_file(name)
    expected = file.read_text() if file.exists() else ""
    if expected == recorded:
        return ""
    lines = difflib.unified_diff(
        expected.splitlines(), recorded.splitlines(), "expected", "recorded", lineterm="", n=6
    )
    return "\n".join(
        [*lines, "", f"If this change is intended, update {file.name} with: {COMMAND} {name}"]
    )
