"""Traces: the requests that typical invocations send to AWS and Amazon are as recorded."""

import pytest

from tests.traces.registry import RECORDED, UPDATE_PLUGIN, difference, expected_file, flows, record

FLOWS = flows()


@pytest.mark.parametrize("name", FLOWS)
def test_requests_are_as_recorded(name: str, request: pytest.FixtureRequest) -> None:
    recorded = record(FLOWS[name])
    if request.config.pluginmanager.has_plugin(UPDATE_PLUGIN):
        expected_file(name).write_text(recorded)

    found = difference(name, recorded)
    if found:
        pytest.fail(found, pytrace=False)


def test_every_trace_has_a_flow() -> None:
    assert {file.stem for file in RECORDED.glob("*")} <= set(FLOWS)
