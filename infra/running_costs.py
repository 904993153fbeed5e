"""Costs of the service per month, line by line: the sites that use it, not strangers.

`python -m infra.running_costs` prints the tables of docs/scaling.md. It multiplies measured use and
two assumptions (`infra/measured_use.py`) with memory sizes of `template.yaml` and list prices
(`infra/prices.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from infra import measured_use as use
from infra import prices
from infra.call_costs import (
    ACCESS_LOG_BYTES,
    HEADER_BYTES,
    INVOCATION_LOG_BYTES,
    cost_of_invocation,
)
from infra.prices import HOURS_PER_MONTH
from infra.stranger_calls import AUTHORIZED
from infra.template_rates import TemplateRates, read_template

PLANNER_RUNS_PER_HOUR, PRODUCTS_PER_SHELF = 12, 10
SECRETS_MANAGER_LINE, KMS_LINE = "Credentials in Secrets Manager", "Credentials with KMS"
MAX_DOLLARS_PER_SITE = 0.18
"""With the credential store `kms`, in the scenario of 10,000 sites."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Sites with products that are refreshed and polled at fixed intervals."""

    sites: int = 10_000
    products: int = 100
    refresh_hours: float = 1.0
    poll_minutes: float = 10.0
    shelves_per_batch: float = use.ASSUMED_SHELVES_PER_BATCH
    batch_seconds: float = use.ASSUMED_BATCH_SECONDS

    @property
    def refreshes(self) -> float:
        """Return the product refreshes per month."""
        return self.sites * self.products * HOURS_PER_MONTH / self.refresh_hours

    @property
    def shelves(self) -> float:
        """Return the refreshed shelves per month, each a call to Amazon."""
        return self.refreshes / PRODUCTS_PER_SHELF

    @property
    def batches(self) -> float:
        """Return the batches of shelves per month, each an invocation of a worker."""
        return self.shelves / self.shelves_per_batch

    @property
    def polls(self) -> float:
        """Return the calls of the API per month."""
        return self.sites * HOURS_PER_MONTH * 60 / self.poll_minutes


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the bill: what it is, how it is computed, and its dollars per month."""

    name: str
    calculation: str
    dollars: float


def cost_lines(scenario: Scenario, store: str, rates: TemplateRates) -> list[Line]:
    """Return the lines of one month with a credential store, `secretsmanager` or `kms`."""
    return [
        *_refresh_lines(scenario, rates),
        *_poll_lines(scenario, rates),
        _credentials_line(scenario, store),
        *_fixed_lines(scenario, rates),
    ]


def _refresh_lines(scenario: Scenario, rates: TemplateRates) -> Iterator[Line]:
    refreshes, shelves = scenario.refreshes, scenario.shelves
    batches, runs = scenario.batches, HOURS_PER_MONTH * PLANNER_RUNS_PER_HOUR
    writes, reads = refreshes * use.WRITES_PER_PRODUCT, refreshes * use.READS_PER_PRODUCT
    memory = rates.memory_gb("RefreshShelvesFunction") * 1024
    milliseconds = scenario.batch_seconds * 1000
    worker = batches * cost_of_invocation("RefreshShelvesFunction", milliseconds, rates)
    planner = runs * cost_of_invocation("PriceSyncFunction", use.PLANNER_SECONDS * 1000, rates)
    requests = shelves / PRODUCTS_PER_SHELF + 2 * batches
    yield Line(
        "Price sync: writes",
        f"{_millions(refreshes)} products × {use.WRITES_PER_PRODUCT} units",
        writes * prices.WRITE_UNIT,
    )
    yield Line(
        "Price sync: reads",
        f"{_millions(refreshes)} products × {use.READS_PER_PRODUCT} units",
        reads * prices.READ_UNIT,
    )
    yield Line(
        "Price sync: workers",
        f"{_millions(batches)} batches × {scenario.batch_seconds} s at {memory:.0f} MB, with logs",
        worker,
    )
    yield Line(
        "Price sync: planner",
        f"{runs:,} runs × {use.PLANNER_SECONDS} s",
        planner,
    )
    yield Line("Price sync: SQS", f"{_millions(requests)} requests", requests * prices.SQS_REQUEST)


def _poll_lines(scenario: Scenario, rates: TemplateRates) -> Iterator[Line]:
    polls, changes = scenario.polls, scenario.refreshes * use.CHANGED_SHARE
    writes, reads = polls * use.POLL_WRITES, polls * (use.POLL_READS + AUTHORIZED.reads)
    reads += changes * use.CHANGE_READS
    sent = polls * (use.POLL_BYTES + HEADER_BYTES) + changes * use.CHANGE_BYTES
    functions = cost_of_invocation("AuthorizerFunction", AUTHORIZED.milliseconds, rates)
    functions += cost_of_invocation("ProductsFunction", use.POLL_MILLISECONDS, rates)
    log = ACCESS_LOG_BYTES * prices.LOG_GB / prices.GB
    yield Line("Polls: API Gateway", f"{_millions(polls)} calls", polls * prices.API_CALL)
    yield Line("Polls: WAF", f"{_millions(polls)} calls", polls * prices.WAF_REQUEST)
    yield Line(
        "Polls: two functions and all logs",
        f"{_millions(polls)} × {AUTHORIZED.milliseconds} and {use.POLL_MILLISECONDS} ms",
        polls * (functions + log),
    )
    yield Line(
        "Polls: DynamoDB",
        f"{_millions(writes)} write and {_millions(reads)} read units",
        writes * prices.WRITE_UNIT + reads * prices.READ_UNIT,
    )
    yield Line(
        "Polls: data transfer",
        f"{sent / prices.GB:,.0f} GB, {_millions(changes)} changed products",
        sent / prices.GB * prices.TRANSFER_GB,
    )


def _credentials_line(scenario: Scenario, store: str) -> Line:
    calls = scenario.shelves * use.DECRYPTIONS_PER_SHELF
    if store == "kms":
        dollars = prices.KMS_KEY_MONTH + prices.SECRET_MONTH
        dollars += calls * (prices.KMS_CALL + prices.READ_UNIT)
        return Line(KMS_LINE, f"a key, {_millions(calls)} decryptions and reads", dollars)
    secrets = scenario.sites + 1
    dollars = secrets * prices.SECRET_MONTH + calls * prices.SECRET_CALL
    return Line(SECRETS_MANAGER_LINE, f"{secrets:,} secrets, {_millions(calls)} reads", dollars)


def _log_line(scenario: Scenario, rates: TemplateRates) -> Line:
    """Return the storage of the logs, which AWS compresses: at most as much as was written."""
    runs = HOURS_PER_MONTH * PLANNER_RUNS_PER_HOUR
    written = (scenario.batches + runs + 2 * scenario.polls) * INVOCATION_LOG_BYTES
    written += scenario.polls * ACCESS_LOG_BYTES
    days = rates.default_of("LogRetentionDays")
    stored = written / HOURS_PER_MONTH * 24 * days / prices.GB
    name, calculation = "Storage of the logs", f"at most {stored:.0f} GB, {days} days"
    return Line(name, calculation, stored * prices.LOG_GB_MONTH)


def _fixed_lines(scenario: Scenario, rates: TemplateRates) -> Iterator[Line]:
    stored = scenario.sites * scenario.products * use.STORED_BYTES_PER_PRODUCT / prices.GB
    yield Line("Storage of the tables", f"{stored:.1f} GB", stored * prices.TABLE_GB_MONTH)
    yield _log_line(scenario, rates)
    yield Line("WAF: six rules", "a month", prices.WEB_ACL_MONTH + 6 * prices.WAF_RULE_MONTH)
    watched = use.CUSTOM_METRICS * prices.METRIC_MONTH + use.ALARMS * prices.ALARM_MONTH
    yield Line(
        "Metrics, alarms, dashboard",
        f"{use.CUSTOM_METRICS}, {use.ALARMS} and {use.DASHBOARDS}",
        watched + use.DASHBOARDS * prices.DASHBOARD_MONTH,
    )


def total_of(lines: Sequence[Line]) -> float:
    """Return the dollars of all lines."""
    return sum(line.dollars for line in lines)


def bill_lines(scenario: Scenario, rates: TemplateRates) -> Iterator[str]:
    """Yield the bill of a month with both credential stores in Markdown."""
    bills = {store: cost_lines(scenario, store, rates) for store in ("kms", "secretsmanager")}
    yield "| | Calculation | $ a month | $ a site |"
    yield "|---|---|---|---|"
    for line in bills["kms"]:
        yield _row(line.name, line.calculation, line.dollars, scenario)
    yield _row("**Together, with `kms`**", "", total_of(bills["kms"]), scenario)
    (plain,) = [one for one in bills["secretsmanager"] if one.name == SECRETS_MANAGER_LINE]
    yield _row(f"Instead: {plain.name}", plain.calculation, plain.dollars, scenario)
    together = total_of(bills["secretsmanager"])
    yield _row("**Together, with `secretsmanager`**", "", together, scenario)


def unit_lines(rates: TemplateRates) -> Iterator[str]:
    """Yield the costs of a million refreshed products and of a million polls in Markdown."""
    scenario = Scenario()
    refresh = sum(line.dollars for line in _refresh_lines(scenario, rates)) / scenario.refreshes
    poll = sum(line.dollars for line in _poll_lines(scenario, rates)) / scenario.polls
    daily = refresh * scenario.refreshes / HOURS_PER_MONTH * 24
    yield "| | $ |"
    yield "|---|---|"
    yield f"| A million refreshed products | {refresh * prices.MILLION:.2f} |"
    yield f"| A million polls, with the products that changed | {poll * prices.MILLION:.2f} |"
    yield f"| A day of hourly refreshes of {scenario.sites:,} sites | {daily:.0f} |"


def assumption_lines(scenario: Scenario, rates: TemplateRates) -> Iterator[str]:
    """Yield the assumptions in Markdown, each with the value at which a site costs the target."""

    def batches_per_shelf(number: float) -> Scenario:
        return replace(scenario, shelves_per_batch=1 / number)

    def batch_seconds(seconds: float) -> Scenario:
        return replace(scenario, batch_seconds=seconds)

    def break_even(value: float, change: Callable[[float], Scenario]) -> float:
        """Return the value for the target: the costs are a linear function of the value."""
        before, after = (
            total_of(cost_lines(change(one), "kms", rates)) / scenario.sites
            for one in (value, value + 1)
        )
        return value + (MAX_DOLLARS_PER_SITE - before) / (after - before)

    shelves, seconds = scenario.shelves_per_batch, scenario.batch_seconds
    fewest = 1 / break_even(1 / shelves, batches_per_shelf)
    longest = break_even(seconds, batch_seconds)
    yield f"| Assumption | Value | ${MAX_DOLLARS_PER_SITE} a site, with `kms` |"
    yield "|---|---|---|"
    yield f"| Shelves of a batch | {shelves} | {fewest:.2f} |"
    yield f"| Duration of a batch | {seconds} s | {longest:.2f} s |"


def _row(name: str, calculation: str, dollars: float, scenario: Scenario) -> str:
    return f"| {name} | {calculation} | {dollars:,.0f} | {dollars / scenario.sites:.4f} |"


def _millions(number: float) -> str:
    return f"{number / prices.MILLION:,.1f} M"


if __name__ == "__main__":
    template = read_template()
    tables = (
        unit_lines(template),
        bill_lines(Scenario(), template),
        assumption_lines(Scenario(), template),
    )
    print("\n\n".join("\n".join(lines) for lines in tables))
