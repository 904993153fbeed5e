"""Mutants of waiting products and link-only connections."""

from tests.mutation.mutant import LAYER, Mutant

WAITING = f"{LAYER}/domain/waiting.py"
REFRESH = f"{LAYER}/domain/shelf_refresh.py"
SHELVES = f"{LAYER}/domain/shelves.py"
REMOVALS = f"{LAYER}/domain/removals.py"
OUTCOMES = f"{LAYER}/domain/import_outcomes.py"
RECOVERY = f"{LAYER}/services/account_recovery.py"
RESULTS = f"{LAYER}/storage/account_results.py"
SETUP = f"{LAYER}/services/account_setup.py"
FEED = f"{LAYER}/domain/feed.py"
WAITING_TESTS = "tests/unit/domain/test_waiting.py"
RECOVERY_TESTS = "tests/unit/services/test_account_recovery.py"
SYNC_TESTS = "tests/integration/sync/test_waiting_products.py"
LINK_TESTS = "tests/integration/api/test_link_only.py"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "waiting products of a sandbox cause a refresh in every run",
        SHELVES,
        "        if is_sandbox(self.site_id) and self.is_observed:\n",
        "        if False:\n",
        f"{WAITING_TESTS}::test_shelf_of_a_sandbox_waits_for_an_hour_after_its_refresh",
    ),
    Mutant(
        "waiting product is due with its shelf only",
        WAITING,
        "[replace(shelf, due_at=min(shelf.due_at, shelf.refreshable_at(at))) for shelf in changed]",
        "changed",
        f"{WAITING_TESTS}::test_waiting_product_takes_a_free_slot_and_makes_its_shelf_due",
    ),
    Mutant(
        "refresh in progress delays a product that joins by an hour",
        WAITING,
        "return shelf.refreshable_at(requested_at) if is_incomplete else requested_at + interval",
        "return requested_at + interval",
        f"{WAITING_TESTS}::test_product_that_joins_during_a_refresh_is_requested_next",
    ),
    Mutant(
        "product that was waiting is published as a change of its price",
        REFRESH,
        "if slot.is_missing or slot.is_waiting:",
        "if slot.is_missing:",
        f"{WAITING_TESTS}::test_waiting_product_becomes_added_or_missing_exactly_once",
    ),
    Mutant(
        "missing product still waits",
        REFRESH,
        "seen_at=lookup.requested_at, is_waiting=False)",
        "seen_at=lookup.requested_at)",
        f"{WAITING_TESTS}::test_waiting_product_becomes_added_or_missing_exactly_once",
    ),
    Mutant(
        "product that moves to another shelf waits longer",
        REMOVALS,
        "due_at = min(target.due_at, source.due_at) if moved.is_waiting else target.due_at",
        "due_at = target.due_at",
        f"{WAITING_TESTS}::test_moved_product_is_not_delayed",
    ),
    Mutant(
        "recovered account refreshes its newest products first",
        WAITING,
        "key=lambda shelf: (deferred[shelf], shelf.shelf_id))",
        "key=lambda shelf: (deferred[shelf], shelf.shelf_id), reverse=True)",
        f"{SYNC_TESTS}::test_oldest_waiting_products_come_first_within_the_budget",
    ),
    Mutant(
        "recovery refreshes all shelves",
        WAITING,
        "and (due_at := _undeferred_due_at(shelf, interval)) <= recovered_at",
        "and (due_at := _undeferred_due_at(shelf, interval))",
        f"{WAITING_TESTS}::test_shelves_that_were_not_deferred_keep_their_due_times",
    ),
    Mutant(
        "recovery of one marketplace makes all marketplaces due",
        RECOVERY,
        "if shelf.marketplace == marketplace and shelf.is_refreshed",
        "if shelf.is_refreshed",
        f"{RECOVERY_TESTS}::test_shelves_of_the_recovered_marketplace_are_due",
    ),
    Mutant(
        "lists are not due after a recovery",
        RECOVERY,
        "if shelf.marketplace == marketplace and shelf.is_refreshed",
        "if shelf.marketplace == marketplace and shelf.slots",
        f"{RECOVERY_TESTS}::test_lists_of_the_recovered_marketplace_are_due",
    ),
    Mutant(
        "recovery is forgotten while its account may still be taken for down",
        RECOVERY,
        "if recovery.due_at + RECOVERY_SETTLES_IN <= requests.clock.now():",
        "if True:",
        f"{RECOVERY_TESTS}"
        "::test_shelf_that_is_deferred_again_right_after_the_recovery_is_due_in_the_next_run",
    ),
    Mutant(
        "recovered account waits for the end of the deferral",
        RESULTS,
        "        record_recovery(transaction, site_id, connection.marketplace, at)\n",
        "",
        f"{SYNC_TESTS}::test_account_that_works_again_adds_the_products",
    ),
    Mutant(
        "every success is a recovery",
        f"{LAYER}/domain/connections.py",
        "self.state is State.VALID and (before is None or before.is_down)",
        "self.state is State.VALID",
        "tests/unit/storage/test_account_results.py"
        "::test_success_after_failures_is_a_recovery[error0]",
    ),
    Mutant(
        "new problem of an account inherits the probe interval of the former one",
        f"{LAYER}/domain/connections.py",
        "failures = self.failures + 1 if is_same else 1",
        "failures = self.failures + 1",
        "tests/unit/domain/test_connections.py"
        "::test_another_problem_begins_with_its_first_probe_interval",
    ),
    Mutant(
        "throttled account makes products wait",
        OUTCOMES,
        "WAITING_ERRORS = (AmazonNoCredentials,",
        "WAITING_ERRORS = (AmazonThrottled, AmazonNoCredentials,",
        f"{SYNC_TESTS}::test_throttled_account_makes_no_product_wait",
    ),
    Mutant(
        "rejected credentials make products wait",
        OUTCOMES,
        "WAITING_ERRORS = (AmazonNoCredentials,",
        "WAITING_ERRORS = (AmazonKeysRejected, AmazonNoCredentials,",
        f"{SYNC_TESTS}::test_rejected_credentials_fail_the_entries[body0-amazon_keys_rejected]",
    ),
    Mutant(
        "later chunks of an import fail instead of waiting",
        OUTCOMES,
        "    if connection.state in _WAITING_STATES:\n        return WAITING\n",
        "",
        f"{SYNC_TESTS}::test_answer_without_access_makes_products_wait[not_eligible]",
    ),
    Mutant(
        "import of a waiting product deletes the content of the others",
        f"{LAYER}/storage/waiting_products.py",
        "new = [asin for asin in dict.fromkeys(asins) if asin not in present]",
        "new = list(dict.fromkeys(asins))",
        "tests/unit/services/test_chunk_imports.py"
        "::test_product_that_the_site_has_keeps_its_content",
    ),
    Mutant(
        "waiting product holds back the time of the last check",
        FEED,
        '{"expired", "missing", "waiting"}',
        '{"expired", "missing"}',
        f"{SYNC_TESTS}::test_import_without_credentials_sends_no_call",
    ),
    Mutant(
        "link-only connection replaces credentials",
        SETUP,
        "            raise ConnectionHasCredentials\n",
        "            pass\n",
        f"{LINK_TESTS}::test_connection_with_credentials_is_not_replaced",
    ),
    Mutant(
        "link-only connection counts as an account that Amazon refuses",
        f"{LAYER}/services/health.py",
        "accounts = [connection for connection in found if not connection.is_link_only]",
        "accounts = found",
        "tests/unit/services/test_health.py::test_link_only_connections_are_not_accounts",
    ),
    Mutant(
        "link-only connection opens a catalog",
        f"{LAYER}/services/amazon_accounts.py",
        "            raise AmazonNoCredentials\n",
        "            pass\n",
        "tests/unit/services/test_amazon_accounts.py"
        "::test_link_only_connection_opens_no_catalog_and_has_no_budget",
    ),
)
