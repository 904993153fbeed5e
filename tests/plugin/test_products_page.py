"""The list of products: search, filters, order, pages, actions, and who may do what."""

import re
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.plugin.recording_service import RecordingService, Reply
from tests.plugin.site import Site
from tests.plugin.stored_products import ATTACK, STORE
from tests.plugin.users import BECOME_USER

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

SET = """
global $wpdb;
foreach ( $values as $asin => $columns ) {
    $wpdb->update( 'wp_amzlinkr_products', $columns, compact( 'asin' ) );
}
AmzLinkr\\Products\\load( array(), true );
"""
FIND = """
$filters = AmzLinkr\\ProductList\\parse( $fields );
return array_column( AmzLinkr\\ProductList\\find_page( $filters, $number, $size ), 'asin' );
"""
BECOME = (
    BECOME_USER
    + """
foreach ( array( 'admin', 'amazon-links', 'notices', 'products-action' ) as $file ) {
    require_once WP_PLUGIN_DIR . "/amzlinkr/admin/$file.php";
}
"""
)
RENDER = """
global $wpdb;
$queries = array();
add_filter( 'query', static function ( $query ) use ( &$queries ) {
    $queries[] = $query;
    return $query;
} );
$_GET = $query;
$_REQUEST = $query;
ob_start();
require WP_PLUGIN_DIR . '/amzlinkr/admin/products.php';
return array( ob_get_clean(), $queries );
"""
SUBMIT = """
class Ended extends Exception {}
add_filter( 'wp_die_handler', static fn() => static function ( $text, $title, $more = array() ) {
    throw new Ended( 'died ' . ( is_int( $title ) ? $title : $more['response'] ) );
} );
add_filter( 'wp_redirect', static function ( $url ) {
    throw new Ended( $url );
} );
set_current_screen( 'toplevel_page_amzlinkr' );
$nonce    = $nonce ? array( '_wpnonce' => wp_create_nonce( $nonce ) ) : array();
$_REQUEST = wp_slash( $fields + $nonce );
$_POST    = $is_post ? $_REQUEST : array();
try {
    do_action( 'load-toplevel_page_amzlinkr' );
    $ended = '';
} catch ( Ended $end ) {
    $ended = $end->getMessage();
}
$notice = get_transient( 'amzlinkr_notice_' . get_current_user_id() );
return array( $ended, $notice ? "{$notice['type']}: {$notice['text']}" : '' );
"""
FILL = """
global $wpdb;
for ( $start = 0; $start < $count; $start += 1000 ) {
    $rows = array();
    for ( $number = $start; $number < $start + 1000; $number++ ) {
        $asin   = sprintf( 'B%09d', $number );
        $json   = wp_json_encode( array( 'asin' => $asin, 'marketplace' => 'US',
            'price_status' => 'current', 'disclaimer' => str_repeat( 'x', 1000 ) ) );
        $rows[] = $wpdb->prepare( "('US', %s, %s, 'Acme', 'current', 'in_stock', %d, %s)", $asin,
            "No $number", time(), $json );
    }
    $wpdb->query( 'INSERT INTO wp_amzlinkr_products
        (marketplace, asin, title, brand, price_status, availability, seen_at, product) VALUES '
        . implode( ',', $rows ) );
}
"""
CREATE_POST = """
return wp_insert_post( wp_slash( $fields + array(
    'post_title'  => 'A post',
    'post_status' => 'publish',
    'post_author' => 1,
) ) );
"""
PRODUCTS: dict[str, dict[str, object]] = {
    "B0CURRENT0": {"title": "Zebra grinder", "brand": "Northwind"},
    "B0CURRENT1": {"title": "apple 100% corer", "brand": "Globex_1", "marketplace": "DE"},
    "B0MISSING0": {"price_status": "missing"},
    "B0SOLDOUT0": {"title": "Mill", "availability": "out_of_stock"},
    "B0NOOFFER0": {"title": "Kettle", "price_status": "no_offer", "availability": ""},
    "B0EXPIRED0": {"price_status": "expired"},
    "B0WAITING0": {"price_status": "waiting"},
}


