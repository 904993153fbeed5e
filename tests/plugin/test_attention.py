"""Products that need attention: kinds and numbers, the page, the widget, and Site Health."""

import html as markup
from typing import Any

import pytest

from tests.plugin.backend import Backend
from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site
from tests.plugin.stored_products import ATTACK, STORE
from tests.plugin.users import BECOME_USER

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

READ = """
return array(
    AmzLinkr\\Attention\\count_by_kind(),
    AmzLinkr\\Attention\\find_page( $kinds, $number, $size ),
);
"""
READ_SHOWN = """
$found = array();
foreach ( AmzLinkr\\Products\\get_rows( '1 = %d', array( 1 ) ) as $row ) {
    $shown                  = AmzLinkr\\Products\\apply_expiry( $row );
    $found[ $row['asin'] ]  = array(
        $shown['price_status'],
        $shown['availability'],
        AmzLinkr\\Attention\\get_kind( $row['asin'], $row['marketplace'] ),
    );
}
return $found;
"""
CREATE_POST = """
return wp_insert_post( wp_slash( $fields + array(
    'post_title'  => 'A post',
    'post_status' => 'publish',
    'post_author' => 1,
) ) );
"""
BECOME = (
    BECOME_USER
    + """
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/admin.php';
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/attention-widget.php';
"""
)
RENDER_PAGE = """
$_GET = $query;
ob_start();
require WP_PLUGIN_DIR . '/amzlinkr/admin/attention.php';
return ob_get_clean();
"""
RENDER_WIDGET = """
require_once ABSPATH . 'wp-admin/includes/dashboard.php';
set_current_screen( 'dashboard' );
AmzLinkr\\AttentionWidget\\add_widget();
$widget = $GLOBALS['wp_meta_boxes']['dashboard']['normal']['core']['amzlinkr_attention'] ?? null;
ob_start();
if ( $widget ) {
    call_user_func( $widget['callback'] );
}
return ob_get_clean();
"""
MENU = """
AmzLinkr\\Admin\\add_menu();
$allowed = array();
foreach ( $GLOBALS['submenu']['amzlinkr'] ?? array() as $entry ) {
    if ( current_user_can( $entry[1] ) ) {
        $allowed[] = $entry[2];
    }
}
return $allowed;
"""
RUN_TEST = """
$tests = apply_filters( 'site_status_tests', array( 'direct' => array(), 'async' => array() ) );
$test  = $tests['direct']['amzlinkr_attention']['test'] ?? null;
return $test ? $test() : null;
"""
AGE = """
global $wpdb;
$wpdb->query( "UPDATE wp_amzlinkr_products SET seen_at = seen_at - 86400 WHERE asin = '$asin'" );
"""
PRODUCTS: dict[str, dict[str, object]] = {
    "B0CURRENT0": {},
    "B0HIDDEN00": {"price_status": "hidden"},
    "B0MISSING0": {"price_status": "missing"},
    "B0MISSING1": {"price_status": "missing", "marketplace": "DE"},
    "B0SOLDOUT0": {"availability": "out_of_stock"},
    "B0SOLDOUT1": {"availability": "unavailable", "price_status": "no_offer"},
    "B0NOOFFER0": {"price_status": "no_offer", "availability": ""},
    "B0EXPIRED0": {"price_status": "expired"},
    "B0EXPIRED1": {"availability": "out_of_stock"},
    "B0WAITING0": {"price_status": "waiting"},
}
OLD = "B0EXPIRED1"
"""A product that was stored as sold out and is a day old."""
KINDS = {
    "missing": ["B0MISSING1", "B0MISSING0"],
    "out_of_stock": ["B0SOLDOUT0", "B0SOLDOUT1"],
    "no_offer": ["B0NOOFFER0"],
    "expired": ["B0EXPIRED0", "B0EXPIRED1"],
    "waiting": ["B0WAITING0"],
}


@pytest.fixture
def connected(site: Site, service: RecordingService) -> Site:
    """Return a connected site with products of each kind, and others."""
    service.join(site)
    site.php(STORE, products=[{"asin": asin} | fields for asin, fields in PRODUCTS.items()])
    site.php(AGE, asin=OLD)
    service.requests.clear()
    return site


def read(site: Site, kinds: list[str], number: int = 1, size: int = 100) -> Any:
    """Return the numbers by kind, and a page of the products of some kinds."""
    return site.php(READ, kinds=kinds, number=number, size=size)


