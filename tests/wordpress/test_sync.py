"""The sync: what changed reaches exactly the posts that show it, whatever happens on the way."""

import json
from typing import Any

import pytest

from tests.wordpress.backend import Backend
from tests.wordpress.site import Site

pytestmark = pytest.mark.wordpress

THOUSAND = [f"B0SYNC{number:04d}" for number in range(1000)]
WRITE = """
return wp_insert_post( array(
    'post_title'   => $content,
    'post_name'    => md5( $content ),
    'post_content' => $content,
    'post_type'    => $type,
    'post_status'  => 'publish',
    'post_author'  => 1,
) );
"""
WATCHING = """<?php
add_action( 'amzlinkr_products_changed', static function ( $posts, $products ) {
    $told   = get_option( 'told', array() );
    $told[] = array( 'posts' => $posts, 'asins' => array_column( $products, 'asin' ) );
    update_option( 'told', $told );
}, 10, 2 );
add_action( 'clean_post_cache', static function ( $post ) {
    update_option( 'cleaned', array_merge( get_option( 'cleaned', array() ), array( $post ) ) );
} );
"""
FORGET_TOLD = "delete_option( 'told' ); delete_option( 'cleaned' );"
ROWS = "return AmzLinkr\\Products\\rows( '1 = %d', array( 1 ) );"
STATE = "return AmzLinkr\\Sync\\state();"
USE_CURSOR = """
update_option( 'amzlinkr_sync', array( 'cursor' => $cursor ) + AmzLinkr\\Sync\\state() );
"""
STRANGER = """
$product = array( 'asin' => 'B0STRANGER', 'marketplace' => 'US', 'price_status' => 'current' );
AmzLinkr\\Products\\store( array( $product ), AmzLinkr\\Sync\\state()['lineage'] );
"""
PRICE_ALL = """
global $wpdb;
$table = AmzLinkr\\Products\\table();
foreach ( $wpdb->get_results( "SELECT * FROM $table", ARRAY_A ) as $row ) {
    $product          = json_decode( $row['product'], true );
    $product['price'] = '$0.01';
    $row['product']   = wp_json_encode( $product );
    $wpdb->replace( $table, $row );
}
"""


def prices(site: Site) -> dict[str, str]:
    """The prices in the table, by ASIN."""
    return {row["asin"]: row["price"] for row in site.php(ROWS)}


def imported(site: Site, backend: Backend, asins: list[str], **how: bool) -> Any:
    """A joined site whose table holds these products; its service."""
    service = backend.join(site, **how)
    for start in range(0, len(asins), 500):
        job = service.call("POST", "/import", {"items": asins[start : start + 500]})
        if job.status == 202:
            backend.finish(service, job)
    site.cron("amzlinkr_sync")
    assert set(prices(site)) == set(asins)
    return service


def test_changes_clean_the_caches_of_the_posts_that_show_them_only(
    site: Site, backend: Backend
) -> None:
    changed, other, gone = "B0DEMO0000", "B0DEMO0001", "B0DEMO0002"
    service = imported(site, backend, [changed, other, gone])
    block = '<!-- wp:amzlinkr/product {{"asin":"{}"{}}} /-->'

    def write(content: str, kind: str = "post") -> int:
        written: int = site.php(WRITE, content=content, type=kind)
        return written

    by_block = write(block.format(changed, ',"marketplace":"US"'))
    by_shortcode = write(f"before [amzlinkr asin='{changed.lower()}'] after")
    pattern = write(block.format(changed, ""), "wp_block")
    by_pattern = write(f'<!-- wp:block {{"ref":{pattern}}} /-->', "page")
    showing_gone = write(f"[amzlinkr asin={gone}]")
    for unrelated in (
        block.format(other, ""),
        block.format(changed, ',"marketplace":"DE"'),
        f'<!-- wp:block {{"ref":{pattern}0}} /-->',
        f"Only the word amzlinkr, and {changed}",
    ):
        write(unrelated)
    (site.root / "wp-content/mu-plugins/watching.php").write_text(WATCHING)

    site.cron("amzlinkr_sync")
    assert site.php("return get_option( 'told' );") is False

    price = {"asin": changed, "marketplace": "US", "amount": 4242}
    backend.amazon.tell("POST", "prices", price)
    backend.check_prices(site)
    assert service.call("DELETE", f"/products/{gone}", marketplace="US").status == 204
    site.cron("amzlinkr_sync")

    (told,) = site.php("return get_option( 'told' );")
    showing = sorted([by_block, by_shortcode, pattern, by_pattern, showing_gone])
    assert sorted(told["posts"]) == showing
    assert sorted(told["asins"]) == [changed, gone]
    assert sorted(set(site.php("return get_option( 'cleaned' );"))) == showing
    assert prices(site) == {changed: "$42.42", other: prices(site)[other]}


