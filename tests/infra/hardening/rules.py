"""All rules of hardening; each says of a translated template what breaks it."""

from collections.abc import Callable, Iterator

from infra.local.stack.transform import Template
from tests.infra.hardening import access, exposure, limits, storage

Rule = Callable[[Template], Iterator[str]]

RULES: tuple[Rule, ...] = (
    storage.tables_say_how_they_are_encrypted,
    storage.queues_are_encrypted,
    storage.secrets_are_made_by_aws,
    storage.what_sites_own_is_not_deleted_by_mistake,
    storage.accounts_can_be_restored,
    storage.nothing_keeps_former_prices,
    access.actions_are_named,
    access.resources_are_named,
    access.no_table_is_scanned,
    access.only_logs_are_left_to_policies_of_aws,
    access.nothing_is_public,
    access.queues_and_topics_are_reached_over_tls_only,
    exposure.access_logs_hold_neither_keys_nor_queries,
    exposure.the_gateway_logs_no_requests,
    exposure.the_firewall_keeps_no_requests,
    exposure.nothing_is_traced,
    exposure.logs_are_kept_for_a_limited_time,
    exposure.no_secret_is_in_view,
    exposure.no_variable_is_a_secret,
    limits.functions_answer_before_the_gateway_gives_up,
    limits.concurrency_is_reserved_by_parameter_alone,
    limits.a_firewall_stands_where_strangers_call,
    limits.sign_up_is_throttled,
)
