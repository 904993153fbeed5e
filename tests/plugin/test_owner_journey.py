"""The journey of a site owner from activation to disconnection, and the pages that visitors see."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.plugin import pages
from tests.plugin.backend import Backend, wait_until
from tests.plugin.browser import Browser
from tests.plugin.site import Site

pytestmark = pytest.mark.wordpress

EXISTING_ASINS = [f"B0DEMO{number:04d}" for number in range(20)]
MISSING_ASINS = ["B0NONE0001", "B0NONE0002", "B0NONE0003"]
DUPLICATE_ENTRIES = [
    f"{EXISTING_ASINS[0]},",
    f"https://www.amazon.com/dp/{EXISTING_ASINS[1]}?ref=a,b;c",
]
AMAZON_IMAGES = "https://m.media-amazon.com/images/"
INSERT_SHORTCODE = """text => {
    const block = wp.blocks.createBlock( 'core/shortcode', { text } );
    wp.data.dispatch( 'core/block-editor' ).insertBlocks( block );
}"""
CHANGED_ASIN = "B0DEMO0000"
OWN_TITLE = "The grinder in our kitchen"
READ_SHOWN = """
$stored = AmzLinkr\\Products\\get_rows( '1 = %d', array( 1 ) );
return array_map( 'AmzLinkr\\Products\\apply_expiry', $stored );
"""


def test_owner_journey(site: Site, browser: Browser, backend: Backend) -> None:
    owner = browser.log_in(site)
    pages.activate(owner, site)
    assert not requests_to_service(site, backend)

    pages.open_page(owner, site, "amzlinkr")
    browser.screenshot(owner, "before-connecting")
    pages.connect(owner, site, backend)
    browser.screenshot(owner, "connected")

    check_key_validation(owner, browser)
    wait_for_amazon_rate(site, backend)
    check_search(owner, site, browser)
    check_import_of_25_entries(owner, site, browser)
    wait_for_amazon_rate(site, backend)
    post_url = write_post(owner, site, browser)
    check_refresh_and_removal(owner, site, browser, backend)

    backend.age_products(site, hours=3)
    visitor = browser.new_visitor()
    before = read_first_box(visitor, post_url)
    product = backend.service_of(site).call("GET", f"/products/{CHANGED_ASIN}").json
    assert before["link"] == product["url"]
    assert before["price"] == product["price"]["display"]
    assert product["disclaimer"] in before["text"]
    assert "As an Amazon Associate I earn" in before["text"]
    assert OWN_TITLE in before["text"]
    browser.screenshot(visitor, "visitor-before")
    price = {"asin": CHANGED_ASIN, "marketplace": "US", "amount": 12345}
    backend.amazon.send("POST", "prices", price)
    backend.refresh_prices(site)
    assert read_first_box(visitor, post_url) == before
    site.cron("amzlinkr_sync")
    after = read_first_box(visitor, post_url)
    browser.screenshot(visitor, "visitor-after")
    assert after["price"] == "$123.45"
    assert after["price"] != before["price"]
    assert after["time"] != before["time"]

    check_outage_of_a_day(visitor, post_url, site, browser, backend)
    check_disconnection(owner, site, browser, backend)
    assert browser.outside_urls
    assert not [url for url in browser.outside_urls if not url.startswith(AMAZON_IMAGES)]


def check_key_validation(owner: Page, browser: Browser) -> None:
    """Save wrong keys, which shows the action and Amazon's code, then valid keys."""
    notice = owner.locator("#amzlinkr-validated .notice")
    browser.allow(r"^(422|424) POST .*amzlinkr/v1/accounts")

    pages.save_keys(owner, Version="")
    expect(notice).to_contain_text("Version: ")
    expect(owner.get_by_label("Version", exact=True)).to_be_focused()

    pages.save_keys(owner, Secret=pages.SECRET[:-1] + "X")
    browser.screenshot(owner, "wrong-secret")
    expect(notice).to_have_class(re.compile("notice-error"))
    expect(notice).to_contain_text("Code from Amazon: ")

    pages.save_keys(owner, Associate_Tag="unknown-21")
    browser.screenshot(owner, "wrong-tag")
    expect(notice).to_have_class(re.compile("notice-error"))
    expect(notice).to_contain_text("Code from Amazon: InvalidPartnerTag")
    expect(notice).to_contain_text("tag")
    expect(notice).to_contain_text("United States")

    pages.save_keys(owner)
    browser.screenshot(owner, "valid-keys")
    expect(notice).to_have_class(re.compile("notice-success"))
    expect(owner.locator("#amzlinkr-accounts")).to_contain_text("demo-20")
    expect(owner.get_by_label("Secret", exact=True)).to_have_value("")

    owner.get_by_role("button", name="Run diagnostics").click()
    expect(owner.locator("#amzlinkr-diagnosis li.is-healthy")).to_have_count(5)
    browser.screenshot(owner, "diagnostics")


