"""Mutants of the plugin: the search for products in posts, conversions, and rewritten posts."""

from tests.mutation.mutant import Mutant

PLUGIN = "clients/wordpress/amzlinkr"
TEXT = f"{PLUGIN}/includes/migration-text.php"
CONVERT = f"{PLUGIN}/includes/migration-convert.php"
ATTRIBUTES = f"{PLUGIN}/includes/migration-attributes.php"
LINKS = f"{PLUGIN}/includes/migration-links.php"
SEARCH = f"{PLUGIN}/includes/migration-search.php"
REWRITING = f"{PLUGIN}/includes/migration-rewriting.php"
UNDO = f"{PLUGIN}/includes/migration-undo.php"
RENDER = f"{PLUGIN}/includes/migration-render.php"
REST = f"{PLUGIN}/includes/migration-rest.php"
ACTION = f"{PLUGIN}/admin/migration-action.php"
PLACES = f"{PLUGIN}/admin/migration-places.php"
TEXTS = "tests/plugin/test_migration_texts.py"
SEARCHES = "tests/plugin/test_migration_search.py"
POSTS = "tests/plugin/test_migration_rewriting.py"
BOXES = "tests/plugin/test_migration_render.py"
UNSUPPORTED = f"{TEXTS}::test_unsupported_texts_stay_and_their_products_are_known[6.5]"
AS_WORDPRESS = f"{TEXTS}::test_shortcodes_are_found_as_wordpress_finds_them[6.5]"
CONVERTED = f"{TEXTS}::test_each_supported_text_is_converted[6.5]"
READ_LINKS = f"{TEXTS}::test_links_are_read_without_a_request[6.5]"
HOSTILE = f"{TEXTS}::test_hostile_texts_are_read_in_time_and_bytes_stay[6.5]"
ROUTES = f"{SEARCHES}::test_routes_require_their_role[6.5]"
FORMS = f"{POSTS}::test_forms_require_their_nonce_and_role[6.5]"
SHOWN = f"{POSTS}::test_nothing_changes_that_was_not_shown[6.5]"
REASONS = f"{POSTS}::test_posts_that_stay_have_a_reason[6.5]"
AS_TEXT = f"{POSTS}::test_page_shows_old_and_new_text_as_text[6.5]"
UNDONE = f"{POSTS}::test_undo_leaves_edited_posts_and_those_of_others_alone[6.5]"
ACTIVE = f"{BOXES}::test_shortcodes_of_active_plugins_stay[6.5]"

