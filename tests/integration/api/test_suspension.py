"""Suspension of a host: no folder, port, scheme, or spelling of it can be signed up."""

from collections.abc import Iterator

import pytest

from amzlinkr.wiring import Dependencies
from infra.local.stack.wordpress import WordPress
from tests.calls import find_owner, resume, run_admin_command, suspend
from tests.integration import aws_spy
from tests.site_client import Site, start_sign_up, verify_sign_up

EVASIONS = [
    "{url}", "{url}/", "{url}/x", "{url}/x/y", "HTTP://LOCALHOST:{port}", "http://localhost.:{port}",
    "http://localhost.:{port}/shop", "https://localhost:8443/", "https://localhost/", "http://localhost",
]  # fmt: skip
PUBLIC_EVASIONS = [
    "https://example.com", "https://example.com/x", "https://EXAMPLE.com.", "https://example.com:443/",
    "https://example.com:8443/", "http://example.com", "http://example.com:8080/x",
    "https://ｅｘａｍｐｌｅ.com/",
]  # fmt: skip


@pytest.fixture
def wordpress() -> Iterator[WordPress]:
    with WordPress() as running:
        yield running


def local_url(wordpress: WordPress) -> str:
    return wordpress.url.replace("127.0.0.1", "localhost")


@pytest.mark.parametrize("evasion", EVASIONS)
@pytest.mark.parametrize("place", ["path", "query"])
def test_no_spelling_of_a_suspended_host_is_verified(
    deps: Dependencies, wordpress: WordPress, evasion: str, place: str
) -> None:
    url = local_url(wordpress)
    assert suspend(deps, url)["status"] == "suspended"
    target = evasion.format(url=url, port=url.rpartition(":")[2])
    started = start_sign_up(deps, target)
    wordpress.serve_challenge(started.json["challenge"], place)

    refused = verify_sign_up(deps, started.json)

    assert (started.status, refused.status, refused.json["code"]) == (202, 403, "site_suspended")
    assert wordpress.requested_paths == []
    kinds = [item["type"] for item in aws_spy.table(deps.config.sites_table).values()]
    assert sorted(kinds) == ["signup", "suspension"]


@pytest.mark.parametrize("evasion", PUBLIC_EVASIONS)
@pytest.mark.parametrize("suspended", ["https://example.com", "http://example.com/other"])
def test_invite_does_not_evade_a_suspension(
    deps: Dependencies, evasion: str, suspended: str
) -> None:
    suspend(deps, suspended)
    code = run_admin_command(deps, order="invite", site_url=evasion, by="support")["invite"]
    started = start_sign_up(deps, evasion, invite=code)

    refused = verify_sign_up(deps, started.json)

    assert (started.status, refused.json["code"]) == (202, "site_suspended")
    resume(deps, "https://example.com")
    assert verify_sign_up(deps, started.json).status == 201


def test_other_hosts_are_not_suspended(deps: Dependencies, wordpress: WordPress) -> None:
    suspend(deps, local_url(wordpress))
    started = start_sign_up(deps, wordpress.url).json
    wordpress.serve_challenge(started["challenge"])
    assert verify_sign_up(deps, started).status == 201


def test_suspension_needs_the_secret_to_be_seen(deps: Dependencies, wordpress: WordPress) -> None:
    suspend(deps, wordpress.url)
    started = start_sign_up(deps, wordpress.url).json
    assert verify_sign_up(deps, started | {"signup_secret": "x"}).status == 404


def test_existing_sites_of_the_host_are_suspended_and_resumed(
    deps: Dependencies, wordpress: WordPress
) -> None:
    with WordPress() as on_other_port:
        sites = [
            Site.sign_up_host(deps, wordpress), Site.sign_up_host(deps, wordpress, "/shop"),
            Site.sign_up_host(deps, on_other_port),
        ]  # fmt: skip
    with WordPress("127.0.0.2") as other_host:
        other = Site.sign_up_host(deps, other_host)

    done = suspend(deps, sites[1].site_id)

    assert (done["host"], set(done["site_ids"])) == ("127.0.0.1", {s.site_id for s in sites})
    assert [is_suspended(site) for site in (*sites, other)] == [True, True, True, False]
    assert sites[0].get("/v1/export").status == 200

    done = resume(deps, wordpress.url + "/anything")

    assert (done["status"], set(done["site_ids"])) == ("pardoned", {s.site_id for s in sites})
    assert [is_suspended(site) for site in sites] == [False] * 3


def is_suspended(site: Site) -> bool:
    owner = find_owner(site.deps, site.api_key)
    assert owner is not None
    return owner.suspended


def test_repeated_verification_does_not_evade_a_suspension(
    deps: Dependencies, wordpress: WordPress
) -> None:
    started = start_sign_up(deps, wordpress.url).json
    wordpress.serve_challenge(started["challenge"])
    verified = verify_sign_up(deps, started).json
    suspend(deps, wordpress.url)

    assert verify_sign_up(deps, started).status == 403
    assert is_suspended(Site(deps, verified["site_id"], verified["api_key"]))


def test_suspension_outlasts_site_deletion_until_lifted(
    deps: Dependencies, wordpress: WordPress
) -> None:
    site = Site.sign_up_host(deps, wordpress)
    suspend(deps, wordpress.url)
    assert site.delete("/v1/site", confirm=site.host).status == 202
    started = start_sign_up(deps, wordpress.url).json
    wordpress.serve_challenge(started["challenge"])
    assert verify_sign_up(deps, started).status == 403

    assert resume(deps, wordpress.url)["status"] == "pardoned"

    assert verify_sign_up(deps, started).status == 201
    assert resume(deps, "https://unknown.example")["status"] == "refused"
