"""Mutants of the plugin's displays: escaping, expiry, feeds, terms of prices, and searches."""

from tests.mutation.mutant import Mutant

PLUGIN = "clients/wordpress/amzlinkr"
TESTS = "tests/plugin"
DISPLAY = f"{PLUGIN}/includes/display.php"
DISPLAYS = f"{TESTS}/test_displays.py"
TABLE = f"{PLUGIN}/includes/table.php"
EXPIRY = f"{TESTS}/test_display_expiry.py"
TEMPLATES = f"{TESTS}/test_rendering.py::test_template_escapes_attributes_and_links[6.5]"
PARAGRAPHS = f"{PLUGIN}/includes/paragraphs.php"
SPLIT = f"{TESTS}/test_display_tables.py::test_paragraphs_end_before_a_block"
HOSTILE = f"{TESTS}/test_hostile_texts.py"
OUTSIDE = f"{DISPLAYS}::test_price_outside_of_a_box_expires_and_has_its_time"

BOX_STYLES = f"{PLUGIN}/assets/product-box.css"
LIST_STYLES = f"{PLUGIN}/assets/product-list.css"
LAYOUT = f"{TESTS}/test_display_layout.py"
FITS = f"{LAYOUT}::test_displays_fit_the_page_and_no_part_covers_another"

