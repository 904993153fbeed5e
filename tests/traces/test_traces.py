"""Traces: the requests that typical invocations send to AWS and Amazon are as recorded."""

import re

import pytest

from tests.conftest import CREDENTIAL, SECRET_KEY
from tests.limits import SIGNING_KEY
from tests.secret_canaries import Canaries
from tests.traces.registry import RECORDED, UPDATE_PLUGIN, difference, expected_file, flows, record

FLOWS = flows()
CANARIES = Canaries([SECRET_KEY, CREDENTIAL[1].removeprefix("amzn1.oa2-cs.v1."), SIGNING_KEY])


@pytest.mark.parametrize("name", FLOWS)
def test_requests_are_as_recorded(name: str, request: pytest.FixtureRequest) -> None:
    recorded = record(FLOWS[name])
    if request.config.pluginmanager.has_plugin(UPDATE_PLUGIN):
        expected_file(name).write_text(recorded)

    found = difference(name, recorded)
    if found:
        pytest.fail(found, pytrace=False)


def test_traces_contain_no_secret() -> None:
    texts = "\n".join(file.read_text() for file in RECORDED.glob("*"))

    assert CANARIES.find_in(texts) is None
    assert re.search(r"amzl_(live|test)_\w", texts) is None


def test_every_trace_has_a_flow() -> None:
    assert {file.stem for file in RECORDED.glob("*")} <= set(FLOWS)
