"""When AWS itself hangs or cannot be reached, the answer is an honest 503, and it comes in time."""

import socket
import time
from collections.abc import Iterator

import boto3
import pytest

from amzlinkr.config import Config
from amzlinkr.wiring import Dependencies
from tests.calls import event_of, send
from tests.limits import PLENTY

CONFIG = Config(
    stage="local",
    sites_table="SitesTable",
    products_table="ProductsTable",
    shelves_table="ShelvesTable",
    quotas_table="QuotasTable",
    jobs_table="JobsTable",
    refresh_queue_url="http://127.0.0.1:1/refresh",
    refresh_dead_letters_url="http://127.0.0.1:1/unreadable",
    import_queue_url="http://127.0.0.1:1/import",
    secrets_prefix="amzlinkr/local",
    signing_secret_id="amzlinkr/local/service",
    amazon_url=None,
    allow_local_sites=True,
    limits=PLENTY,
)


@pytest.fixture
def black_hole(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An AWS that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.getsockname()[1]}")
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
        yield


@pytest.mark.parametrize("path", ["/v1/search?keywords=tea", "/v1/changes?cursor=abc"])
@pytest.mark.usefixtures("black_hole")
def test_hanging_aws_is_a_503_within_the_client_timeout(path: str) -> None:
    bare, _, query = path.partition("?")
    asked = dict([query.split("=")])
    deps = Dependencies(CONFIG)
    began = time.monotonic()

    answer = send(deps, event_of("GET", bare, query=asked, site_id="site_a"))

    assert (answer.status, answer.json["code"]) == (503, "store_unavailable")
    assert time.monotonic() - began < 5