@pytest.mark.parametrize("version", ["6.5"])
def test_a_thousand_changes_are_taken_over_in_one_run(site: Site, backend: Backend) -> None:
    imported(site, backend, THOUSAND, sandbox=True)
    right = prices(site)
    site.php(PRICE_ALL)
    site.php("AmzLinkr\\Sync\\start_over();")
    site.php(WRITE, content=f"[amzlinkr asin={THOUSAND[0]}]", type="post")

    seconds = site.cron("amzlinkr_sync")

    assert prices(site) == right
    assert seconds < 10


@pytest.mark.parametrize("version", ["6.5"])
def test_a_run_whose_time_is_over_is_gone_on_with(site: Site, backend: Backend) -> None:
    service = backend.join(site, sandbox=True)
    backend.finish(service, service.call("POST", "/import", {"items": THOUSAND[:250]}))

    assert site.php("return AmzLinkr\\Sync\\pull( 0, AmzLinkr\\Sync\\lock() );") is True
    assert len(prices(site)) == 100
    site.php("delete_option( AmzLinkr\\Sync\\LOCK );")
    site.cron()
    assert set(prices(site)) == set(THOUSAND[:250])


@pytest.mark.parametrize("version", ["6.5"])
def test_runs_that_are_missed_or_killed_lose_nothing(site: Site, backend: Backend) -> None:
    asins = ["B0DEMO0004", "B0DEMO0005", "B0DEMO0006"]
    service = imported(site, backend, asins)
    right = prices(site)

    # Killed after the page was applied, before its cursor was kept: the page is read again.
    cursor = site.php(STATE)["cursor"]
    backend.amazon.tell("POST", "prices", {"asin": asins[0], "marketplace": "US", "amount": 777})
    backend.check_prices(site)
    site.cron("amzlinkr_sync")
    site.php(USE_CURSOR, cursor=cursor)
    site.cron("amzlinkr_sync")
    assert prices(site) == right | {asins[0]: "$7.77"}

    # Killed while it ran: nobody runs beside it, and two minutes later the next one goes on.
    backend.amazon.tell("POST", "prices", {"asin": asins[1], "marketplace": "US", "amount": 888})
    backend.check_prices(site)
    site.php("AmzLinkr\\Sync\\lock();")
    site.cron("amzlinkr_sync")
    assert prices(site)[asins[1]] == right[asins[1]]
    site.php("update_option( AmzLinkr\\Sync\\LOCK, time() - 121 );")
    site.cron("amzlinkr_sync")
    assert prices(site)[asins[1]] == "$8.88"

    # A cursor the service does not take: from the beginning, and what is not named is dropped.
    site.php(STRANGER)
    site.php(USE_CURSOR, cursor="of another time")
    site.cron("amzlinkr_sync")
    assert set(prices(site)) == set(asins)
    assert site.php(STATE)["problem"] is None
    assert service.call("GET", "/site").status == 200


@pytest.mark.parametrize("version", ["6.5"])
def test_without_the_service_prices_are_withheld_after_a_day_and_come_back(
    site: Site, backend: Backend
) -> None:
    asin = "B0DEMO0007"
    imported(site, backend, [asin])
    right = prices(site)
    shown = f"return do_shortcode( '[amzlinkr asin={asin}]' );"
    connection = site.php("return get_option( 'amzlinkr_connection' );")
    use = "update_option( 'amzlinkr_connection', $c );"

    site.php(use, c=connection | {"service_url": "http://127.0.0.1:9/v1"})
    site.cron("amzlinkr_sync")
    assert site.php(STATE)["problem"]["code"] == "service_unreachable"
    assert right[asin] in site.php(shown)

    backend.grow_older(site, hours=24)
    assert right[asin] not in site.php(shown)
    site.cron("amzlinkr_sync")
    stored = json.dumps(site.php(ROWS))
    assert "$" not in stored
    assert "amazon.com" not in stored

    site.php(use, c=connection)
    backend.check_prices(site)
    site.cron("amzlinkr_sync")
    assert prices(site) == right
    assert right[asin] in site.php(shown)