TEXT_MUTANTS = (
    Mutant(
        "escaped shortcode of another plugin is replaced",
        TEXT,
        "'[' === $masked[ $start - 1 ] && ']' ===",
        "'[' === $masked[ $start - 1 ] && '}' ===",
        AS_WORDPRESS,
    ),
    Mutant(
        "shortcode of another plugin in code is replaced",
        TEXT,
        "return 'code';",
        "return '';",
        UNSUPPORTED,
    ),
    Mutant(
        "shortcode of another plugin ends in an attribute",
        TEXT,
        "			$piece = strtr( $piece, '[]', '  ' );\n",
        "",
        AS_WORDPRESS,
    ),
    Mutant(
        "shortcode around other shortcodes is replaced",
        TEXT,
        "|| false !== strpos( (string) $inner, '[' )",
        "",
        UNSUPPORTED,
    ),
    Mutant(
        "closing shortcode is searched from the start",
        TEXT,
        "end( $closes[ $tag ] ) < $from ) {",
        "end( $closes[ $tag ] ) < 0 ) {",
        AS_WORDPRESS,
    ),
    Mutant(
        "text of another plugin may be invalid UTF-8",
        TEXT,
        "return preg_match( '//u', $attributes . $inner ) ? '' : 'encoding';",
        "return '';",
        HOSTILE,
    ),
    Mutant(
        "one bad ASIN of several is dropped",
        f"{PLUGIN}/includes/migration-sources.php",
        "			return array();\n		}\n		$products[ $asin ]",
        "			continue;\n		}\n		$products[ $asin ]",
        UNSUPPORTED,
    ),
    Mutant(
        "quotes of a converted title end its attribute",
        REWRITING,
        "array( '&amp;', '&quot;',",
        "array( '&amp;', '\"',",
        CONVERTED,
    ),
    Mutant(
        "host of a link may continue",
        LINKS,
        "(?![a-z0-9@-]|\\.[a-z0-9-])",
        "",
        READ_LINKS,
    ),
    Mutant(
        "marketplace that is not known is converted",
        CONVERT,
        "array_diff( array_column( $result['products'], 'marketplace' ), array( '' ),",
        "array_diff( array(), array( '' ),",
        UNSUPPORTED,
    ),
    Mutant(
        "text between shortcodes is lost in a link",
        CONVERT,
        "$result['has_inner_text'] && ! $is_shown",
        "false",
        UNSUPPORTED,
    ),
    Mutant(
        "products of a group have one marketplace",
        ATTRIBUTES,
        "$product['marketplace'] === $first ?",
        "true ?",
        CONVERTED,
    ),
    Mutant(
        "title of one product belongs to several",
        ATTRIBUTES,
        "$count > 1 && ! $result['is_of_each'] ?",
        "false ?",
        f"{TEXTS}::test_attributes_without_an_equivalent_are_named[6.5]",
    ),
    Mutant(
        "text of one product in a table moves to the next one",
        f"{PLUGIN}/includes/migration-affiliatex.php",
        "array( '|', ';' ), array( '/', ',' )",
        "array( '|', ';' ), array( '|', ';' )",
        CONVERTED,
    ),
    Mutant(
        "foreign box stands in a paragraph",
        f"{PLUGIN}/includes/paragraphs.php",
        "return MigrationRender\\is_block(",
        "return false && MigrationRender\\is_block(",
        f"{BOXES}::test_displays_stand_in_sentences_and_blocks_end_paragraphs[6.5]",
    ),
)

SEARCH_MUTANTS = (
    Mutant(
        "search in posts is open to authors",
        REST,
        "static fn() => current_user_can( Rest\\CAPABILITY_EDIT ),\n",
        "static fn() => current_user_can( Rest\\CAPABILITY_IMPORT ),\n",
        ROUTES,
    ),
    Mutant(
        "found products are listed to contributors",
        REST,
        "current_user_can( Rest\\CAPABILITY_EDIT ) && current_user_can( Rest\\CAPABILITY_IMPORT )",
        "current_user_can( Rest\\CAPABILITY_SEARCH )",
        ROUTES,
    ),
    Mutant(
        "late slice of a search replaces the state",
        SEARCH,
        "		'option_value' => $before,\n",
        "",
        f"{SEARCHES}::test_of_two_slices_at_the_same_time_one_counts[6.5]",
    ),
    Mutant(
        "data of revisions is searched",
        SEARCH,
        "AND post_id > %d AND $condition GROUP",
        "AND post_id > %d GROUP",
        f"{SEARCHES}::test_revisions_with_data_of_elementor_are_not_listed[6.5]",
    ),
    Mutant(
        "long data of Elementor is read",
        f"{PLUGIN}/includes/migration-places.php",
        "const MAX_ELEMENTOR_BYTES = 2097152;",
        "const MAX_ELEMENTOR_BYTES = 20971520;",
        f"{SEARCHES}::test_long_data_of_elementor_is_not_read[6.5]",
    ),
)

