"""Execution of docs/guides/: their commands run in the sandbox and print what they document."""

import shutil
from pathlib import Path

import pytest

from infra.local.demo.onboarding import CREATORS_CREDENTIALS
from infra.local.stack.client import ServiceClient
from infra.local.stack.stack import Stack
from tests.e2e.conftest import KID_END, SECRETS, sign_up
from tests.e2e.documented_commands import run_document

GUIDES = sorted((Path(__file__).parents[2] / "docs" / "guides").glob("*.md"))
WITHOUT_COMMANDS = {"showing-products.md"}
TAG = "mysite-20"


@pytest.mark.skipif(not shutil.which("curl"), reason="the guides are about curl")
@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_guide_prints_what_it_documents(guide: Path, stack: Stack, tmp_path: Path) -> None:
    if guide.name in WITHOUT_COMMANDS:
        assert "```sh" not in guide.read_text("utf-8")
        return
    sandbox = ServiceClient(stack.api_url)
    sandbox.api_key = sign_up(stack).call("POST", "/keys", {"mode": "test"}).json["api_key"]
    SECRETS.append(sandbox.api_key[KID_END:])
    credentials = CREATORS_CREDENTIALS | {"partner_tag": TAG}
    assert sandbox.call("POST", "/validate", credentials).status == 200

    run_document(guide, tmp_path, {"API": stack.api_url, "KEY": sandbox.api_key})
