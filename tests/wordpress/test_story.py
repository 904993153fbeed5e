"""An owner's whole story, from installing the plugin to leaving, and what visitors see of it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.wordpress import pages
from tests.wordpress.backend import Backend
from tests.wordpress.browser import Browser
from tests.wordpress.site import Site

pytestmark = pytest.mark.wordpress

EXISTING = [f"B0DEMO{number:04d}" for number in range(20)]
MISSING = ["B0NONE0001", "B0NONE0002", "B0NONE0003"]
AGAIN = [f"{EXISTING[0]},", f"https://www.amazon.com/dp/{EXISTING[1]}?ref=a,b;c"]
PICTURES_OF_AMAZONS = "https://m.media-amazon.com/images/"
INSERT_SHORTCODE = """text => {
    const block = wp.blocks.createBlock( 'core/shortcode', { text } );
    wp.data.dispatch( 'core/block-editor' ).insertBlocks( block );
}"""
CHANGED = "B0DEMO0000"


def test_from_nothing_to_prices_that_stay_right(
    site: Site, browser: Browser, backend: Backend
) -> None:
    owner = browser.owner(site)
    pages.activate(owner, site)
    assert not asked_by(site, backend)

    pages.open_page(owner, site, "amzlinkr")
    browser.picture(owner, "before-connecting")
    pages.connect(owner, site, backend)
    browser.picture(owner, "connected")

    wrong_and_right_keys(owner, browser)
    searches(owner, site, browser)
    imports_25(owner, site, browser)
    address = writes_a_post(owner, site, browser)
    refreshes_and_removes(owner, site, browser, backend)

    backend.grow_older(site, hours=3)
    visitor = browser.person()
    before = what_is_seen(visitor, address)
    told = backend.service_of(site).call("GET", f"/products/{CHANGED}").json
    assert before["link"] == told["url"]
    assert before["price"] == told["price"]["display"]
    assert told["disclaimer"] in before["whole"]
    assert "As an Amazon Associate I earn" in before["whole"]
    browser.picture(visitor, "visitor-before")
    backend.amazon.tell("POST", "prices", {"asin": CHANGED, "marketplace": "US", "amount": 12345})
    backend.check_prices(site)
    assert what_is_seen(visitor, address) == before
    site.cron("amzlinkr_sync")
    now = what_is_seen(visitor, address)
    browser.picture(visitor, "visitor-after")
    assert now["price"] == "$123.45"
    assert now["price"] != before["price"]
    assert now["time"] != before["time"]

    down_for_a_day(visitor, address, site, browser, backend)
    disconnects(owner, site, browser, backend)
    assert browser.outside
    assert not [url for url in browser.outside if not url.startswith(PICTURES_OF_AMAZONS)]


def wrong_and_right_keys(owner: Page, browser: Browser) -> None:
    """Each mistake is told with its remedy and Amazon's word for it; then the green message."""
    notice = owner.locator("#amzlinkr-validated .notice")
    browser.excuse(r"^(422|424) POST .*amzlinkr/v1/accounts")

    pages.save_keys(owner, Version="")
    expect(notice).to_contain_text("Version: This is empty.")
    expect(owner.get_by_label("Version", exact=True)).to_be_focused()

    pages.save_keys(owner, Secret=pages.SECRET[:-1] + "X")
    browser.picture(owner, "wrong-secret")
    expect(notice).to_have_class(re.compile("notice-error"))
    expect(notice).to_contain_text("Amazon says: ")

    pages.save_keys(owner, Associate_Tag="somebody-21")
    browser.picture(owner, "wrong-tag")
    expect(notice).to_have_class(re.compile("notice-error"))
    expect(notice).to_contain_text("Amazon says: InvalidPartnerTag")
    expect(notice).to_contain_text("Enter the tag of your United States account")

    pages.save_keys(owner)
    browser.picture(owner, "right-keys")
    expect(notice).to_have_class(re.compile("notice-success"))
    expect(owner.locator("#amzlinkr-accounts")).to_contain_text("demo-20")
    expect(owner.get_by_label("Secret", exact=True)).to_have_value("")

    owner.get_by_role("button", name="Run diagnostics").click()
    expect(owner.locator("#amzlinkr-diagnosis li.is-healthy")).to_have_count(5)
    browser.picture(owner, "diagnostics")


def searches(owner: Page, site: Site, browser: Browser) -> None:
    """The search page, its filters and its paging; and what is ticked is imported."""
    pages.open_page(owner, site, "amzlinkr-search")
    owner.get_by_label("Keywords").fill("coffee grinder")
    owner.get_by_role("button", name="Search").click()
    cards = owner.locator(".amzlinkr-card")
    expect(cards.first).to_contain_text("$")
    everything = owner.locator(".amzlinkr-cards").inner_text()
    owner.get_by_label("Price from").fill("20.50")
    owner.get_by_label("to", exact=True).fill("90")
    owner.get_by_label("Sort by").select_option("Price:LowToHigh")
    owner.get_by_role("button", name="Search").click()
    expect(cards.first).to_contain_text("$")
    browser.picture(owner, "search")
    assert owner.locator(".amzlinkr-cards").inner_text() != everything
    texts = cards.locator("strong").all_inner_texts()
    prices = [float(price.strip("$")) for price in texts if price != "No price"]
    assert prices == sorted(prices)
    assert 20.5 <= prices[0] <= prices[-1] <= 90
    asked = [one["url"] for one in site.requests() if "/search?" in one["url"]][-1]
    assert "min_price=2050&max_price=9000" in asked
    owner.get_by_role("button", name="Next").click()
    expect(owner.locator("#amzlinkr-found").get_by_text("Page 2 of")).to_be_visible()
    cards.nth(0).click()
    cards.nth(1).click()
    owner.get_by_role("button", name="Import what is ticked").click()
    expect(owner.locator("#amzlinkr-imported")).to_contain_text("2 of 2 imported.")
    browser.picture(owner, "imported-from-search")