@pytest.fixture
def connected(site: Site, service: RecordingService) -> Site:
    """Return a connected site with products of each status."""
    service.join(site)
    site.php(STORE, products=[{"asin": asin} | fields for asin, fields in PRODUCTS.items()])
    service.requests.clear()
    return site


def find(site: Site, number: int = 1, size: int = 100, **fields: object) -> list[str]:
    """Return the ASINs of a page."""
    found: list[str] = site.php(FIND, fields=fields, number=number, size=size)
    return found


def render(site: Site, login: str = "owner", **query: object) -> tuple[str, list[str]]:
    """Return the page as a user sees it, and its database queries."""
    html, queries = site.php(BECOME + RENDER, login=login, query=query)
    return html, queries


def submit(
    site: Site, login: str = "owner", nonce: str = "bulk-products", post: bool = True, **fields: Any
) -> tuple[str, str]:
    """Submit the form of the page; return its redirect or error, and the notice."""
    site.php("delete_transient( 'amzlinkr_notice_1' );")
    code = BECOME + SUBMIT
    ended, notice = site.php(code, login=login, nonce=nonce, is_post=post, fields=fields)
    return ended, notice


def asins_of(html: str) -> list[str]:
    """Return the ASINs of the rows of a page."""
    return re.findall(r'name="product\[\]" value="[A-Z]{2}:(\w{10})"', html)


def row_of(html: str, asin: str) -> str:
    """Return the row of a product."""
    (row,) = [part for part in html.split("<tr>") if f'value="US:{asin}"' in part]
    return row


def stored(site: Site) -> set[str]:
    """Return the ASINs of the imported products."""
    return set(
        site.php("global $wpdb; return $wpdb->get_col( 'SELECT asin FROM wp_amzlinkr_products' );")
    )


def test_search_finds_title_asin_and_brand(connected: Site) -> None:
    assert find(connected, s="GRINDER") == ["B0CURRENT0"]
    assert find(connected, s="northw") == ["B0CURRENT0"]
    assert find(connected, s="b0missing0") == ["B0MISSING0"]
    url = "https://www.amazon.de/Apple/dp/B0CURRENT1/ref=x"
    assert find(connected, s=url) == ["B0CURRENT1"]
    # The characters of patterns stay text.
    assert find(connected, s="100%") == find(connected, s="globex_") == ["B0CURRENT1"]
    for text in ("1%c", "n_rthwind", "' OR 1=1 -- ", "x') OR 1=1 -- ", "%s' OR '1'='1"):
        assert find(connected, s=text) == []
    assert find(connected, s=["grinder"], status=["x"]) == find(connected)


def test_order_is_that_of_the_shown_values(connected: Site) -> None:
    titled = ["B0CURRENT1", "B0NOOFFER0", "B0SOLDOUT0", "B0CURRENT0"]
    untitled = ["B0EXPIRED0", "B0MISSING0", "B0WAITING0"]
    assert find(connected) == find(connected, orderby="title", order="asc") == titled + untitled
    assert find(connected, orderby="title", order="desc") == titled[::-1] + untitled
    by_status = find(connected, orderby="status")
    assert by_status == [*titled[::3], "B0MISSING0", *titled[2:0:-1], "B0EXPIRED0", "B0WAITING0"]
    # The feed has confirmed one of them since it was stored.
    now = connected.php("return time();")
    seen = {"B0CURRENT0": 900, "B0SOLDOUT0": 600, "B0NOOFFER0": 300, "B0CURRENT1": 60}
    confirmed = {"B0CURRENT0": 7}
    connected.php(
        SET,
        values={
            asin: {"seen_at": now - age, "added_at": now - 2 * age}
            | {"feed_generation": confirmed.get(asin, 0)}
            for asin, age in seen.items()
        },
    )
    times = {"US": connected.php("return gmdate( 'c' );")}
    connected.php("AmzLinkr\\Accounts\\update_states( array(), $times, 7 );", times=times)
    newest = ["B0CURRENT0", "B0CURRENT1", "B0NOOFFER0", "B0SOLDOUT0"]
    assert find(connected, orderby="seen")[:4] == newest
    assert find(connected, orderby="seen", order="asc")[3:] == newest[::-1]
    # A product that is stored again keeps the time of its import.
    connected.php(SET, values={asin: {"added_at": 1000} for asin in untitled})
    connected.php(STORE, products=[{"asin": "B0MISSING0", "price_status": "missing"}])
    assert find(connected, orderby="added")[3:] == ["B0CURRENT0", *untitled]
    for attack in ("title; DROP TABLE x", "asin", ["title"]):
        assert find(connected, orderby=attack, order=attack) == find(connected)


