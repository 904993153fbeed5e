"""Mutants of the turns of sites and accounts, and of the price sync's part of the day."""

from tests.mutation.mutant import LAYER, Mutant

TURNS = f"{LAYER}/services/import_turns.py"
IMPORTS = f"{LAYER}/services/imports.py"
FAIRNESS = "tests/simulation/test_import_fairness.py"
TURN_TESTS = "tests/unit/services/test_import_turns.py"
WORKER_TESTS = "tests/integration/sync/test_import_worker.py"
CRASHES = (
    "tests/integration/faults/test_crash_points.py"
    "::test_end_state_is_the_same_after_a_crash_at_any_aws_call"
)
BUDGET = (
    "tests/integration/sync/test_daily_budget.py"
    "::test_calls_of_a_whole_day_leave_the_sync_its_part[/v1/search]"
)
RESERVATIONS = "tests/unit/domain/test_reservations.py"
START = """\
            if chunk is not None and oldest is not None and oldest.job_id == job.job_id:
                chunks.append(chunk)
"""
WAITS = "tests/integration/sync/test_import_waits.py"
DUE_SHELVES = f"{LAYER}/domain/due_shelves.py"
DUE_TESTS = "tests/unit/domain/test_due_shelves.py"
SYNC = f"{LAYER}/services/sync.py"
SYNC_TESTS = "tests/unit/services/test_sync.py"
RATE_LIMITERS = f"{LAYER}/storage/rate_limiter_store.py"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "longest overdue shelves are read first, also those of accounts without calls",
        DUE_SHELVES,
        "ranked.append((is_later, turn, account, entry))",
        "ranked.append((entry.due_at, turn, account, entry))",
        f"{DUE_TESTS}::test_account_with_calls_is_refreshed_whatever_the_others_have",
    ),
    Mutant(
        "price sync does not read the calls of accounts before it selects shelves",
        SYNC,
        "self.shelves.due(now, MAX_SHELVES_PER_RUN, find_accounts)",
        "self.shelves.due(now, MAX_SHELVES_PER_RUN)",
        f"{SYNC_TESTS}::test_due_shelves_are_selected_by_the_calls_of_their_accounts",
    ),
    Mutant(
        "account without calls has a turn among those with calls",
        DUE_SHELVES,
        "turn > calls if calls else True",
        "turn > calls",
        f"{DUE_TESTS}::test_account_with_calls_is_refreshed_whatever_the_others_have",
    ),
    Mutant(
        "each run begins with the same accounts",
        DUE_SHELVES,
        "{self.run}/{name}",
        "{name}",
        f"{DUE_TESTS}::test_more_accounts_than_shelves_are_read_in_turns",
    ),
    Mutant(
        "sync request that fails delays those of other sites",
        SYNC,
        "self.reschedule_site(request, deadline)\n                if deadline.is_over:",
        "self.reschedule_site(request, deadline)\n                if True:",
        f"{SYNC_TESTS}::test_request_that_failed_does_not_delay_those_of_other_sites",
    ),
    Mutant(
        "heartbeat of the planner is written at the end of the invocation",
        "functions/price_sync/app.py",
        "        telemetry.flush()\n",
        "",
        "tests/integration/faults/test_alarms.py"
        "::test_heartbeat_of_the_planner_is_written_before_pending_imports_are_read",
    ),
    Mutant(
        "planner reads pending imports without a deadline",
        f"{LAYER}/services/health.py",
        "while not deadline.is_over and (batch :=",
        "while (batch :=",
        "tests/unit/services/test_health.py::test_oldest_import_is_a_lower_bound_if_time_runs_out",
    ),
    Mutant(
        "all chunks of a job are open",
        TURNS,
        START,
        "            chunks += job.chunks\n",
        f"{FAIRNESS}::test_job_takes_at_most_three_times_as_long_beside_others[8-1]",
    ),
    Mutant(
        "every job of a site has an open chunk",
        TURNS,
        " and oldest is not None and oldest.job_id == job.job_id:",
        ":",
        f"{FAIRNESS}::test_site_with_several_jobs_has_one_open_chunk",
    ),
    Mutant(
        "sandbox imports use the queue of live sites",
        TURNS,
        'site.mode == "live" and site.has_had_access',
        "site.has_had_access",
        f"{FAIRNESS}::test_sandboxes_do_not_delay_a_live_job[200-1-30]",
    ),
    Mutant(
        "imports of sites without API access use the queue of those with it",
        TURNS,
        'site.mode == "live" and site.has_had_access',
        'site.mode == "live"',
        f"{FAIRNESS}::test_sites_without_access_do_not_delay_a_job_of_a_site_with_access[2-60-100]",
    ),
    Mutant(
        "jobs of deleted sites use the queue of sites with API access",
        TURNS,
        "site is not None and site.mode",
        "site is None or site.mode",
        f"{TURN_TESTS}::test_chunks_of_a_deleted_site_are_in_the_queue_of_sandboxes",
    ),
    Mutant(
        "message waits in the queue that its site has now",
        TURNS,
        "self.sandbox_queue if self.sandbox_queue.is_source(delivery.queue) else self.queue",
        "self._queue_of(self.sites.get(message.site_id))",
        f"{TURN_TESTS}"
        "::test_waiting_message_of_a_site_that_got_access_is_returned_to_its_queue_or_replaced[1]",
    ),
    Mutant(
        "template gives sandbox imports the queue of live sites",
        "template.yaml",
        "SANDBOX_IMPORT_QUEUE_URL: !Ref SandboxImportQueue",
        "SANDBOX_IMPORT_QUEUE_URL: !Ref ImportQueue",
        "tests/infra/test_queues_and_tables.py"
        "::test_sandbox_imports_have_their_own_queue_and_workers",
    ),
    Mutant(
        "sites of one account do not wait for each other",
        TURNS,
        "    return account_key or body.site_id\n",
        "    return body.site_id\n",
        f"{TURN_TESTS}::test_message_group_is_the_account_or_the_site_without_one",
    ),
    Mutant(
        "end of a chunk does not send the next one",
        IMPORTS,
        "        self.turns.send_next(message.site_id, message.marketplace, job)\n",
        "",
        f"{WORKER_TESTS}::test_duplicate_message_is_processed_once",
    ),
    Mutant(
        "message for a finished chunk does not send the next one",
        IMPORTS,
        "        self.turns.send_next(message.site_id, message.marketplace, job)\n",
        "            self.turns.send_next(message.site_id, message.marketplace, job)\n",
        f"{CRASHES}[import jobs of a site]",
    ),
    Mutant(
        "job that is created while another one ends waits for the planner",
        TURNS,
        "            self.jobs.remove_pending(oldest)\n",
        "            self.jobs.remove_pending(oldest)\n            return\n",
        f"{TURN_TESTS}::test_job_created_while_the_last_one_ends_gets_the_turn",
    ),
    Mutant(
        "lost message stops a job",
        TURNS,
        "while not deadline.is_over and (batch",
        "while deadline.is_over and (batch",
        f"{CRASHES}[import after a lost message]",
    ),
    Mutant(
        "chunk without an outcome blocks the others",
        IMPORTS,
        "        if receive_count > MAX_RECEIVES:\n",
        "        if receive_count > 2 * MAX_RECEIVES:\n",
        f"{WORKER_TESTS}"
        "::test_chunk_without_an_outcome_in_all_deliveries_does_not_block_the_others",
    ),
    Mutant(
        "worker waits for a slow account",
        RATE_LIMITERS,
        "deadline.at_most(MAX_IMPORT_WAIT_SECONDS)",
        "deadline",
        f"{WAITS}::test_worker_does_not_wait_for_a_slow_account_and_is_in_time_for_its_moment",
    ),
    Mutant(
        "message that waits is delivered again after the visibility timeout of the queue",
        TURNS,
        "        queue.return_after(delivery.receipt, timeout)\n",
        "",
        f"{WAITS}::test_worker_does_not_wait_for_a_slow_account_and_is_in_time_for_its_moment",
    ),
    Mutant(
        "waiting counts as failing",
        TURNS,
        "if delivery.number >= MAX_WAITS:",
        "if delivery.number >= 100 * MAX_WAITS:",
        f"{WAITS}::test_job_waits_for_the_next_day_however_often_it_is_tried",
    ),
    Mutant(
        "throttled account fails a job",
        IMPORTS,
        "            if job.can_wait(self.clock.now()):\n                raise\n",
        "",
        f"{WAITS}::test_job_of_an_account_that_amazon_throttles_waits_for_its_recovery",
    ),
    Mutant(
        "job waits until it is deleted",
        f"{LAYER}/domain/imports.py",
        "MAX_JOB_WAIT = timedelta(hours=23)",
        "MAX_JOB_WAIT = timedelta(hours=25)",
        f"{WAITS}::test_job_that_waited_to_its_end_fails_with_the_reason",
    ),
    Mutant(
        "account without calls delays the other marketplaces",
        TURNS,
        "for marketplace in job.marketplaces:",
        "for marketplace in job.marketplaces[:1]:",
        f"{WAITS}::test_account_without_calls_does_not_delay_the_other_marketplaces",
    ),
    Mutant(
        "simulated throttling of a sandbox is waited for",
        f"{LAYER}/domain/imports.py",
        "return not is_sandbox(self.site_id) and now",
        "return now",
        f"{WAITS}::test_throttling_of_a_sandbox_fails_at_the_first_delivery",
    ),
    Mutant(
        "AWS Lambda ends an import job after 16 chunks",
        "template.yaml",
        "      RecursiveLoop: Allow\n",
        "",
        "tests/infra/test_function_loops.py"
        "::test_exactly_the_functions_in_loops_may_be_invoked_in_one",
    ),
    Mutant(
        "no part of the day is reserved for the price sync",
        f"{LAYER}/domain/call_rate.py",
        "SYNC_RESERVE_RATIO = 0.5\n",
        "SYNC_RESERVE_RATIO = 0.0\n",
        BUDGET,
    ),
    Mutant(
        "interactive calls use the part that is reserved for the price sync",
        f"{LAYER}/domain/reservations.py",
        "    Priority.INTERACTIVE: SYNC_RESERVE_RATIO,\n",
        "    Priority.INTERACTIVE: 0.0,\n",
        BUDGET,
    ),
    Mutant(
        "import jobs use the part that is reserved for the price sync",
        IMPORTS,
        "Priority.IMPORT",
        "Priority.SYNC",
        "tests/integration/sync/test_daily_budget.py"
        "::test_import_jobs_leave_the_sync_its_part_of_the_day",
    ),
    Mutant(
        "shelves of sandboxes take turns with those of live sites",
        f"{LAYER}/domain/planning.py",
        "    run.send = interleave(live) + interleave(sandboxes)\n",
        "    run.send = interleave(live + sandboxes)\n",
        "tests/unit/domain/test_planning.py"
        "::test_shelves_of_sandboxes_are_sent_after_those_of_all_live_sites",
    ),
    Mutant(
        "every sandbox adds its shelves to a run",
        f"{LAYER}/storage/shelves.py",
        "        entries = limit_sandboxes(_due_entries(now), MAX_SANDBOX_SHELVES)\n",
        "        entries = _due_entries(now)\n",
        "tests/unit/storage/test_shelves.py::test_sandboxes_take_a_fixed_part_of_the_due_shelves",
    ),
)
