"""Mutants of the steps of a restore: they lose restored sites, keep deleted ones, or miscount."""

from tests.mutation.mutant import LAYER, Mutant

RESTORE = "infra/restore.py"
COPY = "infra/table_copy.py"
COPIED = (
    "tests/infra/test_table_copy.py::test_table_gets_exactly_the_restored_rows_except_switches[1]"
)
DRILLS = "tests/integration/faults/test_restore.py"
GUARD = "infra/read_only_guard.py"
COUNTS = f"{LAYER}/storage/secret_counts.py"
RECOUNT = f"{LAYER}/storage/secret_recount.py"
COUNT_TESTS = "tests/unit/storage/test_secret_counts.py"
RECOUNT_TESTS = "tests/unit/storage/test_secret_recount.py"
PURGE_DRILLS = "tests/integration/faults/test_restore_and_purge.py"
PURGE_BETWEEN = f"{PURGE_DRILLS}::test_purge_between_any_two_calls_of_a_copy"
REFUSED = f"{PURGE_DRILLS}::test_step_is_refused_while_changes_are_possible"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "restore ends the read-only mode",
        COPY,
        "_OTHER_PHASE = (KEPT_PARTITION, *OUTBOX_PARTITIONS)",
        "_OTHER_PHASE = OUTBOX_PARTITIONS",
        COPIED,
    ),
    Mutant(
        "rows that were written after the point in time stay",
        COPY,
        "            others = [key for key in keys if key not in existing]\n",
        "            others = [key for key in existing if key not in keys]\n",
        COPIED,
    ),
    Mutant(
        "throttled rows are not restored",
        COPY,
        "                batch = self.client.batch_write_item(RequestItems=batch).get("
        '"UnprocessedItems")\n',
        "                self.client.batch_write_item(RequestItems=batch)\n                break\n",
        COPIED,
    ),
    Mutant(
        "rows of unknown sites are deleted without a request",
        RESTORE,
        "if unknown and delete_unknown:",
        "if unknown:",
        f"{DRILLS}::test_rows_of_unknown_sites_are_deleted_on_request_only",
    ),
    Mutant(
        "repair that failed for a site ends with success",
        RESTORE,
        "        return not failed\n",
        "        return True\n",
        f"{DRILLS}::test_site_that_is_not_repaired_is_reported",
    ),
    Mutant(
        "purge deletes in read-only mode",
        "functions/purge_deleted_sites/app.py",
        "        if deps.service_state.switches().is_read_only:\n",
        "        if deps.service_state.switches() is None:\n",
        "tests/integration/api/test_read_only.py::test_purge_waits_for_the_end_of_the_mode",
    ),
    Mutant(
        "copy keeps deletions of after the restored moment",
        COPY,
        "        deleted = self._delete_others(self._outbox(self.target), names)\n",
        "        deleted = 0\n",
        PURGE_BETWEEN,
    ),
    Mutant(
        "restored deletions are not copied",
        COPY,
        "        written += self._write_rows(self._outbox(self.source))\n",
        "",
        PURGE_BETWEEN,
    ),
    Mutant(
        "step of a restore runs while the service accepts changes",
        GUARD,
        'raise CommandFailure(f"{text} ten minutes, and repeat this step.")',
        "since = clock.now() - WORK_IN_PROGRESS",
        REFUSED,
    ),
    Mutant(
        "step of a restore runs beside work from before the read-only mode",
        GUARD,
        "    if remaining > timedelta():",
        "    if remaining is None:",
        REFUSED,
    ),
    Mutant(
        "end of the read-only mode during a step is not reported",
        GUARD,
        "    if _read_only_since(state) != since:",
        "    if since is None:",
        f"{PURGE_DRILLS}::test_end_of_the_mode_during_a_step_is_reported",
    ),
    Mutant(
        "count falls below zero",
        COUNTS,
        "transaction.update(item, [used.add(-1)], condition=used >= 1)",
        "transaction.update(item, [used.add(-1)])",
        f"{COUNT_TESTS}::test_count_that_is_too_low_does_not_fall_below_zero",
    ),
    Mutant(
        "secrets that are added during a removal are not counted",
        COUNTS,
        "[used.set(0)], condition=used.does_not_exist() | (used < 1)",
        "[used.set(0)]",
        f"{COUNT_TESTS}::test_secrets_that_are_added_during_a_removal_stay_counted",
    ),
    Mutant(
        "count of an account without secrets stays",
        RECOUNT,
        "for pk in {**stored, **expected}",
        "for pk in expected",
        f"{RECOUNT_TESTS}::test_counts_are_corrected_and_limits_hold_again",
    ),
    Mutant(
        "number of all secrets is not counted again",
        RECOUNT,
        "        expected[item_keys.secret_count(item_keys.ALL_SECRETS)] = total\n",
        "",
        "tests/integration/faults/test_restore_counts.py"
        "::test_limit_holds_after_the_loss_of_the_quotas_table",
    ),
)
