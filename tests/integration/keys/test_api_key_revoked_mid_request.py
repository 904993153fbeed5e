"""API keys that end during a request: the request writes nothing after that."""

from collections.abc import Callable

import pytest

from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import Reply, resume, suspend
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.iam.enforcer import without_enforcement
from tests.integration.aws_spy import run_before_call
from tests.integration.interleaving import Interleaving, at_every_aws_call
from tests.site_client import Site

MAX_CALLS = 25
END_API_KEY: dict[str, Callable[[Site], Reply]] = {
    "rotated": lambda site: site.post("/v1/keys", {"overlap_hours": 0}),
    "revoked": lambda site: site.delete(f"/v1/keys/{site.kid}"),
}
REQUESTS: dict[str, Callable[[Site], Reply]] = {
    "change settings": lambda site: site.patch("/v1/site", {"email": "thief@example.com"}),
    "create sandbox key": lambda site: site.post("/v1/keys", {"mode": "test"}),
    "delete site": lambda site: site.delete("/v1/site", confirm=host_of(site)),
}


def host_of(site: Site) -> str:
    found = site.deps.sites.get(site.site_id)
    assert found is not None
    return found.host


@pytest.mark.parametrize("end", END_API_KEY)
@pytest.mark.parametrize("request_name", REQUESTS)
def test_request_is_rejected_if_its_api_key_ends_before_the_write(
    deps: Dependencies, clock: FakeClock, request_name: str, end: str
) -> None:
    rejected = 0
    for number in range(1, MAX_CALLS):
        site = Site.sign_up(deps)

        def end_api_key(site: Site = site) -> None:
            with without_enforcement():
                END_API_KEY[end](site)

        with run_before_call(number, end_api_key) as made:
            reply = REQUESTS[request_name](site)
        if len(made) < number:
            break
        # The request is complete if its transaction was sent before the API key ended.
        was_written = "TransactWriteItems" in made[: number - 1]
        assert was_written or (reply.status, reply.json["code"]) == (401, "api_key_rejected"), (
            number
        )
        rejected += not was_written
    assert rejected >= 2


def test_credentials_entered_during_suspension_are_not_synced(
    deps: Dependencies, clock: FakeClock, amazon: FakeAmazon
) -> None:
    def new_interleaving() -> Interleaving:
        site = Site.sign_up_and_connect(deps, ACCESS_KEY, SECRET_KEY, TAG)

        def check() -> None:
            assert deps.sites.connections([(site.site_id, "US")]) == {}
            # The next site is on the same host.
            resume(deps, site.site_id)

        def enter() -> None:
            site.connect(ACCESS_KEY, SECRET_KEY, TAG)

        def suspend_site() -> None:
            suspend(deps, site.site_id)

        return Interleaving(enter, suspend_site, check)

    assert at_every_aws_call(new_interleaving) >= 5
