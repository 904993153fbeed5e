"""The sync: what changed reaches exactly the posts that show it, whatever happens on the way."""

import json
from typing import Any

import pytest

from infra.local.joining import KEYS
from tests.wordpress import pages
from tests.wordpress.backend import CONNECT, Backend
from tests.wordpress.site import Site, SiteError

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
ROWS = "return AmzLinkr\\Products\\get_rows( '1 = %d', array( 1 ) );"
STATE = "return AmzLinkr\\Sync\\get_state();"
USE_CURSOR = """
update_option( 'amzlinkr_sync', array( 'cursor' => $cursor ) + AmzLinkr\\Sync\\get_state() );
"""
STRANGER = """
$product = array( 'asin' => 'B0STRANGER', 'marketplace' => 'US', 'price_status' => 'current' );
AmzLinkr\\Products\\store( array( $product ), AmzLinkr\\Sync\\get_state()['feed_generation'] );
"""
PRICE_ALL = """
global $wpdb;
$table = AmzLinkr\\Products\\get_table_name();
foreach ( $wpdb->get_results( "SELECT * FROM $table", ARRAY_A ) as $row ) {
    $product          = json_decode( $row['product'], true );
    $product['price'] = '$0.01';
    $row['product']   = wp_json_encode( $product );
    $wpdb->replace( $table, $row );
}
"""

