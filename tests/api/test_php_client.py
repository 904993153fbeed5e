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

    for file in files:
        run_tool(["php", "-l", file])


def test_journey_plays(project: Path, document: dict[str, Any], upload_site: UploadSite) -> None:
    settings = settings_of(upload_site, document)
    command = ["php", "-d", f"include_path={PHP_LIBRARIES}", "journey.php"]

    played = run_tool(command, project, settings)

    assert tuple(played.splitlines()) == STEPS
