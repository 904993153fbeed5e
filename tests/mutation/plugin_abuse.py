"""Mutants of the plugin: kept HTML, many products, nested blocks, forged clicks, hostile data."""

from tests.mutation.mutant import Mutant

INCLUDES = "clients/wordpress/amzlinkr/includes"
TESTS = "tests/plugin"
KEPT = f"{INCLUDES}/kept-html.php"
KEPT_TESTS = f"{TESTS}/test_kept_html.py"
NO_PAGE = f"{KEPT_TESTS}::test_requests_without_a_page_contain_links_only"
AJAX = f"{KEPT_TESTS}::test_ajax_contains_prices_only_for_pages"
DISPLAY = f"{INCLUDES}/display.php"
LIST_BLOCK = f"{INCLUDES}/list-block.php"
BUDGET = f"{INCLUDES}/page-budget.php"
BUDGET_TESTS = f"{TESTS}/test_page_budget.py"
RENDER = f"{INCLUDES}/migration-render.php"
NESTED = f"{TESTS}/test_migration_render.py::test_work_for_nested_blocks_is_limited[6.5]"
PRODUCTS = f"{INCLUDES}/products.php"
ACCOUNTS = f"{INCLUDES}/accounts.php"
SERVICE = f"{INCLUDES}/service.php"
HOSTILE = f"{TESTS}/test_hostile_service.py"
LINKS = f"{HOSTILE}::test_links_are_those_that_the_service_accepts[6.5]"
LARGE = f"{HOSTILE}::test_large_responses_are_an_error"
CLICKS = f"{INCLUDES}/clicks-route.php"
SEARCHES = f"{TESTS}/test_click_searches.py::test_searches_for_unknown_products_are_limited[6.5]"

