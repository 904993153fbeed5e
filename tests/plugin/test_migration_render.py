"""Shortcodes and blocks of other plugins as boxes: switched on for each, and only without their plugin."""  # noqa: E501 -- PHP

from typing import Any

import pytest

from tests.plugin.migration_site import BECOME, STORE, connected, create_post
from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site

__all__ = ["connected"]
pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.1", "6.5"])]

A, B, C = "B0DEMO0000", "B0DEMO0001", "B0DEMO0002"
BOX = f'[amazon box="{A}"]'
SWITCH = "AmzLinkr\\MigrationRender\\set_plugins( $plugins );"
RENDER = """
$GLOBALS['post'] = get_post( $id );
setup_postdata( $GLOBALS['post'] );
return apply_filters( 'the_content', get_post( $id )->post_content );
"""
OTHER_PLUGIN = """<?php
add_action( 'wp_loaded', static function () {
    if ( TOO_LATE ) {
        add_shortcode( 'amazon', static fn() => 'of another plugin' );
    }
} );
add_action( 'init', static function () {
    if ( ! TOO_LATE ) {
        add_shortcode( 'amazon', static fn() => 'of another plugin' );
        register_block_type( 'aawp/aawp-block', array( 'render_callback' => static fn() => 'other block' ) );
    }
}, 9999 );
"""  # noqa: E501 -- PHP
BLOCKS = (
    f'<!-- wp:aawp/aawp-block {{"look":"box","asin":"{B}"}} /-->',
    '<!-- wp:aawp/aawp-block {"look":"table","table":"2"} -->kept<!-- /wp:aawp/aawp-block -->',
)


def switch_on(site: Site, *plugins: str) -> None:
    """Show the shortcodes and blocks of these plugins as boxes, and of no others."""
    site.php(SWITCH, plugins=plugins)


def render(site: Site, post: int, login: str = "") -> str:
    """Return the content of a post as a user sees it."""
    become = BECOME if login else "wp_set_current_user( 0 );"
    html: str = site.php(become + RENDER, id=post, login=login)
    return html


def test_boxes_are_shown_while_the_plugin_is_switched_on(connected: Site) -> None:
    connected.php(STORE, asins=[A, B])
    content = f"{BOX}\n\n[asa]{B}[/asa]\n\n{BLOCKS[0]}"
    post = create_post(connected, content)
    assert "amzlinkr-box" not in render(connected, post)
    assert BOX in render(connected, post).replace("&#8221;", '"').replace("&#8243;", '"')

    switch_on(connected, "aawp")
    html = render(connected, post)
    assert html.count('class="amzlinkr-box"') == 2
    assert f"Title of {A}" in html
    assert f"Title of {B}" in html
    assert "[amazon" not in html
    assert f"[asa]{B}[/asa]" in html
    switch_on(connected, "asa2", "aawp")
    assert render(connected, post).count('class="amzlinkr-box"') == 3
    switch_on(connected)
    assert "amzlinkr-box" not in render(connected, post)
    read = "return get_post( $id )->post_content;"
    assert connected.php(read, id=post) == content


def test_shortcodes_of_active_plugins_stay(connected: Site) -> None:
    connected.php(STORE, asins=[A, B])
    post = create_post(connected, f"{BOX}{BLOCKS[0]}[aawp box={B}]")
    switch_on(connected, "aawp")
    plugin = connected.root / "wp-content/mu-plugins/other.php"
    for too_late in ("false", "true"):
        plugin.write_text(OTHER_PLUGIN.replace("TOO_LATE", too_late))
        html = render(connected, post)
        assert "of another plugin" in html
        assert ("other block" in html) is (too_late == "false")
        assert html.count('class="amzlinkr-box"') == (1 if too_late == "false" else 2)
    active = "return AmzLinkr\\MigrationRender\\is_active( 'aawp' );"
    assert connected.php(active) is True
    plugin.unlink()
    assert connected.php(active) is False
    assert render(connected, post).count('class="amzlinkr-box"') == 3


