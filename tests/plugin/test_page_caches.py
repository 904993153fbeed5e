"""Page caches of other plugins: the functions and actions that a purge calls, and failures."""

from typing import Any

import pytest

from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site
from tests.plugin.test_cache_purge import (
    PRODUCTS,
    READ_RECORDED,
    READ_STATE,
    RECORD,
    RECORD_CHANGE,
    RUN,
    SHORTCODE,
    create,
)

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

STUBS = """
$called = array();
$GLOBALS['called'] = &$called;
foreach ( $actions as $action ) {
    add_action( $action, static function ( ...$given ) use ( &$called, $action ) {
        $called[] = array( $action, ...$given );
    } );
}
foreach ( $functions as $function ) {
    eval( "function $function( ...\\$given ) {
        \\$GLOBALS['called'][] = array( '$function', ...\\$given );
    }" );
}
"""
"""Other plugins: an action gets an empty string if it is called without an argument."""
PURGE = f"AmzLinkr\\Placements\\purge_post_caches( {PRODUCTS} ); return $called;"
BY_POST = {
    "cache_enabler_clear_page_cache_by_post", "jetpack_boost_clear_page_cache_post",
    "litespeed_purge_post", "rocket_clean_post", "w3tc_flush_post",
    "wpfc_clear_post_cache_by_id", "wphb_clear_page_cache",
}  # fmt: skip
BY_URL = {"cache_enabler_clear_page_cache_by_url", "jetpack_boost_clear_page_cache_url"}
BY_URLS = {"swcfpc_purge_cache"}
SITE_ONLY = {"breeze_clear_all_cache", "rt_nginx_helper_purge_all", "sg_cachepress_purge_cache"}
OF_SITE = SITE_ONLY | {
    "cache_enabler_clear_site_cache", "jetpack_boost_clear_page_cache_all", "litespeed_purge_all",
    "rocket_clean_domain", "swcfpc_purge_cache", "w3tc_flush_posts", "wp_cache_clear_cache",
    "wpfc_clear_all_cache", "wphb_clear_page_cache",
}  # fmt: skip
FUNCTIONS = {
    "rocket_clean_domain", "rocket_clean_post", "sg_cachepress_purge_cache", "w3tc_flush_post",
    "w3tc_flush_posts", "wp_cache_clear_cache", "wpfc_clear_all_cache",
    "wpfc_clear_post_cache_by_id",
}  # fmt: skip
ALL = BY_POST | BY_URL | BY_URLS | OF_SITE
WIDGET = """
update_option( 'widget_block', array( 2 => array( 'content' => $content ), '_multiwidget' => 1 ) );
"""
WHOLE = "amzlinkr_all_pages_changed"
RECORD_LIST = """
AmzLinkr\\Sync\\save_state( AmzLinkr\\Sync\\acquire_lock(), array(
    'pending_list_purges' => array( 'tea' ),
) );
update_option( 'widget_text', array( 2 => array( 'text' => '[amzlinkr_list name=tea]' ) ) );
"""
CLOUDFLARE = """
$hooks = static function ( $filter ) {
    return apply_filters( $filter, array( 'deleted_post' ) );
};
return array(
    $hooks( 'cloudflare_purge_url_actions' ),
    $hooks( 'cloudflare_purge_everything_actions' ),
);
"""


def purge(site: Site, names: set[str], before: str = "", code: str = PURGE, **values: Any) -> Any:
    """Return the calls of a purge of the product, with stubs of these functions and actions."""
    functions, actions = sorted(names & FUNCTIONS), sorted(names - FUNCTIONS)
    return site.php(STUBS + before + code, functions=functions, actions=actions, **values)


def named(calls: list[list[Any]], names: set[str]) -> list[list[Any]]:
    """Return the calls of these functions and actions."""
    return [call for call in calls if call[0] in names]


def test_each_page_cache_purges_the_posts(site: Site, service: RecordingService) -> None:
    service.join(site)
    posts = create(site, *[("post", "publish", SHORTCODE)] * 2, ("post", "publish", "Other"))
    calls = purge(site, ALL)
    for name in BY_POST:
        assert named(calls, {name}) == [[name, post] for post in posts[:2]], name
    for name in SITE_ONLY:
        assert len(named(calls, {name})) == 1, name
    assert len(calls) == 2 * len(BY_POST) + len(SITE_ONLY) + len(named(calls, BY_URL | BY_URLS))


