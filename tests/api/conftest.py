"""The document as the running stack serves it, and a site that a generated client signs up."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from infra.local.stack.client import TIMEOUT_SECONDS
from infra.local.stack.stack import Stack
from tests.api.uploads import UploadSite
from tests.e2e.conftest import recorded_start, stack

FIXTURES = (recorded_start, stack)


@pytest.fixture(scope="session")
def document_url(stack: Stack) -> str:
    """Return the URL at which the stack serves its OpenAPI document: all that a tool is given."""
    return f"{stack.api_url}/openapi.json"


@pytest.fixture(scope="session")
def document(document_url: str) -> dict[str, Any]:
    """Return the served document."""
    response = requests.get(document_url, timeout=TIMEOUT_SECONDS)
    assert response.status_code == 200, response.text
    served: dict[str, Any] = response.json()
    return served


@pytest.fixture
def document_file(document: dict[str, Any], tmp_path: Path) -> Path:
    """Return a file with the served document."""
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(document))
    return file


@pytest.fixture
def upload_site() -> Iterator[UploadSite]:
    """Run a site to which a client uploads the token of its sign-up challenge."""
    with UploadSite() as site:
        yield site
