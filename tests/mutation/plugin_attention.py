"""Mutants of the plugin: products that need attention, their e-mail, and replacements in posts."""

from tests.mutation.mutant import Mutant

PLUGIN = "clients/wordpress/amzlinkr"
ATTENTION = f"{PLUGIN}/includes/attention.php"
MAIL = f"{PLUGIN}/includes/attention-mail.php"
REPLACEMENT = f"{PLUGIN}/includes/replacement.php"
REWRITING = f"{PLUGIN}/includes/rewriting.php"
PRODUCT_NAMES = f"{PLUGIN}/includes/product-names.php"
FORM = f"{PLUGIN}/admin/replacement-action.php"
PARTS = f"{PLUGIN}/admin/attention-parts.php"
PAGES = "tests/plugin/test_attention.py"
MAILS = "tests/plugin/test_attention_mail.py"
POSTS = "tests/plugin/test_replacement.py"
USES_FILE = f"{PLUGIN}/includes/uses.php"
REPLACEMENT_PARTS = f"{PLUGIN}/admin/replacement-parts.php"
SEARCH_TIME = "tests/plugin/test_search_time.py"
CONTINUED = f"{SEARCH_TIME}::test_replacement_continues_after_an_incomplete_search[6.5]"
LONG_POSTS = "tests/plugin/test_long_posts.py"
TEXTS = "tests/plugin/test_rewriting.py"
KINDS = f"{PAGES}::test_each_product_is_of_one_kind[6.5]"
USES = f"{PAGES}::test_page_names_the_posts_that_show_each_product[6.5]"
BYTES = f"{TEXTS}::test_every_other_byte_stays[6.5]"
EACH = f"{TEXTS}::test_each_block_and_shortcode_is_replaced[6.5]"
SUBMITTED = f"{POSTS}::test_form_requires_its_nonce_and_role[6.5]"
CHANGED = f"{POSTS}::test_post_that_is_open_or_has_changed_stays[6.5]"
UNDONE = f"{POSTS}::test_posts_change_and_each_change_can_be_undone[6.5]"

