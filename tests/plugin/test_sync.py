"""The sync: changes reach the posts that show them, also after crashes, outages, and conflicts."""

import json
from typing import Any

import pytest

from infra.local.demo.onboarding import CREATORS_CREDENTIALS
from tests.plugin import pages
from tests.plugin.backend import CONNECT, Backend
from tests.plugin.site import Site, SiteError

pytestmark = pytest.mark.wordpress

THOUSAND_ASINS = [f"B0SYNC{number:04d}" for number in range(1000)]
CREATE_POST = """
return wp_insert_post( array(
    'post_title'   => $content,
    'post_name'    => md5( $content ),
    'post_content' => $content,
    'post_type'    => $type,
    'post_status'  => 'publish',
    'post_author'  => 1,
) );
"""
HOOK_RECORDER = """<?php
add_action( 'amzlinkr_products_changed', static function ( $posts, $products ) {
    $calls   = get_option( 'recorded_calls', array() );
    $calls[] = array( 'posts' => $posts, 'asins' => array_column( $products, 'asin' ) );
    update_option( 'recorded_calls', $calls );
}, 10, 2 );
add_action( 'clean_post_cache', static function ( $post ) {
    $posts = array_merge( get_option( 'purged_posts', array() ), array( $post ) );
    update_option( 'purged_posts', $posts );
} );
"""
CLEAR_RECORDED_CALLS = "delete_option( 'recorded_calls' ); delete_option( 'purged_posts' );"
READ_ROWS = "return AmzLinkr\\Products\\get_rows( '1 = %d', array( 1 ) );"
READ_STATE = "return AmzLinkr\\Sync\\get_state();"
READ_CONNECTION = "return get_option( 'amzlinkr_connection' );"
WRITE_CONNECTION = "update_option( 'amzlinkr_connection', $connection );"
DELETE_LOCK = "delete_option( AmzLinkr\\Sync\\LOCK );"
WRITE_OLD_LOCK = "update_option( AmzLinkr\\Sync\\LOCK, time() - 121 );"
USE_CURSOR = """
update_option( 'amzlinkr_sync', array( 'cursor' => $cursor ) + AmzLinkr\\Sync\\get_state() );
"""
STORE_PRODUCT_MISSING_FROM_FEED = """
$product = array( 'asin' => 'B0STRANGER', 'marketplace' => 'US', 'price_status' => 'current' );
AmzLinkr\\Products\\store( array( $product ), AmzLinkr\\Sync\\get_state()['feed_generation'] );
"""
OVERWRITE_PRICES = """
global $wpdb;
$table = AmzLinkr\\Products\\get_table_name();
foreach ( $wpdb->get_results( "SELECT * FROM $table", ARRAY_A ) as $row ) {
    $product          = json_decode( $row['product'], true );
    $product['price'] = '$0.01';
    $row['product']   = wp_json_encode( $product );
    $wpdb->replace( $table, $row );
}
"""

