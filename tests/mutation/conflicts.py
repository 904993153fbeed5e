"""Mutants of requests of one site that conflict with each other."""

from tests.mutation.mutant import LAYER, Mutant

OPTIMISTIC = f"{LAYER}/storage/optimistic.py"
SETUP = f"{LAYER}/services/account_setup.py"
RETRY_TESTS = "tests/unit/storage/test_optimistic.py"
STORM_TESTS = "tests/integration/api/test_conflict_storms.py"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "a request is refused after eight conflicts",
        OPTIMISTIC,
        "if number >= MIN_ATTEMPTS and not end.allows(pause):",
        "if number >= MIN_ATTEMPTS:",
        f"{STORM_TESTS}::test_list_is_stored_after_many_conflicts",
    ),
    Mutant(
        "conflicts are retried after the deadline",
        OPTIMISTIC,
        "if number >= MIN_ATTEMPTS and not end.allows(pause):",
        "if number >= MAX_ATTEMPTS:",
        f"{RETRY_TESTS}::test_retries_end_at_the_deadline_of_the_request",
    ),
    Mutant(
        "a write at the deadline is not retried",
        OPTIMISTIC,
        "if number >= MIN_ATTEMPTS and not end.allows(pause):",
        "if not end.allows(pause):",
        f"{RETRY_TESTS}::test_write_after_the_deadline_is_retried_for_a_second",
    ),
    Mutant(
        "import ignores the deadline of its request",
        f"{LAYER}/storage/product_transaction.py",
        "    retry_on_conflict(attempt, clock, deadline=deadline)\n",
        "    retry_on_conflict(attempt, clock)\n",
        "tests/unit/storage/test_product_transaction.py::"
        "test_decision_is_retried_until_the_deadline",
    ),
    Mutant(
        "a conflict of a connection decides on the site as it was",
        SETUP,
        "            current, latest = latest or self.sites.require(site.site_id), None\n",
        "            current = latest or site\n",
        f"{STORM_TESTS}::test_tag_is_stored_after_many_conflicts",
    ),
    Mutant(
        "each conflict stores another secret",
        SETUP,
        "        if tested.secret is None or version != tested.replaced:\n",
        "        if True:\n",
        f"{STORM_TESTS}::test_tested_credentials_are_stored_after_many_conflicts",
    ),
    Mutant(
        "a connection keeps the version of a secret that another request replaced",
        SETUP,
        "        if tested.secret is None or version != tested.replaced:\n",
        "        if tested.secret is None:\n",
        f"{STORM_TESTS}::test_same_secret_of_a_parallel_request_gets_another_version",
    ),
    Mutant(
        "a write is repeated for a site that is suspended now",
        SETUP,
        "            if current.suspended_at is not None:\n",
        "            if False:\n",
        f"{STORM_TESTS}::test_tag_of_a_site_that_is_suspended_meanwhile_is_refused",
    ),
    Mutant(
        "each of several parallel repetitions of an import calls Amazon",
        f"{LAYER}/services/imports.py",
        "        if known is not None and known is not stored:\n",
        "        if False:\n",
        "tests/unit/services/test_imports.py::test_repeated_request_waits_for_the_first_one",
    ),
    Mutant(
        "repetition of an import that failed waits as for one in flight",
        f"{LAYER}/services/imports.py",
        "and self.clock.now() < job.created_at + MAX_FLIGHT:",
        "and job.created_at:",
        "tests/unit/services/test_imports.py::"
        "test_repeated_request_of_one_that_failed_calls_amazon",
    ),
)
