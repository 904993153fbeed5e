"""Mutants of the migration of credentials to the other store."""

from tests.mutation.mutant import LAYER, Mutant

MOVES = f"{LAYER}/storage/secret_moves.py"
MIGRATION = "infra/migrate_credentials.py"
MOVE_TESTS = "tests/unit/storage/test_secret_moves.py"
MIGRATION_TESTS = "tests/integration/faults/test_migrate_credentials.py"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "migration deletes the old secret while processes use it",
        MOVES,
        "secret_deletion_item(old, now + UNCONNECTED_SECRET_TTL)",
        "secret_deletion_item(old, now)",
        f"{MOVE_TESTS}::test_old_secret_is_deleted_an_hour_after_the_move",
    ),
    Mutant(
        "migration replaces credentials that the owner has changed",
        MOVES,
        "if item is None or item.secret != secret_version_of(before):",
        "if item is None:",
        f"{MOVE_TESTS}::test_other_credentials_stay",
    ),
    Mutant(
        "migration makes no second copy of a connection that was not switched",
        MIGRATION,
        "        for _ in range(PASSES):\n",
        "        for _ in range(1):\n",
        f"{MIGRATION_TESTS}::test_copy_that_is_about_to_be_deleted_is_not_connected",
    ),
    Mutant(
        "migration does not read the copy back",
        MIGRATION,
        "            if vault.get(site_id, moved) != credentials:\n"
        "                return NOT_MOVED\n",
        "",
        f"{MIGRATION_TESTS}::test_copy_that_reads_differently_is_not_connected",
    ),
)
