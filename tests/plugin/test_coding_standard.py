"""Coding standard of the plugin: PHP_CodeSniffer rules, and the summaries of PHPDoc comments."""

import re
import subprocess
from pathlib import Path

import pytest

CLIENTS = Path(__file__).parents[2] / "clients/wordpress"
PLUGIN = CLIENTS / "amzlinkr"
RULES = CLIENTS / "phpcs.ci.xml"
FUNCTION = re.compile(r"^function (\w+)", re.MULTILINE)
DOCUMENTED_FUNCTION = re.compile(
    r"^/\*\*\n \* (?P<summary>[^\n]+)\n(?: \*[^\n]*\n)* \*/\nfunction (?P<name>\w+)", re.MULTILINE
)
THIRD_PERSON_SUMMARY = re.compile(r"[A-Z][a-z]+s (?:.+)\.$")
WRONG_STYLE = """<?php
function add($a,$b) {
    return [ $a , $b ];
}
"""


def run_phpcs(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run PHP_CodeSniffer with the rules that CI checks."""
    return subprocess.run(
        ["phpcs", f"--standard={RULES}", *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.wordpress
def test_plugin_follows_the_rules() -> None:
    result = run_phpcs("--report=emacs")
    assert result.stdout.strip() == ""
    assert result.returncode == 0


@pytest.mark.wordpress
def test_wrong_style_is_detected(tmp_path: Path) -> None:
    file = tmp_path / "wrong.php"
    file.write_text(WRONG_STYLE)
    result = run_phpcs("--report=csv", str(file))
    for rule in ("DisallowShortArraySyntax", "DisallowSpaceIndent", "FunctionComment.Missing"):
        assert rule in result.stdout
    assert result.returncode


@pytest.mark.parametrize(
    "path", sorted(PLUGIN.rglob("*.php")), ids=lambda path: str(path.relative_to(PLUGIN))
)
def test_function_summaries_start_with_a_third_person_verb(path: Path) -> None:
    source = path.read_text()
    summaries = {match["name"]: match["summary"] for match in DOCUMENTED_FUNCTION.finditer(source)}
    assert summaries.keys() == set(FUNCTION.findall(source))
    wrong = [text for text in summaries.values() if not THIRD_PERSON_SUMMARY.match(text)]
    assert wrong == []


def test_release_archive_excludes_development_files() -> None:
    excluded = (PLUGIN / ".distignore").read_text().splitlines()
    development = ("README.md", "composer.json", "phpcs.xml.dist", "phpstan.neon.dist")
    for name in development:
        assert (PLUGIN / name).exists()
        assert f"/{name}" in excluded
