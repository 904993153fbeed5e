"""Costs of the profile `owner` a month: one site with 100 products, refreshed every hour.

`python -m infra.owner_costs` prints the table of docs/owner.md. Prices are AWS's list prices of
us-east-1; the free amounts are those without an end, not those of the first months.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.stack.transform import load
from infra.prices import GB, HOURS, MILLION

ROOT = Path(__file__).parents[1]
PRODUCTS, SHELVES = 100, 10
RUNS = HOURS * 12
"""Runs of the price sync, and of the purge of deleted sites: every five minutes."""
POLLS, AUDITS, ADMIN_CALLS = HOURS * 6, HOURS, 1_000
"""Calls of the plugin every ten minutes and every hour, and those of its pages."""
API_CALLS = POLLS + AUDITS + ADMIN_CALLS
REFRESH_WRITES, REFRESH_READS = 120, 80
"""Capacity units of an hourly refresh of all products, of which a tenth have changed."""
RUN_READS, PURGE_READS = 8, 3
CALL_WRITES, CALL_READS = 2, 8
METRICS = 11
"""Metrics that are written in every hour."""
ESSENTIAL_ALARMS = 10
POLLERS, QUEUE_POLL_SECONDS = 5, 20
"""Lambda waits for messages of an empty queue with this many requests of this duration."""
CALL_SECONDS, RUN_SECONDS, REFRESH_SECONDS = 0.5, 1.0, 20.0
LOG_BYTES_PER_INVOCATION = 2_000
THOUSAND = 1e3
MAX_DOLLARS = 2.0


@dataclass(frozen=True, slots=True)
class OwnerCost:
    """A line of the bill: a quantity, its list price per `per` units, and the free quantity."""

    name: str
    quantity: float
    price: float
    per: float = 1
    free: float = 0

    @property
    def at_list_price(self) -> float:
        """Return the dollars without any free quantity."""
        return self.quantity * self.price / self.per

    @property
    def billed(self) -> float:
        """Return the dollars above the free quantity."""
        return max(0.0, self.quantity - self.free) * self.price / self.per


def owner_costs(template: dict[str, Any]) -> list[OwnerCost]:
    """Return the lines of the bill, with the queues and the memory of the template."""
    resources = template["Resources"].values()
    queues = sum(one["Type"] == "AWS::Lambda::EventSourceMapping" for one in resources)
    polls = queues * POLLERS * HOURS * 3600 / QUEUE_POLL_SECONDS
    invocations = 2 * RUNS + HOURS + 2 * API_CALLS
    writes = HOURS * REFRESH_WRITES + API_CALLS * CALL_WRITES
    reads = HOURS * REFRESH_READS + RUNS * (RUN_READS + PURGE_READS) + API_CALLS * CALL_READS
    secret_reads = POLLS + 2 * HOURS
    return [
        OwnerCost("Secrets Manager: the service's secret and the credentials", 2, 0.40),
        OwnerCost("Secrets Manager: calls", secret_reads, 0.05, 10 * THOUSAND),
        OwnerCost("API Gateway: calls", API_CALLS, 3.50, MILLION),
        OwnerCost("Lambda: invocations", invocations, 0.20, MILLION, MILLION),
        OwnerCost(
            "Lambda: GB-seconds", _gb_seconds(template), 13.3334, MILLION, free=400 * THOUSAND
        ),
        OwnerCost(
            "SQS: requests, also for empty queues", polls + 3 * HOURS, 0.50, MILLION, MILLION
        ),
        OwnerCost("DynamoDB: write units", writes, 0.625, MILLION),
        OwnerCost("DynamoDB: read units", reads, 0.125, MILLION),
        OwnerCost("DynamoDB: GB stored", 0.01, 0.25, free=25),
        OwnerCost("DynamoDB: GB of backups", 0.01, 0.20),
        OwnerCost("CloudWatch: custom metrics", METRICS, 0.30, free=10),
        OwnerCost("CloudWatch: alarms", ESSENTIAL_ALARMS, 0.10, free=10),
        OwnerCost(
            "CloudWatch: GB of logs", invocations * LOG_BYTES_PER_INVOCATION / GB, 0.50, free=5
        ),
        OwnerCost("Data transfer: GB to the internet", 0.5, 0.09, free=100),
    ]


def _gb_seconds(template: dict[str, Any]) -> float:
    """Return the GB-seconds of all invocations, each call with its authorizer."""

    def memory_gb(name: str) -> float:
        default = template["Globals"]["Function"]["MemorySize"]
        properties = template["Resources"][f"{name}Function"]["Properties"]
        return float(properties.get("MemorySize", default)) / 1024

    runs = (memory_gb("PriceSync") + memory_gb("PurgeDeletedSites")) * RUNS * RUN_SECONDS
    calls = (memory_gb("Products") + memory_gb("Authorizer")) * API_CALLS * CALL_SECONDS
    return runs + calls + memory_gb("RefreshShelves") * HOURS * REFRESH_SECONDS


def _price(price: float) -> str:
    """Return a price with two decimals, or with three if it has them."""
    text = f"{price:,.3f}"
    return text[:-1] if text.endswith("0") else text


def owner_table(costs: list[OwnerCost]) -> Iterator[str]:
    """Yield the lines of the table in Markdown."""
    yield "| Item | A month | List price | At list price | Always free | You pay |"
    yield "|---|---|---|---|---|---|"
    for cost in costs:
        per = "" if cost.per == 1 else f" per {cost.per:,.0f}"
        free = f"{cost.free:,.0f}" if cost.free else ""
        quantity = f"{cost.quantity:,.0f}" if cost.quantity >= 1 else f"{cost.quantity:g}"
        yield (
            f"| {cost.name} | {quantity} | ${_price(cost.price)}{per} | ${cost.at_list_price:.2f} "
            f"| {free} | ${cost.billed:.2f} |"
        )
    listed, billed = sum(one.at_list_price for one in costs), sum(one.billed for one in costs)
    yield f"| **Together** | | | **${listed:.2f}** | | **${billed:.2f}** |"


def read_owner_costs() -> list[OwnerCost]:
    """Return the lines of the bill for the template in this repository."""
    return owner_costs(load(ROOT / "template.yaml"))


if __name__ == "__main__":
    print("\n".join(owner_table(read_owner_costs())))
