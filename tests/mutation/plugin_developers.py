"""Mutants of the plugin's commands, abilities, counts of clicks, and languages."""

from tests.mutation.mutant import Mutant

PLUGIN = "clients/wordpress/amzlinkr"
INCLUDES = f"{PLUGIN}/includes"
ADMIN = f"{PLUGIN}/admin"
TESTS = "tests/plugin"
CLI = f"{INCLUDES}/cli.php"
CLI_SUPPORT = f"{INCLUDES}/cli-support.php"
ROUTE_CALLS = f"{INCLUDES}/route-calls.php"
ABILITIES = f"{INCLUDES}/abilities.php"
CLICKS = f"{INCLUDES}/clicks.php"
ROUTE = f"{INCLUDES}/clicks-route.php"
MARKUP = f"{INCLUDES}/clicks-markup.php"
CLICK_PARTS = f"{ADMIN}/clicks-parts.php"
CLICK_ACTION = f"{ADMIN}/clicks-action.php"
LANGUAGES = f"{INCLUDES}/languages.php"
LANGUAGE_ACTION = f"{ADMIN}/languages-action.php"
COMMANDS = f"{TESTS}/test_command_line.py"
COUNTS = f"{TESTS}/test_clicks.py"
OBJECTIONS = f"{COUNTS}::test_objections_and_other_sites_are_not_counted"
KNOWN = f"{COUNTS}::test_only_known_products_in_public_posts_are_counted[6.5]"
PAGE = f"{COUNTS}::test_page_shows_titles_as_text_and_no_old_data[6.5]"
ROLES = f"{COUNTS}::test_page_is_for_editors_and_the_switch_for_administrators[6.5]"
ABILITY_ROLES = f"{TESTS}/test_abilities.py::test_each_ability_requires_its_capability[newest]"
TRANSLATED = f"{TESTS}/test_languages.py"
SAVED = f"{TRANSLATED}::test_only_administrators_save_languages[6.5]"

