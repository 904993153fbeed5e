"""Import rules hold, a violation is detected, and handlers import without any environment."""

import json
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers" / "amzlinkr"
IMPORT_OF_THE_LAYER = re.compile(r"^\s*(?:from|import) amzlinkr\b", re.MULTILINE)
HANDLERS = sorted((ROOT / "functions").glob("*/app.py"))
LIBRARIES = (
    "aws_lambda_powertools.event_handler",
    "aws_lambda_powertools.logging",
    "aws_lambda_powertools.metrics",
    "botocore.session",
    "msgspec",
    "pynamodb.models",
)
"""What most handlers import. It takes most of the time, so all handlers share one import."""
OFFLINE = """
import json, os, socket, sys, traceback
def refuse(*_, **__): raise OSError("a handler opened a socket at import")
socket.socket.connect = socket.getaddrinfo = refuse
import importlib
libraries, handlers = map(str.split, sys.argv[1:])
for name in libraries: importlib.import_module(name)
assert not {"amzlinkr", "functions", "email_validator", "dns"} & set(sys.modules)
for name in handlers:
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        continue
    error = ""
    try: importlib.import_module(f"functions.{name}.app").handler
    except BaseException: error = traceback.format_exc()
    loaded = sorted({"email_validator", "dns"} & set(sys.modules))
    print(json.dumps({"handler": name, "error": error, "loaded": loaded}), flush=True)
    os._exit(0)
"""
"""Imports each handler without a network in a fork that has imported libraries only.

Prints errors, and which libraries for e-mail were imported.
"""


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on a tree, with the tree's configuration and no cache.

    Without `site`: a .pth file would add the working tree to the path.
    """
    paths = (root / "layers" / "amzlinkr", root, sysconfig.get_path("purelib"))
    run = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    return subprocess.run(
        [sys.executable, "-S", "-c", run],
        cwd=root,
        env={"PYTHONPATH": ":".join(map(str, paths)), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a copy of the code in which a test can break a rule."""
    ignore = shutil.ignore_patterns("__pycache__", ".*")
    for folder in ("layers/amzlinkr", "functions"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_all_import_rules_hold() -> None:
    result = lint(ROOT)

    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("layers/amzlinkr/amzlinkr/helpers.py", "VALUE = 1"),
        ("layers/amzlinkr/amzlinkr/domain/money.py", "import boto3"),
        ("layers/amzlinkr/amzlinkr/storage/jobs.py", "import amzlinkr.security.credential_vault"),
        ("layers/amzlinkr/amzlinkr/http/router.py", "import amzlinkr.wiring"),
        ("layers/amzlinkr/amzlinkr/http/router.py", "import amzlinkr.services.imports"),
        ("layers/amzlinkr/amzlinkr/services/imports.py", "import amzlinkr.http.request"),
        ("layers/amzlinkr/amzlinkr/services/imports.py", "import amzlinkr.wiring"),
        ("layers/amzlinkr/amzlinkr/services/imports.py", "import amzlinkr.config"),
        ("layers/amzlinkr/amzlinkr/services/imports.py", "import amzlinkr.net.aws_client"),
        ("layers/amzlinkr/amzlinkr/domain/clock.py", "import amzlinkr.services.sync"),
        ("functions/search/app.py", "import amzlinkr.storage.jobs"),
        ("functions/search/app.py", "import functions.validate.app"),
        ("layers/amzlinkr/amzlinkr/wiring.py", "import amzlinkr.amazon.paapi5.auth"),
    ],
)
def test_violation_is_detected(tree: Path, path: str, line: str) -> None:
    file = tree / path
    text = file.read_text() if file.exists() else '"""An unexpected module."""\n'
    file.write_text(f"{text}\n{line}\n")

    result = lint(tree)

    assert result.returncode == 1, result.stdout + result.stderr


def test_the_fake_amazon_imports_nothing_of_the_layer() -> None:
    """Otherwise a wrong fact about Amazon in the layer would be wrong in the fake too."""
    files = sorted((ROOT / "infra" / "local" / "fake_amazon").rglob("*.py"))

    importing = [file.name for file in files if IMPORT_OF_THE_LAYER.search(file.read_text())]
    assert len(files) > 20
    assert importing == []
    assert IMPORT_OF_THE_LAYER.search("import json\nfrom amzlinkr.domain import money\n")


@pytest.fixture(scope="module")
def imports() -> dict[str, Any]:
    """Import every handler; return what the program printed, by handler."""
    names = " ".join(file.parent.name for file in HANDLERS)
    result = subprocess.run(
        [sys.executable, "-c", OFFLINE, " ".join(LIBRARIES), names],
        cwd=ROOT,
        env={"PYTHONPATH": f"{LAYER}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    found = map(json.loads, result.stdout.splitlines())
    return {one["handler"]: one for one in found}


@pytest.mark.parametrize("handler", [file.parent.name for file in HANDLERS])
def test_handler_imports_only_what_it_needs_without_environment_or_network(
    imports: dict[str, Any], handler: str
) -> None:
    assert imports[handler]["error"] == ""
    # The library takes 20 ms of every cold start.
    assert imports[handler]["loaded"] == (["email_validator"] if handler == "signup" else [])
