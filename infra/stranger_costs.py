"""Costs of strangers: what one IP address, and all addresses together, can cost per day.

`python -m infra.stranger_costs` prints the tables of docs/security.md. Rates are those of
`template.yaml`, and prices are AWS's list prices of us-east-1.
"""

from collections.abc import Iterable, Iterator

from amzlinkr.domain.limits import UNCOUNTED_CALLS
from infra import prices
from infra.call_costs import ACCESS_LOG_BYTES, HEADER_BYTES, cost_of_invocation
from infra.calls_without_access import (
    CALLS_RULE,
    CALLS_WITHOUT_ACCESS,
    PRODUCTS_RULE,
    WORK_WITHOUT_ACCESS,
)
from infra.stranger_calls import AUTHORIZED, CALLS, WORK, SiteWork, StrangerCall
from infra.template_rates import TemplateRates, read_template

MAX_DOLLARS_PER_ADDRESS = 2.0
HOURS_PER_DAY, COUNTERS, PRODUCTS_PER_IMPORT = 24, 4, 10


def cost_of(call: StrangerCall, rates: TemplateRates) -> float:
    """Return the dollars of one call."""
    use = call.use
    cost = prices.WAF_REQUEST + ACCESS_LOG_BYTES * prices.LOG_GB / prices.GB
    # AWS does not bill requests that fail authorization (API Gateway's pricing page).
    cost += prices.API_CALL if call.is_billed else 0
    cost += (use.response_bytes + HEADER_BYTES) * prices.TRANSFER_GB / prices.GB
    cost += use.writes * prices.WRITE_UNIT + use.reads * prices.READ_UNIT
    if call.function is not None:
        cost += cost_of_invocation(call.function, use.milliseconds, rates)
    if call.is_authorized:
        cost += cost_of_invocation("AuthorizerFunction", AUTHORIZED.milliseconds, rates)
        cost += AUTHORIZED.reads * prices.READ_UNIT if call.function is not None else 0
    return cost


def calls_per_address(call: StrangerCall, rates: TemplateRates) -> int:
    """Return how often one address can repeat a call per day, with the sites of one day."""
    sites = rates.default_of("SignupsPerAddress")
    if call.removals > 1:
        # The limit counts the products; where it counts calls, the first one is the call itself.
        return sites * (rates.default_of(call.rule) // (call.removals - 1))
    if call.rule == CALLS_RULE:
        return sites * calls_without_access(rates)
    if call.rule == PRODUCTS_RULE:
        # Once the site is full, each import follows ten removals, which are calls as well.
        return sites * additions_without_access(rates) // (PRODUCTS_PER_IMPORT + 1)
    if call.rule in rates.template["Parameters"]:
        hours = HOURS_PER_DAY if call.rule.endswith("PerHour") else 1
        return sites * hours * rates.default_of(call.rule)
    return rates.calls_per_address(call.rule)


def calls_without_access(rates: TemplateRates) -> int:
    """Return the calls per day of a live site that never had a successful call to Amazon."""
    return HOURS_PER_DAY * COUNTERS * UNCOUNTED_CALLS + rates.default_of(CALLS_RULE)


def additions_without_access(rates: TemplateRates) -> int:
    """Return more products than such a site can add per day: as many as it may have, and removes.

    Each removal is a call.
    """
    return rates.default_of(PRODUCTS_RULE) + calls_without_access(rates)


def cost_of_work(work: SiteWork, rates: TemplateRates) -> float:
    """Return the dollars of the work for one site, once."""
    # Each message is sent, received, and deleted.
    each = cost_of_invocation(work.function, work.use.milliseconds / work.invocations, rates)
    cost = work.invocations * (each + 3 * prices.SQS_REQUEST)
    return cost + work.use.writes * prices.WRITE_UNIT + work.use.reads * prices.READ_UNIT


def times_per_site(work: SiteWork, rates: TemplateRates) -> int:
    """Return how often a site can cause this work per day."""
    if work.parameter == PRODUCTS_RULE:
        return -(-additions_without_access(rates) // rates.default_of(PRODUCTS_RULE))
    return work.scheduled + (rates.default_of(work.parameter) if work.parameter else 0)


def table_lines(rates: TemplateRates) -> Iterator[str]:
    """Yield the lines of the table in Markdown."""
    yield (
        "| A stranger repeats | Calls per address and day | $ per million | "
        "$ per address and day | $ per day, all addresses |"
    )
    yield "|---|---|---|---|---|"
    for call in (*CALLS, *CALLS_WITHOUT_ACCESS):
        cost, calls = cost_of(call, rates), calls_per_address(call, rates)
        all_calls = rates.calls_of_all_addresses(call.resource_path)
        yield (
            f"| {call.name} (`{call.route}`) | {calls:,} (`{call.rule}`) "
            f"| {cost * prices.MILLION:,.2f} | {cost * calls:.2f} | {cost * all_calls:,.0f} |"
        )


def work_lines(kind: str, works: Iterable[SiteWork], rates: TemplateRates) -> Iterator[str]:
    """Yield the lines of the table of later work for a kind of sites in Markdown."""
    sites = rates.default_of("SignupsPerAddress")
    yield (
        f"| A {kind} causes | Times per site and day | $ per thousand | $ per site and day | "
        f"$ per address and day, {sites} sites |"
    )
    yield "|---|---|---|---|---|"
    for work in works:
        cost, times = cost_of_work(work, rates), times_per_site(work, rates)
        parts = [f"`{work.parameter}`"] if work.parameter else []
        parts += [str(work.scheduled)] if work.scheduled and parts else []
        limit = f"{times} ({' and '.join(parts)})" if parts else str(times)
        yield (
            f"| {work.name} | {limit} | {cost * 1000:.2f} | {cost * times:.3f} "
            f"| {cost * times * sites:.2f} |"
        )


def tables(rates: TemplateRates) -> Iterator[str]:
    """Yield the tables of docs/security.md."""
    yield "\n".join(table_lines(rates))
    yield "\n".join(work_lines("sandbox", WORK, rates))
    yield "\n".join(work_lines("live site without API access", WORK_WITHOUT_ACCESS, rates))


if __name__ == "__main__":
    print("\n\n".join(tables(read_template())))
