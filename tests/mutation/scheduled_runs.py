"""Mutants of scheduled runs: retries, parts of their time, and the operator's switches."""

from tests.mutation.mutant import LAYER, Mutant

PRICE_SYNC = "functions/price_sync/app.py"
SYNC = f"{LAYER}/services/sync.py"
RETRIES = "tests/infra/test_queues_and_tables.py::test_failed_runs_are_kept_and_not_retried"
READ_ONLY = "tests/integration/api/test_read_only.py"
PAUSED = "tests/integration/sync/test_paused_sync.py"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "failed run is retried beside the next one",
        "template.yaml",
        "        MaximumRetryAttempts: 0\n",
        "",
        f"{RETRIES}[PurgeDeletedSitesFunction]",
    ),
    Mutant(
        "purge of one site uses the time for unused secrets",
        f"{LAYER}/services/purge.py",
        "half = end.at_most(end.remaining() / 2)",
        "half = end",
        "tests/unit/services/test_purge.py"
        "::test_secrets_are_deleted_although_a_site_needs_more_than_its_time",
    ),
    Mutant(
        "expiry of products uses the whole run of the planner",
        SYNC,
        "        half = deadline.at_most(deadline.remaining() / 2)",
        "        half = deadline",
        "tests/unit/services/test_sync.py"
        "::test_expiry_receives_half_of_the_time_and_all_shelves_are_planned",
    ),
    Mutant(
        "products do not expire while the sync is paused",
        PRICE_SYNC,
        "        planned = deps.sync_planner.plan(planning, is_sync_stopped=is_stopped)\n",
        "        planned = 0\n"
        "        if not is_stopped:\n"
        "            planned = deps.sync_planner.plan(planning)\n",
        f"{PAUSED}::test_products_expire_in_a_pause_in_the_feed_and_in_the_table",
    ),
    Mutant(
        "planner continues import jobs in read-only mode",
        PRICE_SYNC,
        "        if not switches.is_read_only:\n"
        "            deps.imports.turns.continue_pending(deadline.at_most(MAX_IMPORT_SECONDS))\n",
        "        deps.imports.turns.continue_pending(deadline.at_most(MAX_IMPORT_SECONDS))\n",
        f"{READ_ONLY}::test_import_job_waits_for_the_end_of_the_mode",
    ),
    Mutant(
        "import worker stores products in read-only mode",
        "functions/import_worker/app.py",
        "        if service_state.recent_switches().is_read_only:\n",
        "        if service_state.recent_switches().sync_paused:\n",
        f"{READ_ONLY}::test_import_job_waits_for_the_end_of_the_mode",
    ),
    Mutant(
        "leaked API key cannot be revoked in read-only mode",
        f"{LAYER}/http/router.py",
        "is_allowed = method in READING_METHODS or (method, path) in KEY_ENDING_ROUTES",
        "is_allowed = method in READING_METHODS",
        f"{READ_ONLY}::test_api_key_can_be_ended_in_read_only_mode",
    ),
    Mutant(
        "import jobs use the whole run of the planner",
        PRICE_SYNC,
        "deadline.at_most(MAX_IMPORT_SECONDS)",
        "deadline",
        "tests/integration/sync/test_price_sync.py::test_import_jobs_use_a_part_of_a_run",
    ),
)