def wait_for_amazon_rate(site: Site, backend: Backend) -> None:
    """Wait until Amazon's rate of the account has room for a search."""
    # A new account may send one request per second. On a slow machine, the requests of the
    # step before can still be waiting, and the service then refuses the search of the owner.
    service = backend.service_of(site)
    wait_until(
        lambda: service.call("GET", "/search", keywords="tea").status == 200,
        "The account has no room for a search",
    )


def check_search(owner: Page, site: Site, browser: Browser) -> None:
    """Search with filters, open the second page, and import two products."""
    pages.open_page(owner, site, "amzlinkr-search")
    owner.get_by_label("Keywords").fill("coffee grinder")
    owner.get_by_role("button", name="Search").click()
    cards = owner.locator(".amzlinkr-card")
    expect(cards.first).to_contain_text("$")
    unfiltered = owner.locator(".amzlinkr-cards").inner_text()
    owner.get_by_label("Price from").fill("20.50")
    owner.get_by_label("to", exact=True).fill("90")
    owner.get_by_label("Sort by").select_option("Price:LowToHigh")
    owner.get_by_role("button", name="Search").click()
    expect(cards.first).to_contain_text("$")
    browser.screenshot(owner, "search")
    assert owner.locator(".amzlinkr-cards").inner_text() != unfiltered
    texts = cards.locator("strong").all_inner_texts()
    prices = [float(price.strip("$")) for price in texts if price != "No price"]
    assert prices == sorted(prices)
    assert 20.5 <= prices[0] <= prices[-1] <= 90
    search_urls = [sent["url"] for sent in site.requests() if "/search?" in sent["url"]]
    assert "min_price=2050&max_price=9000" in search_urls[-1]
    owner.get_by_role("button", name="Next").click()
    expect(owner.locator("#amzlinkr-found").get_by_text("Page 2 of")).to_be_visible()
    cards.nth(0).click()
    cards.nth(1).click()
    owner.get_by_role("button", name="Import selected products").click()
    expect(owner.locator("#amzlinkr-imported")).to_contain_text("2 of 2 products imported.")
    browser.screenshot(owner, "imported-from-search")


def check_import_of_25_entries(owner: Page, site: Site, browser: Browser) -> None:
    """Import a pasted list, which shows the progress and the entries that failed."""
    pages.start_import(owner, site, [*EXISTING_ASINS, *MISSING_ASINS, *DUPLICATE_ENTRIES])
    owner.locator("#amzlinkr-imported progress").wait_for()
    browser.screenshot(owner, "import-progress")
    summary = owner.locator("#amzlinkr-imported")
    expect(summary).to_contain_text("22 of 25 products imported.")
    browser.screenshot(owner, "import-done")
    expect(summary.locator("tbody tr")).to_have_count(3)
    for asin in MISSING_ASINS:
        expect(summary).to_contain_text(asin)
    pages.open_page(owner, site, "amzlinkr")
    expect(owner.locator("#amzlinkr-products tbody tr")).to_have_count(20)
    expect(owner.locator("#amzlinkr-products .displaying-num").first).to_have_text("22 items")
    browser.screenshot(owner, "products")


def check_refresh_and_removal(owner: Page, site: Site, browser: Browser, backend: Backend) -> None:
    """Refresh the list of products and remove one product."""
    pages.open_page(owner, site, "amzlinkr")
    owner.get_by_role("button", name="Refresh now").click()
    expect(owner.locator("#amzlinkr-refreshed")).to_contain_text("checks all prices")
    expect(owner.locator("#amzlinkr-synced")).not_to_have_text("never")
    browser.screenshot(owner, "refreshed")
    removed = EXISTING_ASINS[5]
    owner.on("dialog", lambda dialog: dialog.accept())
    row = owner.locator("tr", has_text=removed)
    row.hover()
    row.get_by_role("link", name="Remove").click()
    owner.get_by_text("Products removed: 1.").wait_for()
    expect(owner.locator("#amzlinkr-products .displaying-num").first).to_have_text("21 items")
    assert backend.service_of(site).call("GET", f"/products/{removed}").status == 404


