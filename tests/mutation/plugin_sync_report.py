"""Mutants of the plugin: reports of the service about the price sync, and who sees them."""

from tests.mutation.mutant import Mutant

PLUGIN = "clients/wordpress/amzlinkr"
REPORT = f"{PLUGIN}/includes/sync-report.php"
PROBLEMS = f"{PLUGIN}/includes/sync-problems.php"
TESTS = "tests/plugin/test_sync_report.py"
SHOWN = f"{TESTS}::test_reasons_are_shown_where_the_owner_looks[6.5]"
OTHERS = f"{TESTS}::test_reasons_are_not_shown_to_others[6.5]"
MALFORMED = f"{TESTS}::test_malformed_report_does_not_stay[6.5]"

SYNC_REPORT_MUTANTS = (
    Mutant(
        "reason of the service is HTML on a page",
        f"{PLUGIN}/admin/sync-problems.php",
        "printf( '<li>%s</li>', esc_html( $text ) );",
        "printf( '<li>%s</li>', $text );",
        SHOWN,
    ),
    Mutant(
        "reason of the service is HTML in the widget",
        f"{PLUGIN}/admin/attention-widget.php",
        "printf( '<p>%s</p>', esc_html( $text ) );",
        "printf( '<p>%s</p>', $text );",
        SHOWN,
    ),
    Mutant(
        "contributor sees why prices are not refreshed",
        f"{PLUGIN}/admin/products.php",
        "if ( $amzlinkr_table->can_edit() ) {\n\tprint_marketplace_problems();",
        "if ( true ) {\n\tprint_marketplace_problems();",
        OTHERS,
    ),
    Mutant(
        "visitor sees why a list is refused",
        f"{PLUGIN}/includes/list-block.php",
        ". Box\\render_note( get_refresh_note( $list ) );",
        ". esc_html( get_refresh_note( $list ) );",
        OTHERS,
    ),
    Mutant(
        "problem of any name is stored",
        REPORT,
        "'' !== $texts['code'] && preg_match( \"~$pattern~\", (string) $key )",
        "'' !== $texts['code']",
        MALFORMED,
    ),
    Mutant(
        "problem stays after the account works",
        PROBLEMS,
        "return ! Accounts\\is_healthy( $account ) && (",
        "return (",
        f"{TESTS}::test_problem_ends_with_its_cause[6.5]",
    ),
)
