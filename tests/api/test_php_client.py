"""The PHP client of OpenAPI Generator: valid PHP, and the life of a site."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.api.install import PHP_LIBRARIES
from tests.api.journeys import STEPS, settings_of
from tests.api.tools import HERE, python_tool, run_tool
from tests.api.uploads import UploadSite

pytestmark = pytest.mark.api_tools

PARSE = """
foreach (array_slice($argv, 1) as $file) token_get_all(file_get_contents($file), TOKEN_PARSE);
echo count($argv) - 1, " files";
"""
"""A program that parses PHP files; `php -l` accepts only one."""


@pytest.fixture(scope="module")
def project(document_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the client that was generated from the URL, and the journey."""
    folder = tmp_path_factory.mktemp("php")
    run_tool(
        [
            python_tool("openapi-generator-cli"), "generate", "--input-spec", document_url,
            "--generator-name", "php", "--output", "client", "--invoker-package", "AmzLinkr",
        ],
        folder,
    )  # fmt: skip
    shutil.copy(HERE / "php" / "journey.php", folder)
    return folder


def test_files_are_valid_php(project: Path) -> None:
    files = [str(file) for file in sorted((project / "client" / "lib").rglob("*.php"))]
    assert len(files) > 30

    assert run_tool(["php", "-r", PARSE, *files]) == f"{len(files)} files"


def test_invalid_php_is_detected(tmp_path: Path) -> None:
    file = tmp_path / "invalid.php"
    file.write_text("<?php class {")

    assert "1 files" not in run_tool(["php", "-r", PARSE, str(file)], accepted=(255,))


def test_journey_plays(project: Path, document: dict[str, Any], upload_site: UploadSite) -> None:
    settings = settings_of(upload_site, document)
    command = ["php", "-d", f"include_path={PHP_LIBRARIES}", "journey.php"]

    played = run_tool(command, project, settings)

    assert tuple(played.splitlines()) == STEPS