def render(site: Site, login: str = "owner", **query: object) -> str:
    """Return the page as a user sees it."""
    html: str = site.php(BECOME + RENDER_PAGE, login=login, query=query)
    return html


def create_post(site: Site, content: str, **fields: object) -> int:
    """Create a post and return its ID."""
    post: int = site.php(CREATE_POST, fields={"post_content": content} | fields)
    return post


def row_of(html: str, asin: str) -> str:
    """Return the row of a product."""
    (row,) = [part for part in html.split('<tr role="row">') if f"{asin} (" in part]
    return row


def test_each_product_is_of_one_kind(connected: Site, service: RecordingService) -> None:
    counts, found = read(connected, list(KINDS))
    assert counts == {kind: len(asins) for kind, asins in KINDS.items()}
    assert list(counts) == list(KINDS)
    expected = [(kind, asin) for kind, asins in KINDS.items() for asin in asins]
    assert [(each["kind"], each["asin"]) for each in found] == expected
    for kind, asins in KINDS.items():
        assert [each["asin"] for each in read(connected, [kind])[1]] == asins
    pages = [read(connected, list(KINDS), number, 3)[1] for number in (1, 2, 3, 4)]
    assert [each for page in pages for each in page] == found
    assert read(connected, ["current", "' OR 1=1 -- "])[1] == []
    assert service.lines() == []


def test_kinds_match_what_is_shown(connected: Site) -> None:
    by_asin = {asin: kind for kind, asins in KINDS.items() for asin in asins}
    for asin, (status, availability, kind) in connected.php(READ_SHOWN).items():
        assert kind == by_asin.get(asin, "")
        if kind in {"missing", "expired", "waiting", "no_offer"}:
            assert status == kind
        if kind == "out_of_stock":
            assert availability in {"out_of_stock", "unavailable"}


def test_product_that_can_be_bought_again_needs_no_attention(connected: Site) -> None:
    connected.php(STORE, products=[{"asin": "B0SOLDOUT0"}, {"asin": "B0MISSING0"}])
    counts, _ = read(connected, [])
    assert (counts["out_of_stock"], counts["missing"]) == (1, 1)


def test_page_names_the_posts_that_show_each_product(
    connected: Site, service: RecordingService
) -> None:
    block = '<!-- wp:amzlinkr/product {"asin":"B0MISSING0"} /-->'
    post = create_post(connected, block, post_title=markup.escape(ATTACK))
    draft = create_post(connected, "[amzlinkr asin=B0MISSING0/]", post_status="draft")
    pattern = create_post(connected, block, post_type="wp_block", post_title="My pattern")
    uses = f'<!-- wp:block {{"ref":{pattern}}} /-->'
    by_pattern = create_post(connected, uses, post_title="By a pattern")
    create_post(connected, block, post_status="trash", post_title="In the trash")
    for number in range(7):
        create_post(connected, "[amzlinkr asin=B0SOLDOUT0]", post_title=f"Number {number}")

    page = render(connected)

    row = row_of(page, "B0MISSING0")
    for each in (post, draft, pattern, by_pattern):
        assert f"post={each}&#038;action=edit" in row
    assert "Draft" in row
    assert "In the trash" not in page
    assert "&lt;img src=x onerror=attack()&gt;" in row
    assert "Amazon no longer returns this product." in row
    assert "replace=US:B0MISSING0" in row
    assert "data-asin" not in row
    row = row_of(page, "B0SOLDOUT0")
    assert row.count("<li>") == 6
    assert "and 2 more" in row
    assert "Title of B0SOLDOUT0" in row
    # Content of a day ago is not shown, and a product without posts can be removed.
    row = row_of(page, OLD)
    assert "Title of" not in row
    assert "No post shows it. You can remove it." in row
    assert f'data-asin="{OLD}"' in row
    assert "replace=" not in row
    assert "B0CURRENT0" not in page
    assert "<img" not in page
    assert service.lines() == []


def test_page_is_filtered_and_has_numbers(connected: Site) -> None:
    html = render(connected)
    assert 'class="current" aria-current="page">All <span class="count">(8)</span>' in html
    for kind, asins in KINDS.items():
        html = render(connected, kind=kind)
        assert html.count('<tr role="row">') == 1 + len(asins)
        assert f'<span class="count">({len(asins)})</span>' in html
        assert f'kind={kind}" class="current" aria-current="page"' in html
        assert all(f"{asin} (" in html for asin in asins)
    for hostile in (ATTACK, ["missing"], "' OR 1=1 -- ", "current"):
        html = render(connected, kind=hostile, paged=hostile, replace=hostile)
        assert html.count('<tr role="row">') == 9
        assert "<img" not in html


