"""Tests that `sam build` works with any Python version and packages all dependencies."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.built_layer import (
    RUNTIME,
    build_for_this_machine,
    lambda_environment,
    run,
    runtime_interpreter,
)
from tests.infra.conftest import REGION, ROOT
from tests.infra.test_template import handler_folders

LAMBDA_LIMIT = 250 * 1024 * 1024
INVOKE_HANDLER = """
import gc, importlib.machinery, json, sys
from types import SimpleNamespace
layer, function, event = sys.argv[1:]
sys.path[:0] = [layer, function]
compile_source = importlib.machinery.SourceFileLoader.source_to_code
def refuse_layer(self, data, path, **options):
    assert not path.startswith(layer), f"{path} has no bytecode"
    return compile_source(self, data, path, **options)
importlib.machinery.SourceFileLoader.source_to_code = refuse_layer
import amzlinkr, app
assert amzlinkr.__file__.startswith(layer), amzlinkr.__file__
assert gc.isenabled() and gc.get_freeze_count() > 10_000
initialized = set(sys.modules)
context = SimpleNamespace(
    aws_request_id="8c3f", get_remaining_time_in_millis=lambda: 20_000, identity=None,
    client_context=None, function_name="f", memory_limit_in_mb=512, invoked_function_arn="f:live",
)
request = json.load(open(event))
if "authorizer" in request.get("requestContext", {}):
    request["requestContext"]["authorizer"]["scope"] = "full"
try:
    answer = app.handler(request, context)
except Exception as error:
    answer = type(error).__name__
print(json.dumps({
    "answer": answer, "initialized": sorted(initialized),
    "later": sorted(set(sys.modules) - initialized), "version": sys.version_info[:2],
}))
"""
RUNTIME_MAGIC = (3571).to_bytes(2, "little") + b"\r\n"
"""The first bytes of bytecode for Python 3.13."""
UNCHECKED_HASH = (1).to_bytes(4, "little")
REPRESENTATIVE = {"authorizer", "search", "signup"}
"""One function without a router, one that calls Amazon, and one that checks e-mail addresses."""
FOLDERS = [
    pytest.param(folder, marks=[] if folder in REPRESENTATIVE else [pytest.mark.slow])
    for folder in handler_folders()
]
CALL_AMAZON = {
    "diagnostics", "import_items", "import_worker", "refresh_shelves", "search", "validate",
}  # fmt: skip


@pytest.fixture(scope="session")
def built(sam: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a `sam build` of the project."""
    target = tmp_path_factory.mktemp("built")
    run(sam, "build", "--template", ROOT / "template.yaml", "--build-dir", target)
    return target


@pytest.fixture(scope="session")
def runtime() -> str:
    """Return an interpreter of Lambda's Python version, or this one if there is none."""
    return runtime_interpreter() or sys.executable


@pytest.fixture(scope="session")
def native_layer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the layer, built by the same Makefile, with wheels for this machine."""
    return build_for_this_machine(tmp_path_factory.mktemp("layer"))


def files_in(folder: Path) -> dict[str, bytes]:
    """Return the content of the files that are the same for every processor."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
        and path.suffix != ".so"
        and path.name != "WHEEL"
        and path.parent.name != "sboms"
    }


@pytest.mark.slow  # `make lint` runs the same command
def test_sam_validate_passes(sam: Path) -> None:
    output = run(
        sam, "validate", "--lint", "--template", ROOT / "template.yaml", "--region", REGION
    )

    assert "is a valid SAM Template" in output


@pytest.mark.slow  # `make lint` runs the same command
def test_cfn_lint_passes() -> None:
    assert not run(
        Path(sys.executable).with_name("cfn-lint"),
        "--regions",
        REGION,
        "--",
        ROOT / "template.yaml",
    )


def test_layer_contains_the_package(built: Path) -> None:
    package = built / "AmzlinkrLayer" / "python" / "amzlinkr"

    assert (package / "wiring.py").exists()


def test_layer_contains_bytecode_of_each_module(built: Path) -> None:
    layer = built / "AmzlinkrLayer" / "python"
    if not runtime_interpreter():
        pytest.skip("Python 3.13 is not installed")

    modules = list(layer.rglob("*.py"))
    heads = {path: path.read_bytes()[:8] for path in layer.rglob("*.pyc")}

    assert len(modules) > 500
    assert set(heads) == {
        path.parent / "__pycache__" / f"{path.stem}.cpython-313.pyc" for path in modules
    }
    assert set(heads.values()) == {RUNTIME_MAGIC + UNCHECKED_HASH}


