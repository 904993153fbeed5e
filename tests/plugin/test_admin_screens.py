"""Admin pages in a browser: without a script, at the width of a phone, and the screen options."""

import re

import pytest
from playwright.sync_api import Dialog, Page, expect

from amzlinkr.domain.marketplaces import MARKETPLACES
from tests.plugin import pages
from tests.plugin.browser import Browser
from tests.plugin.recording_service import SITE, RecordingService, Reply
from tests.plugin.site import Site
from tests.plugin.stored_products import STORE
from tests.plugin.test_products_page import PRODUCTS, stored

pytestmark = pytest.mark.wordpress

PHONE_WIDTH = 390
MIN_TARGET = 24
"""The size of a target in CSS pixels (WCAG 2.2, 2.5.8). Links in sentences are exempt."""
CONTROLS = ".amzlinkr button, .amzlinkr input, .amzlinkr select"
SMALL_TARGETS = """([controls, min]) => [...document.querySelectorAll(controls)]
    .filter(control => control.type !== 'hidden' && control.offsetParent)
    .filter(control => control.getBoundingClientRect().height < min)
    .map(control => control.outerHTML)"""
CONNECTIONS = [
    {
        "marketplace": "US",
        "api": "creators",
        "partner_tag": "a-rather-long-associate-tag-20",
        "key": "amzn1.application-oa2-client.…WXYZ",
        "state": "keys_rejected",
        "since": "2026-11-01T00:00:00Z",
        "problem": {"action": "Copy the keys again.", "upstream": {"code": "InvalidSignature"}},
    },
]
STEPS = [
    {"step": "token", "ok": True, "detail": "Amazon issued a token for the keys …WXYZ."},
    {"step": "eligibility", "ok": False, "detail": "No access.", "action": "Apply for access."},
    {"step": "tag", "ok": None, "detail": "Not checked."},
]


def test_pages_fit_a_phone_and_need_no_script(
    site: Site, browser: Browser, service: RecordingService
) -> None:
    owner = browser.log_in(site)
    check_pointer(owner, site, browser)
    connect(site, service)
    check_links_of_settings(owner, site, browser)
    check_widths(owner, site, browser)
    check_table(owner, site, browser)
    check_without_script(owner, site)


def connect(site: Site, service: RecordingService) -> None:
    """Connect the site, with an account that Amazon rejects, and store products."""
    marketplaces = [
        {"code": code, "domain": row.domain, "name": row.name, "decimals": 2}
        for code, row in MARKETPLACES.items()
    ]
    service.replies["GET /v1/site"] = Reply(SITE | {"connections": CONNECTIONS})
    service.replies["GET /v1/marketplaces"] = Reply({"marketplaces": marketplaces})
    service.replies["GET /v1/diagnostics"] = Reply({"steps": STEPS})
    service.join(site)
    site.php("AmzLinkr\\Accounts\\refresh(); AmzLinkr\\Accounts\\refresh_marketplaces();")
    site.php(STORE, products=[{"asin": asin} | fields for asin, fields in PRODUCTS.items()])


def check_pointer(owner: Page, site: Site, browser: Browser) -> None:
    """Activate the plugin, and dismiss the pointer to the first step."""
    pages.activate(owner, site)
    pointer = owner.locator(".amzlinkr-first-run")
    link = pointer.get_by_role("link", name="Connect this site")
    expect(link).to_have_attribute("href", re.compile(r"page=amzlinkr$"))
    owner.goto(f"{site.url}/wp-admin/")
    expect(pointer).to_be_visible()
    browser.screenshot(owner, "pointer")
    pointer.get_by_role("button", name="Do not show this again").click()
    expect(owner).to_have_url(re.compile(r"/wp-admin/(index\.php)?$"))
    expect(pointer).to_have_count(0)


def check_links_of_settings(owner: Page, site: Site, browser: Browser) -> None:
    """Open Associates Central of the account and of the selected marketplace, and diagnose."""
    pages.open_page(owner, site, "amzlinkr-settings")
    of_account = owner.locator("#amzlinkr-accounts a")
    expect(of_account).to_have_attribute("href", "https://affiliate-program.amazon.com/")
    owner.get_by_label("Amazon Locale").select_option("DE")
    selected = owner.locator("#amzlinkr-associates a")
    expect(selected).to_have_attribute("href", "https://partnernet.amazon.de/")
    for link in (of_account, selected):
        expect(link).to_have_attribute("target", "_blank")
        expect(link).to_have_attribute("rel", "noopener noreferrer")
        expect(link).to_contain_text("(opens in a new tab)")
    owner.get_by_role("button", name="Run diagnostics").click()
    steps = owner.locator(".amzlinkr-steps li")
    expect(steps.nth(1)).to_contain_text("Access to the API No access.")
    for step, name in enumerate(("is-healthy", "is-broken", "")):
        expect(steps.nth(step)).to_have_attribute("class", name)


