"""The author's own title, text and picture: with and without Amazon's content."""

import html
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.plugin.browser import Browser
from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

ASIN = "B0OWNTEXT0"
LINK = f"https://www.amazon.com/dp/{ASIN}?tag=demo-20"
STATEMENT = "As an Amazon Associate I earn from qualifying purchases."
TEXT = "It grinds evenly.\nNo electricity."
DEFINE_ADD = """
$add = static function ( $type, $mime_type, $status, $alt = '' ) {
    $post = wp_insert_post( array(
        'post_type'      => $type,
        'post_mime_type' => $mime_type,
        'post_status'    => $status,
        'post_title'     => 'A file',
    ) );
    $file = 'image/png' === $mime_type ? 'grinder.png' : 'file.pdf';
    update_post_meta( $post, '_wp_attached_file', $file );
    update_post_meta( $post, '_wp_attachment_image_alt', $alt );
    $sizes = array( 'width' => 300, 'height' => 200, 'file' => $file, 'sizes' => array() );
    wp_update_attachment_metadata( $post, $sizes );
    return $post;
};
"""
ADD_PICTURES = f"""{DEFINE_ADD}
return array(
    'picture'   => $add( 'attachment', 'image/png', 'inherit' ),
    'described' => $add( 'attachment', 'image/png', 'inherit', 'A <b>grinder</b> "on" a table' ),
    'pdf'       => $add( 'attachment', 'application/pdf', 'inherit' ),
    'trashed'   => $add( 'attachment', 'image/png', 'trash' ),
    'private'   => $add( 'attachment', 'image/png', 'private' ),
    'page'      => $add( 'page', 'image/png', 'publish' ),
);
"""
STORE = """
$product = array(
    'asin'         => $asin,
    'marketplace'  => 'US',
    'title'        => "Amazon's title",
    'brand'        => 'Acme',
    'url'          => "https://www.amazon.com/dp/$asin?tag=demo-20&linkCode=x",
    'image'        => array( 'url' => 'https://m.media-amazon.com/1.jpg', 'width' => 9, 'height' => 9 ),
    'price'        => array( 'display' => '$20.00' ),
    'availability' => 'in_stock',
    'price_status' => 'current',
    'observed_at'  => gmdate( 'c' ),
    'disclaimer'   => 'Disclaimer of the service.',
);
AmzLinkr\\Products\\store( array( $fields + $product ), 1 );
"""  # noqa: E501 -- PHP
RENDER = "return AmzLinkr\\Display\\render( $attributes );"
RENDER_ALL = "return array_map( 'AmzLinkr\\Display\\render', $boxes );"
RENDER_PAGE = """
wp_set_current_user( $user );
$box    = AmzLinkr\\Display\\render( $attributes );
$script = wp_script_is( 'amzlinkr-product-box' );
return array( $box, $script, has_action( 'wp_footer', 'AmzLinkr\\Box\\print_content_notice' ) );
"""
RENDER_FEED = """
$GLOBALS['wp_query']->is_feed = true;
return AmzLinkr\\Display\\render( $attributes );
"""
RENDER_ON_PAGE_OF_A_PICTURE = """
$GLOBALS['post'] = get_post( $picture );
return AmzLinkr\\Display\\render( $attributes + array( 'image' => '0' ) );
"""
SHOW_TWENTY_BOXES = """
global $wpdb;
$content = '';
foreach ( range( 10, 29 ) as $number ) {
    $product = array( 'asin' => "B0PICTUR$number", 'marketplace' => 'US', 'price_status' => 'waiting' );
    AmzLinkr\\Products\\store( array( $product ), 1 );
    $picture    = array_shift( $pictures );
    $attributes = array( 'asin' => $product['asin'], 'image' => $picture );
    $content   .= 0 === $number % 2
        ? '<!-- wp:amzlinkr/product ' . wp_json_encode( $attributes ) . " /-->\\n"
        : "[amzlinkr asin={$product['asin']} image='$picture']\\n";
}
wp_cache_flush();
AmzLinkr\\Products\\load( array(), true );
wp_load_alloptions();
$queries = array();
add_filter( 'query', static function ( $query ) use ( &$queries ) {
    $queries[] = $query;
    return $query;
} );
$html = apply_filters( 'the_content', $content );
return array( substr_count( $html, 'grinder.png' ), $queries );
"""  # noqa: E501 -- PHP
ADD_TWENTY_PICTURES = f"""{DEFINE_ADD}
return array_map( static fn() => $add( 'attachment', 'image/png', 'inherit' ), range( 1, 20 ) );
"""
MOVABLE_CLOCK = "const now = Date.now; window.later = 0; Date.now = () => now() + window.later;"
SHOW_PAGE_AFTER_A_DAY = """() => {
    window.later = 24 * 3600e3;
    document.dispatchEvent( new Event( 'visibilitychange' ) );
}"""
AMAZONS = ("Amazon's title", "Acme", "$20.00", "In stock", "as of", "Disclaimer", "media-amazon")


