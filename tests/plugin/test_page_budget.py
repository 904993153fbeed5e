"""Pages with very many products: the displays beyond a maximum are links."""

import re
from typing import Any

import pytest

from tests.plugin.list_bodies import entry, join, run_sync, saved_list
from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

MAX_PRODUCTS = 1000
SIZE = 30
LIST = "[amzlinkr_list name=tea]\n\n"
PRODUCTS = ",".join(f"B0MANY{number:04d}" for number in range(50))
STORE = """
$products = array();
foreach ( $asins as $asin ) {
    $products[] = array(
        'asin'         => $asin,
        'marketplace'  => 'US',
        'title'        => "Title of $asin",
        'price'        => array( 'display' => '$20.00' ),
        'price_status' => 'current',
        'observed_at'  => gmdate( 'c' ),
    );
}
AmzLinkr\\Products\\store( $products, 0 );
"""
# The third number is that of boxes or, without any, of prices.
RENDER = """
global $wpdb, $post;
wp_set_current_user( $user );
$post    = get_post( wp_insert_post( array( 'post_title' => 'Many', 'post_status' => 'publish' ) ) );
$queries = $wpdb->num_queries;
$html    = apply_filters( 'the_content', str_repeat( $text, $repeats ) );
$shown   = preg_match_all( '~class="amzlinkr-box[" ]~', $html );
$queries = $wpdb->num_queries - $queries;
return array( strlen( $html ), $queries, $shown ? $shown : substr_count( $html, '$20.00' ), substr( $html, -3000 ) );
"""  # noqa: E501 -- PHP


@pytest.fixture
def connected(site: Site, service: RecordingService) -> Site:
    """Return a site with a list of the largest size and with fifty products."""
    join(site, service)
    run_sync(site, service, entry(saved_list(items=SIZE, size=SIZE)))
    site.php(STORE, asins=PRODUCTS.split(","))
    return site


def render(site: Site, text: str, repeats: int, user: int = 0) -> tuple[int, int, int, str]:
    """Return the length of a text as HTML, the queries, the number of products, and the end."""
    found: list[Any] = site.php(RENDER, text=text, repeats=repeats, user=user)
    length, queries, boxes, end = found
    return length, queries, boxes, end


def test_output_of_repeated_lists_is_limited(connected: Site) -> None:
    short, queries, boxes, _ = render(connected, LIST, 300)
    long, more_queries, more_boxes, end = render(connected, LIST, 1200)
    assert boxes == more_boxes == MAX_PRODUCTS // SIZE * SIZE
    # What is added is a link in place of each list.
    assert long - short < 900 * 200
    assert more_queries == queries
    assert end.count("See the list of products on the page") > 10
    assert "amzlinkr-missing" not in end


def test_fallback_takes_the_place_of_further_lists(connected: Site) -> None:
    text = "[amzlinkr_list name=tea display=table fallback='Soon again']\n\n"
    *_, end = render(connected, text, 100)
    assert "Soon again" in end
    assert "See the list of products on the page" not in end


@pytest.mark.parametrize("display", ["grid", "list", "box", "table", "price"])
def test_further_products_are_links(display: str, connected: Site) -> None:
    text = f"[amzlinkr asin={PRODUCTS} display={display}]\n\n"
    complete, queries, shown, _ = render(connected, text, MAX_PRODUCTS // 50)
    long, more_queries, more_shown, end = render(connected, text, 4 * MAX_PRODUCTS // 50)
    assert shown == more_shown == MAX_PRODUCTS
    assert more_queries == queries
    assert "$20.00" not in end
    assert re.search(r'class="amzlinkr-link".*See price on Amazon\.com', end)
    assert long < 4 * complete


def test_lists_and_products_share_the_maximum(connected: Site) -> None:
    *_, boxes, _ = render(connected, LIST + f"[amzlinkr asin={PRODUCTS} display=grid]", 200)
    assert MAX_PRODUCTS - SIZE < boxes <= MAX_PRODUCTS


def test_editors_see_why_there_are_links(connected: Site) -> None:
    for text in (LIST, f"[amzlinkr asin={PRODUCTS} display=grid]"):
        *_, end = render(connected, text, 100, user=1)
        assert f"One page shows at most {MAX_PRODUCTS} products." in end