RUN_SITE_HEALTH_TEST = "return AmzLinkr\\SiteHealth\\run_test();"
SELECT_CONTENT = "SELECT CONCAT( title, product ) FROM wp_amzlinkr_products"
MOVE_TO_OTHER_GENERATION = "UPDATE wp_amzlinkr_products SET feed_generation = feed_generation - 1"
AGE_ROWS_BY_FIVE_DAYS = """
global $wpdb;
$table = AmzLinkr\\Products\\get_table_name();
$wpdb->query( "UPDATE $table SET seen_at = seen_at - 432000 WHERE seen_at > 0" );
"""
SAVE_KEYS = """
wp_set_current_user( 1 );
$request = new WP_REST_Request( 'POST', '/amzlinkr/v1/accounts' );
array_map( array( $request, 'set_param' ), array_keys( $keys ), $keys );
return rest_do_request( $request )->get_data();
"""
IMPORT = """
wp_set_current_user( 1 );
$request = new WP_REST_Request( 'POST', '/amzlinkr/v1/import' );
$request->set_param( 'items', array( $asin ) );
return rest_do_request( $request )->get_status();
"""
RUN_DURING_WRITES_OF_OTHERS = """
// This process has read the options. Other processes write them while it waits for the service,
// which returns another state of the account.
$known = get_option( 'amzlinkr_accounts' );
$known['accounts'][0]['state'] = 'throttled';
update_option( 'amzlinkr_accounts', $known );
add_filter( 'http_response', static function ( $response ) {
    global $wpdb;
    AmzLinkr\\Sync\\request_restart( true );
    $query  = "SELECT option_value FROM $wpdb->options WHERE option_name = 'amzlinkr_accounts'";
    $option = unserialize( $wpdb->get_var( $query ) );
    $option['accounts'][] = array( 'marketplace' => 'DE' ) + $option['accounts'][0];
    $where = array( 'option_name' => 'amzlinkr_accounts' );
    $wpdb->update( $wpdb->options, array( 'option_value' => serialize( $option ) ), $where );
    return $response;
} );
AmzLinkr\\Sync\\run();
"""
RUN_AND_LOSE_LOCK = """
add_filter( 'http_response', static function ( $response ) {
    AmzLinkr\\Options\\write_row( AmzLinkr\\Sync\\LOCK, "another run's", true );
    return $response;
} );
AmzLinkr\\Sync\\run();
return array( AmzLinkr\\Options\\get_row( AmzLinkr\\Sync\\LOCK ), AmzLinkr\\Sync\\get_state() );
"""
RUN_DURING_DISCONNECTION = """
AmzLinkr\\Sync\\request_restart();
add_filter( 'http_response', static function ( $response ) {
    AmzLinkr\\Disconnect\\disconnect_locally();
    return $response;
} );
AmzLinkr\\Sync\\run();
"""
REFUSE_WRITES = """
global $wpdb;
$wpdb->query( "CREATE TRIGGER refuse BEFORE INSERT ON wp_amzlinkr_products
    FOR EACH ROW SIGNAL SQLSTATE '45000'" );
"""
CREATE_TABLE_WITH_INVALID_NAME = """
global $wpdb;
$wpdb->suppress_errors();
delete_option( 'amzlinkr_table' );
$wpdb->prefix = 'no such place`.`';
AmzLinkr\\Products\\create_table();
$wpdb->prefix = 'wp_';
return get_option( 'amzlinkr_table' );
"""
STORE_OLDER_AND_FUTURE_DATA = """
$product = array( 'asin' => 'B0OLDER000', 'marketplace' => 'US', 'price_status' => 'current' );
$store   = static fn( $title, $seen_at ) => AmzLinkr\\Products\\store(
    array( compact( 'title' ) + array( 'observed_at' => gmdate( 'c', $seen_at ) ) + $product ), 1
);
$title   = static fn() => AmzLinkr\\Products\\find( 'B0OLDER000', 'US' )['title'];
$store( 'newer', time() - 10 );
$found = array( $store( 'older', time() - 20 ), $title() );
$store( 'future', time() + 1000 );
$seen_at = AmzLinkr\\Products\\find( 'B0OLDER000', 'US' )['seen_at'];
return array_merge( $found, array( $title(), $seen_at <= time() ) );
"""
RUN_AND_CRASH_AFTER_WRITE = """
add_filter( 'query', static function ( $query ) {
    static $written = false;
    if ( $written ) {
        exit;
    }
    $written = false !== strpos( $query, 'INSERT INTO wp_amzlinkr_products' );
    return $query;
} );
AmzLinkr\\Sync\\run();
"""
AGE_CACHE_PURGES = """
global $wpdb;
$table = AmzLinkr\\Products\\get_table_name();
$wpdb->query( "UPDATE $table SET cache_purged_at = cache_purged_at - 43201" );
"""


def read_prices(site: Site) -> dict[str, str]:
    """Return the prices in the plugin's table by ASIN."""
    return {row["asin"]: row["price"] for row in site.php(READ_ROWS)}


def import_products(site: Site, backend: Backend, asins: list[str], **options: bool) -> Any:
    """Connect the site, import products into its table, and return the client of the service."""
    service = backend.join(site, **options)
    for start in range(0, len(asins), 500):
        job = service.call("POST", "/import", {"items": asins[start : start + 500]})
        if job.status == 202:
            backend.finish(service, job)
    site.cron("amzlinkr_sync")
    assert set(read_prices(site)) == set(asins)
    return service


