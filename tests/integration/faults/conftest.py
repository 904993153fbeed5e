"""A deployment with a site, for the drills of the restore procedures."""

import pytest

from amzlinkr.wiring import Dependencies
from tests.clock import FakeClock
from tests.integration.faults.drill import ASINS, Drill, FeedClient
from tests.site_client import Site


@pytest.fixture
def drill(deps: Dependencies, clock: FakeClock) -> Drill:
    return Drill(deps, clock)


@pytest.fixture
def client(site: Site) -> FeedClient:
    assert site.post("/v1/import", {"items": ASINS[:10]}).status == 200
    assert site.post("/v1/import", {"items": ASINS[10:]}).status == 200
    client = FeedClient(site)
    assert client.read() == 200
    assert len(client.products) == len(ASINS)
    return client
