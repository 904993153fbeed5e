"""Counts of clicks: who is counted, what is stored, the limits, and what visitors and users see."""

import http.client
from contextlib import closing
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.plugin.browser import Browser
from tests.plugin.display_site import DISPLAYS
from tests.plugin.list_bodies import asin_of, product, saved_list
from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site
from tests.plugin.test_admin_forms import submit

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

PREPARE = """
AmzLinkr\\Products\\store( $products, 0 );
return wp_insert_post( array(
    'post_title'   => $title ?? 'Kettles',
    'post_content' => $content,
    'post_status'  => $status ?? 'publish',
    'post_author'  => 1,
) );
"""
SWITCH = "AmzLinkr\\Clicks\\switch_on( $is_on );"
READ = """
global $wpdb;
return $wpdb->get_results(
    "SELECT day, marketplace, asin, post_id, clicks FROM {$wpdb->prefix}amzlinkr_clicks
    ORDER BY day, asin, post_id",
    ARRAY_N
);
"""
SEND = """
$statuses = array();
foreach ( $requests as list( $fields, $headers ) ) {
    $request = new WP_REST_Request( 'POST', '/amzlinkr/v1/clicks' );
    $request->set_body( http_build_query( $fields ) );
    $request->set_body_params( $fields );
    $request->set_headers( $headers );
    $statuses[] = rest_do_request( $request )->get_status();
}
return $statuses;
"""
TABLES = "global $wpdb; return $wpdb->get_col( \"SHOW TABLES LIKE '%amzlinkr_clicks%'\" );"
COLUMNS = """
global $wpdb;
return $wpdb->get_col( "SHOW COLUMNS FROM {$wpdb->prefix}amzlinkr_clicks" );
"""
INSERT = """
global $wpdb;
foreach ( $rows as list( $days_ago, $asin, $post, $clicks ) ) {
    $wpdb->insert( AmzLinkr\\Clicks\\get_table_name(), array(
        'day'         => wp_date( 'Y-m-d', time() - $days_ago * DAY_IN_SECONDS ),
        'marketplace' => 'US',
        'asin'        => $asin,
        'post_id'     => $post,
        'clicks'      => $clicks,
    ) );
}
"""
FILL_DAY = """
global $wpdb;
$table = AmzLinkr\\Clicks\\get_table_name();
$day   = wp_date( 'Y-m-d' );
foreach ( array_chunk( range( 1, $count ), 500 ) as $chunk ) {
    $rows = array_map( static fn( $id ) => "('$day','US','B0OTHER000',$id,1)", $chunk );
    $wpdb->query( "INSERT INTO $table VALUES " . implode( ',', $rows ) );
}
"""
SHOW_PAGE = """
wp_set_current_user( 1 );
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/admin.php';
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/actions.php';
$_GET['days'] = $days;
ob_start();
require WP_PLUGIN_DIR . '/amzlinkr/admin/clicks.php';
return ob_get_clean();
"""
MENU = """
wp_set_current_user( $role ? wp_insert_user( array(
    'user_login' => $role,
    'user_pass'  => wp_generate_password(),
    'role'       => $role,
) ) : 1 );
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/admin.php';
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/actions.php';
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/clicks-action.php';
$GLOBALS['menu'] = array();
$GLOBALS['submenu'] = array();
do_action( 'admin_menu' );
$found = array_column( $GLOBALS['submenu']['amzlinkr'] ?? array(), 2 );
return in_array( 'amzlinkr-clicks', $found, true );
"""
PRIVACY_TEXT = """
set_current_screen( 'privacy' );
do_action( 'admin_init' );
require_once ABSPATH . 'wp-admin/includes/class-wp-privacy-policy-content.php';
$texts = WP_Privacy_Policy_Content::get_suggested_policy_text();
return implode( ' ', array_column( $texts, 'policy_text' ) );
"""
RENDER = """
$GLOBALS['post'] = get_post( $post );
return apply_filters( 'the_content', $GLOBALS['post']->post_content );
"""
UNINSTALL = """
define( 'WP_UNINSTALL_PLUGIN', 'amzlinkr/amzlinkr.php' );
require WP_PLUGIN_DIR . '/amzlinkr/uninstall.php';
"""
RENAME = """
global $wpdb;
$wpdb->update( $wpdb->posts, array( 'post_title' => $title ), array( 'ID' => $id ) );
clean_post_cache( $id );
"""
ASIN = asin_of(1)
HOST = "www.amazon.com"
SHORTCODE = f"[amzlinkr asin={ASIN}]"
SCRIPT = "assets/clicks.js"


