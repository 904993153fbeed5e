"""Displays in pages that stay open: the script removes the data from Amazon, and nothing else."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.plugin.browser import Browser
from tests.plugin.display_site import (
    AMAZONS,
    CURRENT,
    DEAL,
    DEAL_HOURS,
    DISPLAYS,
    INLINE,
    OTHER,
    display_site,
    render_all,
)

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

MOVABLE_CLOCK = "const now = Date.now; window.later = 0; Date.now = () => now() + window.later;"
SHOW_PAGE_AFTER = """hours => {
    window.later = hours * 3600e3;
    document.dispatchEvent( new Event( 'visibilitychange' ) );
}"""
OWN = {
    "title": "My first|", "badge": "Best|", "pros": "Quiet|",
    "rows": "price;savings;deal;availability;Weight: 1 g | *2 g;pros",
}  # fmt: skip


def open_page(browser: Browser, plugin_dir: Path, displays: list[str]) -> Page:
    """Open a page with displays, each in an element with its index as its ID."""
    page = browser.new_visitor()
    page.add_init_script(MOVABLE_CLOCK)
    page.goto("about:blank")
    parts = [f'<div id="d{index}">{markup}</div>' for index, markup in enumerate(displays)]
    page.set_content("".join(parts))
    page.add_script_tag(path=plugin_dir / "assets/product-box.js")
    return page


def assert_nothing_of_amazon(page: Page) -> None:
    """Check that a page contains no content from Amazon, in attributes neither."""
    content: Any = page.evaluate("document.body.innerHTML")
    assert [text for text in AMAZONS if text in content] == []


def test_displays_expire_in_open_pages(browser: Browser, plugin_dir: Path, version: str) -> None:
    with display_site() as site:
        plain = [{"asin": f"{CURRENT},{OTHER}", "display": display} for display in DISPLAYS]
        own = [{"asin": f"{CURRENT},{OTHER}", "display": display, **OWN} for display in DISPLAYS]
        deals = [{"asin": DEAL, "display": display} for display in (*INLINE, "table")]
        markup = render_all(site, [*plain, *own, *deals])
    page = open_page(browser, plugin_dir, markup[:20])
    before = page.evaluate("document.body.innerHTML")
    page.evaluate(SHOW_PAGE_AFTER, 23)
    assert page.evaluate("document.body.innerHTML") == before
    page.evaluate(SHOW_PAGE_AFTER, 24)
    assert_nothing_of_amazon(page)
    for index, display in enumerate(DISPLAYS):
        shown = page.locator(f"#d{index}")
        mine = page.locator(f"#d{index + 10}")
        assert shown.locator(".amzlinkr-box, .amzlinkr-box__image").count() == 0, display
        if display == "savings":
            expect(shown).to_have_text("")
            continue
        links = shown.locator("a[href^='https://www.amazon.com/dp/B0SHOW']")
        assert links.count() >= 2, display
        if display == "price":
            continue
        if display not in {"image", "button"}:
            expect(mine).to_contain_text("My first")
    table = page.locator("#d13")
    expect(table.locator("tbody tr")).to_have_count(3)
    expect(table.locator("tbody tr").first).to_contain_text("1 g")
    expect(table.locator("tbody tr").first).to_contain_text("Best")
    expect(table.get_by_text("Quiet")).to_be_visible()

    # Prices end with their deal. The title and the availability stay.
    page = open_page(browser, plugin_dir, markup[20:])
    page.evaluate(SHOW_PAGE_AFTER, DEAL_HOURS)
    content: Any = page.evaluate("document.body.innerHTML")
    for text in ("$", "with Prime", "Condition", "Limited", "%"):
        assert text not in content, text
    assert content.count("Title 3") >= 3
    expect(page.locator(f"#d{len(INLINE)}")).to_contain_text("In stock")
    expect(page.locator(f"#d{INLINE.index('button')}")).to_contain_text("See price on Amazon")
    expect(page.locator(f"#d{INLINE.index('price')}")).to_contain_text("See price on Amazon.com")


def test_links_in_place_of_displays_lead_to_amazon_only(
    browser: Browser, plugin_dir: Path, version: str
) -> None:
    start = '<p><span class="amzlinkr-inline" data-until="1" data-link-text="Click"'
    links = ("javascript:attack()", "https://www.amazon.com.other.example/", "/dp/B0SHOW0001")
    page = open_page(
        browser, plugin_dir, [f'{start} data-link="{link}">x</span></p>' for link in links]
    )
    expect(page.locator(".amzlinkr-inline")).to_have_count(0)
    assert page.locator("a").count() == 0