DEVELOPER_MUTANTS = (
    Mutant(
        "user of a command needs no capability",
        CLI_SUPPORT,
        "if ( is_user_logged_in() && ! current_user_can( $capability ) ) {",
        "if ( ! is_user_logged_in() && current_user_can( $capability ) ) {",
        f"{COMMANDS}::test_user_of_a_command_needs_the_capability[6.5]",
    ),
    Mutant(
        "contributor imports by a command",
        CLI,
        "require_capability( Rest\\CAPABILITY_IMPORT );",
        "require_capability( Rest\\CAPABILITY_SEARCH );",
        f"{COMMANDS}::test_user_of_a_command_needs_the_capability[6.5]",
    ),
    Mutant(
        "text from Amazon controls the terminal",
        CLI_SUPPORT,
        "preg_replace( '~\\p{C}+~u', ' ', ",
        "preg_replace( '~\\x00~u', ' ', ",
        f"{COMMANDS}::test_texts_from_amazon_cannot_control_a_terminal[6.5]",
    ),
    Mutant(
        "status prints the owner's e-mail address",
        CLI_SUPPORT,
        "$values['site_id']     = $connection['site_id'];",
        "$values['site_id']     = $connection['email'];",
        f"{COMMANDS}::test_no_command_prints_the_api_key[6.5]",
    ),
    Mutant(
        "commands send invalid values",
        ROUTE_CALLS,
        "return is_wp_error( $valid ) ? explain_invalid_fields( $valid ) : (",
        "return (",
        f"{COMMANDS}::test_invalid_options_are_refused_before_a_request[6.5]",
    ),
    Mutant(
        "failed import is a success",
        CLI,
        "		if ( $failed ) {\n",
        "		if ( ! $rows ) {\n",
        f"{COMMANDS}::test_entry_that_is_not_imported_is_an_error[6.5]",
    ),
    Mutant(
        "contributor imports by an ability",
        ABILITIES,
        "		Rest\\CAPABILITY_IMPORT,\n",
        "		Rest\\CAPABILITY_SEARCH,\n",
        ABILITY_ROLES,
    ),
    Mutant(
        "abilities need no capability",
        ABILITIES,
        "static fn() => current_user_can( $capability ),",
        "'__return_true',",
        ABILITY_ROLES,
    ),
    Mutant(
        "clicks are counted by default",
        CLICKS,
        "		'is_on' => false,\n",
        "		'is_on' => true,\n",
        f"{COUNTS}::test_nothing_is_counted_by_default[6.5]",
    ),
    Mutant(
        "visitors with Do Not Track are counted",
        ROUTE,
        "'1' === $request->get_header( 'dnt' ) || ",
        "",
        f"{OBJECTIONS}[{{'DNT': '1'}}-6.5]",
    ),
    Mutant(
        "visitors with Global Privacy Control are counted",
        ROUTE,
        " || '1' === $request->get_header( 'sec_gpc' )",
        "",
        f"{OBJECTIONS}[{{'Sec-GPC': '1'}}-6.5]",
    ),
    Mutant(
        "other sites send clicks by the browsers of their visitors",
        ROUTE,
        "'cross-site' !== $request->get_header( 'sec_fetch_site' ) && ",
        "",
        f"{OBJECTIONS}[{{'Sec-Fetch-Site': 'cross-site'}}-6.5]",
    ),
    Mutant(
        "clicks on any ASIN are counted",
        ROUTE,
        " && is_known_product( $asin, $marketplace ) ) {",
        " ) {",
        KNOWN,
    ),
    Mutant(
        "clicks in drafts are counted",
        CLICKS,
        "'publish' === $post->post_status && is_post_publicly_viewable( $post );",
        "'' !== $post->post_status;",
        KNOWN,
    ),
    Mutant(
        "clicks per minute have no limit",
        CLICKS,
        "1, MAX_PER_MINUTE, MINUTE_IN_SECONDS",
        "1, PHP_INT_MAX, MINUTE_IN_SECONDS",
        f"{COUNTS}::test_clicks_per_minute_are_limited[6.5]",
    ),
    Mutant(
        "rows of clicks per day have no limit",
        CLICKS,
        " >= MAX_ROWS_PER_DAY ) {",
        " >= PHP_INT_MAX ) {",
        f"{COUNTS}::test_rows_per_day_are_limited[6.5]",
    ),
    Mutant(
        "counts of clicks are kept for ever",
        CLICKS,
        "	delete_old();\n",
        "",
        f"{COUNTS}::test_counts_end_with_their_retention_and_their_post[6.5]",
    ),
    Mutant(
        "HTML of authors names the post too",
        MARKUP,
        "const SCRIPT_HANDLE = 'amzlinkr-clicks';",
        "const SCRIPT_HANDLE = 'amzlinkr-clicks'; add_filter( 'render_block', static fn( $html ) "
        "=> str_replace( ' data-asin=\"', get_attribute() . ' data-asin=\"', $html ) );",
        f"{TESTS}/test_hostile_texts.py::test_filtered_text_gets_no_script[6.5-True]",
    ),
    Mutant(
        "feed names the post of a display",
        MARKUP,
        " && ! KeptHtml\\is_kept()",
        "",
        f"{COUNTS}::test_script_is_on_pages_with_products_only[6.5]",
    ),
    Mutant(
        "link in place of a box names no post",
        f"{INCLUDES}/box.php",
        """'<p class="amzlinkr-link"%s data-asin""",
        """'<p class="amzlinkr-link" data-unused="%s" data-asin""",
        f"{COUNTS}::test_each_display_names_its_post[waiting-6.5]",
    ),
    Mutant(
        "users who edit posts are counted",
        MARKUP,
        "! current_user_can( Rest\\CAPABILITY_SEARCH ) && ",
        "",
        f"{COUNTS}::test_users_who_edit_posts_are_not_counted[6.5]",
    ),
    Mutant(
        "titles of clicked products are markup",
        CLICK_PARTS,
        """esc_html( '' !== $title ? "$title · $name" : $name )""",
        """( '' !== $title ? "$title · $name" : $name )""",
        PAGE,
    ),
    Mutant(
        "page of clicks shows expired titles",
        CLICK_PARTS,
        "Products\\apply_expiry( $product )['title']",
        "$product['title']",
        PAGE,
    ),
    Mutant(
        "authors see the page of clicks",
        CLICK_ACTION,
        "Rest\\CAPABILITY_EDIT, 'amzlinkr-clicks'",
        "Rest\\CAPABILITY_IMPORT, 'amzlinkr-clicks'",
        ROLES,
    ),
    Mutant(
        "editors switch the counting and delete the counts",
        CLICK_ACTION,
        "Actions\\add( $amzlinkr_action, Rest\\CAPABILITY_MANAGE, ",
        "Actions\\add( $amzlinkr_action, Rest\\CAPABILITY_EDIT, ",
        ROLES,
    ),
    Mutant(
        "forms of clicks are not checked",
        CLICK_ACTION,
        "Actions\\add( $amzlinkr_action, Rest\\CAPABILITY_MANAGE, ",
        'add_action( "admin_post_amzlinkr_$amzlinkr_action", ',
        ROLES,
    ),
    Mutant(
        "uninstallation keeps the counts of clicks",
        f"{PLUGIN}/uninstall.php",
        ", {$wpdb->prefix}amzlinkr_clicks",
        "",
        f"{COUNTS}::test_uninstallation_removes_the_table[6.5]",
    ),
    Mutant(
        "editors save the languages",
        LANGUAGE_ACTION,
        "Actions\\add( 'save_languages', Rest\\CAPABILITY_MANAGE, ",
        "Actions\\add( 'save_languages', Rest\\CAPABILITY_EDIT, ",
        SAVED,
    ),
    Mutant(
        "form of languages is not checked",
        LANGUAGE_ACTION,
        "Actions\\add( 'save_languages', Rest\\CAPABILITY_MANAGE, ",
        "add_action( 'admin_post_amzlinkr_save_languages', ",
        SAVED,
    ),
    Mutant(
        "any text is stored as a marketplace",
        LANGUAGES,
        "array_intersect( $known, array_keys( Accounts\\get_marketplaces() ) )",
        "$known",
        f"{TRANSLATED}::test_unknown_codes_are_not_stored[6.5]",
    ),
    Mutant(
        "names of languages are markup",
        f"{ADMIN}/settings-languages.php",
        "<?php echo esc_html( $amzlinkr_name ); ?>",
        "<?php echo $amzlinkr_name; ?>",
        f"{TRANSLATED}::test_site_with_one_language_shows_no_setting[6.5]",
    ),
    Mutant(
        "change of a product in another language purges no post",
        f"{INCLUDES}/placements.php",
        "array_merge( Languages\\add_variants( $found ), $foreign )",
        "array_merge( $found, $foreign )",
        f"{TRANSLATED}::test_changes_of_each_marketplace_purge_the_post[6.5]",
    ),
)
