"""The reference page in Chromium without a network: `make docs` builds it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from infra.reference.guides import GUIDE_NAMES, tag_name, title_of
from infra.reference.page import DOCUMENT_FILE, GUIDE_FOLDER, ROOT
from tests.api.tools import HERE
from tests.plugin.browser import CHROMIUM, CHROMIUM_OPTIONS, TIMEOUT_MS

pytestmark = pytest.mark.api_tools
WIDTHS = (1280, 390)
SCREENSHOTS = ROOT / ".local" / "reference" / "screenshots"
ANCHORS = """() => [...document.querySelectorAll('a[href^="#"]')]
  .map(link => decodeURIComponent(link.getAttribute('href').slice(1)))"""
MISSING = "ids => ids.filter(id => !document.getElementById(id))"
TOO_WIDE = """() => [...document.querySelectorAll('.api-content *')].filter(element => {
    const box = element.getBoundingClientRect();
    return box.width && box.right > innerWidth + 1 && !element.closest('pre, table, code')
  }).map(element => element.outerHTML.slice(0, 200))"""
CONTRAST = (HERE / "node" / "contrast.js").read_text("utf-8").partition("\n")[2]


@pytest.fixture(scope="module")
def page_file() -> Path:
    """Return the page that `make docs` builds."""
    command = ["make", "--no-print-directory", "docs", f"PYTHON={sys.executable}"]
    environment = {name: text for name, text in os.environ.items() if name != "MAKEFLAGS"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    file = ROOT / "docs" / "api.html"
    assert done.stdout == f"The reference page is {file}\n"
    return file


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


class Visit:
    """A visit of the page without a network, with everything that it requested and reported."""

    def __init__(self, chromium: Browser, file: Path, width: int) -> None:
        self.requested: list[str] = []
        self.errors: list[str] = []
        self._context = chromium.new_context(viewport={"width": width, "height": 900})
        self._context.set_default_timeout(TIMEOUT_MS)
        self._context.set_offline(True)
        self.page = self._context.new_page()
        self.page.on("request", lambda request: self.requested.append(request.url))
        self.page.on("console", lambda one: self.errors.append(f"{one.type}: {one.text}"))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(file.as_uri())

    def close(self) -> None:
        self._context.close()

    def text_of(self, anchor: str) -> str:
        """Return the text of a section."""
        text: str = self.page.evaluate("id => document.getElementById(id).innerText", anchor)
        return text

    def outside(self) -> list[str]:
        """Return requested URLs that are neither the page nor a part of it."""
        return [url for url in self.requested if not url.startswith(("file:", "blob:", "data:"))]


@pytest.fixture(scope="module", params=WIDTHS)
def visit(request: pytest.FixtureRequest, chromium: Browser, page_file: Path) -> Iterator[Visit]:
    """Visit the page at both widths; it requests nothing and reports no error."""
    visit = Visit(chromium, page_file, request.param)
    expect(visit.page.get_by_role("heading", name="Following the feed").first).to_be_attached()
    yield visit
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    visit.page.screenshot(path=SCREENSHOTS / f"{request.param}.png")
    visit.close()
    assert visit.outside() == []
    assert [url for url in visit.requested if url.startswith("file:")] == [page_file.as_uri()]
    assert visit.errors == []


def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(DOCUMENT_FILE.read_text("utf-8"))
    return found


def open_menu(page: Page) -> None:
    """Open the menu, which a narrow window hides."""
    if not page.locator(".search-input").is_visible():
        page.locator(".redoc-wrap > .menu-content + div").click()


@pytest.mark.parametrize("name", GUIDE_NAMES)
def test_menu_leads_to_each_guide(visit: Visit, name: str) -> None:
    title = title_of((GUIDE_FOLDER / f"{name}.md").read_text("utf-8"))
    open_menu(visit.page)

    visit.page.locator(f'.menu-content [data-item-id="tag/{tag_name(name)}"] label').first.click()

    section = visit.page.locator(f'[id="tag/{tag_name(name)}"]')
    expect(section.get_by_role("heading", name=title)).to_be_in_viewport()
    assert visit.page.evaluate("location.hash") == f"#tag/{tag_name(name)}"


def test_all_operations_and_parameters_are_described(visit: Visit) -> None:
    for path, item in document()["paths"].items():
        for operation in item.values():
            text = visit.text_of(f"operation/{operation['operationId']}")
            assert {operation["summary"], path} <= set(text.splitlines())
            for parameter in operation["parameters"]:
                assert parameter.get("name", "") in text


def test_response_shows_descriptions_of_its_schema(visit: Visit) -> None:
    section = visit.page.locator('[id="operation/listChanges"]')
    described = document()["components"]["schemas"]["ChangePage"]["properties"]["next_cursor"]

    section.get_by_role("button", name="200").first.click()

    expect(section.get_by_text(described["description"], exact=True).first).to_be_visible()


def test_schemas_have_a_section_each(visit: Visit) -> None:
    for name, schema in document()["components"]["schemas"].items():
        text = visit.text_of(f"schema/{name}")
        for property_name, described in schema.get("properties", {}).items():
            assert property_name in text
            assert beginning_of(described.get("description", "")) in text


def beginning_of(description: str) -> str:
    """Return the text before the first line break, code, or list."""
    return re.split(r"[`\n]", description)[0].strip()


def test_clients_are_on_the_page(visit: Visit) -> None:
    section = visit.page.locator('[id="tag/guide-feed/Clients-of-the-feed"]')
    for program in (GUIDE_FOLDER / "clients").iterdir():
        details = section.locator("details").filter(has_text=program.name)
        expect(details.locator("pre")).to_be_hidden()
        details.locator("summary").click()
        expect(details.locator("pre")).to_be_visible()
        text = " ".join(details.locator("pre").inner_text().split())
        assert " ".join(program.read_text("utf-8").split()) == text


def test_code_can_be_copied(visit: Visit) -> None:
    visit.page.evaluate("navigator.clipboard.writeText = text => { window.copied = text }")
    section = visit.page.locator('[id="tag/guide-lists"]')

    section.locator("button.copy").first.click()

    expect(section.locator("button.copy").first).to_have_text("Copied")
    assert visit.page.evaluate("copied") == section.locator("pre").first.text_content()


def test_codes_and_their_meanings_are_visible(visit: Visit) -> None:
    """Look for broken codes and hidden cells: a narrow window has each cell in a line."""
    row = visit.page.locator('[id="tag/guide-errors/Problem-codes"] tr').filter(
        has_text="connection_has_"
    )
    row.scroll_into_view_if_needed()
    cells = row.locator("td")
    expect(cells.last).to_be_in_viewport()
    assert cells.last.get_attribute("data-name") == "Meaning"
    code = cells.first.locator("code")
    height = code.evaluate("element => element.getClientRects().length")
    assert height == 1, "a code is not broken"
    box = cells.last.bounding_box()
    window = visit.page.viewport_size
    assert box
    assert window
    assert box["x"] + box["width"] <= window["width"]


def test_search_finds_a_guide(visit: Visit) -> None:
    open_menu(visit.page)
    search = visit.page.locator(".search-input")
    search.fill("Inputs with a fixed result")

    section = "tag/guide-sandbox/Inputs-with-a-fixed-result"
    visit.page.locator(f'[data-role="search:results"] [data-item-id="{section}"]').click()

    expect(visit.page.locator(f'[id="{section}"]')).to_be_in_viewport()
    open_menu(visit.page)
    search.fill("")


def test_links_lead_to_sections(visit: Visit) -> None:
    targets = [target for target in visit.page.evaluate(ANCHORS) if target]
    assert len(targets) > 100
    assert visit.page.evaluate(MISSING, targets) == []


def test_nothing_is_wider_than_the_window(visit: Visit) -> None:
    width = visit.page.viewport_size
    assert width is not None
    assert visit.page.evaluate("document.documentElement.scrollWidth") == width["width"]
    assert visit.page.evaluate(TOO_WIDE) == []


def test_texts_can_be_read(visit: Visit) -> None:
    assert visit.page.evaluate(CONTRAST) == {}
    visit.page.add_style_tag(content=".token.comment { color: #555 !important }")
    assert visit.page.evaluate(CONTRAST) == {"85,85,85 on 17,23,26": ANY}


@pytest.mark.parametrize("width", WIDTHS)
def test_guides_can_be_read_without_javascript(
    chromium: Browser, page_file: Path, width: int
) -> None:
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    page.goto(page_file.as_uri())

    for name in GUIDE_NAMES:
        title = title_of((GUIDE_FOLDER / f"{name}.md").read_text("utf-8"))
        heading = page.get_by_role("heading", name=title, exact=True, level=2)
        expect(heading).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="GET /changes")).to_be_visible()
    expect(page.get_by_role("table").first).to_be_visible()
    html = page.content().partition("<main")[0]
    targets = set(re.findall(r'href="#([^"]+)"', html))
    assert targets
    assert targets <= set(re.findall(r' id="([^"]+)"', html))
    context.close()


def test_requests_and_errors_are_detected(chromium: Browser, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text('<img src="http://127.0.0.1:9/x.png"><script>console.error("e")</script>')

    visit = Visit(chromium, file, 390)

    assert visit.outside() == ["http://127.0.0.1:9/x.png"]
    assert "error: e" in visit.errors
    visit.close()
