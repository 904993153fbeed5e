"""Mutants of the plugin: the work for texts of authors, on pages that every visitor can open."""

from tests.mutation.mutant import Mutant

PLUGIN = "clients/wordpress/amzlinkr"
TEXT = f"{PLUGIN}/includes/migration-text.php"
TESTS = "tests/plugin/test_author_texts.py"
LOOP = f"{TESTS}::test_loop_reads_a_limited_number_of_all_posts[6.5]"
SHOWN = f"{TESTS}::test_shown_text_needs_few_queries[6.5]"
GROWTH = f"{TESTS}::test_time_grows_with_the_length_of_a_text[6.5]"
MAXIMUM = f"{TESTS}::test_repeated_texts_and_rows_have_a_maximum[6.5]"

TEXT_WORK_MUTANTS = (
    Mutant(
        "table has any number of rows",
        f"{PLUGIN}/includes/table.php",
        "if ( count( $rows ) >= MAX_ROWS ) {",
        "if ( count( $rows ) < 0 ) {",
        MAXIMUM,
    ),
    Mutant(
        "label of any length is at each product",
        f"{PLUGIN}/includes/own-content.php",
        "return mb_strlen( $text ) > $max ?",
        "return 0 > $max ?",
        MAXIMUM,
    ),
    Mutant(
        "other shortcodes of all posts of a query are read",
        f"{PLUGIN}/includes/migration-render.php",
        "$left = null === $left ? null : $left - max( 1, count( $named ) );",
        "",
        LOOP,
    ),
    Mutant(
        "each ID without a post is queried",
        f"{PLUGIN}/includes/post-lookup.php",
        "$post = $id > 0 && ! isset( $absent[ $id ] ) ?",
        "$post = $id > 0 ?",
        SHOWN,
    ),
    Mutant(
        "products of a shown text are loaded one by one",
        f"{PLUGIN}/includes/placements.php",
        "		preload( array( $part ), PHP_INT_MAX );\n",
        "		preload( array( $part ), 1 );\n",
        SHOWN,
    ),
    Mutant(
        "places of code are read again for each shortcode",
        TEXT,
        "	while ( current( $codes ) && current( $codes )[1] <= $start ) {",
        "	reset( $codes );\n	while ( current( $codes ) && current( $codes )[1] <= $start ) {",
        GROWTH,
    ),
    Mutant(
        "shortcodes in an attribute contain each other",
        f"{PLUGIN}/includes/migration-markup.php",
        "$end     = $start + strlen( $text );",
        "$end     = $start + 1;",
        f"{TESTS}::test_shortcodes_in_an_attribute_do_not_contain_each_other[6.5]",
    ),
    Mutant(
        "end of the last shortcode is searched for each one",
        f"{PLUGIN}/includes/rewriting.php",
        "|| $close > $end;",
        "|| (int) strrpos( $content, '[/amzlinkr]]' ) > $end;",
        GROWTH,
    ),
    Mutant(
        "blocks with thousands of blocks are read",
        f"{PLUGIN}/includes/migration-render.php",
        "if ( --$left < 0 || ",
        "if ( ",
        GROWTH,
    ),
)