HEALTH = "return AmzLinkr\\SiteHealth\\run_test();"
CONTENT = "SELECT CONCAT( title, product ) FROM wp_amzlinkr_products"
OF_ANOTHER_READING = "UPDATE wp_amzlinkr_products SET feed_generation = feed_generation - 1"
FIVE_DAYS_OLDER = """
global $wpdb;
$table = AmzLinkr\\Products\\get_table_name();
$wpdb->query( "UPDATE $table SET seen_at = seen_at - 432000 WHERE seen_at > 0" );
"""
VALIDATE = """
wp_set_current_user( 1 );
$asked = new WP_REST_Request( 'POST', '/amzlinkr/v1/accounts' );
array_map( array( $asked, 'set_param' ), array_keys( $keys ), $keys );
return rest_do_request( $asked )->get_data();
"""
IMPORT = """
wp_set_current_user( 1 );
$asked = new WP_REST_Request( 'POST', '/amzlinkr/v1/import' );
$asked->set_param( 'items', array( $asin ) );
return rest_do_request( $asked )->get_status();
"""
RUN_WHILE_OTHERS_WRITE = """
// This process has looked at the options, and others write them while it waits for the service,
// which tells it of another state of the account.
$known = get_option( 'amzlinkr_accounts' );
$known['accounts'][0]['state'] = 'throttled';
update_option( 'amzlinkr_accounts', $known );
add_filter( 'http_response', static function ( $answer ) {
    global $wpdb;
    AmzLinkr\\Sync\\request_restart( true );
    $read = "SELECT option_value FROM $wpdb->options WHERE option_name = 'amzlinkr_accounts'";
    $kept = unserialize( $wpdb->get_var( $read ) );
    $kept['accounts'][] = array( 'marketplace' => 'DE' ) + $kept['accounts'][0];
    $where = array( 'option_name' => 'amzlinkr_accounts' );
    $wpdb->update( $wpdb->options, array( 'option_value' => serialize( $kept ) ), $where );
    return $answer;
} );
AmzLinkr\\Sync\\run();
"""
OVERTAKEN = """
add_filter( 'http_response', static function ( $answer ) {
    AmzLinkr\\Options\\write_row( AmzLinkr\\Sync\\LOCK, "another run's", true );
    return $answer;
} );
AmzLinkr\\Sync\\run();
return array( AmzLinkr\\Options\\get_row( AmzLinkr\\Sync\\LOCK ), AmzLinkr\\Sync\\get_state() );
"""
FORGOTTEN_MEANWHILE = """
AmzLinkr\\Sync\\request_restart();
add_filter( 'http_response', static function ( $answer ) {
    AmzLinkr\\Disconnect\\disconnect_locally();
    return $answer;
} );
AmzLinkr\\Sync\\run();
"""
RENAME = 'global $wpdb; $wpdb->query( "RENAME TABLE $change" );'
TABLE_CANNOT_BE_MADE = """
global $wpdb;
$wpdb->suppress_errors();
delete_option( 'amzlinkr_table' );
$wpdb->prefix = 'no such place`.`';
AmzLinkr\\Products\\create_table();
$wpdb->prefix = 'wp_';
return get_option( 'amzlinkr_table' );
"""
OLDER_AND_NEWER = """
$product = array( 'asin' => 'B0OLDER000', 'marketplace' => 'US', 'price_status' => 'current' );
$store   = static fn( $title, $seen_at ) => AmzLinkr\\Products\\store(
    array( compact( 'title' ) + array( 'observed_at' => gmdate( 'c', $seen_at ) ) + $product ), 1
);
$title   = static fn() => AmzLinkr\\Products\\find( 'B0OLDER000', 'US' )['title'];
$store( 'newer', time() - 10 );
$found = array( $store( 'older', time() - 20 ), $title() );
$store( 'newest', time() + 1000 );
$seen_at = AmzLinkr\\Products\\find( 'B0OLDER000', 'US' )['seen_at'];
return array_merge( $found, array( $title(), $seen_at <= time() ) );
"""
DIES_ON_ITS_PAGE = """
add_filter( 'query', static function ( $query ) {
    static $stored = false;
    if ( $stored ) {
        exit;
    }
    $stored = false !== strpos( $query, 'INSERT INTO wp_amzlinkr_products' );
    return $query;
} );
AmzLinkr\\Sync\\run();
"""
CLEANED_LONG_AGO = """
global $wpdb;
$table = AmzLinkr\\Products\\get_table_name();
$wpdb->query( "UPDATE $table SET cache_purged_at = cache_purged_at - 43201" );
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
    site.php("AmzLinkr\\Sync\\request_restart();")
    site.php(WRITE, content=f"[amzlinkr asin={THOUSAND[0]}]", type="post")
    (site.root / "wp-content/mu-plugins/watching.php").write_text(WATCHING)

    seconds = site.cron("amzlinkr_sync")

    assert prices(site) == right
    assert seconds < 10
    (told,) = site.php("return get_option( 'told' );")
    assert set(told["asins"]) == set(THOUSAND)


@pytest.mark.parametrize("version", ["6.5"])
def test_a_run_whose_time_is_over_is_gone_on_with(site: Site, backend: Backend) -> None:
    service = backend.join(site, sandbox=True)
    backend.finish(service, service.call("POST", "/import", {"items": THOUSAND[:250]}))

    assert site.php("return AmzLinkr\\Sync\\read_feed( 0, AmzLinkr\\Sync\\acquire_lock() );") is True
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
    site.php("AmzLinkr\\Sync\\acquire_lock();")
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


@pytest.mark.parametrize("version", ["6.5"])
def test_nobody_vouches_for_products_the_service_does_not_know(
    site: Site, backend: Backend
) -> None:
    here, there = ["B0DEMO0000", "B0DEMO0001"], ["B0DEMO0002"]
    service = imported(site, backend, here)
    german = KEYS | {"marketplace": "DE", "partner_tag": "demo-21"}
    assert service.call("POST", "/validate", german).status == 200
    service.call("POST", "/import", {"items": there, "marketplace": "DE"})
    site.cron("amzlinkr_sync")
    assert "$" in json.dumps(list(prices(site).values()))

    # Moved, within the second: the new service site knows none of them.
    site.move_to(site.url.replace("127.0.0.1", "localhost"))
    assert site.php(CONNECT, url=backend.url) is True
    # What was seen five days ago was vouched for by another site's checks only.
    site.php(FIVE_DAYS_OLDER)
    site.cron("amzlinkr_sync")
    assert set(prices(site).values()) == {""}
    assert "wait to be imported again" in site.php(HEALTH)["description"]

    # Keys for one marketplace: the other one does not keep it waiting, and is tried in every run.
    account = f"accounts/{pages.CREDENTIAL_ID}"
    backend.amazon.tell("PUT", account, {"state": "not_eligible"})
    assert site.php(VALIDATE, keys=KEYS)["status"] == "not_eligible"
    site.cron()
    assert set(prices(site).values()) == {""}
    backend.amazon.tell("PUT", account, {"state": "ok"})
    moved = backend.service_of(site)
    assert moved.call("GET", "/search", keywords="tea").status == 200
    site.cron("amzlinkr_sync")
    assert {asin for asin, price in prices(site).items() if price} == set(here)
    told = site.php(HEALTH)["description"]
    assert "DE: products from before wait" in told
    assert "US: products from before wait" not in told

    moved.call("POST", "/import", {"items": ["B0DEMO0009"]})
    site.php(FIVE_DAYS_OLDER)
    site.cron("amzlinkr_sync")
    assert {asin for asin, price in prices(site).items() if price} == {*here, "B0DEMO0009"}
    assert moved.call("POST", "/validate", german).status == 200
    site.cron("amzlinkr_sync")
    assert all(prices(site).values())
    assert site.php(STATE)["must_reimport"] is False
    assert "wait to be imported" not in site.php(HEALTH)["description"]

    # The service's word makes a product younger that came by the present reading, and no other.
    box = "return do_shortcode( '[amzlinkr asin=B0DEMO0009 marketplace=US]' );"
    site.php(FIVE_DAYS_OLDER)
    assert "amzlinkr-box__price" in site.php(box)
    site.php("global $wpdb; $wpdb->query( $q );", q=OF_ANOTHER_READING)
    assert "amzlinkr-box__price" not in site.php(box)


@pytest.mark.parametrize("version", ["6.5"])
def test_what_others_ask_for_during_a_run_is_not_lost(site: Site, backend: Backend) -> None:
    imported(site, backend, ["B0DEMO0000"])
    before = site.php(STATE)["feed_generation"]

    site.php(RUN_WHILE_OTHERS_WRITE)
    state = site.php(STATE)
    assert state["cursor"] != ""
    assert state["feed_generation"] == before
    accounts = site.php("return array_column( AmzLinkr\\Accounts\\get_all(), 'marketplace' );")
    assert accounts == ["US", "DE"]
    assert site.php("return AmzLinkr\\Accounts\\get_all()[0]['state'];") == "valid"
    assert site.php("return AmzLinkr\\Options\\get_row( AmzLinkr\\Sync\\LOCK );") is None
    site.cron("amzlinkr_sync")
    assert site.php(STATE)["feed_generation"] > before
    assert site.php("return AmzLinkr\\Options\\get_row( AmzLinkr\\Sync\\RESTART_REQUEST );") is None

    # A run that was overtaken neither ends the other one's lock nor writes its state.
    lock, state = site.php(OVERTAKEN)
    assert lock == "another run's"
    assert state == site.php(STATE)
    # Nor does one during which the site was disconnected.
    site.php("delete_option( AmzLinkr\\Sync\\LOCK );")
    site.php(FORGOTTEN_MEANWHILE)
    assert set(prices(site).values()) == {""}
    assert site.php(STATE)["cursor"] == ""


@pytest.mark.parametrize("version", ["6.5"])
def test_a_page_that_cannot_be_written_is_read_again(site: Site, backend: Backend) -> None:
    service = imported(site, backend, ["B0DEMO0000"])
    service.call("POST", "/import", {"items": ["B0DEMO0001"]})
    cursor = site.php(STATE)["cursor"]

    site.php(RENAME, change="wp_amzlinkr_products TO elsewhere")
    run = site.php("global $wpdb; $wpdb->suppress_errors(); AmzLinkr\\Sync\\run();" + STATE)
    assert (run["cursor"], run["problem"]["code"]) == (cursor, "not_written")
    site.php("global $wpdb; $wpdb->suppress_errors(); delete_option( 'amzlinkr_table' );")
    site.php(RENAME, change="wp_amzlinkr_products TO made_anew")
    site.php(RENAME, change="elsewhere TO wp_amzlinkr_products")
    site.cron("amzlinkr_sync")
    assert set(prices(site)) == {"B0DEMO0000", "B0DEMO0001"}

    assert site.php(TABLE_CANNOT_BE_MADE) is False
    columns = site.php("global $wpdb; return $wpdb->get_col( 'SHOW INDEX FROM made_anew', 2 );")
    assert "asin" in columns
    # What is older than what is here changes nothing, and nothing is seen in the future.
    assert site.php(OLDER_AND_NEWER) == [[], "newer", "newest", True]
    (site.folder / "debug.log").unlink(missing_ok=True)


@pytest.mark.parametrize("version", ["6.5"])
def test_posts_are_cleaned_whatever_happens_and_before_their_pages_are_old(
    site: Site, backend: Backend
) -> None:
    asin = "B0DEMO0000"
    imported(site, backend, [asin, "B0DEMO0001"])
    post = site.php(WRITE, content=f"[amzlinkr asin={asin}]", type="post")
    (site.root / "wp-content/mu-plugins/watching.php").write_text(WATCHING)
    told = "return array_column( get_option( 'told', array() ), 'posts' );"

    # A run that dies on its page, and then one that cannot reach the service.
    backend.amazon.tell("POST", "prices", {"asin": asin, "marketplace": "US", "amount": 4242})
    backend.check_prices(site)
    with pytest.raises(SiteError, match="ended early"):
        site.php(DIES_ON_ITS_PAGE)
    assert prices(site)[asin] == "$42.42"
    site.php("update_option( AmzLinkr\\Sync\\LOCK, time() - 121 );")
    connection = site.php("return get_option( 'amzlinkr_connection' );")
    use = "update_option( 'amzlinkr_connection', $c );"
    site.php(use, c=connection | {"service_url": "http://127.0.0.1:9/v1"})
    site.cron("amzlinkr_sync")
    assert site.php(told) == [[post]]
    site.php(use, c=connection)
    site.cron("amzlinkr_sync")
    assert site.php(told) == [[post]]

    # An import by hand that brings a new price.
    site.php(FORGET_TOLD)
    backend.amazon.tell("POST", "prices", {"asin": asin, "marketplace": "US", "amount": 777})
    backend.check_prices(site)
    assert site.php(IMPORT, asin=asin) == 200
    assert site.php(told) == [[post]]
    site.cron("amzlinkr_sync")
    assert site.php(told) == [[post]]

    # Nothing changes, but pages become old: once in half a day.
    site.php(FORGET_TOLD)
    site.php(CLEANED_LONG_AGO)
    site.cron("amzlinkr_sync")
    site.cron("amzlinkr_sync")
    assert site.php(told) == [[post]]


@pytest.mark.parametrize("version", ["6.5"])
def test_nothing_of_amazons_outlives_the_connection(site: Site, backend: Backend) -> None:
    asin = "B0DEMO0000"
    service = imported(site, backend, [asin])
    right = prices(site)
    shown = "return do_shortcode( '[amzlinkr asin=B0DEMO0000 marketplace=US]' );"

    # Switched off, and on again: the content goes, and comes back.
    site.php("deactivate_plugins( 'amzlinkr/amzlinkr.php' );")
    assert "$" not in site.php("global $wpdb; return $wpdb->get_col( $q );", q=CONTENT)[0]
    site.php("activate_plugin( 'amzlinkr/amzlinkr.php' );")
    site.get("/")
    site.cron("amzlinkr_sync")
    assert prices(site) == right

    assert site.php("return AmzLinkr\\Disconnect\\disconnect();") is True
    assert "$" not in json.dumps(site.php(ROWS))
    assert f"/dp/{asin}?tag=demo-20" in site.php(shown)
    assert site.php("return AmzLinkr\\Accounts\\get_all();") == []
    assert "amzlinkr" not in site.php("return wp_json_encode( _get_cron_array() );")
    assert service.call("GET", "/site").json["code"] == "api_key_rejected"
    # The service has forgotten the Amazon keys, and keeps the list of products.
    assert site.php(CONNECT, url=backend.url) is True
    again = backend.service_of(site)
    assert again.call("GET", "/site").json["connections"] == []
    assert [one["asin"] for one in again.call("GET", "/products").json["products"]] == [asin]
