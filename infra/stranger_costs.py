"""Costs of strangers: what one IP address, and all addresses together, can cost per day.

`python -m infra.stranger_costs` prints the table of docs/security.md. Rates are those of
`template.yaml`, prices are AWS's list prices of us-east-1, and the use per call is an upper bound,
which `tests/infra/test_stranger_costs.py` compares with the code.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.stack.transform import load

ROOT = Path(__file__).parents[1]
MILLION, GB = 1e6, 1e9
SECONDS_PER_DAY, WINDOWS_PER_DAY = 86_400, 288
REQUEST = 3.50 / MILLION
FIREWALL = 0.60 / MILLION
INVOCATION, GB_SECOND = 0.20 / MILLION, 0.0000133334
WRITE_UNIT, READ_UNIT = 0.625 / MILLION, 0.125 / MILLION
LOG_GB, TRANSFER_GB = 0.50, 0.09
ACCESS_LOG_BYTES = 400
HEADER_BYTES = 600
"""Headers of a response, and what API Gateway adds."""
INVOCATION_LOG_BYTES = 1_500
"""The log line of a request and two of Lambda, with the 26 bytes that CloudWatch adds to each."""
MAX_DOLLARS_PER_ADDRESS = 2.0


@dataclass(frozen=True, slots=True)
class Use:
    """Upper bound of what one call uses: milliseconds of its function, bytes, DynamoDB units."""

    milliseconds: int
    response_bytes: int
    writes: float = 0
    reads: float = 0


@dataclass(frozen=True, slots=True)
class StrangerCall:
    """A call that needs no API key, or a free one.

    `rule` is the firewall rule that limits it. `methods` is the path of its throttling, or None for
    that of all calls. `function` has the logical ID, or is None for the gateway itself.
    """

    name: str
    route: str
    rule: str
    function: str | None
    use: Use
    methods: str | None = None
    is_authorized: bool = False
    is_billed: bool = True


AUTHORIZED = Use(30, 0, reads=1)
"""The authorizer's part of a call with a well-formed API key."""
CALLS = (
    StrangerCall(
        "the OpenAPI document", "GET /v1/openapi.json", "documents", "DocumentsFunction",
        Use(25, 120_000), methods="/~1v1~1openapi.json",
    ),
    StrangerCall(
        "the marketplaces", "GET /v1/marketplaces", "documents", "DocumentsFunction",
        Use(15, 5_000), methods="/~1v1~1marketplaces",
    ),
    StrangerCall(
        "`security.txt`", "GET /v1/security.txt", "documents", "DocumentsFunction", Use(15, 600),
        methods="/~1v1~1security.txt",
    ),
    StrangerCall(
        "a sign-up", "POST /v1/signup", "signups", "SignupFunction",
        Use(150, 1_000, writes=8, reads=2), methods="/~1v1~1signup",
    ),
    StrangerCall(
        "a sign-up with a body of 64 KB", "POST /v1/signup", "signups", "SignupFunction",
        Use(30, 1_000), methods="/~1v1~1signup",
    ),
    StrangerCall(
        "a verification of a silent site", "POST /v1/signup/{signup_id}/verify", "signups",
        "SignupFunction", Use(5_000, 1_000, writes=3, reads=2),
        methods="/~1v1~1signup~1{signup_id}~1verify",
    ),
    # It lasts half a second, whatever the result is.
    StrangerCall(
        "a report of a leaked API key", "POST /v1/keys/leaked", "signups", "ApiKeysFunction",
        Use(1_000, 600, writes=10, reads=6), methods="/~1v1~1keys~1leaked",
    ),
    StrangerCall(
        "a malformed API key", "GET /v1/site", "calls", None, Use(30, 1_000),
        is_authorized=True, is_billed=False,
    ),
    StrangerCall(
        "a well-formed, unknown API key", "GET /v1/site", "calls", None, AUTHORIZED,
        is_authorized=True, is_billed=False,
    ),
    StrangerCall("an unknown path", "GET /v1/unknown", "calls", None, Use(0, 1_000)),
    StrangerCall(
        # The reads are those of the shelves of a site with 10,000 products.
        "an import of ten products with a sandbox key", "POST /v1/import", "sandbox-imports",
        "ImportItemsFunction", Use(1_000, 12_000, writes=75, reads=260), is_authorized=True,
    ),
    StrangerCall(
        "a page of 100 products with a sandbox key", "GET /v1/products", "sandbox",
        "ProductsFunction", Use(150, 120_000, writes=1, reads=50), is_authorized=True,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TemplateRates:
    """The rates and memory sizes of `template.yaml`, with the defaults of its parameters."""

    source: dict[str, Any]

    def calls_per_address(self, rule: str) -> int:
        """Return the calls per day that a firewall rule allows one address."""
        rules = self.source["Resources"]["ApiFirewall"]["Properties"]["Rules"]
        (found,) = [entry for entry in rules if entry["Name"] == rule]
        limit = self._value(found["Statement"]["RateBasedStatement"]["Limit"])
        return int(limit) * WINDOWS_PER_DAY

    def calls_of_all(self, methods: str | None) -> int:
        """Return the calls per day that the stage allows all addresses together."""
        settings = self.source["Resources"]["Api"]["Properties"]["MethodSettings"]
        (found,) = [entry for entry in settings if entry["ResourcePath"] == (methods or "/*")]
        return int(self._value(found["ThrottlingRateLimit"])) * SECONDS_PER_DAY

    def memory_gb(self, function: str) -> float:
        """Return the memory of a function in GB."""
        properties = self.source["Resources"][function]["Properties"]
        default = self.source["Globals"]["Function"]["MemorySize"]
        return float(properties.get("MemorySize", default)) / 1024

    def _value(self, node: Any) -> Any:
        match node:
            case {"Ref": name}:
                return self.source["Parameters"][name]["Default"]
            case {"Fn::If": ["IsDeployed", deployed, _]}:
                return deployed
        return node


def cost_of(call: StrangerCall, rates: TemplateRates) -> float:
    """Return the dollars of one call."""
    use = call.use
    cost = FIREWALL + ACCESS_LOG_BYTES * LOG_GB / GB
    # AWS does not bill requests that fail authorization (API Gateway's pricing page).
    cost += REQUEST if call.is_billed else 0
    cost += (use.response_bytes + HEADER_BYTES) * TRANSFER_GB / GB
    cost += use.writes * WRITE_UNIT + use.reads * READ_UNIT
    if call.function is not None:
        cost += _invocation_cost(call.function, use.milliseconds, rates)
    if call.is_authorized:
        cost += _invocation_cost("AuthorizerFunction", AUTHORIZED.milliseconds, rates)
        cost += AUTHORIZED.reads * READ_UNIT if call.function is not None else 0
    return cost


def _invocation_cost(function: str, milliseconds: float, rates: TemplateRates) -> float:
    seconds = milliseconds / 1000
    compute = rates.memory_gb(function) * seconds * GB_SECOND
    return INVOCATION + compute + INVOCATION_LOG_BYTES * LOG_GB / GB


def table_lines(rates: TemplateRates) -> Iterator[str]:
    """Yield the lines of the table in Markdown."""
    yield (
        "| A stranger repeats | Calls per address and day | $ per million | "
        "$ per address and day | $ per day, all addresses |"
    )
    yield "|---|---|---|---|---|"
    for call in CALLS:
        cost, calls = cost_of(call, rates), rates.calls_per_address(call.rule)
        everyone = rates.calls_of_all(call.methods)
        yield (
            f"| {call.name} (`{call.route}`) | {calls:,} (`{call.rule}`) | {cost * MILLION:,.2f} "
            f"| {cost * calls:.2f} | {cost * everyone:,.0f} |"
        )


def read_template() -> TemplateRates:
    """Return the rates of the template in this repository."""
    return TemplateRates(load(ROOT / "template.yaml"))


if __name__ == "__main__":
    print("\n".join(table_lines(read_template())))