def imports_25(owner: Page, site: Site, browser: Browser) -> None:
    """A pasted list: with progress, and with what failed and why."""
    pages.import_list(owner, site, [*EXISTING, *MISSING, *AGAIN])
    owner.locator("#amzlinkr-imported progress").wait_for()
    browser.picture(owner, "import-under-way")
    outcome = owner.locator("#amzlinkr-imported")
    expect(outcome).to_contain_text("22 of 25 imported.")
    browser.picture(owner, "import-done")
    expect(outcome.locator("tbody tr")).to_have_count(3)
    for asin in MISSING:
        expect(outcome).to_contain_text(asin)
    pages.open_page(owner, site, "amzlinkr")
    expect(owner.locator("#amzlinkr-products tbody tr")).to_have_count(22)
    browser.picture(owner, "products")


def refreshes_and_removes(owner: Page, site: Site, browser: Browser, backend: Backend) -> None:
    """The list of products: a sync by hand, and one product less."""
    pages.open_page(owner, site, "amzlinkr")
    owner.get_by_role("button", name="Refresh now").click()
    expect(owner.locator("#amzlinkr-refreshed")).to_contain_text("checks every price")
    expect(owner.locator("#amzlinkr-synced")).not_to_have_text("never")
    browser.picture(owner, "refreshed")
    unwanted = EXISTING[5]
    owner.on("dialog", lambda dialog: dialog.accept())
    owner.locator("tr", has_text=unwanted).get_by_role("button", name="Remove").click()
    expect(owner.locator("#amzlinkr-products tbody tr")).to_have_count(21)
    assert backend.service_of(site).call("GET", f"/products/{unwanted}").status == 404


def writes_a_post(owner: Page, site: Site, browser: Browser) -> str:
    """A block by the search in the editor, and a shortcode; the post's address."""
    owner.goto(f"{site.url}/wp-admin/post-new.php")
    canvas = pages.canvas_of(owner, site)
    canvas.get_by_role("textbox", name="Add title").fill("The best of them")
    owner.keyboard.press("Enter")
    owner.keyboard.type("/amazon product")
    owner.get_by_role("option", name="Amazon product").click()
    canvas.get_by_label("Keywords, ASIN or Amazon address").fill(CHANGED)
    browser.picture(owner, "block-search")
    canvas.get_by_role("button", name="Search", exact=True).click()
    canvas.locator(".amzlinkr-found").first.click()
    canvas.locator(".amzlinkr-box").wait_for()
    owner.evaluate(INSERT_SHORTCODE, f"[amzlinkr asin={EXISTING[2]}]")
    browser.picture(owner, "block-in-the-editor")
    return publish(owner)


def publish(owner: Page) -> str:
    """Publish what is in the editor; its address."""
    owner.get_by_role("button", name="Publish", exact=True).click()
    panel = owner.get_by_role("region", name="Editor publish")
    panel.get_by_role("button", name="Publish", exact=True).click()
    address = panel.get_by_role("link", name="View Post").get_attribute("href")
    assert address
    return address


def what_is_seen(visitor: Page, address: str) -> dict[str, str]:
    """What the first box of a page tells."""
    visitor.goto(address)
    expect(visitor.locator(".amzlinkr-box")).to_have_count(2)
    box = visitor.locator(".amzlinkr-box").first
    shown = {"whole": box.inner_text()}
    shown["link"] = box.locator(".amzlinkr-box__buy a").get_attribute("href") or ""
    for name, place in (("price", ".amzlinkr-box__price strong"), ("time", ".amzlinkr-box__time")):
        found = box.locator(place)
        shown[name] = found.inner_text() if found.count() else ""
    for link in box.locator("a").all():
        assert link.get_attribute("rel") == "sponsored nofollow noopener"
        assert (link.get_attribute("href") or "").startswith("https://www.amazon.com/")
    return shown


def down_for_a_day(
    visitor: Page, address: str, site: Site, browser: Browser, backend: Backend
) -> None:
    """Amazon answers nothing for 25 hours: nothing of the product is shown any longer."""
    backend.amazon.tell("POST", "faults", {"kind": "500", "times": 10_000})
    backend.grow_older(site, hours=25)
    withheld = what_is_seen(visitor, address)
    browser.picture(visitor, "after-25-hours")
    assert withheld["price"] == withheld["time"] == ""
    assert "See price on Amazon" in withheld["whole"]

    backend.plan()
    site.cron("amzlinkr_sync")
    assert what_is_seen(visitor, address) == withheld
    stored = site.php("return AmzLinkr\\Products\\get_page( 1, 50 );")
    assert {product["title"] for product in stored} == {""}
    backend.amazon.tell("POST", "reset")


def disconnects(owner: Page, site: Site, browser: Browser, backend: Backend) -> None:
    """The key ends, and the site asks nobody any more."""
    service = backend.service_of(site)
    pages.open_page(owner, site, "amzlinkr-settings", tab="connection")
    browser.picture(owner, "connection")
    owner.get_by_role("button", name="Disconnect this site").click()
    owner.get_by_text("This site is disconnected.").wait_for()
    browser.picture(owner, "disconnected")
    assert service.call("GET", "/site").json["code"] == "api_key_rejected"
    asked = asked_by(site, backend)
    site.cron()
    assert asked_by(site, backend) == asked


def asked_by(site: Site, backend: Backend) -> list[dict[str, str]]:
    """The requests the site has sent to the service so far."""
    return [asked for asked in site.requests() if asked["url"].startswith(backend.url)]
