"""The story of an owner without API access: links at first, full boxes and a list with access."""

import base64
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

from infra.local.fake_amazon.accounts import NOT_ELIGIBLE_CREDENTIAL
from tests.plugin import pages
from tests.plugin.backend import Backend, wait_until
from tests.plugin.browser import VIEWPORT, Browser
from tests.plugin.site import Site

pytestmark = pytest.mark.wordpress

ASINS = ["B0DEMO0301", "B0DEMO0303", "B0DEMO0304"]
ENTRIES = [*ASINS[:2], f"https://www.amazon.com/Some-Name/dp/{ASINS[2]}/ref=sr_1_1?tag=other-20"]
TAG = "demo-20"
TITLES = ["The grinder in our kitchen", "The kettle that we take along"]
TEXT = "It grinds evenly.\nNo electricity."
LIST_NAME = "coffee-grinder"
LIST_SIZE = 5
FALLBACK = "Our list of grinders follows soon."
CREDENTIAL_ID, SECRET, VERSION = NOT_ELIGIBLE_CREDENTIAL
ACCOUNT = f"accounts/{CREDENTIAL_ID}"
WIDTHS = (1280, 390)

PICTURE = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
        "0000000c4944415478da6360b0f90f00021d01570c1acff90000000049454e44ae426082"
    )
).decode()
ADD_PICTURE = """
$file = wp_upload_bits( 'grinder.png', null, base64_decode( $picture ) )['file'];
$post = wp_insert_attachment(
    array( 'post_mime_type' => 'image/png', 'post_title' => 'Our grinder' ),
    $file
);
$name = _wp_relative_upload_path( $file );
$size = array( 'width' => 300, 'height' => 300, 'file' => $name, 'sizes' => array() );
wp_update_attachment_metadata( $post, $size );
"""
READ_POST = """
$post = get_post( url_to_postid( $url ) );
return array( $post->post_content, $post->post_modified_gmt );
"""
INSERT_BLOCK = """name => {
    const block = wp.blocks.createBlock( name );
    wp.data.dispatch( 'core/block-editor' ).insertBlocks( block );
}"""
SELECT_BLOCK = """name => {
    const editor = wp.data.select( 'core/block-editor' );
    const block = editor.getBlocks().filter( ( each ) => each.name === name ).pop();
    wp.data.dispatch( 'core/block-editor' ).selectBlock( block.clientId );
}"""
FIND_OVERFLOW = """() => {
    const width = document.documentElement.clientWidth;
    const scrolls = ( part ) => getComputedStyle( part ).overflowX === 'auto';
    const isWide = ( part ) => part.getBoundingClientRect().right > width + 1;
    const isInScroller = ( part ) =>
        part && ( scrolls( part ) || isInScroller( part.parentElement ) );
    const own = '[class^="amzlinkr-"]';
    const parts = document.querySelectorAll( `.amzlinkr *, ${ own }, ${ own } *` );
    const wide = [ ...parts ].filter( ( part ) => isWide( part ) && ! isInScroller( part ) );
    const names = wide.map( ( part ) => `${ part.tagName }.${ part.className }` );
    return document.documentElement.scrollWidth > width ? [ 'page', ...names ] : names;
}"""
"""Returns the parts that are wider than the page, except those in tables that scroll."""

AMAZON_PARTS = ", ".join(
    f".amzlinkr-box__{part}"
    for part in ("brand", "price", "deal", "condition", "availability", "time", "disclaimer")
)
SINGLE_BOX = ".amzlinkr-box:not(.amzlinkr-list .amzlinkr-box)"
LIST_BOX = ".amzlinkr-list .amzlinkr-box"


