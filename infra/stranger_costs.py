"""Costs of strangers: what one IP address, and all addresses together, can cost per day.

`python -m infra.stranger_costs` prints the tables of docs/security.md. Rates are those of
`template.yaml`, and prices are AWS's list prices of us-east-1.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.stack.transform import load
from infra.prices import (
    FIREWALL,
    GB,
    GB_SECOND,
    INVOCATION,
    LOG_GB,
    MILLION,
    QUEUE_REQUEST,
    READ_UNIT,
    REQUEST,
    TRANSFER_GB,
    WRITE_UNIT,
)
from infra.stranger_calls import AUTHORIZED, CALLS, WORK, SandboxWork, StrangerCall

ROOT = Path(__file__).parents[1]
SECONDS_PER_DAY, WINDOWS_PER_DAY = 86_400, 288
ACCESS_LOG_BYTES = 400
HEADER_BYTES = 600
"""Headers of a response, and what API Gateway adds."""
INVOCATION_LOG_BYTES = 1_500
"""The log line of a request and two of Lambda, with the 26 bytes that CloudWatch adds to each."""
MAX_DOLLARS_PER_ADDRESS = 2.0


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

    def times_per_sandbox(self, work: SandboxWork) -> int:
        """Return how often a sandbox can cause this work per day."""
        return work.scheduled + self.default_of(work.parameter)

    def default_of(self, parameter: str) -> int:
        """Return the default of a parameter."""
        return int(self.source["Parameters"][parameter]["Default"])

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
        cost += cost_of_invocation(call.function, use.milliseconds, rates)
    if call.is_authorized:
        cost += cost_of_invocation("AuthorizerFunction", AUTHORIZED.milliseconds, rates)
        cost += AUTHORIZED.reads * READ_UNIT if call.function is not None else 0
    return cost


def cost_of_work(work: SandboxWork, rates: TemplateRates) -> float:
    """Return the dollars of one sandbox's work, once."""
    # Each message is sent, received, and deleted.
    each = cost_of_invocation(work.function, work.use.milliseconds / work.invocations, rates)
    cost = work.invocations * (each + 3 * QUEUE_REQUEST)
    return cost + work.use.writes * WRITE_UNIT + work.use.reads * READ_UNIT


def cost_of_invocation(function: str, milliseconds: float, rates: TemplateRates) -> float:
    """Return the dollars of one invocation of a function, with its log."""
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


def work_lines(rates: TemplateRates) -> Iterator[str]:
    """Yield the lines of the table of sandboxes in Markdown."""
    sites = rates.default_of("SignupsPerAddress")
    yield (
        "| A sandbox causes | Times per sandbox and day | $ per thousand | $ per sandbox and day | "
        f"$ per address and day, {sites} sandboxes |"
    )
    yield "|---|---|---|---|---|"
    for work in WORK:
        cost, times = cost_of_work(work, rates), rates.times_per_sandbox(work)
        limit = f"{times} (`{work.parameter}`" + (
            f" and {work.scheduled})" if work.scheduled else ")"
        )
        yield (
            f"| {work.name} | {limit} | {cost * 1000:.2f} | {cost * times:.3f} "
            f"| {cost * times * sites:.2f} |"
        )


def read_template() -> TemplateRates:
    """Return the rates of the template in this repository."""
    return TemplateRates(load(ROOT / "template.yaml"))


if __name__ == "__main__":
    print("\n".join([*table_lines(read_template()), "", *work_lines(read_template())]))