def test_views_count_each_status(connected: Site, service: RecordingService) -> None:
    html, _ = render(connected)
    for label, number in (("All", 7), ("Current", 2), ("Missing", 1), ("Out of stock", 1)):
        assert f'{label} <span class="count">({number})</span>' in html
    assert 'class="current" aria-current="page">All ' in html
    html, _ = render(connected, status="current")
    assert asins_of(html) == ["B0CURRENT1", "B0CURRENT0"]
    html, _ = render(connected, marketplace="DE")
    assert asins_of(html) == ["B0CURRENT1"]
    assert 'Current <span class="count">(1)</span>' in html
    assert "<option value=\"DE\"  selected='selected'>DE</option>" in html
    html, _ = render(connected, status="missing", s="grinder")
    assert "No product matches." in html
    assert 'All <span class="count">(1)</span>' in html
    for hostile in (ATTACK, [ATTACK], "' OR 1=1 -- "):
        html, _ = render(connected, status=hostile, marketplace=hostile, orderby=hostile, s=hostile)
        assert "<img src=x" not in html
    assert service.lines() == []


def test_pages_are_read_in_the_database(connected: Site) -> None:
    connected.php(FILL, count=10_000)
    html, queries = render(connected, s="acme", status="current", paged="400")
    ours = [query for query in queries if "wp_amzlinkr_products" in query]
    assert len(ours) == 3
    assert "LIMIT 20 OFFSET 7980" in ours[1]
    assert len(asins_of(html)) == 20
    assert re.search(r"10,000 items.*?of <span class=.total-pages.>500<", html, re.DOTALL)
    everything = [query for query in queries if "wp_amzlinkr" in query or "posts" in query]
    assert len(everything) <= 12, everything
    # A page behind the last one is the last one.
    assert asins_of(render(connected, s="No 12", paged="99")[0])


def test_page_names_the_posts_that_show_each_product(
    connected: Site, service: RecordingService
) -> None:
    block = '<!-- wp:amzlinkr/product {"asin":"B0SOLDOUT0"} /-->'
    post = connected.php(CREATE_POST, fields={"post_content": block, "post_title": ATTACK})
    draft = connected.php(
        CREATE_POST, fields={"post_content": "[amzlinkr asin=B0SOLDOUT0]", "post_status": "draft"}
    )
    row = row_of(render(connected)[0], "B0SOLDOUT0")
    assert "Posts: 2" in row
    for each in (post, draft):
        assert f"post={each}&#038;action=edit" in row
    assert "&lt;img src=x onerror=attack()&gt;" not in row.replace("&lt;img src=x", "")
    assert "<img src=x" not in row
    assert "replace=US:B0SOLDOUT0" in row
    assert "no post" in row_of(render(connected)[0], "B0CURRENT0")
    # A user who may not edit these posts sees their number only.
    row = row_of(render(connected, "contributor")[0], "B0SOLDOUT0")
    assert "2 that you cannot edit" in row
    assert "action=edit" not in row
    # The search takes time: a hidden column needs none.
    hide = "update_user_meta( 1, 'managetoplevel_page_amzlinkrcolumnshidden', array( 'uses' ) );"
    connected.php(hide)
    _, queries = render(connected)
    assert not [query for query in queries if "post_content" in query]
    assert service.lines() == []


def test_incomplete_search_is_stated(connected: Site) -> None:
    for number in range(3):
        connected.php(CREATE_POST, fields={"post_content": f"[amzlinkr asin=B0NOOFFER{number}]"})
    code = "add_filter( 'amzlinkr_search_seconds', '__return_zero' );" + BECOME + RENDER
    html, _ = connected.php(code, login="owner", query={})
    assert "Not all posts were searched" in html
    assert "no post" not in row_of(html, "B0CURRENT0")


