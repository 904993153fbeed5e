"""A key that ends while its call is under way writes nothing any more."""

from collections.abc import Callable

import pytest

from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import Reply, Site, run_admin_command
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.iam.enforcer import off_duty
from tests.integration.aws_spy import run_before_call
from tests.integration.interleaving import Interleaving, at_every_aws_call

MOST_STEPS = 25
ENDS: dict[str, Callable[[Site], Reply]] = {
    "rolled": lambda site: site.post("/v1/keys", {"overlap_hours": 0}),
    "revoked": lambda site: site.delete(f"/v1/keys/{site.kid}"),
}
CALLS: dict[str, Callable[[Site], Reply]] = {
    "settings": lambda site: site.patch("/v1/site", {"email": "thief@example.com"}),
    "a test key": lambda site: site.post("/v1/keys", {"mode": "test"}),
    "leaving": lambda site: site.delete("/v1/site", confirm=host_of(site)),
}


def host_of(site: Site) -> str:
    found = site.deps.sites.get(site.site_id)
    assert found is not None
    return found.host


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("call", CALLS)
def test_request_is_rejected_if_its_api_key_ends_before_the_write(
    deps: Dependencies, clock: FakeClock, call: str, end: str
) -> None:
    refused = 0
    for step in range(1, MOST_STEPS):
        site = Site.sign_up(deps)

        def ending(site: Site = site) -> None:
            with off_duty():
                ENDS[end](site)

        with run_before_call(step, ending) as made:
            reply = CALLS[call](site)
        if len(made) < step:
            break
        was_done = "TransactWriteItems" in made[: step - 1]
        assert was_done or (reply.status, reply.json["code"]) == (403, "api_key_rejected"), step
        refused += not was_done
    assert refused >= 2


def test_credentials_entered_during_suspension_are_not_synced(
    deps: Dependencies, clock: FakeClock, amazon: FakeAmazon
) -> None:
    def scene() -> Interleaving:
        site = Site.sign_up_and_connect(deps, ACCESS_KEY, SECRET_KEY, TAG)

        def look() -> None:
            assert deps.sites.connections([(site.site_id, "US")]) == {}

        def enter() -> None:
            site.connect(ACCESS_KEY, SECRET_KEY, TAG)

        def suspend() -> None:
            run_admin_command(deps, order="suspend", site=site.site_id, by="a", reason="b")

        return Interleaving(enter, suspend, look)

    assert at_every_aws_call(scene) >= 5
