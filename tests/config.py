"""The configuration of the local stage, as the template sets it for the functions."""

from dataclasses import replace
from typing import Any

from amzlinkr.config import Config
from tests.limits import HIGH_LIMITS


def local_config(**overrides: Any) -> Config:
    """Return a configuration with the template's logical names and without practical limits."""
    config = Config(
        stage="local",
        sites_table="SitesTable",
        products_table="ProductsTable",
        shelves_table="ShelvesTable",
        quotas_table="QuotasTable",
        jobs_table="JobsTable",
        refresh_queue_url="RefreshQueue",
        refresh_dead_letters_url="RefreshDeadLetterQueue",
        import_queue_url="ImportQueue",
        sandbox_import_queue_url="SandboxImportQueue",
        secrets_prefix="amzlinkr/local",
        signing_secret_id="amzlinkr/local/service",
        credential_store="secretsmanager",
        credential_key_arn="",
        amazon_url=None,
        allow_local_sites=True,
        signup_mode="open",
        verification_seconds=10.0,
        security_contact="mailto:security@example.com",
        limits=HIGH_LIMITS,
    )
    return replace(config, **overrides)