POST_MUTANTS = (
    Mutant(
        "forms of the migration require the role of editors only",
        ACTION,
        "'save_render'   => Rest\\CAPABILITY_MANAGE,",
        "'save_render'   => Rest\\CAPABILITY_EDIT,",
        FORMS,
    ),
    Mutant(
        "form of another role is on the page",
        f"{PLUGIN}/admin/migration-parts.php",
        "if ( $can_switch ) {\n\t\tActions\\print_form_start",
        "if ( true ) {\n\t\tActions\\print_form_start",
        f"{POSTS}::test_page_has_only_the_forms_that_the_role_may_submit[6.5]",
    ),
    Mutant(
        "forms of the migration require no role",
        ACTION,
        "Actions\\add( $amzlinkr_action, $amzlinkr_capability, ",
        "Actions\\add( $amzlinkr_action, 'read', ",
        FORMS,
    ),
    Mutant(
        "forms of the migration are not checked",
        ACTION,
        "Actions\\add( $amzlinkr_action, $amzlinkr_capability, ",
        'add_action( "admin_post_amzlinkr_$amzlinkr_action", ',
        FORMS,
    ),
    Mutant(
        "post is rewritten that has changed since",
        REWRITING,
        "$plan['hash'] !== $hash ?",
        "'' === $hash ?",
        SHOWN,
    ),
    Mutant(
        "confirmation covers the old content only",
        REWRITING,
        "\"\\0\" . $plan['content'] )",
        "'' )",
        SHOWN,
    ),
    Mutant(
        "post of others is rewritten",
        REWRITING,
        "! Uses\\can_edit( $post->ID )",
        "! current_user_can( 'edit_posts' )",
        REASONS,
    ),
    Mutant(
        "post is rewritten with more than is shown",
        REWRITING,
        "> MAX_SHOWN_BYTES )",
        "> MAX_SHOWN_BYTES * 10 )",
        REASONS,
    ),
    Mutant(
        "undo replaces what was edited since",
        UNDO,
        "md5( $post->post_content ) !== $parts[2]",
        "'' === $parts[2]",
        UNDONE,
    ),
    Mutant(
        "undo takes the revision of another post",
        UNDO,
        "! $revision || $id !== (int) $revision->post_parent",
        "! $revision",
        UNDONE,
    ),
    Mutant(
        "undo changes posts of others",
        UNDO,
        "! $post || ! Uses\\can_edit( $id )",
        "! $post",
        UNDONE,
    ),
    Mutant(
        "found text is HTML",
        PLACES,
        "echo '<code>' . esc_html( $text ) . '</code>';",
        "echo '<code>' . $text . '</code>';",
        AS_TEXT,
    ),
    Mutant(
        "names of lost attributes are HTML",
        PLACES,
        "echo '<br>' . esc_html( wp_check_invalid_utf8(",
        "echo '<br>' . ( wp_check_invalid_utf8(",
        AS_TEXT,
    ),
    Mutant(
        "page shows texts of posts that the user may not edit",
        PLACES,
        "} elseif ( MigrationPlaces\\can_see( $place ) ) {",
        "} elseif ( '' !== $place ) {",
        f"{POSTS}::test_page_names_no_posts_that_the_user_cannot_edit[6.5]",
    ),
)

BOX_MUTANTS = (
    Mutant(
        "shortcode of an active plugin is taken over",
        RENDER,
        "if ( ! shortcode_exists( $tag ) ) {",
        "if ( '' !== $tag ) {",
        ACTIVE,
    ),
    Mutant(
        "block of an active plugin is taken over",
        RENDER,
        " || WP_Block_Type_Registry::get_instance()->is_registered( $name ) ) {",
        " ) {",
        ACTIVE,
    ),
    Mutant(
        "all plugins are switched on",
        RENDER,
        "array_values( array_intersect( array_keys( MigrationMap\\PLUGINS ), $plugins ) ) : array();",  # noqa: E501 -- PHP
        "array_keys( MigrationMap\\PLUGINS ) : array();",
        f"{BOXES}::test_boxes_are_shown_while_the_plugin_is_switched_on[6.5]",
    ),
    Mutant(
        "boxes of other plugins are loaded one by one",
        f"{PLUGIN}/includes/placements.php",
        "	if ( false === strpos( $content, 'amzlinkr' ) ) {\n		return $foreign;",
        "	if ( false === strpos( $content, 'amzlinkr' ) ) {\n		return array();",
        f"{BOXES}::test_fifty_boxes_need_one_query_of_products[6.5]",
    ),
    Mutant(
        "posts with boxes of other plugins are not purged",
        f"{PLUGIN}/includes/cache-purge.php",
        "get_condition_of_pages(), array_merge( Placements\\get_texts(), array( REFERENCE ) )",
        "get_condition_of_pages(), array( 'amzlinkr', REFERENCE )",
        f"{BOXES}::test_posts_with_foreign_shortcodes_are_purged_from_caches[6.5]",
    ),
)

MIGRATION_MUTANTS = (*TEXT_MUTANTS, *SEARCH_MUTANTS, *POST_MUTANTS, *BOX_MUTANTS)