def test_unsupported_ones_leave_their_text_and_a_note_for_editors(connected: Site) -> None:
    post = create_post(
        connected,
        f"A [amazon bestseller='<img src=x>'] B [easyazon_link keywords=tea]the <em>text</em>"
        f"[/easyazon_link] C [asa]collection[/asa] D {BLOCKS[1]}",
    )
    switch_on(connected, "aawp", "easyazon", "asa2")
    html = render(connected, post)
    assert "the <em>text</em>" in html
    assert "kept" in html
    for hidden in ("[amazon", "[easyazon", "[asa", "collection", "AmzLinkr", "<img"):
        assert hidden not in html, hidden
    html = render(connected, post, "owner")
    assert html.count("amzlinkr-missing") == 4
    assert "“amazon” is not shown. It shows the results of a search." in html
    assert html.count('<span class="amzlinkr-missing">') == 4
    assert "kept" in html
    assert "<img" not in html


def test_displays_stand_in_sentences_and_blocks_end_paragraphs(connected: Site) -> None:
    connected.php(STORE, asins=[A, B])
    switch_on(connected, "aawp", "easyazon")
    post = create_post(
        connected,
        f'One [amazon fields="{A}" value="price"] two [easyazon_link asin={A}]the mill'
        f'[/easyazon_link] three [amazon box="{A},{B}"] four [amazon bestseller="tea"] five',
    )
    html = render(connected, post)
    assert html.index("<p>One") < html.index("$20.00") < html.index(">the mill</a>")
    assert "three </p><div" in html.replace("\n", "")
    assert "<p> four" in html
    assert html.count('class="amzlinkr-box"') == 2
    assert "<p></p>" not in html


def test_attributes_become_own_content_as_text(connected: Site) -> None:
    connected.php(STORE, asins=[A])
    attack = "<img src=x onerror=attack()><script>attack()</script>"
    block = f'<!-- wp:aawp/aawp-block {{"look":"box","asin":"{A}","title":"\\u003cimg src=x\\u003eT"}} /-->'  # noqa: E501 -- PHP
    post = create_post(
        connected,
        f'[amazon box={A} title=\'T &lt;b&gt; "x"\' description="{attack}D" ]{block}'
        f"[aawp box={A}]{attack}<ul><li>one</li></ul>[/aawp]",
    )
    switch_on(connected, "aawp")
    html = render(connected, post)
    boxes = html[html.index('<div class="amzlinkr-box"') :]
    assert boxes.count('class="amzlinkr-box"') == 3
    assert "<img src=x" not in boxes
    assert "<script>attack" not in boxes
    assert ">one</p>" in boxes


def test_widgets_and_builders_show_boxes(connected: Site) -> None:
    connected.php(STORE, asins=[A, B])
    switch_on(connected, "aawp")
    filters = "return array( apply_filters( 'widget_text_content', $box ), apply_filters( 'widget_block_content', $box ), do_shortcode( shortcode_unautop( $box ) ) );"  # noqa: E501 -- PHP
    for html in connected.php(filters, box=BOX):
        assert html.count('class="amzlinkr-box"') == 1


COUNT_QUERIES = """
global $wpdb;
define( 'SAVEQUERIES', true );
$wpdb->queries   = array();
$GLOBALS['post'] = get_post( $id );
setup_postdata( $GLOBALS['post'] );
$html = apply_filters( 'the_content', get_post( $id )->post_content );
$ours = array_filter( array_column( $wpdb->queries, 0 ), static fn( $query ) => false !== strpos( $query, 'amzlinkr_products' ) );
return array( count( $ours ), count( $wpdb->queries ), substr_count( $html, 'class="amzlinkr-box"' ) );
"""  # noqa: E501 -- PHP