DISPLAY_MUTANTS = (
    Mutant(
        "title in a table is HTML",
        f"{PLUGIN}/templates/table.php",
        "<?php echo esc_html( $amzlinkr_product['title'] ); ?>",
        "<?php echo $amzlinkr_product['title']; ?>",
        TEMPLATES,
    ),
    Mutant(
        "link of a display may be a script",
        f"{PLUGIN}/includes/template.php",
        "' href=\"%s\" rel=\"%s\" target=\"_blank\"', esc_url( $box['url'], array( 'https' ) )",
        '\' href="%s" rel="%s" target="_blank"\', esc_attr( $box[\'url\'] )',
        TEMPLATES,
    ),
    Mutant(
        "feed contains prices of sentences",
        DISPLAY,
        "if ( $has_field && ! $options['only_links'] ) {",
        "if ( $has_field ) {",
        f"{DISPLAYS}::test_feeds_contain_links_only[price]",
    ),
    Mutant(
        "feed contains tables",
        TABLE,
        "if ( ! empty( $options['only_links'] ) || ! $rows ) {",
        "if ( ! $rows ) {",
        f"{DISPLAYS}::test_feeds_contain_links_only[table]",
    ),
    Mutant(
        "price in a table stays after its deal",
        TABLE,
        "const OFFER_ROWS = array( 'price', ",
        "const OFFER_ROWS = array( ",
        f"{EXPIRY}::test_displays_expire_in_open_pages[6.5]",
    ),
    Mutant(
        "price in a sentence stays after its deal",
        f"{PLUGIN}/templates/price.php",
        "<?php Template\\print_expiry( $box, true ); ?>",
        "<?php Template\\print_expiry( $box ); ?>",
        OUTSIDE,
    ),
    Mutant(
        "price in a sentence has no time",
        f"{PLUGIN}/templates/price.php",
        " <?php Template\\print_part( 'parts/time-note', $box ); ?>",
        "",
        OUTSIDE,
    ),
    Mutant(
        "script removes boxes only",
        f"{PLUGIN}/assets/product-box.js",
        ":is(.amzlinkr-box, .amzlinkr-inline)",
        ".amzlinkr-box",
        f"{EXPIRY}::test_displays_expire_in_open_pages[6.5]",
    ),
    Mutant(
        "price without an availability has no disclaimer",
        f"{PLUGIN}/includes/display-options.php",
        "if ( '' === $box['price'] && '' === $box['availability'] ) {",
        "if ( '' === $box['price'] || '' === $box['availability'] ) {",
        f"{DISPLAYS}::test_each_part_can_be_hidden",
    ),
    Mutant(
        "search for imported products has wildcards",
        f"{PLUGIN}/includes/product-rest.php",
        "$wpdb->esc_like( trim( (string) $request['keywords'] ) )",
        "trim( (string) $request['keywords'] )",
        f"{TESTS}/test_display_editor.py::test_imported_products_are_found_by_title_and_asin",
    ),
    Mutant(
        "shortcode in double brackets ends a paragraph",
        PARAGRAPHS,
        " && '' === $shortcode[1][0]",
        "",
        SPLIT,
    ),
    Mutant(
        "lone shortcode in an attribute gets a paragraph",
        PARAGRAPHS,
        "is_text( $index ) ? wrap( $piece ) : $piece",
        "wrap( $piece )",
        f"{HOSTILE}::test_filtered_text_gets_no_script[6.5-False]",
    ),
    Mutant(
        "ID is removed from the values of other attributes",
        PARAGRAPHS,
        "$is_blank ? $start : get_next_start( $pieces[0] );",
        """$is_blank ? $start : preg_replace( "~ id='[^']*'~", '', $pieces[0] );""",
        f"{HOSTILE}::test_filtered_text_gets_no_script[6.5-False]",
    ),
    Mutant(
        "continued paragraph repeats its ID",
        PARAGRAPHS,
        "in_array( $attribute['name'], KEPT_ATTRIBUTES, true ) && ",
        "",
        SPLIT,
    ),
    Mutant(
        "continued paragraph repeats any value",
        PARAGRAPHS,
        "[\\w\\s#%.:;(),-]{1,100}",
        ".{1,100}",
        SPLIT,
    ),
    Mutant(
        "continued paragraphs repeat long values",
        PARAGRAPHS,
        "{1,100}",
        "+",
        f"{HOSTILE}::test_split_text_is_hardly_longer[6.5-a class of medium length]",
    ),
    Mutant(
        "paragraph ends inside of another element",
        PARAGRAPHS,
        "is_text( $index ) && 0 === $depth",
        "is_text( $index )",
        SPLIT,
    ),
    Mutant(
        "paragraph of which the tags are not clear is split",
        PARAGRAPHS,
        " && ! preg_grep( UNCLEAR_TAG, $pieces )",
        "",
        SPLIT,
    ),
    Mutant(
        "default label of the button is HTML in the settings",
        f"{PLUGIN}/admin/settings-display.php",
        "<?php echo esc_attr( $amzlinkr_defaults['button'] ); ?>",
        "<?php echo $amzlinkr_defaults['button']; ?>",
        f"{TESTS}/test_display_defaults.py::test_settings_page_shows_the_defaults_escaped",
    ),
    Mutant(
        "responses of REST routes contain prices",
        f"{PLUGIN}/includes/kept-html.php",
        "$routes ? 0 !== strpos( (string) end( $routes ), PREVIEWS ) :",
        "$routes ? false :",
        f"{TESTS}/test_kept_html.py::test_rest_responses_contain_links_only",
    ),
    Mutant(
        "newsletters of scheduled runs contain prices",
        f"{PLUGIN}/includes/kept-html.php",
        "! is_feed() && ! wp_doing_cron() &&",
        "! is_feed() &&",
        f"{TESTS}/test_kept_html.py::test_requests_without_a_page_contain_links_only[DOING_CRON]",
    ),
    Mutant(
        "hidden texts of a table make the page wide",
        LIST_STYLES,
        ".amzlinkr-table__scroll { position: relative; ",
        ".amzlinkr-table__scroll { ",
        f"{FITS}[390-6.8-twentytwentyfive-ltr]",
    ),
    Mutant(
        "savings cover the badge from right to left",
        f"{PLUGIN}/templates/parts/price.php",
        '<span class="amzlinkr-box__savings"><bdi dir="ltr">',
        '<span class="amzlinkr-box__savings" dir="ltr"><bdi>',
        f"{FITS}[1280-6.8-twentytwentyfive-rtl]",
    ),
    Mutant(
        "number of a list covers the badge",
        LIST_STYLES,
        "position: static; max-width: 100%;",
        "position: absolute; max-width: 100%;",
        f"{FITS}[1280-6.8-twentytwentyfive-ltr]",
    ),
    Mutant(
        "long badge covers the savings",
        BOX_STYLES,
        "max-width: calc(100% - 4.5rem);",
        "max-width: 100%;",
        f"{FITS}[1280-6.8-twentytwentyfive-ltr]",
    ),
    Mutant(
        "long price is broken in a grid",
        LIST_STYLES,
        "208px / var(--amzlinkr-price-length, 7)",
        "100px",
        f"{FITS}[1280-6.1-twentytwentyone-ltr]",
    ),
    Mutant(
        "long title in a sentence makes the page wide",
        BOX_STYLES,
        ".amzlinkr-text-link, .amzlinkr-title, .amzlinkr-price",
        ".amzlinkr-price",
        f"{FITS}[390-6.8-twentytwentyfive-ltr]",
    ),
    Mutant(
        "price begins at its end from right to left",
        BOX_STYLES,
        ".amzlinkr-table td span { unicode-bidi: plaintext; }",
        ".amzlinkr-table td span { unicode-bidi: isolate; }",
        f"{FITS}[1280-6.8-twentytwentyfive-rtl]",
    ),
    Mutant(
        "picture of a compact box leaves no room for the text",
        BOX_STYLES,
        "width: min(var(--amzlinkr-image-size, 72px), max(30%, 100% - 22em));",
        "width: var(--amzlinkr-image-size, 72px);",
        f"{LAYOUT}::test_texts_have_room_on_a_phone[6.8-twentytwentyfive-ltr]",
    ),
    Mutant(
        "columns of a table are beyond the paper",
        LIST_STYLES,
        "@media print {",
        "@media speech {",
        f"{LAYOUT}::test_tables_fit_on_paper[6.8-twentytwentyfive-ltr]",
    ),
    Mutant(
        "links of a block have the color of the theme",
        BOX_STYLES,
        ".has-text-color :is(.amzlinkr-inline",
        ".has-no-color :is(.amzlinkr-inline",
        f"{TESTS}/test_display_accessibility.py::test_displays_have_no_violations[6.1]",
    ),
    Mutant(
        "targets of the admin are small on a phone",
        f"{PLUGIN}/assets/admin.css",
        "\t.amzlinkr summary { padding: 8px 0; }\n",
        "",
        f"{TESTS}/test_phone_widths.py::test_targets_of_changed_posts_are_large_enough[6.5]",
    ),
)
