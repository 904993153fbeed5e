"""Mutants of the plugin: the list of products, its actions, and its queries."""

from tests.mutation.mutant import Mutant

PLUGIN = "clients/wordpress/amzlinkr"
LIST = f"{PLUGIN}/includes/product-list.php"
REMOVAL = f"{PLUGIN}/includes/product-removal.php"
ACTION = f"{PLUGIN}/admin/products-action.php"
PARTS = f"{PLUGIN}/admin/products-parts.php"
TABLE = f"{PLUGIN}/admin/class-products-table.php"
PAGE = "tests/plugin/test_products_page.py"
ROLES = f"{PAGE}::test_removal_needs_its_nonce_and_role[6.5]"
SEARCH = f"{PAGE}::test_search_finds_title_asin_and_brand[6.5]"
ORDER = f"{PAGE}::test_order_is_that_of_the_shown_values[6.5]"
ROWS = f"{PAGE}::test_rows_show_current_data_as_text[6.5]"
FORMS = f"{PAGE}::test_other_forms_lead_to_a_page[6.5]"

PRODUCTS_MUTANTS = (
    Mutant(
        "removal of products needs no nonce",
        ACTION,
        "	check_admin_referer( NONCE );\n",
        "",
        ROLES,
    ),
    Mutant(
        "removal of products is open to contributors",
        ACTION,
        "	'remove'    => Rest\\CAPABILITY_EDIT,",
        "	'remove'    => Rest\\CAPABILITY_SEARCH,",
        ROLES,
    ),
    Mutant(
        "link that removes a product is shown to every user",
        PARTS,
        "	if ( current_user_can( Rest\\CAPABILITY_EDIT ) ) {\n		$url",
        "	if ( current_user_can( Rest\\CAPABILITY_SEARCH ) ) {\n		$url",
        ROLES,
    ),
    Mutant(
        "search for products is a pattern",
        LIST,
        "'%' . $wpdb->esc_like( $search ) . '%'",
        "'%' . $search . '%'",
        SEARCH,
    ),
    Mutant(
        "search for products is SQL",
        LIST,
        "array( '( title LIKE %s OR asin LIKE %s OR brand LIKE %s )', "
        "array_fill( 0, 3, '%' . $wpdb->esc_like( $search ) . '%' ) )",
        "array( \"( title LIKE '%%$search%%' )\", array() )",
        SEARCH,
    ),
    Mutant(
        "brand is not stored beside the product",
        f"{PLUGIN}/includes/products.php",
        "			mb_substr( $product['brand'], 0, 190 ),\n",
        "			'',\n",
        SEARCH,
    ),
    Mutant(
        "order of products is SQL",
        LIST,
        "isset( ORDERS[ $texts['orderby'] ] ) ? $texts['orderby'] : ''",
        "$texts['orderby']",
        ORDER,
    ),
    Mutant(
        "order by time ignores what the feed confirms",
        LIST,
        "THEN GREATEST( seen_at, %d ) ELSE",
        "THEN LEAST( seen_at, %d ) ELSE",
        ORDER,
    ),
    Mutant(
        "product that is stored again counts as new",
        f"{PLUGIN}/includes/products.php",
        "title = VALUES(title), brand",
        "added_at = VALUES(added_at), title = VALUES(title), brand",
        ORDER,
    ),
    Mutant(
        "list of products shows content of a day ago",
        TABLE,
        "Products\\apply_expiry( $stored[ $key ] ?? ",
        "( $stored[ $key ] ?? ",
        ROWS,
    ),
    Mutant(
        "text of a cell is HTML",
        PARTS,
        "esc_html( implode( ' · ', $names ) )",
        "implode( ' · ', $names )",
        ROWS,
    ),
    Mutant(
        "link to Amazon gives the page its opener",
        f"{PLUGIN}/admin/amazon-links.php",
        'rel="noopener noreferrer"',
        'rel="opener"',
        ROWS,
    ),
    Mutant(
        "filter runs the selected action",
        ACTION,
        "return isset( $fields['filter_action'] ) ? '' : $action;",
        "return $action;",
        FORMS,
    ),
    Mutant(
        "all products are read for one page",
        TABLE,
        "ProductList\\find_page( $this->filters, $page, $size )",
        "array_slice( ProductList\\find_page( $this->filters, 1, 99999 ), "
        "( $page - 1 ) * $size, $size )",
        f"{PAGE}::test_pages_are_read_in_the_database[6.5]",
    ),
    Mutant(
        "hidden column is searched for",
        TABLE,
        "if ( in_array( 'uses', get_hidden_columns( $this->screen ), true ) ) {",
        "if ( ! $products ) {",
        f"{PAGE}::test_page_names_the_posts_that_show_each_product[6.5]",
    ),
    Mutant(
        "failed removal removes the products here",
        REMOVAL,
        "		return $deleted;\n",
        "		$deleted = null;\n",
        f"{PAGE}::test_failed_removal_keeps_the_products[6.5]",
    ),
    Mutant(
        "removal of products has no limit of time",
        REMOVAL,
        "$removed && microtime( true ) >= $until ? time_error() : ",
        "$removed && $until < 0 ? time_error() : ",
        f"{PAGE}::test_failed_removal_keeps_the_products[6.5]",
    ),
    Mutant(
        "removal of several products counts as one call",
        REMOVAL,
        "count_calls( count( $batch ) )",
        "count_calls( 1 )",
        f"{PAGE}::test_each_removed_product_counts_as_a_call[6.5]",
    ),
    Mutant(
        "number of products on a page has no limit",
        ACTION,
        "max( 1, min( MAX_PAGE_SIZE, (int) $value ) )",
        "max( 1, (int) $value )",
        f"{PAGE}::test_screen_options_are_limited[6.5]",
    ),
)
