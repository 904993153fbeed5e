"""Mutants of the INIT phase, and of what a process drops that is restored from a snapshot."""

from tests.mutation.mutant import LAYER, Mutant

STARTUP = f"{LAYER}/startup.py"
ADAPTERS = f"{LAYER}/adapters.py"
CLOCK = f"{LAYER}/storage/clock.py"
TESTS = "tests/unit/test_startup.py"
RESTORED = "tests/unit/test_adapters.py::test_a_restored_process_has_no_connection_secret_or_time"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "clients are constructed in INIT of snapshots only",
        STARTUP,
        "    if not runs_on_lambda():\n",
        "    if not is_restored_from_snapshots():\n",
        f"{TESTS}::test_on_lambda_the_named_dependencies_are_constructed",
    ),
    Mutant(
        "hook for restored snapshots only drops connections",
        STARTUP,
        "hooks.register_after_restore(after_restore, deps)",
        "hooks.register_after_restore(deps.after_restore)",
        f"{TESTS}::test_the_hook_is_registered_for_snapshots_only",
    ),
    Mutant(
        "restored processes share random numbers",
        STARTUP,
        "    random.seed()\n",
        "",
        f"{TESTS}::test_restored_processes_do_not_share_random_numbers",
    ),
    Mutant(
        "restored process uses the connections of the snapshot",
        ADAPTERS,
        "constructed = [*self.__dict__.values(), *self._clients.values()]",
        "constructed = list(self.__dict__.values())",
        RESTORED,
    ),
    Mutant(
        "restored process corrects its clock by the time of the snapshot",
        CLOCK,
        "        self.reset()\n"
        "\n"
        "    def reset(self) -> None:\n"
        '        """Drop the bounds of earlier responses, which say nothing after a restored '
        'snapshot."""\n'
        "        # The true time minus the machine clock lies between these two.\n"
        "        self._min_offset: timedelta | None = None\n"
        "        self._max_offset: timedelta | None = None\n",
        "        self._min_offset: timedelta | None = None\n"
        "        self._max_offset: timedelta | None = None\n"
        "        self.reset()\n"
        "\n"
        "    def reset(self) -> None:\n",
        RESTORED,
    ),
)
