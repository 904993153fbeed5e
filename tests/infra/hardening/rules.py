"""All hardening rules; each yields its violations in a transformed template."""

from collections.abc import Callable, Iterator

from infra.local.stack.transform import Template
from tests.infra.hardening import access, exposure, limits, storage

Rule = Callable[[Template], Iterator[str]]

RULES: tuple[Rule, ...] = (
    storage.tables_use_the_expected_keys,
    storage.queues_are_encrypted,
    storage.secrets_are_generated_by_aws,
    storage.tables_are_protected_from_deletion,
    storage.data_outlives_the_stack,
    storage.failed_deployments_can_be_repeated,
    storage.tables_can_be_restored,
    storage.price_tables_keep_no_history,
    access.actions_are_named,
    access.resources_are_named,
    access.only_the_operator_scans_sites,
    access.managed_policies_allow_logging_only,
    access.nothing_is_public,
    access.keys_decrypt_with_a_context_only,
    access.queues_and_topics_require_tls,
    exposure.access_logs_exclude_keys_and_queries,
    exposure.gateway_logs_no_requests,
    exposure.firewall_samples_hide_keys,
    exposure.tracing_is_off,
    exposure.log_retention_is_limited,
    exposure.parameters_and_outputs_hold_no_secrets,
    exposure.variables_hold_no_secrets,
    limits.functions_time_out_before_the_gateway,
    limits.concurrency_is_reserved_by_parameter_only,
    limits.api_has_a_firewall,
    limits.responses_are_compressed,
    limits.rates_of_all_calls_are_parameters,
    limits.sign_ups_are_throttled,
)
