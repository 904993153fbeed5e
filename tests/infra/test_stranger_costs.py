"""Costs of strangers: bounded, documented, and computed from at least what the code uses."""

import time
from collections.abc import Callable, Iterator

import pytest

from amzlinkr.security.api_keys import new_api_key
from amzlinkr.wiring import Dependencies
from infra import stranger_costs
from infra.openapi.operations import OPERATIONS
from infra.stranger_costs import CALLS, MAX_DOLLARS_PER_ADDRESS, StrangerCall, read_template
from tests.calls import Reply, authorize, event_of, send
from tests.clock import FakeClock
from tests.infra.conftest import ROOT
from tests.integration.aws_spy import record_calls
from tests.simulation.capacity import Ledger
from tests.simulation.memory_aws import MemoryAws
from tests.site_client import Site, start_sign_up, verify_sign_up

TEMPLATE = read_template()
BY_NAME = {call.name: call for call in CALLS}
VCPU_PER_GB = 1 / 1.769
AWS_CALL_MILLISECONDS = 10
WAITING = "a verification of a silent site"
"""Its time is that of the site, which may take as long as the function waits."""
Send = Callable[[], Reply | dict[str, object]]


@pytest.fixture
def memory(clock: FakeClock) -> Iterator[tuple[Dependencies, Ledger]]:
    """Yield dependencies on the in-memory AWS, and its record of capacity units."""
    aws = MemoryAws(clock.now)
    with aws.beneath() as config:
        yield Dependencies(config, clock), aws.dynamodb.ledger


def senders(deps: Dependencies) -> dict[str, Send]:
    """Return a function for each call that a function serves."""
    site = Site.sign_up(deps)
    sandbox = site.open_sandbox()
    assert sandbox.connect("AKIAMADEUPMADEUPMADE", "m" * 40, "made-up-20").status == 200
    imported = sandbox.post("/v1/import", {"items": [f"B0PAGE{n:04d}" for n in range(10)]})
    assert imported.status == 200
    numbers = iter(range(10_000))

    def import_ten() -> Reply:
        number = next(numbers)
        items = [f"B0A{number:03d}{place:04d}" for place in range(10)]
        return sandbox.post("/v1/import", {"items": items})

    def send_large_body() -> Reply:
        body = {"site_url": "https://example.com", "email": "a" * 65_000}
        return send(deps, event_of("POST", "/v1/signup", body))

    unknown = site.api_key[:-49] + "A" * 43 + site.api_key[-6:]
    return {
        "the OpenAPI document": lambda: send(deps, event_of("GET", "/v1/openapi.json")),
        "the marketplaces": lambda: send(deps, event_of("GET", "/v1/marketplaces")),
        "`security.txt`": lambda: send(deps, event_of("GET", "/v1/security.txt")),
        "a sign-up": lambda: start_sign_up(deps, "https://example.com"),
        "a sign-up with a body of 64 KB": send_large_body,
        WAITING: lambda: verify_sign_up(
            deps, {"signup_id": f"su_{'0' * 32}", "signup_secret": "none"}
        ),
        "a report of a leaked API key": lambda: send(
            deps, event_of("POST", "/v1/keys/leaked", {"api_key": new_api_key().text.reveal()})
        ),
        "a malformed API key": lambda: refused(deps, unknown),
        "a well-formed, unknown API key": lambda: authorize(
            deps, {"Authorization": f"Bearer {new_api_key().text.reveal()}"}
        ),
        "an import of ten products with a sandbox key": import_ten,
        "a page of 100 products with a sandbox key": lambda: sandbox.get("/v1/products"),
    }


def refused(deps: Dependencies, api_key: str) -> dict[str, object]:
    """Send a malformed API key to the authorizer."""
    try:
        return authorize(deps, {"Authorization": f"Bearer {api_key}"})
    except Exception:  # noqa: BLE001 - API Gateway requires this exception for a 401
        return {}


def milliseconds_of(call: StrangerCall, seconds: float, aws_calls: int) -> float:
    """Return the billed milliseconds of processor time here, at the share that Lambda assigns."""
    vcpus = min(1.0, TEMPLATE.memory_gb(call.function or "AuthorizerFunction") * VCPU_PER_GB)
    return seconds * 1000 / vcpus + aws_calls * AWS_CALL_MILLISECONDS


def test_use_of_each_call_is_at_most_that_of_the_table(
    memory: tuple[Dependencies, Ledger], capsys: pytest.CaptureFixture[str]
) -> None:
    deps, ledger = memory
    ledger.is_enabled = True
    for name, send_call in senders(deps).items():
        call, durations, texts = BY_NAME[name], [], []
        ledger.entries.clear()
        rounds = 10
        for _ in range(rounds):
            with record_calls() as made:
                began = time.process_time()
                reply = send_call()
                durations.append(time.process_time() - began)
            texts.append(reply.text if isinstance(reply, Reply) else "")
        writes, reads = sum(ledger.writes().values()) / rounds, ledger.reads() / rounds
        milliseconds = milliseconds_of(call, min(durations), len(made) + 1)
        shown = (name, milliseconds, len(texts[-1].encode()), writes, reads)
        assert milliseconds <= call.use.milliseconds, shown
        assert len(texts[-1].encode()) <= call.use.response_bytes or not texts[-1], shown
        assert writes <= call.use.writes, shown
        assert reads <= call.use.reads, shown


def test_every_call_is_measured_or_has_no_function(memory: tuple[Dependencies, Ledger]) -> None:
    measured = set(senders(memory[0]))

    assert set(BY_NAME) - measured == {"an unknown path"}
    assert measured <= set(BY_NAME)


def test_every_public_call_has_a_row() -> None:
    public = {f"{one.method} {one.path}" for one in OPERATIONS if one.public}

    assert public <= {call.route for call in CALLS}


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_one_address_costs_at_most_two_dollars_a_day(call: StrangerCall) -> None:
    daily = stranger_costs.cost_of(call, TEMPLATE) * TEMPLATE.calls_per_address(call.rule)

    assert 0 < daily <= MAX_DOLLARS_PER_ADDRESS


def test_rates_of_the_template_decide() -> None:
    call = BY_NAME["an unknown path"]
    limits = TEMPLATE.calls_per_address("calls"), TEMPLATE.calls_of_all(call.methods)

    assert limits == (1500 * 288, 100 * 86_400)
    assert TEMPLATE.calls_of_all("/~1v1~1openapi.json") == 5 * 86_400
    assert TEMPLATE.memory_gb("DocumentsFunction") == 0.25
    assert TEMPLATE.memory_gb("SignupFunction") == 0.5


def test_arithmetic_of_a_call() -> None:
    unknown = stranger_costs.cost_of(BY_NAME["an unknown path"], TEMPLATE)

    # API Gateway and WAF, 400 bytes of access log, and 1,600 bytes sent.
    assert unknown * 1e6 == pytest.approx(3.50 + 0.60 + 0.20 + 0.144)


def test_document_has_the_table() -> None:
    text = (ROOT / "docs" / "security.md").read_text("utf-8")

    assert "\n".join(stranger_costs.table_lines(TEMPLATE)) in text, (
        "Replace the table by the output of: python -m infra.stranger_costs"
    )