KEPT_MUTANTS = (
    Mutant(
        "newsletter of a post by XML-RPC contains prices",
        KEPT,
        "'XMLRPC_REQUEST', 'REST_REQUEST', 'WP_CLI'",
        "'REST_REQUEST', 'WP_CLI'",
        f"{NO_PAGE}[XMLRPC_REQUEST]",
    ),
    Mutant(
        "e-mail of a command contains prices",
        KEPT,
        "'XMLRPC_REQUEST', 'REST_REQUEST', 'WP_CLI'",
        "'XMLRPC_REQUEST', 'REST_REQUEST'",
        f"{NO_PAGE}[WP_CLI]",
    ),
    Mutant(
        "e-mail at the end of a REST request contains prices",
        KEPT,
        "'XMLRPC_REQUEST', 'REST_REQUEST', 'WP_CLI'",
        "'XMLRPC_REQUEST', 'WP_CLI'",
        f"{NO_PAGE}[REST_REQUEST]",
    ),
    Mutant(
        "call of the dashboard contains prices",
        KEPT,
        "wp_doing_ajax() ? is_sent_by_page() : ! is_admin()",
        "wp_doing_ajax() || ! is_admin()",
        AJAX,
    ),
    Mutant(
        "call in the background contains prices",
        KEPT,
        "return (bool) $urls;",
        "return true;",
        AJAX,
    ),
    Mutant(
        "field with the page that has sent a call is not read",
        KEPT,
        "array( $_SERVER['HTTP_REFERER'] ?? '', $_REQUEST['_wp_http_referer'] ?? '' )",
        "array( $_SERVER['HTTP_REFERER'] ?? '' )",
        AJAX,
    ),
    Mutant(
        "pages for visitors load posts without prices",
        KEPT,
        "wp_doing_ajax() ? is_sent_by_page() : ! is_admin()",
        "! is_admin()",
        AJAX,
    ),
    Mutant(
        "newsletter that is sent while a post is saved contains prices",
        KEPT,
        "! is_page_request() || is_saving();",
        "! is_page_request();",
        f"{KEPT_TESTS}::test_saving_a_post_renders_links_only",
    ),
)
BUDGET_MUTANTS = (
    Mutant(
        "page shows any number of products",
        BUDGET,
        "if ( $taken + $products > MAX_PRODUCTS ) {",
        "if ( false ) {",
        f"{BUDGET_TESTS}::test_further_products_are_links[grid-6.5]",
    ),
    Mutant(
        "page shows any number of lists",
        LIST_BLOCK,
        "if ( ! PageBudget\\take( count( $views ) ) ) {",
        "if ( ! PageBudget\\take( 0 ) ) {",
        f"{BUDGET_TESTS}::test_output_of_repeated_lists_is_limited[6.5]",
    ),
    Mutant(
        "lists and products have a maximum each",
        DISPLAY,
        "! PageBudget\\take( count( $named ) )",
        "! PageBudget\\take( 0 )",
        f"{BUDGET_TESTS}::test_lists_and_products_share_the_maximum[6.5]",
    ),
    Mutant(
        "nested blocks are all searched",
        RENDER,
        "min( MAX_BLOCK_BYTES, MAX_SEARCHED_BYTES - $searched )",
        "MAX_BLOCK_BYTES",
        NESTED,
    ),
    Mutant(
        "large block is searched",
        RENDER,
        "min( MAX_BLOCK_BYTES, MAX_SEARCHED_BYTES - $searched )",
        "MAX_SEARCHED_BYTES - $searched",
        NESTED,
    ),
    Mutant(
        "each forged click reads the table of lists",
        CLICKS,
        "! Options\\add_in_window( SEARCH_COUNTER, 1, MAX_SEARCHES_PER_MINUTE, MINUTE_IN_SECONDS )",
        "false",
        SEARCHES,
    ),
    Mutant(
        "junk prevents all clicks on products of lists",
        CLICKS,
        "Products\\find( $asin, $marketplace ) || was_counted_today( $asin, $marketplace )",
        "Products\\find( $asin, $marketplace )",
        SEARCHES,
    ),
)
HOSTILE_MUTANTS = (
    Mutant(
        "link leads to any host",
        PRODUCTS,
        "preg_match( LINK, $url ) &&",
        "0 === strpos( $url, 'https://' ) &&",
        LINKS,
    ),
    Mutant(
        "link leads to a host that only ends like one of Amazon",
        PRODUCTS,
        "[a-z0-9-]+)*\\.(?:media-amazon",
        "[a-z0-9-]+)*\\.?(?:media-amazon",
        LINKS,
    ),
    Mutant(
        "link is of any length",
        PRODUCTS,
        "strlen( $url ) <= MAX_LINK_CHARS && ",
        "",
        LINKS,
    ),
    Mutant(
        "marketplace is missing in the plugin",
        ACCOUNTS,
        "co\\.jp|com\\.au|sg'",
        "co\\.jp|com\\.au'",
        LINKS,
    ),
    Mutant(
        "marketplace has any domain",
        ACCOUNTS,
        "const DOMAIN = '^www\\.amazon\\.(?:' . TOP_LEVEL_DOMAINS . ')\\z';",
        "const DOMAIN = '^(?:[a-z0-9-]+\\.)+[a-z]{2,63}\\z';",
        f"{HOSTILE}::test_marketplaces_have_domains_of_amazon[6.5]",
    ),
    Mutant(
        "text is of any length",
        PRODUCTS,
        "return mb_substr( read_text( $data, $field ), 0, MAX_TEXT_CHARS );",
        "return read_text( $data, $field );",
        f"{HOSTILE}::test_texts_and_links_of_products_are_limited[6.5]",
    ),
    Mutant(
        "long response is read to its end",
        SERVICE,
        "'limit_response_size' => MAX_RESPONSE_BYTES,",
        "",
        f"{LARGE}[long-6.5]",
    ),
    Mutant(
        "response with many objects is decoded",
        SERVICE,
        "substr_count( $text, '{' ) + substr_count( $text, '[' ) > MAX_RESPONSE_PARTS",
        "false",
        f"{LARGE}[objects-6.5]",
    ),
    Mutant(
        "response with many values is decoded",
        SERVICE,
        "|| substr_count( $text, ',' ) > MAX_RESPONSE_COMMAS",
        "",
        f"{LARGE}[numbers-6.5]",
    ),
)
ABUSE_MUTANTS = KEPT_MUTANTS + BUDGET_MUTANTS + HOSTILE_MUTANTS