@pytest.fixture
def post(site: Site, service: RecordingService) -> int:
    """Connect the site, switch the counting on, and return a post with a product."""
    service.join(site)
    site.php(SWITCH, is_on=True)
    return create_post(site)


def create_post(site: Site, **more: object) -> int:
    """Create a post with a product, and return its ID."""
    values = {"products": [product(1)], "content": SHORTCODE} | more
    found: int = site.php(PREPARE, **values)
    return found


def send(site: Site, *requests: dict[str, object], **headers: str) -> list[int]:
    """Send clicks with the same headers and return the statuses."""
    found: list[int] = site.php(SEND, requests=[[fields, headers] for fields in requests])
    return found


def click(post: int, **fields: object) -> dict[str, object]:
    """Return the fields of a click."""
    return {"asin": ASIN, "host": HOST, "post": post} | fields


def counted(site: Site) -> list[Any]:
    """Return the ASIN, post and number of each row."""
    return [[asin, int(post), int(number)] for _, _, asin, post, number in site.php(READ)]


def test_nothing_is_counted_by_default(site: Site, service: RecordingService) -> None:
    service.join(site)
    post = create_post(site)
    assert site.php(TABLES) == []
    assert send(site, click(post)) == [404]
    page = site.get(f"/?p={post}").body
    page = site.get("/kettles/").body
    assert "amzlinkr-box" in page
    assert SCRIPT not in page
    assert "data-amzlinkr-post" not in page
    assert site.php(MENU, role="") is False
    assert "how often links to Amazon are followed" not in site.php(PRIVACY_TEXT)


def test_beacon_is_counted_without_a_cookie_or_nonce(site: Site, post: int) -> None:
    with closing(http.client.HTTPConnection(site.address, timeout=60)) as connection:
        body = urlencode(click(post))
        headers = {"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"}
        connection.request("POST", "/wp-json/amzlinkr/v1/clicks", body, headers)
        response = connection.getresponse()
        assert (response.status, response.read()) == (204, b"")
        assert response.getheader("Set-Cookie") is None
    send(site, click(post))
    day = site.php("return wp_date( 'Y-m-d' );")
    assert site.php(READ) == [[day, "US", ASIN, str(post), "2"]]
    # The table has no place for anything about the visitor.
    assert site.php(COLUMNS) == ["day", "marketplace", "asin", "post_id", "clicks"]


def test_only_known_products_in_public_posts_are_counted(site: Site, post: int) -> None:
    draft = create_post(site, status="draft")
    private = create_post(site, status="private")
    ignored = [
        click(post, asin=asin_of(9)), click(post, host="www.amazon.de"),
        click(post, host="evil.example"), click(draft), click(private), click(10**6),
    ]  # fmt: skip
    assert send(site, *ignored) == [204] * len(ignored)
    assert counted(site) == []


def test_product_of_a_list_is_known(site: Site, post: int) -> None:
    store = "AmzLinkr\\Lists\\store( array( $list ), 1 );"
    site.php(store, list=saved_list(items=3))
    send(site, click(post, asin=asin_of(3)), click(post, asin=asin_of(4)))
    assert counted(site) == [[asin_of(3), post, 1]]


def test_malformed_clicks_are_refused(site: Site, post: int) -> None:
    malformed = [
        {}, click(post, asin="x' OR 1=1"), click(post, asin=[ASIN]), click(post, host="a b"),
        click(post, host="a" * 101), click(0), click(-1), {**click(post), "post": "one"},
    ]  # fmt: skip
    assert send(site, *malformed) == [400] * len(malformed)
    assert send(site, click(post, more="x" * 500)) == [204]
    assert counted(site) == []


@pytest.mark.parametrize(
    "headers", [{"DNT": "1"}, {"Sec-GPC": "1"}, {"Sec-Fetch-Site": "cross-site"}], ids=str
)
def test_objections_and_other_sites_are_not_counted(
    headers: dict[str, str], site: Site, post: int
) -> None:
    assert send(site, click(post), **headers) == [204]
    assert counted(site) == []
    name = next(iter(headers))
    accepted = "same-origin" if name == "Sec-Fetch-Site" else "0"
    send(site, click(post), **{name: accepted})
    assert counted(site) == [[ASIN, post, 1]]


def test_clicks_per_minute_are_limited(site: Site, post: int) -> None:
    wait = "if ( time() % 60 > 50 ) { sleep( 61 - time() % 60 ); }"
    site.php(wait)
    limit = site.php("return AmzLinkr\\Clicks\\MAX_PER_MINUTE;")
    assert set(send(site, *[click(post)] * (limit + 5))) == {204}
    assert counted(site) == [[ASIN, post, limit]]


