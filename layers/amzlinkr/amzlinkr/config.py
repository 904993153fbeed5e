"""The configuration: environment variables, read once and checked.

No other module reads them, except that `telemetry` and its library read the stage, the service's
name, and the log level for themselves.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from amzlinkr.domain.limits import ONE_DAY, ONE_HOUR, Limit, Limits

LOCAL = "local"
INVITE_MODE = "invite"
SECRETS_MANAGER, KMS = CREDENTIAL_STORES = ("secretsmanager", "kms")


@dataclass(frozen=True, slots=True)
class Config:
    """The values that `template.yaml` sets.

    With the `signup_mode` `invite`, sites sign up with an invite only. `verification_seconds` is
    how long a site may take to serve its token.

    `amazon_url` is the URL of a fake Amazon, and `allow_local_sites` permits sites on loopback
    addresses. Both exist on the local stage only. `security_contact` is a URI, or None.

    `credential_store` receives new Amazon credentials. `credential_key_arn` is the KMS key of the
    store `kms`, or empty if there is none.
    """

    stage: str
    sites_table: str
    products_table: str
    shelves_table: str
    quotas_table: str
    jobs_table: str
    refresh_queue_url: str
    refresh_dead_letters_url: str
    import_queue_url: str
    sandbox_import_queue_url: str
    secrets_prefix: str
    signing_secret_id: str
    credential_store: str
    credential_key_arn: str
    amazon_url: str | None
    allow_local_sites: bool
    signup_mode: str
    verification_seconds: float
    security_contact: str | None
    limits: Limits


def runs_on_lambda() -> bool:
    """Return True if Lambda, or its emulator, runs this process."""
    return "AWS_LAMBDA_FUNCTION_NAME" in os.environ


def is_restored_from_snapshots() -> bool:
    """Return True if Lambda takes a snapshot of this process after INIT (SnapStart)."""
    return os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start"


def config_from_environment(environment: Mapping[str, str] | None = None) -> Config:
    """Read the environment.

    Raises:
        KeyError: A variable is missing.
        ValueError: A variable has an invalid value.
    """
    env = os.environ if environment is None else environment
    stage = env["STAGE"]
    amazon_url = env.get("AMAZON_URL", "").rstrip("/") or None
    allow_local_sites = env.get("ALLOW_LOCAL_SITES") == "true"
    # Elsewhere, sites would show a fake's prices, or verification could connect to loopback.
    if stage != LOCAL and (amazon_url or allow_local_sites):
        raise ValueError("AMAZON_URL and ALLOW_LOCAL_SITES are allowed on the local stage only")
    credential_store, credential_key_arn = env["CREDENTIAL_STORE"], env["CREDENTIAL_KEY_ARN"]
    if credential_store not in CREDENTIAL_STORES:
        raise ValueError(f"CREDENTIAL_STORE must be one of {', '.join(CREDENTIAL_STORES)}")
    if credential_store == KMS and not credential_key_arn:
        raise ValueError("CREDENTIAL_STORE kms requires CREDENTIAL_KEY_ARN")
    return Config(
        stage=stage,
        sites_table=env["SITES_TABLE"],
        products_table=env["PRODUCTS_TABLE"],
        shelves_table=env["SHELVES_TABLE"],
        quotas_table=env["QUOTAS_TABLE"],
        jobs_table=env["JOBS_TABLE"],
        refresh_queue_url=env["REFRESH_QUEUE_URL"],
        refresh_dead_letters_url=env["REFRESH_DEAD_LETTERS_URL"],
        import_queue_url=env["IMPORT_QUEUE_URL"],
        sandbox_import_queue_url=env["SANDBOX_IMPORT_QUEUE_URL"],
        secrets_prefix=env["SECRETS_PREFIX"],
        signing_secret_id=env["SIGNING_SECRET_ID"],
        credential_store=credential_store,
        credential_key_arn=credential_key_arn,
        amazon_url=amazon_url,
        allow_local_sites=allow_local_sites,
        signup_mode=env["SIGNUP_MODE"],
        verification_seconds=float(env["VERIFICATION_SECONDS"]),
        security_contact=env.get("SECURITY_CONTACT") or None,
        limits=limits_from(env),
    )


def limits_from(env: Mapping[str, str]) -> Limits:
    """Return our own limits, each a template parameter."""

    def per(period: timedelta, kind: str, variable: str) -> Limit:
        return Limit(kind, int(env[variable]), period)

    hourly, daily = partial(per, ONE_HOUR), partial(per, ONE_DAY)
    of_domain_and_address = "SIGNUPS_PER_DOMAIN_AND_ADDRESS"
    return Limits(
        signups_of_address=daily("sign-ups", "SIGNUPS_PER_ADDRESS"),
        signups_of_domain_and_address=daily("sign-ups of a domain", of_domain_and_address),
        verifications=hourly("verifications", "VERIFICATIONS_PER_SIGNUP"),
        free_verifications=hourly("first verifications of a host", "FREE_VERIFICATIONS"),
        verifications_of_network=hourly("further verifications", "VERIFICATIONS_PER_NETWORK"),
        verifications_of_host=Limit(
            "further verifications of a host",
            1,
            timedelta(seconds=int(env["SECONDS_PER_VERIFICATION"])),
        ),
        new_sites_of_domain=daily("new sites of a domain", "NEW_SITES_PER_DOMAIN"),
        new_sites=daily("new sites", "NEW_SITES_PER_DAY"),
        calls=hourly("calls", "CALLS_PER_HOUR"),
        calls_of_sandbox=hourly("calls", "CALLS_PER_SANDBOX"),
        calls_without_access=daily("calls without API access", "CALLS_WITHOUT_ACCESS"),
        removals_of_sandbox=daily("removals", "REMOVALS_PER_SANDBOX"),
        jobs=daily("jobs", "JOBS_PER_DAY"),
        jobs_of_sandbox=daily("jobs", "JOBS_PER_SANDBOX"),
        jobs_without_access=daily("jobs", "JOBS_WITHOUT_ACCESS"),
        validations=hourly("validations", "VALIDATIONS_PER_HOUR"),
        validations_of_account=hourly("validations-keys", "VALIDATIONS_PER_HOUR"),
        syncs=hourly("syncs", "SYNCS_PER_HOUR"),
        syncs_of_sandbox=daily("syncs", "SYNCS_PER_SANDBOX"),
        settings=hourly("settings", "SETTINGS_PER_HOUR"),
        api_keys=daily("keys", "KEYS_PER_DAY"),
        leak_reports=hourly("leak-reports", "LEAK_REPORTS_PER_NETWORK"),
        products=int(env["PRODUCTS_PER_SITE"]),
        products_of_sandbox=int(env["PRODUCTS_PER_SANDBOX"]),
        products_without_access=int(env["PRODUCTS_WITHOUT_ACCESS"]),
        lists=int(env["LISTS_PER_SITE"]),
        lists_of_sandbox=int(env["LISTS_PER_SANDBOX"]),
        connections=int(env["CONNECTIONS"]),
        connections_of_account=int(env["CONNECTIONS_PER_ACCOUNT"]),
    )