def test_site_is_built_before_access_and_filled_with_it(
    site: Site, browser: Browser, backend: Backend
) -> None:
    owner = browser.log_in(site)
    pages.activate(owner, site)
    pages.connect(owner, site, backend)
    site.php(ADD_PICTURE, picture=PICTURE)
    # A search needs keys. The preview of the list reports it.
    browser.allow(r"^424 GET .*amzlinkr(/|%2F)v1(/|%2F)search")

    backend.amazon.send("DELETE", "calls")
    save_tag(owner, site, browser)
    import_waiting_products(owner, site, browser)
    post_url = write_post(owner, site, browser)
    assert backend.amazon.calls() == []
    post = site.php(READ_POST, url=post_url)
    visitor = browser.new_visitor()
    check_links(visitor, post_url, site, browser)
    browser.screenshot(visitor, "visitor-before-access")

    # Keys alone change nothing while Amazon refuses the account.
    pages.open_page(owner, site, "amzlinkr-settings")
    notice = owner.locator("#amzlinkr-validated .notice")
    expect(owner.get_by_label("Associate Tag", exact=True)).to_have_value(TAG)
    save_keys(owner)
    expect(notice).to_contain_text("qualified sales")
    browser.screenshot(owner, "keys-before-access")
    run_syncs(site, backend)
    check_links(visitor, post_url, site, browser)

    backend.amazon.send("PUT", ACCOUNT, {"state": "ok"})
    save_keys(owner)
    owner.locator("#amzlinkr-validated .notice-success").wait_for()
    browser.screenshot(owner, "keys-with-access")
    backend.run_price_sync()
    wait_until(lambda: is_filled(site, backend), "The products and the list were not filled")
    site.cron("amzlinkr_sync")
    titles = check_full(visitor, post_url, site, browser)
    browser.screenshot(visitor, "visitor-with-access")

    backend.amazon.send("PUT", ACCOUNT, {"state": "not_eligible"})
    backend.age_products(site, hours=25)
    check_links(visitor, post_url, site, browser, titles)
    run_syncs(site, backend)
    assert read_state(site, backend) == "not_eligible"
    check_links(visitor, post_url, site, browser, titles)
    browser.screenshot(visitor, "visitor-without-access")
    pages.open_page(owner, site, "amzlinkr")
    browser.screenshot(owner, "products-without-access")

    backend.amazon.send("PUT", ACCOUNT, {"state": "ok"})
    # The price sync sends one call as a probe, and requests the rest in the next run.
    backend.age_products(site, hours=1)
    backend.make_probes_due(site)
    backend.run_price_sync()
    wait_until(
        lambda: read_state(site, backend) == "valid", "The service did not detect the access"
    )
    backend.run_price_sync()
    wait_until(lambda: is_filled(site, backend), "The products and the list were not filled again")
    site.cron("amzlinkr_sync")
    check_full(visitor, post_url, site, browser)
    assert site.php(READ_POST, url=post_url) == post


def save_tag(owner: Page, site: Site, browser: Browser) -> None:
    """Save the tag alone under Settings → API."""
    pages.open_page(owner, site, "amzlinkr-settings")
    owner.get_by_label("I have no API access yet").check()
    expect(owner.get_by_label("Secret", exact=True)).to_be_hidden()
    owner.get_by_label("Associate Tag", exact=True).fill(TAG)
    owner.get_by_label("Amazon Locale").select_option("US")
    check_widths(owner)
    browser.screenshot(owner, "form-without-keys")
    owner.get_by_role("button", name="Save").click()
    expect(owner.locator("#amzlinkr-validated .notice-success")).to_contain_text("tag is saved")
    accounts = owner.locator("#amzlinkr-accounts")
    expect(accounts).to_contain_text("Tag only, no API access yet")
    expect(accounts).to_contain_text(TAG)
    check_widths(owner)
    browser.screenshot(owner, "tag-saved")


def save_keys(owner: Page) -> None:
    """Save the keys of the account that is not eligible at first."""
    pages.save_keys(owner, Credential_ID=CREDENTIAL_ID, Secret=SECRET, Version=VERSION)


def import_waiting_products(owner: Page, site: Site, browser: Browser) -> None:
    """Import three products by ASIN and URL, which wait."""
    pages.start_import(owner, site, ENTRIES)
    summary = owner.locator("#amzlinkr-imported")
    expect(summary.locator("tbody tr")).to_have_count(len(ASINS))
    for asin in ASINS:
        expect(summary).to_contain_text(asin)
    check_widths(owner)
    browser.screenshot(owner, "imported")
    pages.open_page(owner, site, "amzlinkr")
    expect(owner.locator("#amzlinkr-products tbody tr")).to_have_count(len(ASINS))
    check_widths(owner)
    browser.screenshot(owner, "products")