def test_rows_per_day_are_limited(site: Site, post: int) -> None:
    send(site, click(post))
    limit = site.php("return AmzLinkr\\Clicks\\MAX_ROWS_PER_DAY;")
    site.php(FILL_DAY, count=limit - 1)
    other = create_post(site)
    send(site, click(other), click(post))
    rows = [row for row in counted(site) if row[0] == ASIN]
    assert rows == [[ASIN, post, 2]]


def test_counts_end_with_their_retention_and_their_post(site: Site, post: int) -> None:
    other = create_post(site)
    site.php(INSERT, rows=[[400, ASIN, post, 5], [399, ASIN, post, 6], [0, ASIN, other, 7]])
    send(site, click(post))
    assert counted(site) == [[ASIN, post, 6], [ASIN, post, 1], [ASIN, other, 7]]
    site.php("wp_delete_post( $post, true );", post=post)
    assert counted(site) == [[ASIN, other, 7]]


def test_lost_table_is_created_again(site: Site, post: int) -> None:
    site.php("global $wpdb; $wpdb->query( 'DROP TABLE ' . AmzLinkr\\Clicks\\get_table_name() );")
    site.php("$GLOBALS['wpdb']->suppress_errors();" + SEND, requests=[[click(post), {}]])
    send(site, click(post))
    assert counted(site) == [[ASIN, post, 1]]


def test_boxes_name_their_post_and_links_stay_unaltered(site: Site, post: int) -> None:
    block = f'<!-- wp:amzlinkr/product {{"asin":"{ASIN}"}} /-->'
    second = create_post(site, content=f"{block}\n\n{SHORTCODE}\n\n[gallery]")
    html = site.php(RENDER, post=second)
    assert html.count(f'data-amzlinkr-post="{second}"') == 2
    site.php(SWITCH, is_on=False)
    unmarked = site.php(RENDER, post=second)
    assert "data-amzlinkr-post" not in unmarked
    assert html.count(f'href="{product(1)["url"]}"') == unmarked.count(
        f'href="{product(1)["url"]}"'
    )
    assert html.count("href=") == unmarked.count("href=")