def write_post(owner: Page, site: Site, browser: Browser) -> str:
    """Write a post with a block and a shortcode, and return its URL."""
    owner.goto(f"{site.url}/wp-admin/post-new.php")
    canvas = pages.editor_canvas(owner, site)
    canvas.get_by_role("textbox", name="Add title").fill("Recommended grinders")
    owner.keyboard.press("Enter")
    owner.keyboard.type("/amazon product")
    owner.get_by_role("option", name="Amazon product").first.click()
    canvas.get_by_label("Keywords, ASIN or Amazon URL").fill(CHANGED_ASIN)
    browser.screenshot(owner, "block-search")
    canvas.get_by_role("button", name="Search", exact=True).click()
    canvas.locator(".amzlinkr-found").first.click()
    canvas.locator(".amzlinkr-box").wait_for()
    owner.get_by_label("Your title").fill(OWN_TITLE)
    expect(canvas.locator(".amzlinkr-box__title")).to_have_text(OWN_TITLE)
    owner.evaluate(INSERT_SHORTCODE, f"[amzlinkr asin={EXISTING_ASINS[2]}]")
    browser.screenshot(owner, "block-in-editor")
    return pages.publish(owner)


def read_first_box(visitor: Page, post_url: str) -> dict[str, str]:
    """Open a post with two boxes and return the texts of the first."""
    visitor.goto(post_url)
    expect(visitor.locator(".amzlinkr-box")).to_have_count(2)
    box = visitor.locator(".amzlinkr-box").first
    for details in box.locator("summary").all():
        details.click()
    texts = {"text": box.inner_text()}
    texts["link"] = box.locator(".amzlinkr-box__buy a").get_attribute("href") or ""
    selectors = (("price", ".amzlinkr-box__price strong"), ("time", ".amzlinkr-box__time"))
    for name, selector in selectors:
        found = box.locator(selector)
        texts[name] = found.inner_text() if found.count() else ""
    check_link_attributes(box)
    return texts


def check_links(visitor: Page, post_url: str) -> None:
    """Open a post with two expired products: a box with the own title only, and a link."""
    visitor.goto(post_url)
    box, link = visitor.locator(".amzlinkr-box"), visitor.locator(".amzlinkr-link")
    expect(box).to_have_count(1)
    expect(box).to_contain_text(OWN_TITLE)
    expect(box.locator("img, .amzlinkr-box__price, .amzlinkr-box__brand")).to_have_count(0)
    expect(link).to_have_count(1)
    expect(link).to_contain_text("See price on Amazon")
    check_link_attributes(box)
    check_link_attributes(link)


def check_link_attributes(part: Locator) -> None:
    """Check that all links in a part of the page lead to Amazon and are marked as sponsored."""
    for link in part.get_by_role("link").all():
        assert link.get_attribute("rel") == "sponsored nofollow noopener"
        assert (link.get_attribute("href") or "").startswith("https://www.amazon.com/")


def check_outage_of_a_day(
    visitor: Page, post_url: str, site: Site, browser: Browser, backend: Backend
) -> None:
    """Let Amazon fail for 25 hours, after which links take the place of the boxes."""
    backend.amazon.send("POST", "faults", {"kind": "500", "times": 10_000})
    backend.age_products(site, hours=25)
    check_links(visitor, post_url)
    browser.screenshot(visitor, "after-25-hours")

    backend.run_price_sync()
    site.cron("amzlinkr_sync")
    check_links(visitor, post_url)
    stored = site.php(READ_SHOWN)
    assert {product["title"] for product in stored} == {""}
    backend.amazon.send("POST", "reset")


def check_disconnection(owner: Page, site: Site, browser: Browser, backend: Backend) -> None:
    """Disconnect the site, which revokes its API key and ends all requests to the service."""
    service = backend.service_of(site)
    pages.open_page(owner, site, "amzlinkr-settings", tab="connection")
    browser.screenshot(owner, "connection")
    owner.get_by_role("button", name="Disconnect this site").click()
    owner.get_by_text("This site is disconnected.").wait_for()
    browser.screenshot(owner, "disconnected")
    assert service.call("GET", "/site").json["code"] == "api_key_rejected"
    sent = requests_to_service(site, backend)
    site.cron()
    assert requests_to_service(site, backend) == sent


def requests_to_service(site: Site, backend: Backend) -> list[dict[str, str]]:
    """Return the requests that the site has sent to the service so far."""
    return [sent for sent in site.requests() if sent["url"].startswith(backend.url)]