def test_page_has_pages(connected: Site) -> None:
    products = [{"asin": f"B0MANY{n:04d}", "price_status": "missing"} for n in range(30)]
    connected.php(STORE, products=products)
    first, second = render(connected, kind="missing"), render(connected, kind="missing", paged="2")
    assert first.count('<tr role="row">') == 21
    assert second.count('<tr role="row">') == 13
    assert "paged=2" in first
    assert "page-numbers" in first
    assert row_of(render(connected, kind="missing", paged="9"), "B0MISSING0") in second
    assert render(connected, kind="waiting").count("page-numbers") == 0


def test_site_without_such_products_states_that(site: Site, service: RecordingService) -> None:
    service.join(site)
    assert "No product needs attention." in render(site)
    html = site.php(BECOME + RENDER_WIDGET, login="owner")
    assert html == "<p>No product needs attention.</p>"
    health = site.php(RUN_TEST)
    assert health["status"] == "good"
    assert health["label"] == "No Amazon product needs attention"


def test_widget_has_numbers_and_links(connected: Site, service: RecordingService) -> None:
    html = connected.php(BECOME + RENDER_WIDGET, login="editor")
    for kind, label in (("missing", "Missing: 2"), ("waiting", "Waiting: 1")):
        url = f"{connected.url}/wp-admin/admin.php?page=amzlinkr-attention&#038;kind={kind}"
        assert f'<a href="{url}">{label}</a>' in html
    for role in ("author", "contributor", "subscriber"):
        assert connected.php(BECOME + RENDER_WIDGET, login=role) == ""
    assert service.lines() == []
    connected.php("AmzLinkr\\Connection\\delete();")
    assert connected.php(BECOME + RENDER_WIDGET, login="owner") == ""


def test_page_is_open_to_editors(connected: Site) -> None:
    for login in ("owner", "editor"):
        assert "amzlinkr-attention" in connected.php(BECOME + MENU, login=login)
    for role in ("author", "contributor", "subscriber"):
        assert "amzlinkr-attention" not in connected.php(BECOME + MENU, login=role)


def test_site_health_explains_each_kind(connected: Site, service: RecordingService) -> None:
    health = connected.php(RUN_TEST)
    assert health["status"] == "recommended"
    for text in ("Missing: 2. Amazon no longer returns", "Out of stock: 2.", "Waiting: 1."):
        assert text in health["description"]
    assert "page=amzlinkr-attention" in health["actions"]
    assert service.lines() == []
    connected.php("AmzLinkr\\Connection\\delete();")
    assert connected.php(RUN_TEST) is None


def test_numbers_agree_with_the_service(site: Site, backend: Backend) -> None:
    service = backend.join(site)
    missing, sold_out, without_price, *others = (f"B0DEMO{number:04d}" for number in range(1, 7))
    no_price = {"asin": without_price, "marketplace": "US", "listings": [{"Price": None}]}
    backend.amazon.send("POST", "offers", no_price)
    backend.amazon.send("POST", "stock", {"asin": sold_out, "available": False})
    service.call("POST", "/import", {"items": [missing, sold_out, without_price, *others]})
    backend.amazon.send("POST", "gone", {"asin": missing})
    backend.refresh_prices(site, seen=[sold_out, without_price, *others])
    site.cron("amzlinkr_sync")

    def ask(**filters: str) -> set[str]:
        found = service.call("GET", "/products", **filters).json["products"]
        return {product["asin"] for product in found}

    # The service reports a product that is sold out as one without an offer too.
    found = {
        "missing": ask(price_status="missing"),
        "out_of_stock": ask(availability="out_of_stock,unavailable"),
        "no_offer": ask(price_status="no_offer") - ask(availability="out_of_stock,unavailable"),
        "expired": ask(price_status="expired"),
        "waiting": ask(price_status="waiting"),
    }
    assert found["missing"] == {missing}
    assert found["out_of_stock"] == {sold_out}
    assert found["no_offer"] == {without_price}
    counts, products = read(site, list(KINDS))
    assert counts == {kind: len(asins) for kind, asins in found.items()}
    for kind, asins in found.items():
        assert {each["asin"] for each in products if each["kind"] == kind} == asins
