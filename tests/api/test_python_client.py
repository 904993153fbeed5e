"""The client of openapi-python-client: complete, typed strictly, and the life of a site."""

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.api.journeys import STEPS, settings_of
from tests.api.tools import HERE, PYTHON, python_tool, run_tool
from tests.api.uploads import UploadSite

pytestmark = pytest.mark.api_tools

OF_THE_GENERATOR = "amzlinkr_client/client.py:"
"""A file that is the same for every document; mypy rejects its `__exit__`."""


@pytest.fixture(scope="module")
def project(document_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the package that was generated from the URL, and the journey.

    A warning fails: the generator prints one for each part that it omits.
    """
    folder = tmp_path_factory.mktemp("python")
    run_tool(
        [
            python_tool("openapi-python-client"), "generate", "--url", document_url,
            "--output-path", "amzlinkr_client", "--meta", "none", "--fail-on-warning",
        ],
        folder,
    )  # fmt: skip
    shutil.copy(HERE / "python" / "journey.py", folder)
    return folder


def type_errors(folder: Path) -> list[str]:
    """Return what mypy finds in the package and the journey."""
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--no-incremental"]
    command += ["--config-file=", f"--python-executable={PYTHON}", "."]
    found = run_tool(command, folder, accepted=(0, 1)).splitlines()
    return [line for line in found if not line.startswith(OF_THE_GENERATOR)]


def test_journey_is_typed_strictly_and_plays(
    project: Path, document: dict[str, Any], upload_site: UploadSite
) -> None:
    assert type_errors(project) == []

    settings = settings_of(upload_site, document)
    played = run_tool([str(PYTHON), "journey.py"], project, settings)

    assert tuple(played.splitlines()) == STEPS


def test_types_detect_a_renamed_property(project: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(project, tmp_path / "renamed")
    journey = copy / "journey.py"
    journey.write_text(journey.read_text().replace("page.has_more", "page.more"))

    assert any('has no attribute "more"' in error for error in type_errors(copy))