def test_changes_purge_the_caches_of_affected_posts_only(site: Site, backend: Backend) -> None:
    changed, unchanged, removed = "B0DEMO0000", "B0DEMO0001", "B0DEMO0002"
    service = import_products(site, backend, [changed, unchanged, removed])
    block = '<!-- wp:amzlinkr/product {{"asin":"{}"{}}} /-->'

    def create_post(content: str, post_type: str = "post") -> int:
        post: int = site.php(CREATE_POST, content=content, type=post_type)
        return post

    with_block = create_post(block.format(changed, ',"marketplace":"US"'))
    with_shortcode = create_post(f"before [amzlinkr asin='{changed.lower()}'] after")
    pattern = create_post(block.format(changed, ""), "wp_block")
    with_pattern = create_post(f'<!-- wp:block {{"ref":{pattern}}} /-->', "page")
    with_removed = create_post(f"[amzlinkr asin={removed}]")
    unaffected = (
        block.format(unchanged, ""),
        block.format(changed, ',"marketplace":"DE"'),
        f'<!-- wp:block {{"ref":{pattern}0}} /-->',
        f"Only the word amzlinkr, and {changed}",
    )
    for content in unaffected:
        create_post(content)
    (site.root / "wp-content/mu-plugins/hook-recorder.php").write_text(HOOK_RECORDER)

    site.cron("amzlinkr_sync")
    assert site.php("return get_option( 'recorded_calls' );") is False

    price = {"asin": changed, "marketplace": "US", "amount": 4242}
    backend.amazon.send("POST", "prices", price)
    backend.refresh_prices(site)
    assert service.call("DELETE", f"/products/{removed}", marketplace="US").status == 204
    site.cron("amzlinkr_sync")

    (recorded,) = site.php("return get_option( 'recorded_calls' );")
    affected = sorted([with_block, with_shortcode, pattern, with_pattern, with_removed])
    assert sorted(recorded["posts"]) == affected
    assert sorted(recorded["asins"]) == [changed, removed]
    assert sorted(set(site.php("return get_option( 'purged_posts' );"))) == affected
    assert read_prices(site) == {changed: "$42.42", unchanged: read_prices(site)[unchanged]}


@pytest.mark.parametrize("version", ["6.5"])
def test_thousand_changes_are_applied_in_one_run(site: Site, backend: Backend) -> None:
    import_products(site, backend, THOUSAND_ASINS, sandbox=True)
    expected = read_prices(site)
    site.php(OVERWRITE_PRICES)
    site.php("AmzLinkr\\Sync\\request_restart();")
    site.php(CREATE_POST, content=f"[amzlinkr asin={THOUSAND_ASINS[0]}]", type="post")
    (site.root / "wp-content/mu-plugins/hook-recorder.php").write_text(HOOK_RECORDER)

    already_sent = len(site.requests())
    site.cron("amzlinkr_sync")

    assert read_prices(site) == expected
    sent = [request["url"] for request in site.requests()[already_sent:]]
    assert sum("/changes?" in url for url in sent) == 10
    (recorded,) = site.php("return get_option( 'recorded_calls' );")
    assert set(recorded["asins"]) == set(THOUSAND_ASINS)


@pytest.mark.parametrize("version", ["6.5"])
def test_run_that_reaches_its_deadline_is_continued(site: Site, backend: Backend) -> None:
    service = backend.join(site, sandbox=True)
    job = service.call("POST", "/import", {"items": THOUSAND_ASINS[:250]})
    backend.finish(service, job)

    run = "return AmzLinkr\\Sync\\read_feed( 0, AmzLinkr\\Sync\\acquire_lock() );"
    assert site.php(run) is True
    assert len(read_prices(site)) == 100
    site.php(DELETE_LOCK)
    site.cron()
    assert set(read_prices(site)) == set(THOUSAND_ASINS[:250])


