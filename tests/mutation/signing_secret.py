"""Mutants of the rotation of the signing secret."""

from tests.mutation.mutant import LAYER, Mutant

SECRET = f"{LAYER}/security/signing_secret.py"
PROCESSES = (
    "tests/unit/security/test_signing_secret.py"
    "::test_processes_accept_all_cursors_of_each_other_during_two_rotations"
)

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "new key signs before all processes have it",
        SECRET,
        "current_from=now + ACTIVATION_DELAY,",
        "current_from=now,",
        PROCESSES,
    ),
    Mutant(
        "cursors of the former key end with a rotation",
        SECRET,
        "accepted=(content.current.encode(), previous.encode()),",
        "accepted=(content.current.encode(),),",
        PROCESSES,
    ),
    Mutant(
        "rotation renames the rate limiters of accounts",
        SECRET,
        "        accounts=content.accounts or content.current,\n",
        "        accounts=content.accounts,\n",
        PROCESSES,
    ),
)