def test_pages_with_the_posts_are_purged_once(site: Site, service: RecordingService) -> None:
    service.join(site)
    posts = create(site, *[("post", "publish", SHORTCODE)] * 2, ("page", "publish", "Blog"))
    blog = posts[-1]
    site.php(
        "update_option( 'show_on_front', 'page' ); update_option( 'page_for_posts', $blog );"
        "$tag = wp_insert_term( 'Tea', 'post_tag' );"
        "wp_set_object_terms( $post, 'tea', 'post_tag' );",
        blog=blog,
        post=posts[0],
    )
    expected = site.php(
        "$day = get_the_date( 'Y-n-j', $post );"
        "$day = array_map( 'intval', explode( '-', $day ) );"
        "return array( home_url( '/' ), get_permalink( $blog ), get_term_link( 'tea', 'post_tag' ),"
        " get_category_link( 1 ), get_author_posts_url( get_post( $post )->post_author ),"
        " get_day_link( ...$day ), get_month_link( $day[0], $day[1] ), get_year_link( $day[0] ) );",
        blog=blog,
        post=posts[0],
    )
    pages = [site.php("return get_permalink( $post );", post=post) for post in posts[:2]]
    calls = purge(site, ALL)
    paged = [f"{url.rstrip('/')}/page/*" for url in expected]
    for name in BY_URL:
        urls = sorted([*expected, *paged] if name.startswith("cache_enabler") else expected)
        assert sorted(url for _, url in named(calls, {name})) == urls, name
    for name in BY_URLS:
        assert [sorted(urls) for _, urls in named(calls, {name})] == [sorted({*expected, *pages})]


def test_inactive_page_caches_are_not_called(site: Site, service: RecordingService) -> None:
    service.join(site)
    create(site, ("post", "publish", SHORTCODE))
    assert purge(site, set()) == []
    assert purge(site, {"litespeed_purge_all", "w3tc_flush_posts"}) == []


def test_widget_causes_one_purge_of_all_pages(site: Site, service: RecordingService) -> None:
    service.join(site)
    pattern, *_ = create(site, ("wp_block", "publish", SHORTCODE), ("post", "publish", SHORTCODE))
    block = '<!-- wp:amzlinkr/product {"asin":"B0DEMO0000","marketplace":"US"} /-->'
    for content in (block, SHORTCODE, f'<!-- wp:block {{"ref":{pattern}}} /-->'):
        site.php(RECORD_CHANGE + WIDGET, content=content)
        calls = purge(site, ALL | {WHOLE}, RECORD_LIST, RUN + "return $called;")
        assert sorted(name for name, *_ in calls) == sorted(OF_SITE | {WHOLE}), content
        assert site.php(READ_STATE)["current_cache_purge"] == []


def test_widget_with_other_products_causes_no_purge(site: Site, service: RecordingService) -> None:
    service.join(site)
    site.php(WIDGET, content="[amzlinkr asin=B0DEMO0001 marketplace=US]")
    assert purge(site, ALL | {WHOLE}) == []


def test_template_causes_a_purge_of_all_pages(site: Site, service: RecordingService) -> None:
    service.join(site)
    register = "register_post_type( 'elementor_library', array( 'public' => true ) );"
    for kind in ("wp_template_part", "wp_template", "elementor_library"):
        (post,) = create(site, (kind, "publish", SHORTCODE))
        calls = purge(site, ALL, register)
        assert sorted(name for name, *_ in calls) == sorted(OF_SITE), kind
        site.php("wp_delete_post( $post, true );", post=post)


def test_failing_page_cache_stops_no_other(site: Site, service: RecordingService) -> None:
    service.join(site)
    posts = create(site, *[("post", "publish", SHORTCODE)] * 2)
    site.php(RECORD_CHANGE)
    failing = """
    $broken = static function () {
        throw new Error( 'Broken.' );
    };
    add_action( 'cache_enabler_clear_page_cache_by_post', $broken );
    add_action( 'amzlinkr_products_changed', $broken );
    """
    run = f"try {{ {RUN} }} catch ( Error $error ) {{}} return $called;"
    calls = purge(site, ALL, RECORD + failing, run)
    assert named(calls, {"litespeed_purge_post"}) == [["litespeed_purge_post", p] for p in posts]
    assert site.php(READ_RECORDED) == posts
    assert site.php(READ_STATE)["current_cache_purge"] == []
    assert site.php("return get_option( 'amzlinkr_page_cache_failure' )[0];") != ""


def test_plugin_that_exits_at_a_widget_is_not_called_again(
    site: Site, service: RecordingService
) -> None:
    service.join(site)
    posts = create(site, ("post", "publish", SHORTCODE))
    site.php(RECORD_CHANGE + WIDGET, content=SHORTCODE)
    exiting = "add_action( 'litespeed_purge_all', static function () { exit; } );"
    with pytest.raises(Exception, match="exited early"):
        site.php(exiting + RUN)
    site.php(exiting + RUN)
    assert site.php(READ_RECORDED) == posts
    assert site.php(READ_STATE)["current_cache_purge"] == []


def test_page_caches_can_be_added(site: Site, service: RecordingService) -> None:
    service.join(site)
    posts = create(site, ("post", "publish", SHORTCODE))
    add = """
    add_filter( 'amzlinkr_page_caches', static function ( $caches ) use ( &$called ) {
        $caches['Mine'] = array( 'post' => static function ( $post ) use ( &$called ) {
            $called[] = $post;
        } );
        return array( 'Mine' => $caches['Mine'], 'Broken' => 'text' );
    } );
    """
    assert purge(site, {"litespeed_purge_post"}, add) == posts


def test_cloudflare_purges_after_the_actions(site: Site, service: RecordingService) -> None:
    service.join(site)
    assert site.php(CLOUDFLARE) == [
        ["deleted_post", "amzlinkr_products_changed", "amzlinkr_lists_changed"],
        ["deleted_post", "amzlinkr_all_pages_changed"],
    ]
