"""Mutants of the archive of the plugin with a preset service URL."""

from tests.mutation.mutant import Mutant

ARCHIVE = "infra/plugin_archive.py"
TESTS = "tests/infra/test_plugin_archive.py"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "archive has no service URL",
        ARCHIVE,
        "content = with_service_url(content.decode(), service_url).encode()",
        'content = with_service_url(content.decode(), "").encode()',
        f"{TESTS}::test_only_the_preset_differs_from_the_source",
    ),
    Mutant(
        "archive contains files for developers",
        ARCHIVE,
        "if path.is_file() and not is_hidden and name not in ignored:",
        "if path.is_file() and not is_hidden:",
        f"{TESTS}::test_archive_has_no_file_for_developers_and_all_others",
    ),
)
