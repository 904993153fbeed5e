"""Permissions that no role grants. `tests/iam` checks that all granted permissions are used."""

from amzlinkr.wiring import Dependencies
from tests.iam.enforcer import granted
from tests.iam.roles import roles
from tests.site_client import Site


def test_cold_function_can_read_the_signing_secret(site: Site) -> None:
    site.post("/v1/import", {"items": ["B0TEST0000", "B0TEST0001"]})
    job = site.post("/v1/import", {"items": [f"B0TEST{n:04d}" for n in range(12)]}).json
    for path in (job["status_url"], "/v1/export", "/v1/products"):
        cold = Dependencies(site.deps.config, site.deps.clock)
        cold.map_concurrently.max_threads = 1
        page = Site(cold, site.site_id, site.api_key).get(path, limit="1")
        assert (page.status, bool(page.json["next_cursor"])) == (200, True)


def test_roles_cannot_scan_or_list_secrets() -> None:
    for function, action, resource in granted():
        # The operator counts and lists all sites; no API function may.
        assert action != "dynamodb:Scan" or function == "admin", function
        assert "*" not in action, function
        assert not action.startswith(("secretsmanager:List", "secretsmanager:Batch")), function
        if function == "validate" and action == "secretsmanager:GetSecretValue":
            assert "site_" not in resource
    assert len(roles()) > 12
