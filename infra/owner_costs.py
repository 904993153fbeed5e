"""Costs of the profile `owner` a month: one site with 100 products, refreshed every hour.

`python -m infra.owner_costs` prints the table of docs/owner.md. Prices are AWS's list prices of
us-east-1. The free quantities are those that AWS calls always free, not those of the first months.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from infra import prices
from infra.prices import GB, HOURS_PER_MONTH, MILLION
from infra.template_rates import TemplateRates, read_template

PRODUCTS, SHELVES = 100, 10
RUNS = HOURS_PER_MONTH * 12
"""Runs of the price sync, and of the purge of deleted sites: every five minutes."""
POLLS, HOURLY_CALLS, ADMIN_CALLS = HOURS_PER_MONTH * 6, HOURS_PER_MONTH * 2, 1_000
"""Calls of the plugin every ten minutes and, two of them, every hour, and those of its pages."""
API_CALLS = POLLS + HOURLY_CALLS + ADMIN_CALLS
REFRESH_WRITES, REFRESH_READS = 120, 80
"""Capacity units of an hourly refresh of all products, of which a tenth have changed."""
RUN_READS, PURGE_READS = 10, 3
CALL_WRITES, CALL_READS = 2, 8
METRICS = 11
"""Metrics that are written in every hour."""
ESSENTIAL_ALARMS = 10
POLLERS, QUEUE_POLL_SECONDS = 5, 20
"""Lambda waits for messages of an empty queue with this many requests of this duration."""
CALL_SECONDS, RUN_SECONDS, REFRESH_SECONDS = 0.5, 1.0, 20.0
LOG_BYTES_PER_INVOCATION = 2_000
STORED_GB, SENT_GB = 0.01, 0.5
THOUSAND = 1e3
MAX_DOLLARS = 2.0


@dataclass(frozen=True, slots=True)
class OwnerCost:
    """A line of the bill: a quantity, the list price of a unit, and the free quantity.

    The table shows the price of `per` units, as AWS's price lists do.
    """

    name: str
    quantity: float
    price: float
    per: float = 1
    free: float = 0

    @property
    def at_list_price(self) -> float:
        """Return the dollars without any free quantity."""
        return self.quantity * self.price

    @property
    def billed(self) -> float:
        """Return the dollars above the free quantity."""
        return max(0.0, self.quantity - self.free) * self.price


def owner_costs(rates: TemplateRates) -> list[OwnerCost]:
    """Return the lines of the bill, with the queues and the memory of the template."""
    resources = rates.template["Resources"].values()
    queues = sum(one["Type"] == "AWS::Lambda::EventSourceMapping" for one in resources)
    polls = queues * POLLERS * HOURS_PER_MONTH * 3600 / QUEUE_POLL_SECONDS
    invocations = 2 * RUNS + HOURS_PER_MONTH + 2 * API_CALLS
    writes = HOURS_PER_MONTH * REFRESH_WRITES + API_CALLS * CALL_WRITES
    reads = (
        HOURS_PER_MONTH * REFRESH_READS + RUNS * (RUN_READS + PURGE_READS) + API_CALLS * CALL_READS
    )
    secret_reads = POLLS + 2 * HOURS_PER_MONTH
    log_gb = invocations * LOG_BYTES_PER_INVOCATION / GB
    return [
        OwnerCost(
            "Secrets Manager: the service's secret and the credentials", 2, prices.SECRET_MONTH
        ),
        OwnerCost("Secrets Manager: calls", secret_reads, prices.SECRET_CALL, 10 * THOUSAND),
        OwnerCost("API Gateway: calls", API_CALLS, prices.API_CALL, MILLION),
        OwnerCost("Lambda: invocations", invocations, prices.INVOCATION, MILLION, MILLION),
        OwnerCost(
            "Lambda: GB-seconds", _gb_seconds(rates), prices.GB_SECOND, MILLION, 400 * THOUSAND
        ),
        OwnerCost(
            "SQS: requests, also for empty queues",
            polls + 3 * HOURS_PER_MONTH,
            prices.SQS_REQUEST,
            MILLION,
            MILLION,
        ),
        OwnerCost("DynamoDB: write units", writes, prices.WRITE_UNIT, MILLION),
        OwnerCost("DynamoDB: read units", reads, prices.READ_UNIT, MILLION),
        OwnerCost("DynamoDB: GB stored", STORED_GB, prices.TABLE_GB_MONTH, free=25),
        OwnerCost("DynamoDB: GB of backups", STORED_GB, prices.BACKUP_GB_MONTH),
        OwnerCost("CloudWatch: custom metrics", METRICS, prices.METRIC_MONTH, free=10),
        OwnerCost("CloudWatch: alarms", ESSENTIAL_ALARMS, prices.ALARM_MONTH, free=10),
        OwnerCost("CloudWatch: GB of logs", log_gb, prices.LOG_GB, free=5),
        OwnerCost("Data transfer: GB to the internet", SENT_GB, prices.TRANSFER_GB, free=100),
    ]


def _gb_seconds(rates: TemplateRates) -> float:
    """Return the GB-seconds of all invocations, each call with its authorizer."""
    memory_gb = rates.memory_gb
    runs = (memory_gb("PriceSyncFunction") + memory_gb("PurgeDeletedSitesFunction")) * RUNS
    calls = (memory_gb("ProductsFunction") + memory_gb("AuthorizerFunction")) * API_CALLS
    refreshes = memory_gb("RefreshShelvesFunction") * HOURS_PER_MONTH
    return runs * RUN_SECONDS + calls * CALL_SECONDS + refreshes * REFRESH_SECONDS


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
            f"| {cost.name} | {quantity} | ${_price(cost.price * cost.per)}{per} "
            f"| ${cost.at_list_price:.2f} | {free} | ${cost.billed:.2f} |"
        )
    listed, billed = sum(one.at_list_price for one in costs), sum(one.billed for one in costs)
    yield f"| **Together** | | | **${listed:.2f}** | | **${billed:.2f}** |"


def read_owner_costs() -> list[OwnerCost]:
    """Return the lines of the bill for the template in this repository."""
    return owner_costs(read_template())


if __name__ == "__main__":
    print("\n".join(owner_table(read_owner_costs())))
