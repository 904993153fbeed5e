"""An AWS that does not respond: requests fail with 503 before WordPress times out."""

import socket
import time
from collections.abc import Iterator

import boto3
import pytest

from amzlinkr.wiring import Dependencies
from tests.calls import event_of, send
from tests.config import local_config


@pytest.fixture
def hanging_aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Point all AWS clients to a server that accepts connections and never responds."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.getsockname()[1]}")
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
        yield


@pytest.mark.parametrize("path", ["/v1/search?keywords=tea", "/v1/changes?cursor=abc"])
@pytest.mark.usefixtures("hanging_aws")
def test_hanging_aws_is_a_503_within_the_client_timeout(path: str) -> None:
    route, _, query = path.partition("?")
    parameters = dict([query.split("=")])
    deps = Dependencies(local_config())
    start = time.monotonic()

    reply = send(deps, event_of("GET", route, query=parameters, site_id="site_a"))

    assert (reply.status, reply.json["code"]) == (503, "store_unavailable")
    assert time.monotonic() - start < 5