@pytest.mark.parametrize("version", ["6.5"])
def test_crashed_runs_and_rejected_cursors_lose_no_changes(site: Site, backend: Backend) -> None:
    asins = ["B0DEMO0004", "B0DEMO0005", "B0DEMO0006"]
    service = import_products(site, backend, asins)
    expected = read_prices(site)

    # Crash after a page was applied and before its cursor was stored: the page is read again.
    cursor = site.php(READ_STATE)["cursor"]
    price = {"asin": asins[0], "marketplace": "US", "amount": 777}
    backend.amazon.send("POST", "prices", price)
    backend.refresh_prices(site)
    site.cron("amzlinkr_sync")
    site.php(USE_CURSOR, cursor=cursor)
    site.cron("amzlinkr_sync")
    assert read_prices(site) == expected | {asins[0]: "$7.77"}

    # Crash with the lock held: other runs wait until the lock has expired.
    price = {"asin": asins[1], "marketplace": "US", "amount": 888}
    backend.amazon.send("POST", "prices", price)
    backend.refresh_prices(site)
    site.php("AmzLinkr\\Sync\\acquire_lock();")
    site.cron("amzlinkr_sync")
    assert read_prices(site)[asins[1]] == expected[asins[1]]
    site.php(WRITE_OLD_LOCK)
    site.cron("amzlinkr_sync")
    assert read_prices(site)[asins[1]] == "$8.88"

    # A cursor that the service rejects: the feed is read from its beginning, and products that it
    # does not contain are removed.
    site.php(STORE_PRODUCT_MISSING_FROM_FEED)
    site.php(USE_CURSOR, cursor="not a cursor")
    site.cron("amzlinkr_sync")
    assert set(read_prices(site)) == set(asins)
    assert site.php(READ_STATE)["problem"] is None
    assert service.call("GET", "/site").status == 200


@pytest.mark.parametrize("version", ["6.5"])
def test_prices_are_hidden_after_a_day_without_the_service_and_then_restored(
    site: Site, backend: Backend
) -> None:
    asin = "B0DEMO0007"
    import_products(site, backend, [asin])
    expected = read_prices(site)
    render_box = f"return do_shortcode( '[amzlinkr asin={asin}]' );"
    connection = site.php(READ_CONNECTION)

    unreachable = connection | {"service_url": "http://127.0.0.1:9/v1"}
    site.php(WRITE_CONNECTION, connection=unreachable)
    site.cron("amzlinkr_sync")
    assert site.php(READ_STATE)["problem"]["code"] == "service_unreachable"
    assert expected[asin] in site.php(render_box)

    backend.age_products(site, hours=24)
    assert expected[asin] not in site.php(render_box)
    site.cron("amzlinkr_sync")
    stored = json.dumps(site.php(READ_ROWS))
    assert "$" not in stored
    assert "amazon.com" not in stored

    site.php(WRITE_CONNECTION, connection=connection)
    backend.refresh_prices(site)
    site.cron("amzlinkr_sync")
    assert read_prices(site) == expected
    assert expected[asin] in site.php(render_box)


