"""Costs of strangers: what one IP address, and all addresses together, can cost per day.

`python -m infra.stranger_costs` prints the tables of docs/security.md. Rates are those of
`template.yaml`, and prices are AWS's list prices of us-east-1.
"""

from collections.abc import Iterator

from infra import prices
from infra.call_costs import ACCESS_LOG_BYTES, HEADER_BYTES, cost_of_invocation
from infra.stranger_calls import AUTHORIZED, CALLS, WORK, SandboxWork, StrangerCall
from infra.template_rates import TemplateRates, read_template

MAX_DOLLARS_PER_ADDRESS = 2.0


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
    if call.rule in rates.template["Parameters"]:
        return rates.default_of("SignupsPerAddress") * rates.default_of(call.rule)
    return rates.calls_per_address(call.rule)


def cost_of_work(work: SandboxWork, rates: TemplateRates) -> float:
    """Return the dollars of one sandbox's work, once."""
    # Each message is sent, received, and deleted.
    each = cost_of_invocation(work.function, work.use.milliseconds / work.invocations, rates)
    cost = work.invocations * (each + 3 * prices.SQS_REQUEST)
    return cost + work.use.writes * prices.WRITE_UNIT + work.use.reads * prices.READ_UNIT


def times_per_sandbox(work: SandboxWork, rates: TemplateRates) -> int:
    """Return how often a sandbox can cause this work per day."""
    return work.scheduled + rates.default_of(work.parameter)


def table_lines(rates: TemplateRates) -> Iterator[str]:
    """Yield the lines of the table in Markdown."""
    yield (
        "| A stranger repeats | Calls per address and day | $ per million | "
        "$ per address and day | $ per day, all addresses |"
    )
    yield "|---|---|---|---|---|"
    for call in CALLS:
        cost, calls = cost_of(call, rates), calls_per_address(call, rates)
        all_calls = rates.calls_of_all_addresses(call.resource_path)
        yield (
            f"| {call.name} (`{call.route}`) | {calls:,} (`{call.rule}`) "
            f"| {cost * prices.MILLION:,.2f} | {cost * calls:.2f} | {cost * all_calls:,.0f} |"
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
        cost, times = cost_of_work(work, rates), times_per_sandbox(work, rates)
        limit = f"{times} (`{work.parameter}`" + (
            f" and {work.scheduled})" if work.scheduled else ")"
        )
        yield (
            f"| {work.name} | {limit} | {cost * 1000:.2f} | {cost * times:.3f} "
            f"| {cost * times * sites:.2f} |"
        )


if __name__ == "__main__":
    template = read_template()
    print("\n".join([*table_lines(template), "", *work_lines(template)]))
