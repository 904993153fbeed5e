"""Mutants of reservations: unused ones, the expected duration of a write, and the clock."""

from tests.mutation.mutant import LAYER, Mutant

LIMITER = f"{LAYER}/storage/rate_limiter.py"
WRITE_TIME = f"{LAYER}/domain/write_time.py"
TESTS = "tests/unit/storage/test_rate_limiter.py"
FIRST_WRITE = f"{TESTS}::test_first_write_of_a_process_is_expected_to_be_slow"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "unused reservation is not given back",
        LIMITER,
        "            self._account.give_back()\n            raise\n",
        "            raise\n",
        f"{TESTS}::test_reservation_without_time_for_its_call_is_given_back",
    ),
    Mutant(
        "missed reservation uses up a call of the day",
        LIMITER,
        "            self._account.unused = outcome\n",
        "",
        f"{TESTS}::test_missed_reservation_is_replaced_by_the_next_one",
    ),
    Mutant(
        "first write of a process is expected to be fast",
        WRITE_TIME,
        "first_ms: int = FIRST_WRITE_MS",
        "first_ms: int = MIN_WRITE_MS",
        FIRST_WRITE,
    ),
    Mutant(
        "bounds of earlier responses stay exact although the machine clock drifts",
        f"{LAYER}/storage/clock.py",
        "self._min_offset - drift",
        "self._min_offset",
        "tests/unit/storage/test_clock.py"
        "::test_slow_drift_of_a_process_that_runs_for_days_is_within_the_bounds",
    ),
    Mutant(
        "machine clock that was set back is taken as correct",
        f"{LAYER}/storage/clock.py",
        "            return max(timedelta(), self._min_offset - self._advance() - "
        "self._possible_drift())\n",
        "            return timedelta()\n",
        "tests/unit/storage/test_clock.py"
        "::test_clock_that_was_set_back_is_never_behind_the_time_that_responses_proved",
    ),
    Mutant(
        "refresh worker has the memory of the other functions",
        "template.yaml",
        "      MemorySize: 1024\n"
        "      Environment:\n"
        "        Variables:\n"
        "          POWERTOOLS_SERVICE_NAME: refresh_shelves\n",
        "      Environment:\n"
        "        Variables:\n"
        "          POWERTOOLS_SERVICE_NAME: refresh_shelves\n",
        "tests/infra/test_queues_and_tables.py::test_refresh_worker_has_half_a_core",
    ),
)
