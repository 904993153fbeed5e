"""The environment, read once and checked: the only place that knows its names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Config:
    """What the template tells the functions. `amazon_url` moves the connection to Amazon
    elsewhere; only the local stage may have one, or sites on loopback addresses."""

    stage: str
    sites_table: str
    products_table: str
    shelves_table: str
    quotas_table: str
    jobs_table: str
    refresh_queue_url: str
    refresh_dead_letters_url: str
    import_queue_url: str
    secrets_prefix: str
    sealing_secret_id: str
    amazon_url: str | None
    allow_local_sites: bool
    signups_per_address: int
    signups_per_domain: int
    signups_per_email: int


def config_from(environment: Mapping[str, str] | None = None) -> Config:
    """Read the environment. Raises `KeyError` for a missing name, `ValueError` for a bad value."""
    env = os.environ if environment is None else environment
    stage = env["STAGE"]
    amazon_url = env.get("AMAZON_URL", "").rstrip("/") or None
    allow_local_sites = env.get("ALLOW_LOCAL_SITES") == "true"
    if stage != LOCAL and (amazon_url or allow_local_sites):
        raise ValueError("AMAZON_URL and ALLOW_LOCAL_SITES exist on the local stage only")
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
        secrets_prefix=env["SECRETS_PREFIX"],
        sealing_secret_id=env["SEALING_SECRET_ID"],
        amazon_url=amazon_url,
        allow_local_sites=allow_local_sites,
        signups_per_address=int(env["SIGNUPS_PER_ADDRESS"]),
        signups_per_domain=int(env["SIGNUPS_PER_DOMAIN"]),
        signups_per_email=int(env["SIGNUPS_PER_EMAIL"]),
    )