def test_rows_show_current_data_as_text(connected: Site) -> None:
    connected.php(STORE, products=[{"asin": "B0ATTACK00", "title": ATTACK, "brand": ATTACK}])
    connected.php(STORE, products=[{"asin": "B0OLDDATA0", "title": "Old title"}])
    connected.php(SET, values={"B0OLDDATA0": {"seen_at": 1000}})
    html, _ = render(connected)
    assert "<img src=x" not in html
    row = row_of(html, "B0ATTACK00")
    assert "&lt;img src=x onerror=attack()&gt;" in row
    assert "[amzlinkr asin=&quot;B0ATTACK00&quot; marketplace=&quot;US&quot;]" in row
    assert (
        'href="https://www.amazon.com/dp/B0ATTACK00" target="_blank" rel="noopener noreferrer"'
        in row
    )
    assert "opens in a new tab" in row
    assert "Old title" not in html
    assert "last seen more than 24 hours ago" in row_of(html, "B0OLDDATA0")
    assert "Enable it in your browser" not in html


def test_removal_needs_its_nonce_and_role(connected: Site, service: RecordingService) -> None:
    for action in ("remove", "refresh"):
        chosen: dict[str, Any] = {"action": action, "product": ["US:B0CURRENT0"]}
        for nonce in ("", "bulk-posts"):
            assert submit(connected, nonce=nonce, **chosen)[0] == "died 403"
        for role in ("contributor", "author"):
            assert submit(connected, role, **chosen)[0] == "died 403"
    assert stored(connected) == PRODUCTS.keys()
    assert service.lines() == []
    for login in ("owner", "editor", "author", "contributor"):
        html, _ = render(connected, login)
        may_edit = login in ("owner", "editor")
        assert ('value="remove"' in html) is may_edit
        assert ("action=remove" in html) is may_edit
        assert ("Refresh now" in html) is may_edit
        assert 'value="shortcode"' in html


def test_selected_products_are_removed(connected: Site, service: RecordingService) -> None:
    chosen = ["US:B0CURRENT0", "DE:B0CURRENT1", "US:B0MISSING0", "US:B0UNKNOWN0", "US:x", ["US"]]
    url, notice = submit(
        connected, "editor", action="remove", product=chosen, status="current", paged="2", shown="x"
    )
    assert parse_qs(urlsplit(url).query) == {"page": ["amzlinkr"], "status": ["current"]}
    assert notice == "success: Products removed: 3."
    assert [unquote(line) for line in service.lines()] == [
        "DELETE /v1/products?asins=B0CURRENT0,B0MISSING0&marketplace=US",
        "DELETE /v1/products?asins=B0CURRENT1&marketplace=DE",
    ]
    assert stored(connected) == PRODUCTS.keys() - {"B0CURRENT0", "B0CURRENT1", "B0MISSING0"}
    assert submit(connected, action="remove")[1].startswith("error: No products are selected.")
    # The link of a row.
    (link,) = re.findall(
        r'class="submitdelete" href="([^"]+)"', row_of(render(connected)[0], "B0WAITING0")
    )
    fields = parse_qs(urlsplit(link.replace("&#038;", "&").replace("&amp;", "&")).query)
    assert fields["product[0]"] == ["US:B0WAITING0"]
    submit(connected, post=False, action=fields["action"][0], product=fields["product[0]"])
    assert "B0WAITING0" not in stored(connected)


