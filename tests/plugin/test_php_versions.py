"""PHP compatibility: all files of the plugin parse with the oldest and newest supported PHP."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.plugin.install import WORK_DIR

pytestmark = pytest.mark.wordpress

PROGRAM = Path(__file__).with_name("parse_php.cjs")
OLDEST, NEWEST = "7-4", "8-5"


def syntax_errors(*files: Path) -> dict[str, list[str]]:
    """Return the syntax errors that each PHP version finds, by `7.4` and `8.5`."""
    payload = {
        "modules": str(WORK_DIR),
        "phps": [OLDEST, NEWEST],
        "files": [str(file) for file in files],
    }
    result = subprocess.run(
        ["node", PROGRAM], input=json.dumps(payload), capture_output=True, text=True, check=True
    )
    return {version[:3]: found for version, found in json.loads(result.stdout).items()}


def test_all_files_parse(plugin_dir: Path) -> None:
    files = sorted(plugin_dir.rglob("*.php"))
    assert len(files) > 20
    assert syntax_errors(*files) == {"7.4": [], "8.5": []}


def test_syntax_of_other_versions_is_detected(tmp_path: Path) -> None:
    newer, older = tmp_path / "newer.php", tmp_path / "older.php"
    newer.write_text("<?php\necho match ( 1 ) { 1 => 2 };\n")
    older.write_text("<?php\nfunction match() {}\n")
    found = syntax_errors(newer, older)
    assert [error.split(":")[0] for error in found["7.4"]] == [str(newer)]
    assert [error.split(":")[0] for error in found["8.5"]] == [str(older)]
