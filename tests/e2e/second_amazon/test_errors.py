"""Amazon's errors as the contract maps them: each row of the table, from both APIs.

Usually a cross-section of them runs, each kind of error once. The others have the marker `slow`.

A call fails with an error because it asks for an ASIN that produces it, with an account of its row
that was accepted before. A second set of tests enters credentials that fail with an error.
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest

from infra.local.stack.client import ServiceClient
from tests.e2e.conftest import sign_up
from tests.e2e.second_amazon.sites import APIS, World, credentials
from tests.second_amazon.accounts import VERSIONS
from tests.second_amazon.faults import fault_asin
from tests.second_amazon.locales import LOCALES
from tests.second_amazon.service import TAG_OF_OTHER_STORE

KEYS = (422, "amazon_keys_rejected", False)
TAG = (422, "amazon_partner_tag_rejected", False)
THROTTLED = (503, "amazon_throttled", True)
CLOCK = (503, "amazon_clock_skew", True)
DENIED = (424, "amazon_access_denied", False)
NOT_ELIGIBLE = (424, "amazon_not_eligible", False)
RETIRED = (424, "amazon_paapi_retired", False)
UNAVAILABLE = (503, "amazon_unavailable", True)
# The row is not in the contract's table; the code is documented in docs/api.md.
REJECTED = (422, "amazon_rejected_request", False)

Row = tuple[str, str, tuple[int, str, bool]]
ROWS: list[Row] = [
    *(("paapi5", name, KEYS) for name in ("signature", "mismatch", "keyid", "client")),
    *(("paapi5", name, TAG) for name in ("tag", "associate")),
    *(("paapi5", name, THROTTLED) for name in ("throttled", "throttleda")),
    ("paapi5", "expired", CLOCK),
    *(("paapi5", name, DENIED) for name in ("denied", "awsuser", "deniedgw")),
    ("paapi5", "notelig", NOT_ELIGIBLE),
    *(("paapi5", name, RETIRED) for name in ("retired", "retiredb", "retiredc", "retiredd")),
    *(("paapi5", name, UNAVAILABLE) for name in ("internal", "message")),
    *(("paapi5", name, REJECTED) for name in ("operation", "parameter", "missing")),
    *(
        ("creators", name, KEYS)
        for name in (
            "issuer",
            "client",
            "unsupport",
            "claim",
            "kid",
            "credential",
            "otherauth",
            "clientb",
        )
    ),
    *(("creators", name, TAG) for name in ("tag", "associate")),
    *(
        ("creators", name, THROTTLED)
        for name in ("throttled", "throttleda", "throttledb", "throttledc")
    ),
    *(("creators", name, DENIED) for name in ("denied", "deniedb", "deniedc")),
    *(("creators", name, NOT_ELIGIBLE) for name in ("notelig", "noteligb", "noteligc")),
    ("creators", "internal", UNAVAILABLE),
    *(("creators", name, REJECTED) for name in ("field", "fieldobj", "parse", "otherval")),
    *(
        (api, name, UNAVAILABLE)
        for api in APIS
        for name in ("html", "gateway", "broken", "drop", "hang")
    ),
]
AT_VALIDATION: list[Row] = [
    *((api, name, DENIED) for api in APIS for name in ("denied",)),
    *(("paapi5", name, RETIRED) for name in ("retired", "retiredb", "retiredc", "retiredd")),
    ("paapi5", "expired", CLOCK),
    *((api, name, UNAVAILABLE) for api in APIS for name in ("internal", "html")),
    *((api, name, TAG) for api in APIS for name in ("tag", "associate")),
    *((api, name, KEYS) for api in APIS for name in ("client",)),
    # The token service has not checked the secret, so nothing is known about the credentials.
    ("creators", "tokenrate", THROTTLED),
    ("creators", "tokenfail", UNAVAILABLE),
    ("creators", "tokenhtml", UNAVAILABLE),
]
SIXTY_SECONDS = {("creators", "throttled"), ("creators", "throttledc")}
"""Faults with which Amazon states how long to wait."""
ONE_OF_EACH_TOKEN = ("2.1", "3.3")
"""A version of credentials for each kind of token service."""
RETRIED = {"message", "gateway", "broken", "drop", "hang"}
"""Faults that take seconds, because the service waits and sends the request again."""
PROBLEM_FIELDS = {"type", "title", "status", "detail", "code", "action", "retryable", "request_id"}


def parameters(rows: list[Row]) -> list[Any]:
    """Return the rows as parameters; those that are not in the cross-section are slow."""
    usual = cross_section(rows)
    return [
        pytest.param(
            *row,
            id=f"{row[0]}-{row[1]}",
            marks=[] if row in usual else [pytest.mark.slow],
        )
        for row in rows
    ]


def cross_section(rows: list[Row]) -> list[Row]:
    """Return a row of each kind of error, of the Creators API and of PA-API in turn."""
    kinds = dict.fromkeys(row[2] for row in rows)
    usual = []
    for kind, api in zip(kinds, itertools.cycle(reversed(APIS)), strict=False):
        of_kind = [row for row in rows if row[2] == kind and row[1] not in RETRIED]
        usual.append(next((row for row in of_kind if row[0] == api), of_kind[0]))
    return usual


def slow(*values: object) -> Any:
    """Return the parameters of a slow case."""
    return pytest.param(*values, marks=pytest.mark.slow)


def alternating(names: Iterable[str]) -> list[Any]:
    """Return parameters of both APIs and every name; half of them are slow."""
    return [
        (name, api) if (number + place) % 2 else slow(name, api)
        for number, name in enumerate(names)
        for place, api in enumerate(APIS)
    ]


def connect(world: World, site: ServiceClient, api: str, name: str = "ok", **changes: str) -> Any:
    """Enter an unused account with this behavior, and return the response."""
    body = credentials(world.account(api, name), **changes)
    return site.call("POST", "/validate", body)


@dataclass(frozen=True)
class Connected:
    """A site with valid credentials in a marketplace."""

    client: ServiceClient
    marketplace: str


@pytest.fixture(scope="module")
def connected(request: pytest.FixtureRequest, world: World) -> dict[tuple[str, str], Connected]:
    """Connect an account for each row, each in a marketplace of one of several sites.

    All are connected first, because an account has one call per second: a search right after the
    validation would wait.
    """
    function = test_error_of_a_call_is_mapped
    selected = {
        (item.callspec.params["api"], item.callspec.params["name"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.function is function
    }
    found: dict[tuple[str, str], Connected] = {}
    for api in APIS:
        names = [name for row_api, name, _ in ROWS if row_api == api and (api, name) in selected]
        codes = itertools.cycle(LOCALES)
        for number, (name, code) in enumerate(zip(names, codes, strict=False)):
            if number % len(LOCALES) == 0:
                client = sign_up(world.stack)
            version = f"3.{LOCALES[code].token_region}"
            body = credentials(world.account(api, version=version), code)
            assert client.call("POST", "/validate", body).status == 200
            found[api, name] = Connected(client, code)
    return found


@pytest.fixture(scope="module")
def site_everywhere(world: World) -> ServiceClient:
    """Return a client of one site that is connected in more and more marketplaces."""
    return sign_up(world.stack)


@pytest.mark.parametrize(("marketplace", "api"), alternating(LOCALES))
def test_each_marketplace_works(
    world: World, site_everywhere: ServiceClient, api: str, marketplace: str
) -> None:
    version = f"3.{LOCALES[marketplace].token_region}"
    body = credentials(world.account(api, version=version), marketplace)

    response = site_everywhere.call("POST", "/validate", body)

    assert (response.status, response.json.get("status")) == (200, "valid"), response.json
    assert response.json["connection"]["marketplace"] == marketplace


@pytest.mark.parametrize(("api", "name", "expected"), parameters(ROWS))
def test_error_of_a_call_is_mapped(
    connected: dict[tuple[str, str], Connected],
    api: str,
    name: str,
    expected: tuple[int, str, bool],
) -> None:
    row = connected[api, name]
    query = {"keywords": fault_asin(name), "marketplace": row.marketplace}

    response = row.client.call("GET", "/search", **query)

    problem = response.json
    assert (response.status, problem.get("code"), problem.get("retryable")) == expected, problem
    assert set(problem) >= PROBLEM_FIELDS
    assert problem["status"] == response.status
    if expected == THROTTLED:
        assert int(response.headers["Retry-After"]) > 0
        assert problem["retry_after"] > 0
    if (api, name) in SIXTY_SECONDS:
        assert int(response.headers["Retry-After"]) >= 55, "Amazon's answer was 60 seconds"


@pytest.mark.parametrize(("api", "name", "expected"), parameters(AT_VALIDATION))
def test_error_of_a_validation_is_mapped(
    world: World, site: ServiceClient, api: str, name: str, expected: tuple[int, str, bool]
) -> None:
    response = connect(world, site, api, name)

    problem = response.json
    assert (response.status, problem.get("code"), problem.get("retryable")) == expected, problem


@pytest.mark.parametrize(
    ("api", "name", "status"),
    [
        ("paapi5", "notelig", "not_eligible"),
        slow("paapi5", "throttled", "throttled"),
        slow("creators", "notelig", "not_eligible"),
        slow("creators", "noteligb", "not_eligible"),
        slow("creators", "noteligc", "not_eligible"),
        ("creators", "throttled", "throttled"),
        ("creators", "tokenelig", "not_eligible"),
        ("creators", "stale", "valid"),
        ("paapi5", "skewed", "valid"),
    ],
)
def test_validation_accepts_accounts_that_are_not_ready(
    world: World, site: ServiceClient, api: str, name: str, status: str
) -> None:
    response = connect(world, site, api, name)

    assert (response.status, response.json.get("status")) == (200, status), response.json
    assert response.json["connection"]["state"] == status


@pytest.mark.parametrize(
    ("tag", "api"), alternating(["second-21", "second-20x", TAG_OF_OTHER_STORE])
)
def test_tag_of_another_store_or_marketplace_is_rejected(
    world: World, site: ServiceClient, api: str, tag: str
) -> None:
    response = connect(world, site, api, partner_tag=tag)

    assert (response.status, response.json["code"]) == TAG[:2]


@pytest.mark.parametrize(
    "version",
    ["", *(version if version in ONE_OF_EACH_TOKEN else slow(version) for version in VERSIONS)],
)
def test_wrong_secret_is_rejected(world: World, site: ServiceClient, version: str) -> None:
    marketplace = {"2": "DE", "3": "JP"}.get(version[-1:], "US")
    account = world.account("creators" if version else "paapi5", "ok", version)
    secret = "credential_secret" if version else "secret_key"
    wrong = account.secret[:-1] + "f"

    response = site.call("POST", "/validate", credentials(account, marketplace, **{secret: wrong}))

    assert (response.status, response.json["code"]) == KEYS[:2], response.json


@pytest.mark.parametrize(
    ("version", "entered"),
    [("2.1", "2.2"), slow("2.2", "2.3"), slow("3.1", "3.2"), ("3.3", "3.1")],
)
def test_wrong_region_of_the_version_is_rejected(
    world: World, site: ServiceClient, version: str, entered: str
) -> None:
    account = world.account("creators", "ok", version)

    response = site.call("POST", "/validate", credentials(account, credential_version=entered))

    assert (response.status, response.json["code"]) == KEYS[:2], response.json


def test_upstream_is_amazons_answer(world: World, site: ServiceClient) -> None:
    account = world.account("paapi5")

    response = site.call(
        "POST", "/validate", credentials(account, secret_key=account.secret[:-1] + "f")
    )

    upstream = response.json["upstream"]
    assert (upstream["status"], upstream["code"]) == (401, "InvalidSignature")
    assert upstream["request_id"]


@pytest.mark.parametrize("api", APIS)
def test_rejected_credentials_are_not_stored(world: World, api: str, site: ServiceClient) -> None:
    body = credentials(world.account(api, "client"), "CA")
    assert site.call("POST", "/validate", body).status == 422

    stored = site.call("GET", "/connections").json["connections"]

    assert "CA" not in [connection["marketplace"] for connection in stored]


@pytest.mark.parametrize("version", VERSIONS)
def test_each_version_of_credentials_works(world: World, site: ServiceClient, version: str) -> None:
    marketplace = {"1": "US", "2": "DE", "3": "JP"}[version[-1]]

    response = site.call(
        "POST", "/validate", credentials(world.account("creators", "ok", version), marketplace)
    )

    assert (response.status, response.json.get("status")) == (200, "valid"), response.json


@pytest.mark.parametrize(
    ("api", "name", "ok", "failed"),
    [
        ("paapi5", "ok", True, None),
        ("creators", "notelig", False, "eligibility"),
        slow("creators", "ok", True, None),
        slow("paapi5", "notelig", False, "eligibility"),
    ],
)
def test_diagnostics_name_the_step_that_fails(
    world: World, site: ServiceClient, api: str, name: str, ok: bool, failed: str | None
) -> None:
    assert connect(world, site, api, name).status == 200

    report = site.call("GET", "/diagnostics", marketplace="US").json

    steps = {step["step"]: step.get("ok") for step in report["steps"]}
    assert list(steps) == ["token", "eligibility", "tag", "marketplace", "item"]
    assert [step for step, result in steps.items() if result is False] == (
        [failed] if failed else []
    )
    assert all(steps.values()) is ok