@pytest.mark.slow
def test_layer_is_reproducible(built: Path, native_layer: Path) -> None:
    """Build it twice, elsewhere and with another target: only files of a processor differ."""
    by_sam, by_make = files_in(built / "AmzlinkrLayer" / "python"), files_in(native_layer)

    assert sorted(by_sam) == sorted(by_make)
    assert [name for name, content in by_sam.items() if content != by_make[name]] == []


def test_missing_runtime_is_a_warning(tmp_path: Path) -> None:
    command = ["make", "bytecode", "RUNTIME=3.99", f"ARTIFACTS_DIR={tmp_path}"]
    (tmp_path / "python").mkdir()
    (tmp_path / "python" / "module.py").touch()

    done = subprocess.run(
        command, cwd=ROOT / "layers" / "amzlinkr", capture_output=True, text=True, check=False
    )

    assert done.returncode == 0
    assert "WARNING: Python 3.99 was not found, so the layer has no bytecode" in done.stderr
    assert not list(tmp_path.rglob("*.pyc"))


def test_layer_contains_wheels_for_lambda(built: Path) -> None:
    layer = built / "AmzlinkrLayer" / "python"

    compiled = [path.name for path in layer.rglob("*.so")]

    assert compiled
    assert all("cpython-313-aarch64" in name or "abi3" in name for name in compiled), compiled
    assert sum(path.stat().st_size for path in layer.rglob("*")) < LAMBDA_LIMIT


@dataclass(frozen=True)
class Invoked:
    """Result of a handler, or the name of its exception, and the imported modules."""

    answer: Any
    initialized: Sequence[str]
    later: Sequence[str]
    version: Sequence[int]


@pytest.fixture(scope="session")
def invoke(native_layer: Path, runtime: str) -> Callable[[str], Invoked]:
    """Return a function that runs a handler with only its folder and the layer on the path."""

    @cache
    def invoked(folder: str) -> Invoked:
        output = run(
            *(runtime, "-ISB", "-c", INVOKE_HANDLER, native_layer, ROOT / "functions" / folder),
            ROOT / "infra" / "events" / f"{folder}.json",
            env=lambda_environment(folder),
        )
        return Invoked(**json.loads(output.splitlines()[-1]))

    return invoked


@pytest.mark.parametrize("folder", FOLDERS)
def test_handler_runs_on_the_layer_alone(
    folder: str, invoke: Callable[[str], Invoked], runtime: str
) -> None:
    """Initialize without compiling, and respond although AWS does not."""
    done = invoke(folder)

    assert tuple(done.version) == (RUNTIME if runtime_interpreter() else sys.version_info[:2])
    if isinstance(done.answer, dict) and "statusCode" in done.answer:
        assert done.answer["statusCode"] == (200 if folder == "documents" else 503)
    assert done.later == [] or folder == "signup"  # which encodes the host of the site


@pytest.mark.parametrize("folder", FOLDERS)
def test_handler_initializes_what_it_needs_only(
    folder: str, invoke: Callable[[str], Invoked]
) -> None:
    initialized = set(invoke(folder).initialized)

    # For the other functions, PynamoDB's client is enough.
    assert ("boto3" in initialized) == (folder in CALL_AMAZON | {"lists", "price_sync", "products"})
    assert "amzlinkr.amazon.paapi5" not in initialized
    assert ("email_validator" in initialized) == (folder == "signup")
    assert ("amzlinkr.amazon.creators.backend" in initialized) == (folder in CALL_AMAZON)


def test_authorizer_has_no_router(invoke: Callable[[str], Invoked]) -> None:
    done = invoke("authorizer")

    effect = done.answer["policyDocument"]["Statement"][0]["Effect"]
    ours = {name for name in done.initialized if name.startswith("amzlinkr.")}
    assert effect == "Deny"
    assert "aws_lambda_powertools.event_handler" not in done.initialized
    assert not [name for name in ours if name.startswith(("amzlinkr.http", "amzlinkr.amazon."))]
    assert {name for name in ours if name.startswith("amzlinkr.services.")} == {
        "amzlinkr.services.api_keys",
        "amzlinkr.services.call_counter",
        "amzlinkr.services.concurrency",
    }
