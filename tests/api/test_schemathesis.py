"""Schemathesis from the served URL alone: no response deviates from the document."""

import re

import pytest

from infra.local.demo.onboarding import CREATORS_CREDENTIALS
from infra.local.stack.stack import ROOT, Stack
from tests.api.install import WORK_DIR
from tests.api.tools import HERE, run_tool
from tests.e2e.conftest import sign_up

pytestmark = pytest.mark.api_tools

CONFIGURATION = HERE / "schemathesis.toml"
HOOKS = "tests.api.schemathesis_hooks"
MIN_CASES = 1_000


def failures_in(report: str) -> list[str]:
    """Return the operations with failures, each before its failures, from a report."""
    found = re.findall(r"^_+ (.+) _+$|^- (ST\d+ .+)$", report, re.MULTILINE)
    return [operation or failure for operation, failure in found]


def test_failures_are_found_in_a_report() -> None:
    report = """
=================================== FAILURES ===================================
__________________________________ PATCH /site _________________________________
1. Test Case ID: 5CPhIx

- ST202 Schema-valid request rejected

    Valid data should have been accepted
"""
    assert failures_in(report) == ["PATCH /site", "ST202 Schema-valid request rejected"]


def test_no_response_deviates_from_the_document(stack: Stack, document_url: str) -> None:
    """Run with a key of a connected sandbox site, which must still be valid at the end."""
    service = sign_up(stack)
    service.api_key = service.call("POST", "/keys", {"mode": "test"}).json["api_key"]
    assert service.call("POST", "/validate", CREATORS_CREDENTIALS).status == 200

    report = run_tool(
        ["schemathesis", "--config-file", str(CONFIGURATION), "run", document_url, "--no-color"],
        WORK_DIR,
        {"API_KEY": service.api_key, "PYTHONPATH": str(ROOT), "SCHEMATHESIS_HOOKS": HOOKS},
        accepted=(0, 1),
    )

    assert failures_in(report) == [], report.partition("= FAILURES =")[2]
    assert "failed" not in report
    (cases,) = re.findall(r"(\d+) generated", report)
    assert int(cases) > MIN_CASES
    assert service.call("GET", "/keys").status == 200