PAGE_MUTANTS = (
    Mutant(
        "content of a day ago decides the kind of a product",
        ATTENTION,
        "WHEN seen_at = 0 OR ( $expired )",
        "WHEN seen_at = 0 OR 0 = 1 AND ( $expired )",
        KINDS,
    ),
    Mutant(
        "sold-out product without an offer is of another kind",
        ATTENTION,
        "WHEN availability IN ($sold_out) THEN",
        "WHEN availability IN ($sold_out) AND price_status <> 'no_offer' THEN",
        KINDS,
    ),
    Mutant(
        "page of products is open to contributors",
        f"{PLUGIN}/admin/admin.php",
        "Rest\\CAPABILITY_EDIT, 'amzlinkr-attention'",
        "Rest\\CAPABILITY_SEARCH, 'amzlinkr-attention'",
        f"{PAGES}::test_page_is_open_to_editors[6.5]",
    ),
    Mutant(
        "widget is shown to every user",
        f"{PLUGIN}/admin/attention-widget.php",
        "Connection\\is_connected() && current_user_can( Rest\\CAPABILITY_EDIT )",
        "Connection\\is_connected()",
        f"{PAGES}::test_widget_has_numbers_and_links[6.5]",
    ),
    Mutant(
        "title of a post is HTML",
        PARTS,
        "'<a href=\"%s\">%s</a>', esc_url( $url ), esc_html( $title ) )",
        "'<a href=\"%s\">%s</a>', esc_url( $url ), $title )",
        USES,
    ),
    Mutant(
        "posts that show a product by a pattern are not listed",
        f"{PLUGIN}/includes/uses.php",
        "$with_patterns ? find_in_patterns(",
        "! $with_patterns ? find_in_patterns(",
        USES,
    ),
    Mutant(
        "all named posts stay in memory",
        f"{PLUGIN}/includes/uses.php",
        "		wp_cache_delete( $id, 'posts' );\n",
        "",
        f"{LONG_POSTS}::test_pages_do_not_keep_long_posts_in_memory[6.5]",
    ),
    Mutant(
        "long posts are loaded with one query",
        f"{PLUGIN}/includes/uses.php",
        "PostSearch\\find_short( $ids )",
        "$ids",
        f"{LONG_POSTS}::test_pages_do_not_keep_long_posts_in_memory[6.5]",
    ),
    Mutant(
        "search for another product is a pattern",
        REPLACEMENT,
        "'%' . $wpdb->esc_like( $search ) . '%'",
        "'%' . $search . '%'",
        f"{POSTS}::test_page_shows_candidates_and_posts_as_text[6.5]",
    ),
)
ATTENTION_MAIL_MUTANTS = (
    Mutant(
        "time of the weekly e-mail is not recorded",
        MAIL,
        "			update_option( SENT_OPTION, time(), false );\n",
        "",
        f"{MAILS}::test_mail_is_sent_once_a_week[6.5]",
    ),
    Mutant(
        "failed weekly e-mail is sent again",
        MAIL,
        "			send();\n",
        "			send();\n"
        "			if ( did_action( 'wp_mail_failed' ) || defined( 'TEST_MAIL_FAILS' ) ) {\n"
        "				delete_option( SENT_OPTION );\n"
        "			}\n",
        f"{MAILS}::test_failed_mail_is_not_sent_again_in_the_same_week[6.5]",
    ),
    Mutant(
        "weekly e-mail reads the time of the last one before it has the lock",
        MAIL,
        "(int) Options\\get_uncached( SENT_OPTION )",
        "(int) get_option( SENT_OPTION )",
        f"{MAILS}::test_runs_at_the_same_time_send_one_mail[6.5]",
    ),
    Mutant(
        "copy of the site sends the weekly e-mail",
        MAIL,
        "&& ! Connection\\has_moved() ",
        "",
        f"{MAILS}::test_copy_of_the_site_sends_no_mail[6.5]",
    ),
    Mutant(
        "weekly e-mail cannot be switched off",
        MAIL,
        " && is_switched_on();",
        ";",
        f"{MAILS}::test_mail_can_be_switched_off_and_on[6.5]",
    ),
    Mutant(
        "product that waits causes a weekly e-mail",
        MAIL,
        "'no_offer', 'expired' );",
        "'no_offer', 'expired', 'waiting' );",
        f"{MAILS}::test_mail_is_not_sent_without_a_reason[6.5]",
    ),
    Mutant(
        "weekly e-mail stays scheduled after the deactivation",
        f"{PLUGIN}/includes/sync.php",
        "Audit\\HOOK, AttentionMail\\HOOK ) );",
        "Audit\\HOOK ) );",
        f"{MAILS}::test_schedule_ends_with_the_connection_and_the_plugin[6.5]",
    ),
)
REPLACEMENT_MUTANTS = (
    Mutant(
        "form of the replacement is not checked",
        FORM,
        "Actions\\add( 'replace_product', Rest\\CAPABILITY_EDIT, ",
        "add_action( 'admin_post_amzlinkr_replace_product', ",
        SUBMITTED,
    ),
    Mutant(
        "replacement needs no capability",
        FORM,
        "Actions\\add( 'replace_product', Rest\\CAPABILITY_EDIT, ",
        "Actions\\add( 'replace_product', 'read', ",
        SUBMITTED,
    ),
    Mutant(
        "product is replaced by a missing one",
        REPLACEMENT,
        "return $product && 'missing' !== $product['price_status'];",
        "return (bool) $product;",
        f"{POSTS}::test_impossible_replacement_changes_nothing[6.5]",
    ),
    Mutant(
        "post changes without the right to edit it",
        REPLACEMENT,
        "if ( ! Uses\\can_edit( $post->ID ) ) {",
        "if ( $post->ID < 1 ) {",
        f"{POSTS}::test_post_that_the_user_cannot_edit_does_not_change[6.5]",
    ),
    Mutant(
        "post changes that was edited since",
        REPLACEMENT,
        "if ( ! $post || md5( $post->post_content ) !== $hash ) {",
        "if ( ! $post || '' === $hash ) {",
        CHANGED,
    ),
    Mutant(
        "post changes that is open in an editor",
        REPLACEMENT,
        "if ( is_open( $post ) ) {",
        "if ( false ) {",
        CHANGED,
    ),
    Mutant(
        "content before the replacement is not kept",
        REPLACEMENT,
        "if ( ! keep_revision( $post ) ) {",
        "if ( $post->ID < 1 ) {",
        UNDONE,
    ),
    Mutant(
        "long post is parsed",
        REPLACEMENT,
        "if ( Uses\\is_long( $post ) ) {",
        "if ( false ) {",
        f"{LONG_POSTS}::test_long_post_is_not_replaced[6.5]",
    ),
    Mutant(
        "post changes without a second revision",
        REPLACEMENT,
        "if ( $keeps >= 0 && $keeps < MIN_REVISIONS ) {",
        "if ( 0 === $keeps ) {",
        f"{POSTS}::test_post_without_revisions_does_not_change[6.5]",
    ),
    Mutant(
        "texts of a post are filtered with the rights of the user",
        REPLACEMENT,
        "	add_filter( 'wp_insert_post_data', $keep, PHP_INT_MAX, 2 );\n",
        "",
        f"{POSTS}::test_texts_of_other_authors_are_not_filtered[6.5]",
    ),
    Mutant(
        "template of a page is replaced",
        REPLACEMENT,
        "		'page_template' => '',\n",
        "",
        UNDONE,
    ),
    Mutant(
        "shortcode in a comment is replaced",
        REWRITING,
        "0 === $number % 2 ? find_starts",
        "$number >= 0 ? find_starts",
        BYTES,
    ),
    Mutant(
        "shortcode in double brackets is replaced",
        REWRITING,
        " && ! is_escaped( $content, $start + $offset, $start + $offset + strlen( $text[0] ), $close ) ) {",  # noqa: E501 -- PHP
        " ) {",
        BYTES,
    ),
    Mutant(
        "attribute inside another attribute is replaced",
        REWRITING,
        "if ( 1 === $depth && ':' === $token ) {",
        "if ( ':' === $token ) {",
        EACH,
    ),
    Mutant(
        "product of another marketplace is replaced",
        PRODUCT_NAMES,
        "in_array( array( $product['asin'], $product['marketplace'] ), "
        "array_map( 'array_values', $products ), true )",
        "in_array( $product['asin'], array_column( $products, 'asin' ), true )",
        BYTES,
    ),
    Mutant(
        "spaces of WordPress move the replacement",
        REWRITING,
        "str_repeat( ' ', strlen( $found[0] ) )",
        "' '",
        EACH,
    ),
    Mutant(
        "blocks that WordPress reads differently are exact",
        REWRITING,
        "return count( $numbers ) === count( $replaced ) && ",
        "return ",
        f"{TEXTS}::test_blocks_that_wordpress_reads_differently_are_not_exact[6.5]",
    ),
)
SEARCH_TIME_MUTANTS = (
    Mutant(
        "long post is searched to its end",
        f"{PLUGIN}/includes/post-search.php",
        "if ( $start > 1 && microtime( true ) >= $until ) {",
        "if ( $until < 0 ) {",
        f"{SEARCH_TIME}::test_search_stops_within_a_long_post[6.5]",
    ),
    Mutant(
        "purge omits a post that is searched in part",
        f"{PLUGIN}/includes/cache-purge.php",
        "		$found[ $partly ] = true;\n",
        "",
        f"{SEARCH_TIME}::test_purge_stops_within_a_long_post_and_counts_it_as_affected[6.5]",
    ),
    Mutant(
        "search for uses has no limit of time",
        USES_FILE,
        "PostSearch\\visit( $condition, $texts, $collect, $after, $until, $with_patterns );",
        "PostSearch\\visit( $condition, $texts, $collect, $after, INF, $with_patterns );",
        f"{SEARCH_TIME}::test_page_of_products_states_that_not_all_posts_were_searched[6.5]",
    ),
    Mutant(
        "drafts are searched before published posts",
        USES_FILE,
        'array( $pages, CONDITION . " AND NOT ( $pages )" )',
        'array( CONDITION . " AND NOT ( $pages )", $pages )',
        f"{SEARCH_TIME}::test_published_posts_are_searched_before_drafts[6.5]",
    ),
    Mutant(
        "search of patterns has no limit of time",
        USES_FILE,
        "$visit, 0, $until );",
        "$visit );",
        f"{SEARCH_TIME}::test_patterns_that_are_not_searched_make_the_search_incomplete[6.5]",
    ),
    Mutant(
        "product of an incomplete search can be removed",
        PARTS,
        "return $posts || ! $is_complete ? '' : sprintf(",
        "return $posts ? '' : sprintf(",
        f"{SEARCH_TIME}::test_page_of_products_states_that_not_all_posts_were_searched[6.5]",
    ),
    Mutant(
        "replacement conceals that its search is incomplete",
        REPLACEMENT_PARTS,
        "	if ( ! $is_complete ) {\n",
        "	if ( false ) {\n",
        CONTINUED,
    ),
    Mutant(
        "post that is too long for a step is skipped",
        USES_FILE,
        "$uses     = $is_first ? array_map(",
        "$uses     = $is_first && ! $partly ? array_map(",
        CONTINUED,
    ),
    Mutant(
        "replacement in posts has no limit of time",
        REPLACEMENT,
        "$results && microtime( true ) >= $until ? 'later'",
        "$results && $until < 0 ? 'later'",
        f"{SEARCH_TIME}::test_posts_after_the_time_are_reported_as_not_changed[6.5]",
    ),
    Mutant(
        "position of a search is HTML",
        REPLACEMENT_PARTS,
        "esc_attr( $position )",
        "$position",
        f"{SEARCH_TIME}::test_hostile_position_is_text[6.5]",
    ),
)
ATTENTION_MUTANTS = (
    *PAGE_MUTANTS,
    *ATTENTION_MAIL_MUTANTS,
    *REPLACEMENT_MUTANTS,
    *SEARCH_TIME_MUTANTS,
)
