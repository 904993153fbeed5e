"""Mutants of the steps of a restore."""

from tests.mutation.mutant import Mutant

RESTORE = "infra/restore.py"
COPY = "infra/table_copy.py"
COPIED = (
    "tests/infra/test_table_copy.py::test_table_gets_exactly_the_restored_rows_except_switches[1]"
)
DRILLS = "tests/integration/faults/test_restore.py"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "restore ends the read-only mode",
        COPY,
        'yield [row for row in page["Items"] if row["pk"].get("S") != KEPT_PARTITION]',
        'yield page["Items"]',
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
)