def check_widths(owner: Page, site: Site, browser: Browser) -> None:
    """Open each page at the width of a phone: nothing is wider, and no control is too small."""
    size = owner.viewport_size
    assert size
    owner.set_viewport_size({"width": PHONE_WIDTH, "height": 844})
    for name, tab in (
        ("amzlinkr", ""), ("amzlinkr-settings", "api"), ("amzlinkr-settings", "display"),
        ("amzlinkr-settings", "connection"), ("amzlinkr-search", ""),
    ):  # fmt: skip
        pages.open_page(owner, site, name, tab=tab)
        if tab == "api":
            owner.locator("#amzlinkr-accounts td").first.wait_for()
        assert owner.evaluate("document.documentElement.scrollWidth") <= PHONE_WIDTH, (name, tab)
        assert owner.evaluate(SMALL_TARGETS, [CONTROLS, MIN_TARGET]) == [], (name, tab)
        browser.screenshot(owner, f"phone-{name}-{tab}")
    owner.set_viewport_size(size)


def check_table(owner: Page, site: Site, browser: Browser) -> None:
    """Use the screen options, the order, the search, and a bulk action."""
    pages.open_page(owner, site, "amzlinkr")
    browser.screenshot(owner, "products")
    rows = owner.locator("#amzlinkr-products tbody tr")
    expect(rows).to_have_count(len(PRODUCTS))
    owner.get_by_role("button", name="Screen Options").click()
    owner.get_by_label("Imported").uncheck()
    owner.get_by_label("Number of items per page").fill("3")
    owner.get_by_role("button", name="Apply", exact=True).first.click()
    expect(rows).to_have_count(3)
    expect(owner.locator("td.column-added").first).to_be_hidden()
    owner.locator("thead").get_by_role("link", name="State").click()
    expect(owner).to_have_url(re.compile("orderby=status&order=asc"))
    owner.get_by_role("link", name="Next page").first.click()
    expect(rows.first).to_contain_text("Out of stock")

    owner.locator("#amzlinkr-products-search-input").fill("acme")
    owner.get_by_role("button", name="Search products").click()
    expect(rows).to_have_count(2)
    owner.locator("tbody").get_by_label("Select").first.check()
    owner.locator("#bulk-action-selector-top").select_option("remove")
    questions: list[str] = []

    def refuse(dialog: Dialog) -> None:
        questions.append(dialog.message)
        dialog.dismiss()

    owner.once("dialog", refuse)
    owner.locator("#doaction").click()
    assert questions == [
        "Remove the selected products (1)? Boxes with these products become empty."
    ]
    expect(rows).to_have_count(2)
    owner.once("dialog", lambda dialog: dialog.accept())
    owner.locator("#doaction").click()
    owner.get_by_text("Products removed: 1.").wait_for()
    # The search stays.
    expect(rows).to_have_count(1)
    browser.screenshot(owner, "removed")


def check_without_script(owner: Page, site: Site) -> None:
    """Filter, refresh, and remove products in a browser without scripts."""
    chromium = owner.context.browser
    assert chromium
    context = chromium.new_context(
        java_script_enabled=False, storage_state=owner.context.storage_state()
    )
    page = context.new_page()
    pages.open_page(page, site, "amzlinkr")
    expect(page.get_by_text("Enable it in your browser")).to_have_count(0)
    page.get_by_role("button", name="Refresh now").click()
    expect(page.get_by_text("The service checks all prices")).to_be_visible()
    page.get_by_label("Filter by marketplace").select_option("DE")
    page.get_by_role("button", name="Filter").click()
    rows = page.locator("#amzlinkr-products tbody tr")
    expect(rows).to_have_count(1)
    page.locator("tbody input[type=checkbox]").check()
    page.locator("#bulk-action-selector-top").select_option("remove")
    page.locator("#doaction").click()
    expect(page.get_by_text("Products removed: 1.")).to_be_visible()
    assert "B0CURRENT1" not in stored(site)
    context.close()
