"""What the roles grant is what the functions use: nothing is missing and nothing is spare."""

import pytest

from amzlinkr.wiring import Dependencies
from tests.calls import Site
from tests.iam.guard import Guard, granted
from tests.iam.roles import roles
from tests.integration.conftest import HERE

NOT_A_CALL = {
    # Lambda itself reads the queues for the workers.
    (function, action, resource)
    for function, action, resource in granted()
    if action in ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
}


def test_a_cold_function_reads_the_sealing_key_itself(site: Site) -> None:
    site.post("/v1/import", {"items": ["B0TEST0000", "B0TEST0001"]})
    job = site.post("/v1/import", {"items": [f"B0TEST{n:04d}" for n in range(12)]}).json
    for path in (job["status_url"], "/v1/export", "/v1/products"):
        cold = Dependencies(site.deps.config, site.deps.clock)
        cold.at_once = 1
        page = Site(cold, site.site_id, site.api_key).get(path, limit="1")
        assert (page.status, bool(page.json["next_cursor"])) == (200, True)


def test_everything_that_is_granted_is_used(guard: Guard, request: pytest.FixtureRequest) -> None:
    run = {item.path.name for item in request.session.items if item.path.parent == HERE}
    missing = {path.name for path in HERE.glob("test_*.py")} - run
    if missing or request.session.testsfailed:
        pytest.skip("tells something only after all of tests/integration passed")
    assert sorted(granted() - NOT_A_CALL - guard.used) == []


def test_the_keys_of_sites_are_written_where_they_cannot_be_read() -> None:
    for function, action, resource in granted():
        assert action != "dynamodb:Scan", function
        assert "*" not in action, function
        assert not action.startswith(("secretsmanager:List", "secretsmanager:Batch")), function
        if function == "validate" and action == "secretsmanager:GetSecretValue":
            assert "site_" not in resource
    assert len(roles()) > 12
