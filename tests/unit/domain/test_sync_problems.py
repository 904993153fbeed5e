"""Problems that keep the price sync from refreshing a marketplace."""

from dataclasses import replace

from amzlinkr.domain.amazon_errors import Upstream
from amzlinkr.domain.connections import AccountProblem, Connection, State
from amzlinkr.domain.sites import Site
from amzlinkr.domain.sync_problems import SyncProblem, sync_problems
from tests.clock import START

VALID = Connection(
    "US", "paapi5", "t-20", "…", "s", "1", "account", START, State.VALID, last_ok_at=START
)
DOWN = replace(
    VALID,
    state=State.NOT_ELIGIBLE,
    problem=AccountProblem("amazon_not_eligible", "Wait.", START, Upstream("paapi5", 403)),
)


def test_each_marketplace_without_refreshes_has_its_reason() -> None:
    connections = {
        "US": VALID, "DE": DOWN, "FR": Connection.link_only("FR", "t-21", START),
    }  # fmt: skip
    site = Site("site_a", "a", "a", "a", START, "US", connections)

    found = sync_problems(site, ["US", "JP"])

    assert found.pop("DE") == SyncProblem("amazon_not_eligible", "Wait.")
    assert {code: problem.code for code, problem in found.items()} == {
        "FR": "amazon_no_credentials",
        "JP": "not_connected",
    }
    assert all("credentials" in problem.action for problem in found.values())
    assert sync_problems(replace(site, connections={"US": VALID}), ["US"]) == {}
