"""The plugin is written in words that the oldest promised PHP and the newest understand."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.wordpress.install import GROUND

pytestmark = pytest.mark.wordpress

PROGRAM = Path(__file__).with_name("parse.cjs")
OLDEST, NEWEST = "7-4", "8-3"


def faults(*files: Path) -> dict[str, list[str]]:
    """What each PHP does not understand, by `7.4` and `8.3`."""
    asked = {"modules": str(GROUND), "phps": [OLDEST, NEWEST], "files": [str(one) for one in files]}
    done = subprocess.run(
        ["node", PROGRAM], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    return {version[:3]: found for version, found in json.loads(done.stdout).items()}


def test_every_file_parses(plugin_dir: Path) -> None:
    files = sorted(plugin_dir.rglob("*.php"))
    assert len(files) > 20
    assert faults(*files) == {"7.4": [], "8.3": []}


def test_newer_and_older_words_would_be_noticed(tmp_path: Path) -> None:
    newer, older = tmp_path / "newer.php", tmp_path / "older.php"
    newer.write_text("<?php\necho match ( 1 ) { 1 => 2 };\n")
    older.write_text("<?php\nfunction match() {}\n")
    found = faults(newer, older)
    assert [fault.split(":")[0] for fault in found["7.4"]] == [str(newer)]
    assert [fault.split(":")[0] for fault in found["8.3"]] == [str(older)]
