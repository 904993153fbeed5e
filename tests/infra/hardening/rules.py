"""All rules of hardening; each says of a translated template what breaks it."""

from collections.abc import Callable, Iterator

from infra.local.stack.transform import Template
from tests.infra.hardening import access, bounds, seen, stored

Rule = Callable[[Template], Iterator[str]]

RULES: tuple[Rule, ...] = (
    stored.tables_say_how_they_are_encrypted,
    stored.queues_are_encrypted,
    stored.secrets_are_made_by_aws,
    stored.what_sites_own_is_not_deleted_by_mistake,
    stored.accounts_can_be_restored,
    stored.nothing_keeps_former_prices,
    access.actions_are_named,
    access.resources_are_named,
    access.no_table_is_scanned,
    access.only_logs_are_left_to_policies_of_aws,
    access.nothing_is_public,
    access.queues_and_topics_are_reached_over_tls_only,
    seen.access_logs_hold_neither_keys_nor_queries,
    seen.the_gateway_logs_no_requests,
    seen.the_firewall_keeps_no_requests,
    seen.nothing_is_traced,
    seen.logs_are_kept_for_a_limited_time,
    seen.no_secret_is_in_view,
    seen.no_variable_is_a_secret,
    bounds.functions_answer_before_the_gateway_gives_up,
    bounds.concurrency_is_reserved_by_parameter_alone,
    bounds.a_firewall_stands_where_strangers_call,
    bounds.sign_up_is_throttled,
)