def visible_text(markup: str) -> str:
    """Return the text of HTML, with single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup)).split())


def render(site: Site, fields: dict[str, object], **own: object) -> str:
    """Store the product with changed fields and return the HTML of its box."""
    rendered: str = site.php(STORE + RENDER, asin=ASIN, fields=fields, attributes=named(**own))
    return rendered


def named(**own: object) -> dict[str, object]:
    """Return the attributes of a block with own content."""
    return {"asin": ASIN, "marketplace": "US", **own}


def assert_nothing_of_amazon(markup: str) -> None:
    """Check that HTML contains no content from Amazon, in attributes neither."""
    text = html.unescape(markup)
    assert [part for part in AMAZONS if part in text] == []


def test_box_without_amazons_data_shows_own_content(site: Site, service: RecordingService) -> None:
    service.join(site)
    picture = site.php(ADD_PICTURES)["picture"]
    variants: tuple[tuple[dict[str, object], str], ...] = (
        (
            {"title": "My grinder", "text": TEXT, "image": picture},
            "My grinder It grinds evenly. No electricity. See price on Amazon",
        ),
        # Each part is enough for a box, and none is left empty.
        ({"title": "My grinder"}, "My grinder See price on Amazon"),
        ({"text": "It grinds evenly."}, "It grinds evenly. See price on Amazon"),
        ({"image": picture}, "See price on Amazon"),
        # Without own content: a link that names the Amazon site.
        ({"title": " ", "text": "\n", "image": 0}, "See price on Amazon.com"),
    )
    for status in ("waiting", "expired", "missing"):
        own = [named(**attributes) for attributes, _ in variants]
        fields = {"price_status": status}
        boxes = site.php(STORE + RENDER_ALL, asin=ASIN, fields=fields, boxes=own)
        expected = [f"{text} {STATEMENT}" for _, text in variants]
        if status == "missing":
            # Amazon's page may not exist any more.
            expected[-1] = ""
        assert [visible_text(box) for box in boxes] == expected
        for box in boxes:
            assert_nothing_of_amazon(box)
            assert set(re.findall(r'href="([^"]*)"', box)) <= {LINK}
            assert not re.search(r"<(p|a|div)[^>]*>\s*</\1>", box)
        assert boxes[0].count('rel="sponsored nofollow noopener"') == 3
        assert 'alt="My grinder"' in boxes[0]
        assert "/wp-content/uploads/grinder.png" in boxes[0]
        assert 'alt="See price on Amazon.com"' in boxes[3]


def test_page_without_amazons_data_has_neither_its_notice_nor_the_script(
    site: Site, service: RecordingService
) -> None:
    service.join(site)
    own = {"asin": ASIN, "attributes": named(title="My grinder"), "user": 0}
    box, script, notice = site.php(STORE + RENDER_PAGE, fields={"price_status": "waiting"}, **own)
    assert "data-until" not in box
    assert (script, notice) == (False, False)
    box, script, notice = site.php(STORE + RENDER_PAGE, fields={}, **own)
    assert "data-until" in box
    assert script is True
    assert notice is not False

    # Users who can edit posts see the reason beside the box.
    own["user"] = 1
    box, *_ = site.php(STORE + RENDER_PAGE, fields={"price_status": "waiting"}, **own)
    assert "waiting for access to Amazon’s API" in box
    assert "Visitors see your own content" in box


def test_own_content_replaces_title_and_picture_of_a_current_product(
    site: Site, service: RecordingService
) -> None:
    service.join(site)
    picture = site.php(ADD_PICTURES)["picture"]
    box = render(site, {}, title="My grinder", text=TEXT, image=picture)
    text = visible_text(box)
    assert text.startswith("My grinder Acme It grinds evenly. No electricity. $20.00 In stock")
    assert "Disclaimer of the service." in text
    assert "Buy on Amazon" in text
    assert "Amazon's title" not in html.unescape(box)
    assert "media-amazon" not in box
    assert "/wp-content/uploads/grinder.png" in box

    # Own content that is not given takes the place of nothing.
    box = render(site, {}, text=TEXT)
    assert "Amazon's title" in visible_text(box)
    assert "media-amazon" in box
    # A product without a name is not shown with a price under the author's text.
    box = render(site, {"title": ""}, text=TEXT)
    assert visible_text(box) == f"It grinds evenly. No electricity. See price on Amazon {STATEMENT}"


def test_feed_contains_a_link_with_the_own_title(site: Site, service: RecordingService) -> None:
    service.join(site)
    picture = site.php(ADD_PICTURES)["picture"]
    own = named(title="My grinder", text=TEXT, image=picture)
    for fields in ({}, {"price_status": "waiting"}):
        feed = site.php(STORE + RENDER_FEED, asin=ASIN, fields=fields, attributes=own)
        assert visible_text(feed) == f"My grinder {STATEMENT}"
        assert "<img" not in feed


def test_only_pictures_of_the_media_library_are_shown(
    site: Site, service: RecordingService
) -> None:
    service.join(site)
    posts = site.php(ADD_PICTURES)
    picture = posts["picture"]
    site.php(STORE, asin=ASIN, fields={"price_status": "waiting"})
    allowed: list[object] = [picture, f" {picture} ", posts["described"]]
    others: list[object] = [posts[name] for name in ("pdf", "trashed", "private", "page")]
    hostile: list[object] = [
        0, -picture, f"{picture}x", f"0{picture}", f"{picture}.0", f"0x{picture:x}", "1e1",
        "9" * 30, f"{picture}\n../", '1" onerror="attack()', "", None, [picture], {"id": picture},
    ]  # fmt: skip
    images = [*allowed, *others, *hostile]
    own = [named(title="My grinder", image=image) for image in images]

    boxes = site.php(RENDER_ALL, boxes=own)

    assert [image for image, box in zip(images, boxes, strict=True) if "<img" in box] == allowed
    for box in boxes:
        assert ">My grinder</a>" in box
        # A link around no picture would have no name.
        assert box.count("<img") == box.count("amzlinkr-box__image")
    # The description in the media library comes first, as text.
    assert 'alt="A grinder &quot;on&quot; a table"' in boxes[2]
    # No picture is named on the page of a picture.
    attributes = named(title="My grinder")
    assert "<img" not in site.php(
        RENDER_ON_PAGE_OF_A_PICTURE, picture=picture, attributes=attributes
    )


def test_expired_box_keeps_own_content_only(
    site: Site, browser: Browser, service: RecordingService, plugin_dir: Path
) -> None:
    service.join(site)
    picture = site.php(ADD_PICTURES)["picture"]
    own = [named(title="My grinder", text=TEXT, image=picture), named(text=TEXT), named()]
    boxes = site.php(STORE + RENDER_ALL, asin=ASIN, fields={}, boxes=own)
    page = browser.new_visitor()
    page.add_init_script(MOVABLE_CLOCK)
    page.route("**/grinder.png", lambda route: route.fulfill(content_type="image/svg+xml", body=""))
    page.goto(f"{site.url}/wp-includes/images/blank.gif")
    page.evaluate("html => { document.body.innerHTML = html; }", "".join(boxes))
    page.add_script_tag(path=plugin_dir / "assets/product-box.js")
    shown = page.locator(".amzlinkr-box")
    expect(shown).to_have_count(3)
    page.evaluate(SHOW_PAGE_AFTER_A_DAY)

    expect(shown).to_have_count(2)
    content: Any = page.evaluate("document.body.innerHTML")
    assert_nothing_of_amazon(content)
    expect(shown.nth(0)).to_contain_text("My grinder")
    expect(shown.nth(0).locator("img")).to_have_count(1)
    expect(shown.nth(0).get_by_role("link", name="See price on Amazon My grinder")).to_be_visible()
    expect(shown.nth(1)).to_contain_text("It grinds evenly.")
    expect(shown.nth(1).get_by_role("link", name="See price on Amazon", exact=True)).to_be_visible()
    expect(page.locator(".amzlinkr-link")).to_contain_text("See price on Amazon.com")
    links = page.locator("a").evaluate_all("links => links.map( link => link.href )")
    assert set(links) == {LINK}


def test_pictures_of_a_page_need_two_queries(site: Site, service: RecordingService) -> None:
    service.join(site)
    pictures = site.php(ADD_TWENTY_PICTURES)
    shown, queries = site.php(SHOW_TWENTY_BOXES, pictures=pictures)
    assert shown == 20
    # The posts of the pictures, and what WordPress stores about them.
    assert len([query for query in queries if "FROM wp_post" in query]) == 2, queries
