"""Limits for tests: high ones by default, lower ones on request, and the service secret."""

import json
from dataclasses import replace
from typing import Any

from amzlinkr.config import limits_from
from amzlinkr.domain.limits import Limits
from amzlinkr.wiring import Dependencies

Template = dict[str, Any]

SIGNING_KEY = "qZ3vT8mKx1Lw6RbY0pHc5NdJ2sGf9UaE" * 2
"""The key that the service signs cursors with."""
SIGNING_SECRET = json.dumps({"current": SIGNING_KEY})

HIGH_LIMITS_ENVIRONMENT = dict.fromkeys(
    (
        "SIGNUPS_PER_ADDRESS",
        "SIGNUPS_PER_DOMAIN_AND_ADDRESS",
        "VERIFICATIONS_PER_SIGNUP",
        "FREE_VERIFICATIONS",
        "VERIFICATIONS_PER_NETWORK",
        "SECONDS_PER_VERIFICATION",
        "NEW_SITES_PER_DOMAIN",
        "NEW_SITES_PER_DAY",
        "KEYS_PER_DAY",
        "LEAK_REPORTS_PER_NETWORK",
        "SYNCS_PER_HOUR",
        "SYNCS_PER_SANDBOX",
        "SETTINGS_PER_HOUR",
        "CALLS_PER_HOUR",
        "CALLS_PER_SANDBOX",
        "CALLS_WITHOUT_ACCESS",
        "REMOVALS_PER_SANDBOX",
        "JOBS_PER_DAY",
        "JOBS_PER_SANDBOX",
        "JOBS_WITHOUT_ACCESS",
        "VALIDATIONS_PER_HOUR",
        "PRODUCTS_PER_SITE",
        "PRODUCTS_PER_SANDBOX",
        "PRODUCTS_WITHOUT_ACCESS",
        "LISTS_PER_SITE",
        "LISTS_PER_SANDBOX",
        "CONNECTIONS",
        "CONNECTIONS_PER_ACCOUNT",
    ),
    "1000000",
)
"""Limits so high that only tests of limits reach them, as environment variables."""

HIGH_LIMITS = limits_from(HIGH_LIMITS_ENVIRONMENT)


def production_limits(template: Template) -> Limits:
    """Return the limits that the template sets with the defaults of its parameters."""
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    return limits_from(
        {
            name: str(template["Parameters"][variables[name]["Ref"]]["Default"])
            for name in HIGH_LIMITS_ENVIRONMENT
        }
    )


def with_limits(deps: Dependencies, **maximums: int) -> Dependencies:
    """Return dependencies on the same tables with other maximums, by the names of `Limits`."""
    limits = deps.config.limits
    changed: dict[str, Any] = {
        name: maximum
        if isinstance(getattr(limits, name), int)
        else replace(getattr(limits, name), maximum=maximum)
        for name, maximum in maximums.items()
    }
    config = replace(deps.config, limits=replace(limits, **changed))
    limited = Dependencies(config, deps.clock)
    limited.map_concurrently.max_threads = deps.map_concurrently.max_threads
    return limited