def test_fifty_boxes_need_one_query_of_products(connected: Site, service: RecordingService) -> None:
    asins = [f"B0{number:08d}" for number in range(50)]
    connected.php(STORE, asins=asins)
    post = create_post(connected, "".join(f'[amazon box="{asin}"]' for asin in asins))
    store = """
    foreach ( $asins as $asin ) {
        $id = wp_insert_post( array( 'post_type' => 'surl', 'post_status' => 'publish', 'post_title' => $asin ) );
        update_post_meta( $id, '_surl_redirect', "https://www.amazon.com/dp/$asin" );
        $ids[] = $id;
    }
    return $ids;
    """  # noqa: E501 -- PHP
    links = connected.php(store, asins=asins)
    lasso = create_post(connected, "".join(f'[lasso id="{link}"]' for link in links))
    switch_on(connected, "aawp", "lasso")
    service.requests.clear()
    ours, _, boxes = connected.php(COUNT_QUERIES, id=post)
    assert (ours, boxes) == (1, 50)
    ours, queries, boxes = connected.php(COUNT_QUERIES, id=lasso)
    assert (ours, boxes) == (1, 50)
    assert queries < 20
    assert service.lines() == []


def test_posts_with_foreign_shortcodes_are_purged_from_caches(connected: Site) -> None:
    connected.php(STORE, asins=[A])
    post = create_post(connected, BOX)
    pattern = create_post(connected, BLOCKS[0].replace(B, A), post_type="wp_block")
    user = create_post(connected, f'<!-- wp:block {{"ref":{pattern}}} /-->')
    create_post(connected, f'[amazon box="{C}"]')
    record = """
    $purged = array();
    add_action( 'amzlinkr_products_changed', static function ( $posts ) use ( &$purged ) {
        $purged = array_merge( $purged, $posts );
    } );
    AmzLinkr\\Placements\\purge_post_caches( array( array( 'asin' => $asin, 'marketplace' => 'US' ) ) );
    return $purged;
    """  # noqa: E501 -- PHP
    assert connected.php(record, asin=A) == []
    switch_on(connected, "aawp")
    assert connected.php(record, asin=A) == [post, pattern, user]
    uses = (
        "return AmzLinkr\\Uses\\find( array( array( 'asin' => $asin, 'marketplace' => 'US' ) ) );"
    )
    found: Any = connected.php(uses, asin=A)
    assert sorted(found[0][f"US:{A}"]) == sorted([post, pattern, user])


MAX_LINKS = 30_000
COUNT_LINKS = """
$read = 0;
add_filter( 'option_amzlinkr_marketplaces', static function ( $value ) use ( &$read ) {
    ++$read;
    return $value;
} );
$html = apply_filters( 'the_content', get_post( $id )->post_content );
return array( $read, substr_count( $html, 'class="amzlinkr-box"' ) );
"""


def nested(links: int, levels: int = 90, chains: int = 1) -> str:
    """Return chains of nested blocks around links."""
    start, end = "<!-- wp:affiliatex/buttons -->", "<!-- /wp:affiliatex/buttons -->"
    inner = f"<p>https://www.amazon.com/dp/{A}</p>" * links
    return (start * levels + inner + end * levels) * chains


def test_work_for_nested_blocks_is_limited(connected: Site) -> None:
    connected.php(STORE, asins=[A])
    switch_on(connected, "affiliatex")
    button = f'<!-- wp:affiliatex/buttons {{"buttonURL":"https://www.amazon.com/dp/{A}"}} /-->'
    _, boxes = connected.php(COUNT_LINKS, id=create_post(connected, button * 3))
    assert boxes == 0  # they are shown as buttons
    for content in (nested(500), nested(2000), nested(500, chains=4), nested(25_000)):
        read, _ = connected.php(COUNT_LINKS, id=create_post(connected, content))
        assert read < MAX_LINKS, len(content)
    # A block that is too large stays as it is.
    huge = create_post(connected, nested(2000, levels=1))
    assert f"/dp/{A}</p>" in render(connected, huge)
    html = render(connected, create_post(connected, nested(5, levels=1)))
    assert f"/dp/{A}</p>" not in html
    assert "amzlinkr-button" in html
