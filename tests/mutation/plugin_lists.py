"""Mutants of the plugin's lists: routes, sync, expiry, caches, rendering, and uninstallation."""

from tests.mutation.mutant import Mutant

PLUGIN = "clients/wordpress/amzlinkr"
REST = f"{PLUGIN}/includes/rest.php"
TESTS = "tests/plugin"
LISTS = f"{PLUGIN}/includes/lists.php"
LIST_REST = f"{PLUGIN}/includes/list-rest.php"
LIST_SYNC = f"{PLUGIN}/includes/list-sync.php"
LIST_BLOCK = f"{PLUGIN}/includes/list-block.php"
LIST_PLACEMENTS = f"{PLUGIN}/includes/list-placements.php"
LIST_FEED = f"{TESTS}/test_list_sync.py"
LIST_ROUTES = f"{TESTS}/test_list_routes.py"
LIST_BOXES = f"{TESTS}/test_list_block.py"
LIST_RIGHTS = f"{TESTS}/test_list_rights.py"
REPLACED_LIST = f"{LIST_RIGHTS}::test_author_does_not_replace_a_list"
LONG_POSTS = f"{TESTS}/test_long_posts.py"
WITHHELD_LIST = (
    f"{LIST_FEED}::test_withheld_list_is_read_again_after_its_marketplace_was_checked[6.5]"
)
LIST_URL_READ = f"{TESTS}/test_rest_requests.py::test_functions_of_routes_read_the_url[6.5]"
LIST_URL_ONLY = f"{TESTS}/test_rest_requests.py::test_url_parameters_come_from_the_url_only"
LIST_TEXTS = f"{TESTS}/test_rendering.py::test_boxes_contain_text_only[6.5]"
LIST_PAGE_TEXTS = f"{TESTS}/test_rendering.py::test_admin_pages_contain_text_only[6.5]"
LIST_SCRIPT_DATA = f"{TESTS}/test_rendering.py::test_data_for_scripts_stays_in_its_element[6.5]"

