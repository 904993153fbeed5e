"""When a key is over, it opens nothing: those of the sandbox, and those that were rolled before."""

from dataclasses import replace
from datetime import timedelta

import pytest

from amzlinkr.config import Config
from amzlinkr.domain.sites import ApiKeyOwner, sandbox_id_of
from amzlinkr.wiring import Dependencies
from tests.calls import Site, order
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.integration import aws_spy


@pytest.fixture
def sandbox(site: Site, deps: Dependencies) -> Site:
    """The site's twin, reached by a test key."""
    made = site.post("/v1/keys", {"mode": "test"}).json
    return Site(deps, sandbox_id_of(site.site_id), made["api_key"])


def owner(site: Site) -> ApiKeyOwner | None:
    """Whose key this is, as the authorizer finds out."""
    deps = site.deps
    return deps.api_keys.owner(deps.digest_of(site.api_key), deps.clock.now())


def hashes(config: Config) -> list[str]:
    """The kids of all keys that can be found by their hash."""
    rows = aws_spy.table(config.sites_table).values()
    return sorted(row["kid"] for row in rows if row["type"] == "api_key")


@pytest.mark.parametrize("by", ["the site", "the sandbox"])
def test_a_test_key_ends_when_it_is_revoked(
    site: Site, sandbox: Site, aws: Config, by: str
) -> None:
    assert owner(sandbox) is not None

    caller = site if by == "the site" else sandbox
    assert caller.delete(f"/v1/keys/{sandbox.kid}").status == 204

    assert owner(sandbox) is None
    assert hashes(aws) == [site.kid]
    assert owner(site) is not None


def test_a_key_that_is_to_end_ends_no_later_for_a_new_one(site: Site, clock: FakeClock) -> None:
    second = site.post("/v1/keys", {"overlap_hours": 1}).json
    assert site.delete(f"/v1/keys/{second['kid']}").status == 204
    assert site.post("/v1/keys", {"overlap_hours": 168}).status == 201

    clock.advance(hours=1)
    assert owner(site) is None


def test_a_suspended_sites_sandbox_is_suspended(
    site: Site, sandbox: Site, deps: Dependencies
) -> None:
    assert sandbox.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200
    account = (sandbox.site_id, "US")

    order(deps, order="suspend", site=site.site_id, by="a", reason="b")
    assert [getattr(owner(one), "suspended", None) for one in (site, sandbox)] == [True, True]
    assert deps.sites.connections([account]) == {}

    order(deps, order="resume", site=site.site_id, by="a", reason="b")
    assert [getattr(owner(one), "suspended", None) for one in (site, sandbox)] == [False, False]
    assert list(deps.sites.connections([account])) == [account]


def test_a_live_keys_end_leaves_the_sandbox_alone(
    site: Site, sandbox: Site, clock: FakeClock
) -> None:
    assert site.post("/v1/keys", {"overlap_hours": 1}).status == 201
    clock.advance(seconds=timedelta(hours=1).total_seconds())
    assert owner(site) is None
    assert owner(sandbox) is not None


def test_a_rolled_key_ends_in_the_very_second(deps: Dependencies, clock: FakeClock) -> None:
    site = Site.new(deps)
    assert clock.now().microsecond == 0
    assert site.post("/v1/keys", {"overlap_hours": 1}).status == 201

    clock.advance(minutes=59, seconds=59)
    assert owner(site) is not None
    clock.advance(seconds=1)
    assert owner(site) is None


def test_keys_of_a_day_are_limited(site: Site) -> None:
    limits = site.deps.config.limits
    limits = replace(limits, keys=replace(limits.keys, maximum=2))
    few = Dependencies(replace(site.deps.config, limits=limits), site.deps.clock)
    limited = Site(few, site.site_id, site.api_key)

    statuses = []
    for _ in range(3):
        reply = limited.post("/v1/keys")
        statuses.append(reply.status)
        if reply.status == 201:
            limited.delete(f"/v1/keys/{reply.json['kid']}")

    assert statuses == [201, 201, 429]
