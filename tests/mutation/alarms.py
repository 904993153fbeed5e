"""Mutants of metrics, and of the alarms on them."""

from tests.mutation.mutant import LAYER, Mutant

OBSERVABILITY = "infra/observability.yaml"
TELEMETRY = f"{LAYER}/telemetry.py"
NOTIFICATIONS = "tests/observability/test_notifications.py"
NAMES = "tests/observability/test_named_metrics.py"
ALARMS = "tests/integration/faults/test_alarms.py"
OWN_FAULTS = "tests/integration/faults/test_own_faults.py"
ROUTER = f"{LAYER}/http/router.py"
REFRESHER = f"{LAYER}/services/shelf_refresher.py"
METRICS = "tests/unit/test_telemetry.py"
STAGE = "        - {Name: stage, Value: !Ref Stage}\n"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "alarm has no dimension for the stage",
        OBSERVABILITY,
        "      MetricName: OldestDueShelfSeconds\n"
        "      Dimensions:\n"
        "        - {Name: service, Value: price_sync}\n" + STAGE,
        "      MetricName: OldestDueShelfSeconds\n"
        "      Dimensions:\n"
        "        - {Name: service, Value: price_sync}\n",
        f"{NAMES}::test_own_metrics_have_the_service_of_a_function_and_the_stage",
    ),
    Mutant(
        "alarm reads the metric of another function",
        OBSERVABILITY,
        "      MetricName: ShelvesFailed\n"
        "      Dimensions:\n"
        "        - {Name: service, Value: refresh_shelves}\n",
        "      MetricName: ShelvesFailed\n"
        "      Dimensions:\n"
        "        - {Name: service, Value: price_sync}\n",
        f"{ALARMS}::test_fault_raises_its_alarms[outage of Amazon]",
    ),
    Mutant(
        "alarm on the planner is silent without its metric",
        OBSERVABILITY,
        "      ComparisonOperator: LessThanThreshold\n"
        "      Threshold: 1\n"
        "      TreatMissingData: breaching\n"
        "\n"
        "  StaleProductsAlarm:\n",
        "      ComparisonOperator: LessThanThreshold\n"
        "      Threshold: 1\n"
        "      TreatMissingData: notBreaching\n"
        "\n"
        "  StaleProductsAlarm:\n",
        f"{ALARMS}::test_fault_raises_its_alarms[stopped planner]",
    ),
    Mutant(
        "alarm on old products waits until they have expired",
        OBSERVABILITY,
        "Threshold: 82800",
        "Threshold: 86400",
        f"{ALARMS}::test_fault_raises_its_alarms[expiring products]",
    ),
    Mutant(
        "alarm is not sent",
        OBSERVABILITY,
        "See docs/operations.md#stale-products\n      AlarmActions: [!Ref AlarmTopic]\n",
        "See docs/operations.md#stale-products\n",
        f"{NOTIFICATIONS}::test_begin_and_end_of_every_alarm_are_sent[essential]",
    ),
    Mutant(
        "failed run of the planner counts as completed",
        f"{LAYER}/services/sync.py",
        "        half = deadline.at_most(deadline.remaining() / 2)\n",
        '        telemetry.count("SyncRunsCompleted")\n'
        "        half = deadline.at_most(deadline.remaining() / 2)\n",
        "tests/integration/faults/test_log_context.py"
        "::test_failed_run_of_the_planner_keeps_its_counts",
    ),
    Mutant(
        "counts of concurrent threads are lost",
        TELEMETRY,
        "    with _lock:\n        _metrics.add_metric(name, unit, value)\n",
        "    _metrics.add_metric(name, unit, value)\n",
        f"{METRICS}::test_counts_of_threads_are_exact",
    ),
    Mutant(
        "metrics of a failed invocation are lost",
        TELEMETRY,
        "            raise\n        finally:\n            flush()\n",
        "            raise\n        flush()\n",
        f"{METRICS}::test_failed_invocation_writes_its_metrics_and_a_fault_with_its_ids",
    ),
    Mutant(
        "percentages of several runs are added",
        OBSERVABILITY,
        "      Statistic: Average\n      Period: 3600\n",
        "      Statistic: Sum\n      Period: 3600\n",
        f"{ALARMS}::test_accounts_that_are_down_in_several_runs_count_once",
    ),
    Mutant(
        "simulated error of a sandbox is logged as a fault",
        f"{LAYER}/amazon/sandbox.py",
        "raise StoreUnavailable(DETAIL, is_fault=False)",
        "raise StoreUnavailable(DETAIL)",
        f"{OWN_FAULTS}::test_simulated_error_of_a_sandbox_is_no_fault[store_unavailable]",
    ),
    Mutant(
        "requests of a sandbox raise alarms",
        ROUTER,
        'if not is_sandbox(site_id_of(event) or ""):',
        "if event:",
        f"{OWN_FAULTS}::test_outage_during_calls_of_a_sandbox_is_logged_and_raises_no_alarm",
    ),
    Mutant(
        "errors of a site's Amazon account raise alarms",
        ROUTER,
        '            if known.is_fault:\n                telemetry.count_of_api("ApiFaults")\n',
        '            telemetry.count_of_api("ApiFaults")\n',
        f"{OWN_FAULTS}::test_error_of_the_amazon_account_of_a_site_is_no_fault[429]",
    ),
    Mutant(
        "timeout of the gateway raises no alarm",
        "template.yaml",
        ' || ($.status = "504")',
        "",
        f"{OWN_FAULTS}::test_error_of_the_gateway_is_a_fault_of_its_status"
        "[INTEGRATION_TIMEOUT-True]",
    ),
    Mutant(
        "healthy sandboxes hide failing refreshes",
        REFRESHER,
        "    if is_sandbox(shelf.site_id):\n        return\n    # With the zeros",
        "    # With the zeros",
        f"{OWN_FAULTS}::test_refreshes_of_sandboxes_are_not_counted[test-20]",
    ),
    Mutant(
        "failing sandboxes are failing refreshes",
        REFRESHER,
        "    if is_sandbox(site_id):\n        return False\n",
        "",
        f"{OWN_FAULTS}::test_refreshes_of_sandboxes_are_not_counted[amazon-throttled-20]",
    ),
)