@pytest.mark.parametrize("version", ["6.5"])
def test_products_unknown_to_the_service_are_stripped_and_imported_again(
    site: Site, backend: Backend
) -> None:
    us_asins, de_asins = ["B0DEMO0000", "B0DEMO0001"], ["B0DEMO0002"]
    service = import_products(site, backend, us_asins)
    german_keys = CREATORS_CREDENTIALS | {"marketplace": "DE", "partner_tag": "demo-21"}
    assert service.call("POST", "/validate", german_keys).status == 200
    service.call("POST", "/import", {"items": de_asins, "marketplace": "DE"})
    site.cron("amzlinkr_sync")
    assert "$" in json.dumps(list(read_prices(site).values()))

    # After a move the service has a new site without products.
    site.move_to(site.url.replace("127.0.0.1", "localhost"))
    assert site.php(CONNECT, url=backend.url) is True
    # The check times of the new site do not confirm rows of the old one.
    site.php(AGE_ROWS_BY_FIVE_DAYS)
    site.cron("amzlinkr_sync")
    assert set(read_prices(site).values()) == {""}
    assert "must be imported again" in site.php(RUN_SITE_HEALTH_TEST)["description"]

    # Keys for one marketplace: its products wait for access, and the other marketplace is retried.
    account = f"accounts/{pages.CREDENTIAL_ID}"
    backend.amazon.send("PUT", account, {"state": "not_eligible"})
    assert site.php(SAVE_KEYS, keys=CREATORS_CREDENTIALS)["status"] == "not_eligible"
    site.cron()
    assert set(read_prices(site).values()) == {""}
    backend.amazon.send("PUT", account, {"state": "ok"})
    new_service = backend.service_of(site)
    assert new_service.call("GET", "/search", keywords="tea").status == 200
    backend.refresh_prices(site, seen=us_asins)
    site.cron("amzlinkr_sync")
    assert {asin for asin, price in read_prices(site).items() if price} == set(us_asins)
    description = site.php(RUN_SITE_HEALTH_TEST)["description"]
    assert "DE: Some products must be imported again" in description
    assert "US: Some products must be imported again" not in description

    new_service.call("POST", "/import", {"items": ["B0DEMO0009"]})
    site.php(AGE_ROWS_BY_FIVE_DAYS)
    site.cron("amzlinkr_sync")
    priced = {asin for asin, price in read_prices(site).items() if price}
    assert priced == {*us_asins, "B0DEMO0009"}
    assert new_service.call("POST", "/validate", german_keys).status == 200
    site.cron("amzlinkr_sync")
    assert all(read_prices(site).values())
    assert site.php(READ_STATE)["must_reimport"] is False
    assert "must be imported again" not in site.php(RUN_SITE_HEALTH_TEST)["description"]

    # A check time of the service confirms rows of the current feed generation only.
    render_box = "return do_shortcode( '[amzlinkr asin=B0DEMO0009 marketplace=US]' );"
    site.php(AGE_ROWS_BY_FIVE_DAYS)
    assert "amzlinkr-box__price" in site.php(render_box)
    site.php("global $wpdb; $wpdb->query( $query );", query=MOVE_TO_OTHER_GENERATION)
    assert "amzlinkr-box__price" not in site.php(render_box)


@pytest.mark.parametrize("version", ["6.5"])
def test_writes_of_other_processes_during_a_run_are_kept(site: Site, backend: Backend) -> None:
    import_products(site, backend, ["B0DEMO0000"])
    generation = site.php(READ_STATE)["feed_generation"]

    site.php(RUN_DURING_WRITES_OF_OTHERS)
    state = site.php(READ_STATE)
    assert state["cursor"] != ""
    assert state["feed_generation"] == generation
    accounts = site.php("return array_column( AmzLinkr\\Accounts\\get_all(), 'marketplace' );")
    assert accounts == ["US", "DE"]
    assert site.php("return AmzLinkr\\Accounts\\get_all()[0]['state'];") == "valid"
    assert site.php("return AmzLinkr\\Options\\get_row( AmzLinkr\\Sync\\LOCK );") is None
    site.cron("amzlinkr_sync")
    assert site.php(READ_STATE)["feed_generation"] > generation
    read_request = "return AmzLinkr\\Options\\get_row( AmzLinkr\\Sync\\RESTART_REQUEST );"
    assert site.php(read_request) is None

    # A run that lost its lock neither deletes the lock of the other run nor writes the state.
    lock, state = site.php(RUN_AND_LOSE_LOCK)
    assert lock == "another run's"
    assert state == site.php(READ_STATE)
    # Nor does a run during which the site was disconnected.
    site.php(DELETE_LOCK)
    site.php(RUN_DURING_DISCONNECTION)
    assert set(read_prices(site).values()) == {""}
    assert site.php(READ_STATE)["cursor"] == ""


@pytest.mark.parametrize("version", ["6.5"])
def test_page_that_cannot_be_written_is_read_again(site: Site, backend: Backend) -> None:
    service = import_products(site, backend, ["B0DEMO0000"])
    service.call("POST", "/import", {"items": ["B0DEMO0001"]})
    cursor = site.php(READ_STATE)["cursor"]

    site.php(REFUSE_WRITES)
    run = "global $wpdb; $wpdb->suppress_errors(); AmzLinkr\\Sync\\run();"
    state = site.php(run + READ_STATE)
    assert (state["cursor"], state["problem"]["code"]) == (cursor, "not_written")
    site.php("global $wpdb; $wpdb->query( 'DROP TRIGGER refuse' );")
    site.cron("amzlinkr_sync")
    assert set(read_prices(site)) == {"B0DEMO0000", "B0DEMO0001"}

    assert site.php(CREATE_TABLE_WITH_INVALID_NAME) is False
    columns = site.php(
        "global $wpdb; return $wpdb->get_col( 'SHOW INDEX FROM wp_amzlinkr_products', 2 );"
    )
    assert "asin" in columns
    # Older data does not replace newer data, and no product is seen in the future.
    assert site.php(STORE_OLDER_AND_FUTURE_DATA) == [[], "newer", "future", True]
    (site.folder / "debug.log").unlink(missing_ok=True)