def write_post(owner: Page, site: Site, browser: Browser) -> str:
    """Write a post with three boxes and a new list, and return its URL."""
    owner.goto(f"{site.url}/wp-admin/post-new.php")
    canvas = pages.editor_canvas(owner, site)
    canvas.get_by_role("textbox", name="Add title").fill("What we use")
    for asin in ASINS:
        insert_box(owner, canvas, asin)
        if asin == ASINS[0]:
            give_own_content(owner, canvas, TITLES[0], TEXT)
            choose_picture(owner)
            expect(canvas.locator(".amzlinkr-box img")).to_have_count(1)
        elif asin == ASINS[1]:
            give_own_content(owner, canvas, TITLES[1])
    expect(canvas.locator(".amzlinkr-box__title")).to_have_text(TITLES)
    browser.screenshot(owner, "boxes-in-editor")
    create_list(owner, canvas, browser)
    return pages.publish(owner)


def insert_box(owner: Page, canvas: FrameLocator | Page, asin: str) -> None:
    """Insert the box of an imported product, and select it."""
    # WordPress covers the block while the pointer is on a margin or padding in the sidebar.
    owner.mouse.move(VIEWPORT["width"] / 2, 0)
    owner.evaluate(INSERT_BLOCK, "amzlinkr/product")
    canvas.get_by_label("ASIN or Amazon URL").fill(asin)
    canvas.get_by_role("button", name="Insert", exact=True).click()
    canvas.locator(f"[data-asin={asin}]").wait_for()
    owner.evaluate(SELECT_BLOCK, "amzlinkr/product")


def give_own_content(owner: Page, canvas: FrameLocator | Page, title: str, text: str = "") -> None:
    """Enter a title and a text in the settings of the selected block."""
    # WordPress 6.1 skips the preview of a change if that of an earlier change arrives after it.
    owner.get_by_label("Your title").fill(title)
    expect(canvas.locator(".amzlinkr-box__title").last).to_have_text(title)
    if text:
        owner.get_by_label("Your text").fill(text)
        expect(canvas.locator(".amzlinkr-box__own")).to_have_text(text.split("\n"))


def choose_picture(owner: Page) -> None:
    """Choose the picture of the media library for the selected block."""
    owner.get_by_role("button", name="Choose your picture").click()
    dialog = owner.get_by_role("dialog")
    dialog.get_by_role("tab", name="Media Library").click()
    dialog.get_by_role("checkbox", name="Our grinder").click()
    dialog.get_by_role("button", name="Select", exact=True).click()
    owner.get_by_role("button", name="Replace your picture").wait_for()


def create_list(owner: Page, canvas: FrameLocator | Page, browser: Browser) -> None:
    """Create a list in its block, with a text for the time before it is filled."""
    owner.evaluate(INSERT_BLOCK, "amzlinkr/list")
    canvas.get_by_role("button", name="Create a list").click()
    canvas.get_by_label("Keywords", exact=True).fill("coffee grinder")
    canvas.get_by_label("Number of products").fill(str(LIST_SIZE))
    expect(canvas.get_by_label("Name of the list")).to_have_value(LIST_NAME)
    notice = canvas.locator(".components-notice__content", has_text="You can create the list now.")
    notice.wait_for()
    browser.screenshot(owner, "list-form")
    canvas.get_by_role("button", name="Create the list").click()
    expect(canvas.locator(".amzlinkr-missing").last).to_contain_text("filled automatically")
    owner.evaluate(SELECT_BLOCK, "amzlinkr/list")
    owner.get_by_label("Text without products").fill(FALLBACK)
    expect(canvas.locator(".amzlinkr-list__fallback")).to_have_text(FALLBACK)
    browser.screenshot(owner, "list-in-editor")


def run_syncs(site: Site, backend: Backend) -> None:
    """Run the price sync of the service until its account is down, and the sync of the plugin."""
    backend.run_price_sync()
    wait_until(lambda: read_state(site, backend) == "not_eligible", "The account is not down")
    site.cron("amzlinkr_sync")


def read_state(site: Site, backend: Backend) -> Any:
    """Return the state of the account in the service."""
    (connection,) = backend.service_of(site).call("GET", "/connections").json["connections"]
    return connection["state"]


def is_filled(site: Site, backend: Backend) -> bool:
    """Return whether the service has the prices of all products and of the list."""
    service = backend.service_of(site)
    products = service.call("GET", "/products").json["products"]
    listed = service.call("GET", f"/lists/{LIST_NAME}").json["items"]
    statuses = {product["asin"]: product["price_status"] for product in products}
    return statuses == dict.fromkeys(ASINS, "current") and len(listed) == LIST_SIZE


