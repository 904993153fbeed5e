"""Costs that all calls have in common: invocations of functions, logs, and response headers."""

from infra import prices
from infra.template_rates import TemplateRates

ACCESS_LOG_BYTES = 400
HEADER_BYTES = 600
"""Headers of a response, and what API Gateway adds."""
INVOCATION_LOG_BYTES = 1_500
"""The log line of a request and two of Lambda, with the 26 bytes that CloudWatch adds to each."""


def cost_of_invocation(function: str, milliseconds: float, rates: TemplateRates) -> float:
    """Return the dollars of one invocation of a function, with its log."""
    seconds = milliseconds / 1000
    compute = rates.memory_gb(function) * seconds * prices.GB_SECOND
    return prices.INVOCATION + compute + INVOCATION_LOG_BYTES * prices.LOG_GB / prices.GB