class Links(HTMLParser):
    """The posts of the elements around each link to Amazon, and None without one."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.posts: list[str | None] = []
        self._open: list[str | None] = [None]
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if "amazon.com" in (values.get("href") or ""):
            self.posts.append(self._open[-1])
        if tag not in {"img", "br"}:
            self._open.append(values.get("data-amzlinkr-post", self._open[-1]))

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()


@pytest.mark.parametrize("status", ["current", "waiting"])
def test_each_display_names_its_post(site: Site, post: int, status: str) -> None:
    texts = [f"[amzlinkr asin={ASIN},{asin_of(2)} display={display}]" for display in DISPLAYS]
    content = "\n\n".join([*texts, "[amzlinkr_list name=tea display=table]"])
    site.php("AmzLinkr\\Lists\\store( array( $list ), 1 );", list=saved_list("tea", items=2))
    shown = create_post(
        site, products=[product(1), product(2, price_status=status)], content=content
    )
    posts = Links(site.php(RENDER, post=shown)).posts
    assert len(posts) > 2 * len(DISPLAYS)
    assert set(posts) == {str(shown)}


def test_script_is_on_pages_with_products_only(site: Site, post: int) -> None:
    page = site.get("/kettles/").body
    assert page.count(SCRIPT) == 1
    assert f'data-amzlinkr-post="{post}"' in page
    assert page.count("amzlinkrClicks") == 1
    assert SCRIPT not in site.get("/hello-world/").body
    feed = site.get("/feed/").body
    assert "data-amzlinkr-post" not in feed


def test_users_who_edit_posts_are_not_counted(site: Site, post: int) -> None:
    enqueued = RENDER.replace("return", "wp_set_current_user( $user ); ") + (
        "return wp_script_is( 'amzlinkr-clicks' );"
    )
    assert site.php(enqueued, post=post, user=1) is False
    assert site.php(enqueued, post=post, user=0) is True


def test_page_sums_clicks_by_product_and_post(site: Site, post: int) -> None:
    other = create_post(site, title="Teapots & more")
    rows = [
        [0, ASIN, post, 3], [6, ASIN, other, 4], [7, ASIN, post, 50], [29, asin_of(2), post, 600],
        [30, ASIN, post, 7000],
    ]  # fmt: skip
    site.php(INSERT, rows=rows)
    week = site.php(SHOW_PAGE, days="7")
    assert "7 clicks on links to Amazon in the last 7 days" in week
    assert f"Product 1 · {ASIN} (US)</td><td>7</td>" in week
    assert "Teapots &amp; more</a></td><td>4</td>" in week
    month = site.php(SHOW_PAGE, days="30")
    assert "657 clicks on links to Amazon in the last 30 days" in month
    assert month.index(asin_of(2)) < month.index(ASIN)
    assert ">653</td>" in month
    assert "7 clicks" in site.php(SHOW_PAGE, days="9999")


def test_page_shows_titles_as_text_and_no_old_data(site: Site, post: int) -> None:
    evil = "<script>attack()</script>"
    site.php(PREPARE, products=[product(1, title=evil)], content="", title="x")
    site.php(RENAME, title=f"{evil}<a href='javascript:attack()'>K</a>", id=post)
    site.php(INSERT, rows=[[0, ASIN, post, 3]])
    page = site.php(SHOW_PAGE, days="7")
    assert "<script" not in page
    assert "javascript:" not in page
    assert "&lt;script&gt;attack()&lt;/script&gt;" in page
    age = "global $wpdb; $wpdb->query( 'UPDATE ' . AmzLinkr\\Products\\get_table_name() . ' SET seen_at = seen_at - 90000' );"  # noqa: E501 -- PHP
    site.php(age)
    assert "attack()&lt;/script&gt; ·" not in site.php(SHOW_PAGE, days="7")


def test_page_is_for_editors_and_the_switch_for_administrators(site: Site, post: int) -> None:
    assert site.php(MENU, role="editor") is True
    assert site.php(MENU, role="author") is False
    load = "require_once WP_PLUGIN_DIR . '/amzlinkr/admin/actions.php'; require_once WP_PLUGIN_DIR . '/amzlinkr/admin/admin.php'; require_once WP_PLUGIN_DIR . '/amzlinkr/admin/clicks-action.php';"  # noqa: E501 -- PHP
    (site.root / "wp-content/mu-plugins/forms.php").write_text(
        f"<?php add_action( 'plugins_loaded', static function () {{ if ( 'cli' === PHP_SAPI ) {{ {load} }} }}, 99 );"  # noqa: E501 -- PHP
    )
    send(site, click(post))
    actions = ("save_clicks", "delete_clicks")
    assert submit(site, "editor", "own", actions) == [["refused", 403]] * 2
    assert submit(site, site.admin_user, "other", actions) == [["refused", 403]] * 2
    assert counted(site) == [[ASIN, post, 1]]
    assert [status for _, status in submit(site, site.admin_user, "own", actions)] == [302, 302]
    assert counted(site) == []
    assert site.php("return AmzLinkr\\Clicks\\is_on();") is False
    assert "Clicks are not counted now." in site.php(SHOW_PAGE, days="7")


def test_privacy_text_names_the_counting(site: Site, post: int) -> None:
    assert "how often links to Amazon are followed" in site.php(PRIVACY_TEXT)


def test_uninstallation_removes_the_table(site: Site, post: int) -> None:
    send(site, click(post))
    dropped = "return apply_filters( 'wpmu_drop_tables', array(), 1 );"
    assert "wp_amzlinkr_clicks" in site.php(dropped)
    site.php(UNINSTALL)
    assert site.php(TABLES) == []
    assert site.php("return get_option( 'amzlinkr_clicks' );") is False


def test_click_in_a_browser_sends_a_beacon(site: Site, browser: Browser, post: int) -> None:
    browser.allow(r"GET https://www\.amazon\.com/")
    visitor = browser.new_visitor()
    visitor.goto(f"{site.url}/kettles/")
    with visitor.expect_request("**/amzlinkr/v1/clicks") as sent:
        visitor.locator(".amzlinkr-box__buy a").click()
    assert sent.value.post_data == urlencode(click(post))
    response = sent.value.response()
    assert response is not None
    assert response.status == 204
    visitor.evaluate("document.querySelector( '.amzlinkr-box__buy a' ).click()")
    assert counted(site) == [[ASIN, post, 1]]
    objecting = browser.new_visitor()
    objecting.add_init_script(
        "Object.defineProperty( navigator, 'globalPrivacyControl', { value: true } );"
    )
    objecting.goto(f"{site.url}/kettles/")
    objecting.locator(".amzlinkr-box__buy a").click()
    objecting.wait_for_timeout(500)
    assert counted(site) == [[ASIN, post, 1]]
