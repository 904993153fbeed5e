"""What a deployment would set: limits so high that only tests of limits meet them, and a secret."""

from amzlinkr.config import limits_from

SIGNING_KEY = "qZ3vT8mKx1Lw6RbY0pHc5NdJ2sGf9UaE" * 2
"""The service's own secret."""

HIGH_LIMITS = dict.fromkeys(
    (
        "SIGNUPS_PER_DAY",
        "SIGNUPS_PER_ADDRESS",
        "SIGNUPS_PER_DOMAIN",
        "SIGNUPS_PER_DOMAIN_AND_ADDRESS",
        "SIGNUPS_PER_EMAIL",
        "PROOFS_PER_SIGNUP",
        "PROOFS_PER_DOMAIN",
        "KEYS_PER_DAY",
        "SYNCS_PER_HOUR",
        "CALLS_PER_HOUR",
        "JOBS_PER_DAY",
        "VALIDATIONS_PER_HOUR",
        "PRODUCTS_PER_SITE",
    ),
    "1000000",
)
"""The limits as environment variables of a function."""

PLENTY = limits_from(HIGH_LIMITS)