@pytest.mark.parametrize("version", ["6.5"])
def test_caches_are_purged_after_crashes_and_twice_a_day(site: Site, backend: Backend) -> None:
    asin = "B0DEMO0000"
    import_products(site, backend, [asin, "B0DEMO0001"])
    post = site.php(CREATE_POST, content=f"[amzlinkr asin={asin}]", type="post")
    (site.root / "wp-content/mu-plugins/hook-recorder.php").write_text(HOOK_RECORDER)
    purged_posts = "return array_column( get_option( 'recorded_calls', array() ), 'posts' );"

    # A run that crashes after the write, then a run that cannot reach the service.
    price = {"asin": asin, "marketplace": "US", "amount": 4242}
    backend.amazon.send("POST", "prices", price)
    backend.refresh_prices(site)
    with pytest.raises(SiteError, match="exited early"):
        site.php(RUN_AND_CRASH_AFTER_WRITE)
    assert read_prices(site)[asin] == "$42.42"
    site.php(WRITE_OLD_LOCK)
    connection = site.php(READ_CONNECTION)
    unreachable = connection | {"service_url": "http://127.0.0.1:9/v1"}
    site.php(WRITE_CONNECTION, connection=unreachable)
    site.cron("amzlinkr_sync")
    assert site.php(purged_posts) == [[post]]
    site.php(WRITE_CONNECTION, connection=connection)
    site.cron("amzlinkr_sync")
    assert site.php(purged_posts) == [[post]]

    # A manual import that returns a new price.
    site.php(CLEAR_RECORDED_CALLS)
    backend.amazon.send("POST", "prices", price | {"amount": 777})
    backend.refresh_prices(site)
    assert site.php(IMPORT, asin=asin) == 200
    assert site.php(purged_posts) == [[post]]
    site.cron("amzlinkr_sync")
    assert site.php(purged_posts) == [[post]]

    # Without changes, posts are purged once in twelve hours.
    site.php(CLEAR_RECORDED_CALLS)
    site.php(AGE_CACHE_PURGES)
    site.cron("amzlinkr_sync")
    site.cron("amzlinkr_sync")
    assert site.php(purged_posts) == [[post]]


@pytest.mark.parametrize("version", ["6.5"])
def test_amazon_content_is_deleted_on_deactivation_and_disconnection(
    site: Site, backend: Backend
) -> None:
    asin = "B0DEMO0000"
    service = import_products(site, backend, [asin])
    expected = read_prices(site)
    render_box = "return do_shortcode( '[amzlinkr asin=B0DEMO0000 marketplace=US]' );"

    # Deactivation deletes the content, and activation restores it.
    site.php("deactivate_plugins( 'amzlinkr/amzlinkr.php' );")
    select = "global $wpdb; return $wpdb->get_col( $query );"
    assert "$" not in site.php(select, query=SELECT_CONTENT)[0]
    site.php("activate_plugin( 'amzlinkr/amzlinkr.php' );")
    site.get("/")
    site.cron("amzlinkr_sync")
    assert read_prices(site) == expected

    assert site.php("return AmzLinkr\\Disconnect\\disconnect();") is True
    assert "$" not in json.dumps(site.php(READ_ROWS))
    assert f"/dp/{asin}?tag=demo-20" in site.php(render_box)
    assert site.php("return AmzLinkr\\Accounts\\get_all();") == []
    assert "amzlinkr" not in site.php("return wp_json_encode( _get_cron_array() );")
    assert service.call("GET", "/site").json["code"] == "api_key_rejected"
    # The service has deleted the Amazon keys and kept the list of products.
    assert site.php(CONNECT, url=backend.url) is True
    new_service = backend.service_of(site)
    assert new_service.call("GET", "/site").json["connections"] == []
    products = new_service.call("GET", "/products").json["products"]
    assert [product["asin"] for product in products] == [asin]
