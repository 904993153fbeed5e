"""INIT of every function from the built layer, beside `boto3.client("dynamodb")` alone.

Each measurement is a fresh interpreter without site-packages, with the layer and the function on
its path. The CPU time of the imports is measured inside of it, so the start of the interpreter is
left out, as Lambda's runtime has started before INIT. Functions take turns with boto3, and a ratio
is the median of the rounds' ratios. The same without bytecode has fewer rounds and no limit.
"""

import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench.report import Row, table
from tests.bench.sizes import Sizes
from tests.built_layer import (
    ROOT,
    build_for_this_machine,
    lambda_environment,
    runtime_interpreter,
)

BOTO3 = 'boto3.client("dynamodb")'
AUTHORIZER = "authorizer"
MAX_AUTHORIZER, MAX_OTHERS = 1.5, 2.0
"""Limits of INIT beside boto3."""
PROGRAM = """
import sys, time
sys.path[:0] = sys.argv[2:]
began = time.process_time()
exec(sys.argv[1])
print(time.process_time() - began)
"""

Measured = dict[str, list[tuple[float, float]]]
"""The CPU seconds of each function, and those of boto3 beside it, in every round."""


def report(sizes: Sizes) -> list[str]:
    """Measure, print the table, and return what missed its limit."""
    functions = sizes.cold_functions or sorted(
        path.parent.name for path in (ROOT / "functions").glob("*/app.py")
    )
    python = runtime_interpreter() or sys.executable
    without: Measured = {}
    if sizes.cold_source_rounds == 0:
        paths = (ROOT / "layers" / "amzlinkr", Path(sysconfig.get_path("purelib")))
        with_bytecode = measure(functions, sys.executable, paths, sizes.cold_rounds)
    else:
        with tempfile.TemporaryDirectory(prefix="amzlinkr-cold-") as scratch:
            layer = build_for_this_machine(Path(scratch))
            with_bytecode = measure(functions, python, (layer,), sizes.cold_rounds)
            # What each cold start compiled before the layer contained bytecode.
            for folder in list(layer.rglob("__pycache__")):
                shutil.rmtree(folder)
            without = measure(functions, python, (layer,), sizes.cold_source_rounds)
    rows = [row(name, with_bytecode, limit_of(name)) for name in functions]
    before: list[Row | str] = [row(f"{name} without bytecode", without, None) for name in without]
    if before:
        before.insert(0, "The same without bytecode")
    title = f"Cold start: CPU time of INIT, {Path(python).name}"
    print(f"\n{table([title, *rows, *before])}", flush=True)
    if sizes.cold_functions:
        return []
    return [f"cold start of {each.name}" for each in rows if not each.passed]


def limit_of(function: str) -> float:
    """Return the limit of a function's INIT beside boto3."""
    return MAX_AUTHORIZER if function == AUTHORIZER else MAX_OTHERS


def row(name: str, seconds: Measured, limit: float | None) -> Row:
    """Return the row of a function from its rounds: its time and that of boto3 beside it."""
    rounds = seconds[name.partition(" ")[0]]
    ours = statistics.median(own for own, _ in rounds)
    boto3 = statistics.median(other for _, other in rounds)
    ratio = statistics.median(own / other for own, other in rounds)
    compared = f"{BOTO3}: {boto3 * 1000:.0f} ms"
    return Row(name, f"{ours * 1000:.0f} ms", compared, ratio, at_most=limit)


def measure(functions: Sequence[str], python: str, layer: Sequence[Path], rounds: int) -> Measured:
    """Return the CPU seconds of each function and of boto3 right before it, in every round."""
    measured: Measured = {name: [] for name in functions}
    for _ in range(rounds):
        for name in functions:
            boto3 = cpu_seconds(python, name, f"import boto3; {BOTO3}", *layer)
            folder = ROOT / "functions" / name
            measured[name].append((cpu_seconds(python, name, "import app", folder, *layer), boto3))
    return measured


def cpu_seconds(python: str, function: str, statement: str, *paths: Path) -> float:
    """Return the CPU seconds of a statement in a fresh interpreter."""
    done = subprocess.run(
        [python, "-ISB", "-c", PROGRAM, statement, *map(str, paths)],
        env=lambda_environment(function),
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)
