"""Mutants of metrics, and of the alarms on them."""

from tests.mutation.mutant import LAYER, Mutant

OBSERVABILITY = "infra/observability.yaml"
TELEMETRY = f"{LAYER}/telemetry.py"
NOTIFICATIONS = "tests/observability/test_notifications.py"
NAMES = "tests/observability/test_named_metrics.py"
ALARMS = "tests/integration/faults/test_alarms.py"
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
)
