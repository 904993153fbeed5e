"""The caller of a request: only the authorizer's context counts, not IDs in the request."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from amzlinkr.config import Config
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.server import FakeAmazon
from tests.integration import aws_spy
from tests.integration.security.test_noisy_neighbor import DELETE_SITE, check_no_foreign_identifier
from tests.integration.tenant import REQUESTS, Tenant

Event = dict[str, Any]
HEADERS = ("site_id", "x-site-id", "X-Amzlinkr-Site")


def in_query(event: Event, site_id: str) -> None:
    query = {"site_id": site_id, **(event["queryStringParameters"] or {})}
    event["queryStringParameters"] = query
    event["multiValueQueryStringParameters"] = {name: [value] for name, value in query.items()}


def in_headers(event: Event, site_id: str) -> None:
    event["headers"] |= dict.fromkeys(HEADERS, site_id)
    event["multiValueHeaders"] |= {name: [site_id] for name in HEADERS}


def in_body(event: Event, site_id: str) -> None:
    body = json.loads(event["body"] or "{}")
    event["body"] = json.dumps(body | {"site_id": site_id})


def in_path(event: Event, site_id: str) -> None:
    event["pathParameters"] = {"site_id": site_id}


def in_context(event: Event, site_id: str) -> None:
    event["requestContext"] |= {"site_id": site_id, "principalId": site_id}
    event["stageVariables"] = {"site_id": site_id}


@pytest.mark.parametrize("place", [in_query, in_headers, in_body, in_path, in_context])
def test_site_id_is_taken_from_the_authorizer_only(
    deps: Dependencies, amazon: FakeAmazon, aws: Config, place: Callable[[Event, str], None]
) -> None:
    caller, other = Tenant(deps, amazon, "caller", "MINE"), Tenant(deps, amazon, "victim", "ALSO")
    for tenant in (caller, other):
        for route in ("POST /v1/validate", "POST /v1/import", "POST /v1/import"):
            tenant.run_step((route, 1))
    before, used = rows_of(other, aws), other.site.get("/v1/usage").json["calls"]["used"]

    for route in [*(route for route in REQUESTS if route != DELETE_SITE), DELETE_SITE]:
        event = caller.build_event(route, random.Random(2))  # noqa: S311 - reproducible, not secret
        place(event, other.site.site_id)
        reply = caller.site.send(event, seconds=25)
        caller.responses.append(reply.text)
        assert reply.status < 500, (route, reply.text)

    assert rows_of(other, aws) == before
    assert other.site.get("/v1/usage").json["calls"]["used"] == used + 1
    check_no_foreign_identifier(caller, other)


def rows_of(tenant: Tenant, config: Config) -> dict[str, Any]:
    """Return all items that contain a site's ID, except those of the quotas table."""
    stored = aws_spy.tables(config, quotas=False)
    return {
        key: row
        for rows in stored.values()
        for key, row in rows.items()
        if tenant.site.site_id in str(row)
    }
