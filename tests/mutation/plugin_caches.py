"""Mutants of the plugin: page caches, host names, lost tables, and failed verifications."""

from tests.mutation.mutant import Mutant

PLUGIN = "clients/wordpress/amzlinkr"
PAGE_CACHES = f"{PLUGIN}/includes/page-caches.php"
CACHE_PURGE = f"{PLUGIN}/includes/cache-purge.php"
FIELDS = f"{PLUGIN}/includes/builder-fields.php"
POST_SEARCH = f"{PLUGIN}/includes/post-search.php"
HOST_NAMES = f"{PLUGIN}/includes/host-names.php"
CONNECTION = f"{PLUGIN}/includes/connection.php"
ACTIONS = f"{PLUGIN}/admin/actions.php"
HELP = f"{PLUGIN}/includes/verification-help.php"
TABLES = f"{PLUGIN}/includes/tables.php"
SYNC = f"{PLUGIN}/includes/sync.php"
SERVICE = f"{PLUGIN}/includes/service.php"
CACHES = "tests/plugin/test_page_caches.py"
ARCHIVES = f"{CACHES}::test_pages_with_the_posts_are_purged_once[6.5]"
WIDGETS = f"{CACHES}::test_widget_causes_one_purge_of_all_pages[6.5]"
ELEMENTOR = "tests/plugin/test_builder_fields.py::test_posts_of_elementor_are_purged[6.5]"
HOSTS = "tests/plugin/test_host_names.py"
ALIAS = f"{HOSTS}::test_second_host_name_leads_to_the_same_site[6.5]"
COPY = f"{HOSTS}::test_copy_with_another_address_in_its_configuration[6.5]"
CAUSES = (
    "tests/plugin/test_verification_help.py"
    "::test_each_cause_has_a_sentence_and_offers_an_invite[6.5]"
)
LOST = "tests/plugin/test_lost_tables.py"

CACHE_MUTANTS = (
    Mutant(
        "error of a page cache ends the purge",
        PAGE_CACHES,
        "catch ( Throwable $error )",
        "catch ( \\LogicException $error )",
        f"{CACHES}::test_failing_page_cache_stops_no_other[6.5]",
    ),
    Mutant(
        "all pages are purged for each widget and list",
        PAGE_CACHES,
        "if ( is_done( 'site' ) ) {",
        "if ( is_done( 'site', false ) ) {",
        WIDGETS,
    ),
    Mutant(
        "page cache without a purge of one page is not purged",
        PAGE_CACHES,
        "if ( ! isset( $cache['post'] ) &&",
        "if ( isset( $cache['post'] ) &&",
        f"{CACHES}::test_each_page_cache_purges_the_posts[6.5]",
    ),
    Mutant(
        "archives with changed posts stay in a page cache",
        PAGE_CACHES,
        "		'url'  => array( 'action', 'jetpack_boost_clear_page_cache_url' ),\n",
        "",
        ARCHIVES,
    ),
    Mutant(
        "archives of terms stay in page caches",
        PAGE_CACHES,
        "			$found[] = get_term_link( $term );\n",
        "",
        ARCHIVES,
    ),
    Mutant(
        "Cloudflare keeps all pages after a change of a widget",
        PAGE_CACHES,
        "(array) $actions, array( ALL_PAGES_ACTION )",
        "(array) $actions, array()",
        f"{CACHES}::test_cloudflare_purges_after_the_actions[6.5]",
    ),
    Mutant(
        "products in widgets cause no purge",
        CACHE_PURGE,
        "if ( START === $position && ",
        "if ( null === $position && ",
        WIDGETS,
    ),
    Mutant(
        "page cache that exits stops all later purges",
        CACHE_PURGE,
        "		$save( 0, 0 );\n",
        "",
        f"{CACHES}::test_plugin_that_exits_at_a_widget_is_not_called_again[6.5]",
    ),
    Mutant(
        "products in templates cause no purge of all pages",
        CACHE_PURGE,
        "if ( SiteWide\\is_type( $type ) ) {",
        "if ( '' === $type ) {",
        f"{CACHES}::test_template_causes_a_purge_of_all_pages[6.5]",
    ),
    Mutant(
        "products in Elementor cause no purge",
        CACHE_PURGE,
        "$visit, $after, $until, true );",
        "$visit, $after, $until, false );",
        ELEMENTOR,
    ),
    Mutant(
        "shortcodes with quotes in Elementor are not found",
        FIELDS,
        "	'\\\\\"'  => '\"',\n",
        "",
        ELEMENTOR,
    ),
    Mutant(
        "field of a post is not searched if the time ends before it",
        POST_SEARCH,
        "$is_whole && (int) ( $groups",
        "$is_whole || (int) ( $groups",
        ELEMENTOR,
    ),
)
HOST_NAME_MUTANTS = (
    Mutant(
        "token of this site is served to all visitors",
        HOST_NAMES,
        "! hash_equals( get_hash( $token ), $hash )",
        "'' === $hash",
        f"{HOSTS}::test_token_is_served_to_its_hash_only[6.5]",
    ),
    Mutant(
        "each address is one of this site",
        HOST_NAMES,
        "return hash_equals( $token, trim( wp_remote_retrieve_body( $response ) ) );",
        "return ! is_wp_error( $response );",
        COPY,
    ),
    Mutant(
        "each call asks the original of a copy",
        HOST_NAMES,
        "if ( get_transient( $transient ) || ",
        "if ( ",
        COPY,
    ),
    Mutant(
        "changed address in the database is no move",
        CONNECTION,
        "return is_database_moved() || !",
        "return !",
        f"{HOSTS}::test_changed_database_is_a_move[6.5]",
    ),
    Mutant(
        "second host name disconnects the site",
        ACTIONS,
        "if ( HostNames\\read_same_row( Connection\\get_connected_url() ) ) {",
        "if ( '' === Connection\\get_connected_url() ) {",
        ALIAS,
    ),
    Mutant(
        "one click disconnects a copy",
        ACTIONS,
        "if ( '' === get_field( 'is_copy' ) ) {",
        "if ( null === get_field( 'is_copy' ) ) {",
        COPY,
    ),
)
FAILURE_MUTANTS = (
    Mutant(
        "failed verification offers no invite",
        HELP,
        "Sentences\\join( $todo, $invite )",
        "$todo",
        CAUSES,
    ),
    Mutant(
        "cause is that of a path that servers keep from WordPress",
        HELP,
        "array( get_query_part( $detail ), $detail )",
        "array( $detail )",
        CAUSES,
    ),
    Mutant(
        "sync does not create lost tables",
        SYNC,
        "		Tables\\repair();\n",
        "",
        f"{LOST}::test_sync_creates_lost_tables_and_reads_all_products[6.5]",
    ),
    Mutant(
        "author creates tables",
        TABLES,
        "&& current_user_can( Rest\\CAPABILITY_MANAGE ) ",
        "",
        f"{LOST}::test_administrator_sees_that_a_table_was_lost[6.5]",
    ),
    Mutant(
        "interval is translated before init",
        SYNC,
        "did_action( 'init' ) ?",
        "true ?",
        "tests/plugin/test_early_requests.py::test_nothing_is_translated_before_init[6.5]",
    ),
    Mutant(
        "URL ends the PHP code that the owner copies",
        SERVICE,
        "preg_replace( '~[^\\w.:/-]~', '', $url )",
        "$url",
        "tests/plugin/test_service_url.py::test_refused_http_url_names_the_constant[6.5]",
    ),
)
PAGE_CACHE_MUTANTS = (*CACHE_MUTANTS, *HOST_NAME_MUTANTS, *FAILURE_MUTANTS)