def check_links(
    visitor: Page, post_url: str, site: Site, browser: Browser, titles: tuple[str, ...] = ()
) -> None:
    """Open the post: links with the owner's words and tag, and nothing of Amazon's.

    `titles` are those of Amazon, which the page must not contain.
    """
    requested = len(browser.outside_urls)
    response = visitor.goto(post_url)
    assert response
    # As the site sends it: the plugin's scripts would remove expired parts from the page.
    html = response.text()
    assert not [title for title in titles if title in html]
    assert "amzlinkr-box__price" not in html
    assert 'class="amzlinkr-list"' not in html
    boxes, link = visitor.locator(".amzlinkr-box"), visitor.locator(".amzlinkr-link")
    expect(boxes).to_have_count(2)
    expect(link).to_have_count(1)
    for box, title in zip(boxes.all(), TITLES, strict=True):
        expect(box.locator(".amzlinkr-box__title")).to_have_text(title)
        expect(box.locator(".amzlinkr-box__buy")).to_have_text("See price on Amazon")
    expect(boxes.nth(0).locator(".amzlinkr-box__own")).to_have_text(TEXT.split("\n"))
    check_picture(boxes.nth(0), site)
    expect(boxes.nth(1).locator("img, .amzlinkr-box__own")).to_have_count(0)
    expect(link.get_by_role("link")).to_have_text("See price on Amazon.com")
    check_hrefs(visitor, {f"https://www.amazon.com/dp/{asin}?tag={TAG}" for asin in ASINS})

    expect(visitor.locator(".amzlinkr-list")).to_have_count(0)
    expect(visitor.locator(".amzlinkr-list__fallback")).to_have_text(FALLBACK)
    expect(visitor.locator(f"{AMAZON_PARTS}, .amzlinkr-content-notice")).to_have_count(0)
    assert "$" not in visitor.locator("body").inner_text()
    check_widths(visitor)
    assert browser.outside_urls[requested:] == []


def check_full(visitor: Page, post_url: str, site: Site, browser: Browser) -> tuple[str, ...]:
    """Open the post: three boxes with prices, and the list. Return the titles of Amazon."""
    visitor.goto(post_url)
    boxes, listed = visitor.locator(SINGLE_BOX), visitor.locator(LIST_BOX)
    expect(boxes).to_have_count(len(ASINS))
    expect(listed).to_have_count(LIST_SIZE)
    expect(visitor.locator(".amzlinkr-link, .amzlinkr-list__fallback")).to_have_count(0)
    for box in [*boxes.all(), *listed.all()]:
        expect(box.locator(".amzlinkr-box__price")).to_contain_text("$")
        expect(box.locator(".amzlinkr-box__buy")).to_have_text("Buy on Amazon")
        expect(box.locator("img")).to_have_count(1)
    expect(boxes.locator(".amzlinkr-box__title").nth(0)).to_have_text(TITLES[0])
    expect(boxes.locator(".amzlinkr-box__title").nth(1)).to_have_text(TITLES[1])
    check_picture(boxes.nth(0), site)
    check_widths(visitor)
    parts = [boxes.nth(2), *listed.all()]
    titles = tuple(part.locator(".amzlinkr-box__title").inner_text() for part in parts)
    assert all(titles)
    assert any("m.media-amazon.com" in url for url in browser.outside_urls)
    return titles


def check_picture(box: Locator, site: Site) -> None:
    """Check that a box shows the owner's picture."""
    source = box.locator("img").get_attribute("src") or ""
    assert source.startswith(f"{site.url}/wp-content/uploads/")


def check_hrefs(visitor: Page, expected: set[str]) -> None:
    """Check the targets of all links in boxes, and that they are marked as sponsored."""
    links = visitor.locator(".amzlinkr-box a, .amzlinkr-link a").all()
    assert {link.get_attribute("href") for link in links} == expected
    assert {link.get_attribute("rel") for link in links} == {"sponsored nofollow noopener"}


def check_widths(page: Page) -> None:
    """Check on a large screen and on a phone that nothing is wider than the page."""
    usual = page.viewport_size
    assert usual
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": usual["height"]})
        assert page.evaluate(FIND_OVERFLOW) == [], f"Too wide at {width} px"
    page.set_viewport_size(usual)
