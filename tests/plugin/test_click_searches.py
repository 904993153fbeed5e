"""Clicks with unknown ASINs: few of them read the table of lists."""

from typing import Any

import pytest

from tests.plugin.list_bodies import asin_of, saved_list
from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site
from tests.plugin.test_clicks import SEND, click, counted, create_post

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

MAX_SEARCHES = 30
PREPARE = """
AmzLinkr\\Clicks\\switch_on( true );
AmzLinkr\\Lists\\store( array( $list ), 1 );
if ( time() % 60 > 45 ) {
    sleep( 61 - time() % 60 );
}
"""
COUNT_SEARCHES = """
$searches = 0;
add_filter( 'query', static function ( $query ) use ( &$searches ) {
    $searches += false === strpos( $query, 'items LIKE' ) ? 0 : 1;
    return $query;
} );
"""
SEND_AND_COUNT = COUNT_SEARCHES + SEND.replace("return $statuses", "return $searches")


@pytest.fixture
def post(site: Site, service: RecordingService) -> int:
    """Return a post of a site that counts clicks and has a list of three products."""
    service.join(site)
    site.php(PREPARE, list=saved_list(items=3))
    return create_post(site)


def search(site: Site, *clicks: dict[str, object]) -> int:
    """Send clicks, and return how many searches in all lists they have caused."""
    found: Any = site.php(SEND_AND_COUNT, requests=[[fields, {}] for fields in clicks])
    assert isinstance(found, int)
    return found


def test_searches_for_unknown_products_are_limited(site: Site, post: int) -> None:
    listed = click(post, asin=asin_of(2))
    assert search(site, listed) == 1
    junk = [click(post, asin=f"B0JUNK{number:04d}") for number in range(200)]
    assert search(site, *junk) == MAX_SEARCHES - 1
    # Junk neither prevents clicks on imported products, nor on those that were counted before.
    other = create_post(site)
    assert search(site, click(post), listed, click(other, asin=asin_of(2))) == 0
    # It prevents only the first click of a day on a product of a list.
    assert search(site, click(post, asin=asin_of(3))) == 0
    assert counted(site) == [[asin_of(1), post, 1], [asin_of(2), post, 2], [asin_of(2), other, 1]]
