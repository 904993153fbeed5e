"""The end of API keys: revocation, rotation, and suspension, with their sandbox keys."""

from datetime import timedelta

import pytest

from amzlinkr.config import Config
from amzlinkr.domain.sites import ApiKeyOwner
from amzlinkr.wiring import Dependencies
from tests.calls import find_owner, resume, suspend
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.integration import aws_spy
from tests.limits import with_limits
from tests.site_client import Site


@pytest.fixture
def sandbox(site: Site) -> Site:
    """Open the site's sandbox."""
    return site.open_sandbox()


def owner(site: Site) -> ApiKeyOwner | None:
    """Return the stored owner of the site's API key, or None if it is not active."""
    return find_owner(site.deps, site.api_key)


def hashes(config: Config) -> list[str]:
    """Return the public IDs of all API keys that can be found by their hash."""
    rows = aws_spy.table(config.sites_table).values()
    return sorted(row["kid"] for row in rows if row["type"] == "api_key")


@pytest.mark.parametrize("by", ["site", "sandbox"])
def test_revoked_sandbox_api_key_is_inactive(
    site: Site, sandbox: Site, aws: Config, by: str
) -> None:
    assert owner(sandbox) is not None

    caller = site if by == "site" else sandbox
    assert caller.delete(f"/v1/keys/{sandbox.kid}").status == 204

    assert owner(sandbox) is None
    assert hashes(aws) == [site.kid]
    assert owner(site) is not None


@pytest.mark.parametrize("by", ["old key", "new key"])
def test_abandoned_rotation_leaves_a_key_that_does_not_expire(
    site: Site, clock: FakeClock, by: str
) -> None:
    second = site.post("/v1/keys", {"overlap_hours": 1}).json
    caller = site if by == "old key" else Site(site.deps, site.site_id, second["api_key"])
    assert caller.delete(f"/v1/keys/{second['kid']}").status == 204

    clock.advance(days=365)
    assert owner(site) is not None
    (key,) = site.get("/v1/keys").json["keys"]
    assert (key["kid"], "expires_at" in key) == (site.kid, False)


def test_completed_rotation_leaves_the_new_key(site: Site, clock: FakeClock) -> None:
    second = site.post("/v1/keys", {"overlap_hours": 1}).json
    assert site.delete(f"/v1/keys/{site.kid}").status == 204

    clock.advance(days=365)
    assert owner(site) is None
    assert owner(Site(site.deps, site.site_id, second["api_key"])) is not None


def test_rotation_of_the_sandbox_ends_apart(site: Site, sandbox: Site, clock: FakeClock) -> None:
    live = site.post("/v1/keys", {"overlap_hours": 2}).json
    test = site.post("/v1/keys", {"mode": "test", "overlap_hours": 1}).json
    assert site.delete(f"/v1/keys/{test['kid']}").status == 204

    clock.advance(hours=2)
    assert owner(sandbox) is not None
    assert owner(site) is None
    assert owner(Site(site.deps, site.site_id, live["api_key"])) is not None


def test_sandbox_of_a_suspended_site_is_suspended(
    site: Site, sandbox: Site, deps: Dependencies
) -> None:
    assert sandbox.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200
    account = (sandbox.site_id, "US")

    suspend(deps, site.site_id)
    assert [getattr(owner(client), "suspended", None) for client in (site, sandbox)] == [True, True]
    assert deps.sites.connections([account]) == {}

    resume(deps, site.site_id)
    assert [getattr(owner(client), "suspended", None) for client in (site, sandbox)] == [
        False,
        False,
    ]
    assert list(deps.sites.connections([account])) == [account]


def test_expired_live_api_key_keeps_the_sandbox_key(
    site: Site, sandbox: Site, clock: FakeClock
) -> None:
    assert site.post("/v1/keys", {"overlap_hours": 1}).status == 201
    clock.advance(seconds=timedelta(hours=1).total_seconds())
    assert owner(site) is None
    assert owner(sandbox) is not None


def test_rotated_api_key_expires_to_the_second(deps: Dependencies, clock: FakeClock) -> None:
    site = Site.sign_up(deps)
    assert clock.now().microsecond == 0
    assert site.post("/v1/keys", {"overlap_hours": 1}).status == 201

    clock.advance(minutes=59, seconds=59)
    assert owner(site) is not None
    clock.advance(seconds=1)
    assert owner(site) is None


def test_new_api_keys_are_limited_per_day(site: Site) -> None:
    limited = Site(with_limits(site.deps, api_keys=2), site.site_id, site.api_key)
    statuses = []
    for _ in range(3):
        reply = limited.post("/v1/keys")
        statuses.append(reply.status)
        if reply.status == 201:
            limited.delete(f"/v1/keys/{reply.json['kid']}")

    assert statuses == [201, 201, 429]