LIST_MUTANTS = (
    Mutant(
        "list to delete is read from the query",
        LIST_REST,
        "$name    = get_url_parameter( $request, 'name' );",
        "$name    = (string) $request['name'];",
        LIST_URL_READ,
    ),
    Mutant(
        "contributor saves lists",
        REST,
        "array( 'PUT', '/lists/(?P<name>[a-z0-9-]{1,64})', CAPABILITY_IMPORT,",
        "array( 'PUT', '/lists/(?P<name>[a-z0-9-]{1,64})', CAPABILITY_SEARCH,",
        f"{LIST_URL_ONLY}[contributor-6.5]",
    ),
    Mutant(
        "contributor deletes lists",
        REST,
        "array( 'DELETE', '/lists/(?P<name>[a-z0-9-]{1,64})', CAPABILITY_EDIT,",
        "array( 'DELETE', '/lists/(?P<name>[a-z0-9-]{1,64})', CAPABILITY_SEARCH,",
        f"{LIST_URL_ONLY}[contributor-6.5]",
    ),
    Mutant(
        "author deletes lists",
        REST,
        "array( 'DELETE', '/lists/(?P<name>[a-z0-9-]{1,64})', CAPABILITY_EDIT,",
        "array( 'DELETE', '/lists/(?P<name>[a-z0-9-]{1,64})', CAPABILITY_IMPORT,",
        f"{LIST_RIGHTS}::test_author_does_not_delete_a_list[6.5]",
    ),
    Mutant(
        "author replaces lists",
        LIST_REST,
        "$known && ! current_user_can( CAPABILITY_EDIT ) &&",
        "$known && ! current_user_can( CAPABILITY_IMPORT ) &&",
        f"{REPLACED_LIST}[search-6.5]",
    ),
    Mutant(
        "author changes the size of a list",
        LISTS,
        "array( $one['marketplace'], $one['size'] ) === array( $other['marketplace'],",
        "array( $one['marketplace'], $other['size'] ) === array( $other['marketplace'],",
        f"{REPLACED_LIST}[size-6.5]",
    ),
    Mutant(
        "author moves a list to another marketplace",
        LISTS,
        "array( $one['marketplace'], $one['size'] ) === array( $other['marketplace'],",
        "array( $other['marketplace'], $one['size'] ) === array( $other['marketplace'],",
        f"{REPLACED_LIST}[marketplace-6.5]",
    ),
    Mutant(
        "author cannot save an equal list",
        LISTS,
        "$other['query'] + array( 'in_stock' => true )",
        "$other['query']",
        f"{LIST_RIGHTS}::test_author_saves_new_and_equal_lists[6.5]",
    ),
    Mutant(
        "block offers authors the form of existing lists",
        LIST_BLOCK,
        "'mayChange'     => current_user_can( Rest\\CAPABILITY_EDIT ),",
        "'mayChange'     => current_user_can( Rest\\CAPABILITY_IMPORT ),",
        f"{LIST_RIGHTS}::test_pages_offer_only_what_is_permitted[6.5]",
    ),
    Mutant(
        "page offers authors to delete lists",
        f"{PLUGIN}/admin/lists.php",
        "current_user_can( Rest\\CAPABILITY_EDIT );",
        "current_user_can( Rest\\CAPABILITY_IMPORT );",
        f"{LIST_RIGHTS}::test_pages_offer_only_what_is_permitted[6.5]",
    ),
    Mutant(
        "lists have no limit per user",
        LIST_REST,
        ": UserLimits\\count_list( (int) $request['size'] );",
        ": null;",
        f"{LIST_ROUTES}::test_lists_count_for_every_ten_products[6.5]",
    ),
    Mutant(
        "list of another name is stored",
        LIST_SYNC,
        "if ( $list['name'] !== $name || ! Lists\\is_identified( $list ) ) {",
        "if ( ! Lists\\is_identified( $list ) ) {",
        f"{LIST_ROUTES}::test_list_of_another_name_is_an_error[6.5]",
    ),
    Mutant(
        "list is shown for longer than a day",
        LISTS,
        "if ( time() >= $seen_at + Products\\MAX_AGE_SECONDS ) {",
        "if ( time() >= $seen_at + 2 * Products\\MAX_AGE_SECONDS ) {",
        f"{LIST_FEED}::test_a_list_is_as_old_as_its_oldest_product[6.5]",
    ),
    Mutant(
        "list is as old as its newest page",
        LISTS,
        "'seen_at'     => min( $times ),",
        "'seen_at'     => max( $times ),",
        f"{LIST_FEED}::test_a_list_is_as_old_as_its_oldest_product[6.5]",
    ),
    Mutant(
        "products of an expired list stay in the database",
        LISTS,
        "'items'           => '[]',",
        "'items'           => wp_json_encode( $list['items'] ),",
        WITHHELD_LIST,
    ),
    Mutant(
        "list is withheld for good",
        LIST_SYNC,
        "if ( ! in_array( $list['marketplace'], $confirmed, true ) ) {",
        "if ( $confirmed ) {",
        WITHHELD_LIST,
    ),
    Mutant(
        "list that the service removed is requested in each run",
        LIST_SYNC,
        "? Lists\\remove( array( $list ) ) : $changed;",
        "? true : $changed;",
        WITHHELD_LIST,
    ),
    Mutant(
        "list without results expires",
        LISTS,
        'get_rows( "item_count > 0 AND $condition", $values )',
        "get_rows( $condition, $values )",
        WITHHELD_LIST,
    ),
    Mutant(
        "list that a full read does not contain stays",
        LIST_SYNC,
        "		return Lists\\remove( $missing );",
        "		return true;",
        f"{LIST_FEED}::test_list_that_a_full_read_does_not_contain_is_removed[cursor_too_old-6.5]",
    ),
    Mutant(
        "list that must be created again is removed by a full read",
        LIST_SYNC,
        "$missing = array_diff_key( $missing, $state['pending_lists'] );",
        "$missing = array_diff_key( $missing, array() );",
        f"{LIST_FEED}::test_lists_are_created_again_after_a_new_connection[6.5]",
    ),
    Mutant(
        "list of an unknown kind is stored",
        LIST_SYNC,
        "if ( 'list' === ( $change['kind'] ?? '' ) ) {",
        "if ( 'list_removed' !== ( $change['kind'] ?? '' ) ) {",
        f"{LIST_FEED}::test_other_kinds_are_ignored[6.5]",
    ),
    Mutant(
        "older list replaces a newer one",
        LISTS,
        "if ( $is_same && 0 < $list['seen_at'] && $list['seen_at'] < $known['seen_at'] ) {",
        "if ( $is_same && $list['seen_at'] < 0 ) {",
        f"{LIST_FEED}::test_older_data_does_not_replace_newer_data[6.5]",
    ),
    Mutant(
        "removal of a list in a former marketplace removes it",
        LISTS,
        "			'marketplace' => $list['marketplace'],\n		);\n		if",
        "		);\n		if",
        f"{LIST_FEED}::test_feed_creates_changes_and_removes_lists[6.5]",
    ),
    Mutant(
        "crash leaves outdated lists in caches",
        LIST_SYNC,
        "if ( ! save_purges( $pending, array_merge( $lists, $removed ), $lock ) ) {",
        "if ( ! save_purges( $pending, array(), $lock ) ) {",
        f"{LIST_FEED}::test_posts_are_purged_after_a_crash_and_twice_a_day[6.5]",
    ),
    Mutant(
        "posts with a pattern keep an outdated list",
        f"{PLUGIN}/includes/cache-purge.php",
        "while ( $new ) {",
        "while ( false ) {",
        f"{LIST_FEED}::test_changes_purge_the_posts_that_show_the_list[6.5]",
    ),
    Mutant(
        "page of lists omits posts with a pattern",
        LIST_PLACEMENTS,
        "__NAMESPACE__ . '\\find_names' );",
        "__NAMESPACE__ . '\\find_names', false );",
        f"{LONG_POSTS}::test_posts_of_lists_are_found_by_nested_patterns[6.5]",
    ),
    Mutant(
        "purge of lists begins again in each run",
        LIST_SYNC,
        "if ( ! $names ) {",
        "if ( true ) {",
        f"{LONG_POSTS}::test_purge_of_lists_is_continued_at_the_next_post[6.5]",
    ),
    Mutant(
        "page cache that fails for products stops the purge of lists",
        f"{PLUGIN}/includes/sync.php",
        "$are_lists_first = ! get_state()['are_lists_first'];",
        "$are_lists_first = false;",
        f"{LONG_POSTS}::test_failing_purge_of_products_does_not_stop_that_of_lists[6.5]",
    ),
    Mutant(
        "offer in a list outlives its deal",
        LISTS,
        "$items   = array_map( 'AmzLinkr\\Products\\strip_ended_deal', $list['items'] );",
        "$items   = $list['items'];",
        f"{LIST_FEED}::test_offer_is_removed_when_its_deal_has_ended[6.5]",
    ),
    Mutant(
        "disconnection leaves the products of lists",
        f"{PLUGIN}/includes/disconnect.php",
        "array_column( Lists\\purge_all(), 'name' )",
        "array()",
        f"{LIST_FEED}::test_content_is_deleted_on_deactivation_and_disconnection[6.5]",
    ),
    Mutant(
        "text in place of a list is HTML",
        LIST_BLOCK,
        "'<p class=\"amzlinkr-list__fallback\">' . esc_html( $fallback ) . '</p>'",
        "'<p class=\"amzlinkr-list__fallback\">' . $fallback . '</p>'",
        LIST_TEXTS,
    ),
    Mutant(
        "attribute of a list is not escaped",
        f"{PLUGIN}/templates/list.php",
        "esc_attr( $box['fallback'] )",
        "$box['fallback']",
        LIST_TEXTS,
    ),
    Mutant(
        "feed contains a list",
        LIST_BLOCK,
        "if ( KeptHtml\\is_kept() ) {",
        "if ( false ) {",
        f"{LIST_BOXES}::test_feeds_contain_a_link_to_the_post[6.5]",
    ),
    Mutant(
        "different disclaimers are replaced by the first one",
        f"{PLUGIN}/includes/groups.php",
        "count( $shown ) > 1 && 1 === count( array_unique( $shown ) )",
        "count( $shown ) > 1",
        f"{LIST_BOXES}::test_common_texts_are_printed_once[6.5]",
    ),
    Mutant(
        "expired list stays in an open page",
        f"{PLUGIN}/assets/product-list.js",
        "if ( Date.now() >= time ) {",
        "if ( Date.now() >= 2 * time ) {",
        f"{LIST_BOXES}::test_list_is_removed_from_an_open_page_after_a_day[6.5]",
    ),
    Mutant(
        "search of a list is HTML on its page",
        f"{PLUGIN}/admin/lists.php",
        "<?php echo esc_html( ListLabels\\describe_query( $amzlinkr_list ) ); ?>",
        "<?php echo ListLabels\\describe_query( $amzlinkr_list ); ?>",
        LIST_PAGE_TEXTS,
    ),
    Mutant(
        "title of a post is HTML on the page of lists",
        f"{PLUGIN}/admin/post-links.php",
        "esc_html( '' !== $title ? $title : \"#$post\" )",
        "'' !== $title ? $title : \"#$post\"",
        LIST_PAGE_TEXTS,
    ),
    Mutant(
        "data of the list editor ends its element",
        LIST_BLOCK,
        "wp_json_encode( $data, JSON_HEX_TAG | JSON_HEX_AMP )",
        "wp_json_encode( $data, JSON_UNESCAPED_SLASHES )",
        LIST_SCRIPT_DATA,
    ),
    Mutant(
        "uninstallation leaves the table of lists",
        f"{PLUGIN}/uninstall.php",
        ", {$wpdb->prefix}amzlinkr_lists",
        "",
        f"{TESTS}/test_database_queries.py::test_uninstallation_removes_the_plugins_data_only[6.5]",
    ),
)
