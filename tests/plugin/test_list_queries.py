"""Database queries of pages with lists: few, and without a call to the service."""

import pytest

from tests.plugin.list_bodies import CREATE_POST, join, run_sync, saved_list, unfilled
from tests.plugin.list_bodies import (
    entry as listed,
)
from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site
from tests.plugin.test_page_queries import QUERY_COUNTER, SECOND_LOOP

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

NAMES = [f"list-{number}" for number in range(10)]
STORE_PRODUCT = """
$product = array(
    'asin'         => 'B0DEMO0000',
    'marketplace'  => 'US',
    'title'        => 'Single product',
    'price_status' => 'current',
    'observed_at'  => gmdate( 'c' ),
);
AmzLinkr\\Products\\store( array( $product ), 1 );
"""
CREATE_ARCHIVE = """
update_option( 'posts_per_page', 50 );
$term = wp_insert_term( 'Lists', 'category' )['term_id'];
foreach ( $contents as $content ) {
    wp_insert_post( array(
        'post_title'    => 'A post',
        'post_content'  => $content,
        'post_status'   => 'publish',
        'post_category' => array( $term ),
    ) );
}
return wp_make_link_relative( get_category_link( $term ) );
"""


def test_all_lists_of_a_page_need_one_query_and_no_service_call(
    site: Site, service: RecordingService
) -> None:
    join(site, service)
    run_sync(site, service, *(listed(saved_list(name, 10)) for name in NAMES))
    run_sync(site, service, listed(unfilled("unfilled")))
    site.php(STORE_PRODUCT)
    (site.root / "wp-content/mu-plugins/query-counter.php").write_text(QUERY_COUNTER)
    (site.root / "wp-content/mu-plugins/second-loop.php").write_text(SECOND_LOOP)
    parts = [f'<!-- wp:amzlinkr/list {{"name":"{name}"}} /-->' for name in NAMES[:5]]
    parts += [f"[amzlinkr_list name={name}]" for name in (*NAMES[5:], "unknown", "unfilled")]
    parts.append("[amzlinkr asin=B0DEMO0000]")
    post = site.php(CREATE_POST, content="\n\n".join(parts))
    archive_path = site.php(CREATE_ARCHIVE, contents=parts)
    path = site.php("return wp_make_link_relative( get_permalink( $post ) );", post=post)
    sent = len(service.requests)

    single = site.get(path).body
    archive = site.get(archive_path).body.partition("<!-- loop -->")[0]

    for page in (single, archive):
        assert page.count('class="amzlinkr-list"') == 10
        assert page.count('class="amzlinkr-box"') == 101
        queries = page[page.index("<!-- queries: ") :]
        assert queries.count("FROM wp_amzlinkr_lists") == 1, queries
        assert queries.count("FROM wp_amzlinkr_products") == 1, queries
        # And the options that are not stored, in each page with a box.
        assert queries.count("<!-- query: ") <= 4, queries
    assert single.count('<p class="amzlinkr-content-notice">') == 1
    assert len(service.requests) == sent
