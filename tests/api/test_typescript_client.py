"""The client of openapi-typescript and openapi-fetch: compiled strictly, and the life of a site."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.api.install import NODE_MODULES
from tests.api.journeys import STEPS, settings_of
from tests.api.tools import HERE, node_tool, run_tool
from tests.api.uploads import UploadSite

pytestmark = pytest.mark.api_tools


@pytest.fixture(scope="module")
def project(document_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the types that were generated from the URL, and the journey."""
    folder = tmp_path_factory.mktemp("typescript")
    for name in ("journey.ts", "tsconfig.json"):
        shutil.copy(HERE / "node" / name, folder)
    (folder / "package.json").write_text(json.dumps({"type": "module"}))
    (folder / "node_modules").symlink_to(NODE_MODULES)
    run_tool([node_tool("openapi-typescript"), document_url, "--output", "schema.d.ts"], folder)
    return folder


def compile_strictly(folder: Path) -> str:
    """Compile the journey and return the errors of the compiler."""
    return run_tool([node_tool("tsc"), "--project", "."], folder, accepted=(0, 1, 2))


def test_journey_compiles_strictly_and_plays(
    project: Path, document: dict[str, Any], upload_site: UploadSite
) -> None:
    assert compile_strictly(project) == ""

    settings = settings_of(upload_site, document)
    played = run_tool(["node", "compiled/journey.js"], project, settings)

    assert tuple(played.splitlines()) == STEPS


def test_compiler_detects_a_renamed_property(project: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(project, tmp_path / "renamed", symlinks=True)
    types = copy / "schema.d.ts"
    types.write_text(types.read_text().replace("has_more", "hasMore"))

    assert "'has_more' does not exist" in compile_strictly(copy)