def test_failed_removal_keeps_the_products(connected: Site, service: RecordingService) -> None:
    problem = {"code": "store_unavailable", "detail": "The service is busy.", "action": "Wait."}
    german = "DELETE /v1/products?asins=B0CURRENT1&marketplace=DE"
    service.replies[german] = Reply(problem, 503)
    chosen = ["US:B0CURRENT0", "DE:B0CURRENT1", "US:B0MISSING0"]
    _, notice = submit(connected, action2="remove", action="-1", product=chosen)
    assert notice == "error: Products removed: 2. The service is busy."
    assert stored(connected) == PRODUCTS.keys() - {"B0CURRENT0", "B0MISSING0"}

    # The time of a page is limited: one batch is removed in any case.
    del service.replies[german]
    names = [("US", "B0SOLDOUT0"), ("DE", "B0CURRENT1")]
    products = [{"asin": asin, "marketplace": code} for code, asin in names]
    code = "return AmzLinkr\\ProductRemoval\\remove( $products, 0.0 )[0];"
    assert connected.php(code, products=products) == 1
    assert stored(connected) == PRODUCTS.keys() - {"B0CURRENT0", "B0MISSING0", "B0SOLDOUT0"}


def test_each_removed_product_counts_as_a_call(connected: Site, service: RecordingService) -> None:
    """Before API access, all users share 40 calls per hour, and the service counts products."""
    asins = [f"B0MANY{number:04d}" for number in range(50)]
    connected.php(STORE, products=[{"asin": asin} for asin in asins])
    connected.php("delete_option( AmzLinkr\\Accounts\\OPTION );")
    chosen = [f"US:{asin}" for asin in asins]

    _, notice = submit(connected, "editor", action="remove", product=chosen)

    assert notice.startswith("error: Products removed: 40. Until an Amazon account")
    removed = [unquote(line).partition("asins=")[2] for line in service.lines()]
    assert [len(line.split(",")) for line in removed] == [20, 20]
    assert stored(connected) == PRODUCTS.keys() | set(asins[40:])


def test_other_forms_lead_to_a_page(connected: Site, service: RecordingService) -> None:
    before = stored(connected)
    fields: dict[str, Any] = {
        "shown": "x",
        "marketplace": "DE",
        "s": "a&b\\",
        "status": "nonsense",
        "paged": "3",
    }
    # The button of the filter runs no action, whatever is selected.
    unused: dict[str, Any] = {"action": "remove", "product": ["US:B0CURRENT0"]}
    for more in ({}, unused | {"filter_action": "Filter"}):
        url, notice = submit(connected, **fields, **more)
        query = parse_qs(urlsplit(url).query)
        assert query == {"page": ["amzlinkr"], "marketplace": ["DE"], "s": ["a&b\\"]}
        assert notice == ""
    assert stored(connected) == before
    # The same filters keep the page.
    (shown,) = re.findall(r'name="shown" value="(\w+)"', render(connected, status="current")[0])
    url, _ = submit(connected, shown=shown, status="current", paged="3")
    assert parse_qs(urlsplit(url).query)["paged"] == ["3"]
    assert submit(connected, post=False, s="x") == ("", "")
    assert service.lines() == []


def test_shortcode_of_several_products(connected: Site) -> None:
    chosen = ["US:B0CURRENT0", "US:B0SOLDOUT0"]
    _, notice = submit(connected, "contributor", action="shortcode", product=chosen)
    assert notice.endswith('[amzlinkr asin="B0CURRENT0,B0SOLDOUT0" marketplace="US"]')


def test_refresh_needs_no_script(connected: Site, service: RecordingService) -> None:
    _, notice = submit(connected, "editor", action="refresh")
    assert notice.startswith("success: The service checks all prices within five minutes.")
    assert "POST /v1/sync" in service.lines()


def test_screen_options_are_limited(connected: Site) -> None:
    code = BECOME + (
        "return apply_filters( 'set_screen_option_amzlinkr_products_per_page', false,"
        " 'amzlinkr_products_per_page', $value );"
    )
    for value, saved in ((50, 50), (100_000, 200), (-5, 1), ("x", 1)):
        assert connected.php(code, login="owner", value=value) == saved
    connected.php("update_user_meta( 1, 'amzlinkr_products_per_page', 3 );")
    html, _ = render(connected)
    assert len(asins_of(html)) == 3
    assert "paged=2" in html
    code = BECOME + SUBMIT.replace(
        "return array( $ended",
        "return array( array_keys( get_column_headers( 'toplevel_page_amzlinkr' ) )",
    )
    columns, _ = connected.php(code, login="owner", nonce="", is_post=False, fields={})
    assert {"product", "uses", "shortcode", "added"} <= set(columns)
