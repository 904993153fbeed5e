"""Chromium for the plugin tests: no outside traffic, screenshots of each step, and error checks.

Console errors, failed requests, and HTTP errors of a page fail the test, unless the test allows
them with `Browser.allow`.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    Response,
    Route,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.plugin.site import Site

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_OPTIONS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-proxy-server",
)  # fmt: skip
"""Options that keep Chromium from contacting its vendor's hosts at start."""

VIEWPORT: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
TIMEOUT_MS = 60_000
"""Timeout per browser action. The first pages are slow on a freshly installed machine."""

OUTSIDE_URL = re.compile(r"^https?://(?!(127\.0\.0\.1|localhost)[:/])")
PLACEHOLDER_IMAGE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="160" height="160">'
    '<rect width="160" height="160" fill="#ccd"/></svg>'
)
"""Image that replaces each image from another host."""

DUPLICATE_CONSOLE_ERROR = r"^Failed to load resource"
"""Console message to ignore: the failed response or request is recorded with its URL."""


class Browser:
    """A Chromium with any number of separate visitors, and the errors that their pages caused."""

    def __init__(self, chromium: Chromium, screenshots: Path) -> None:
        self._chromium = chromium
        self._screenshots = screenshots
        self._screenshot_count = 0
        self._allowed = [re.compile(DUPLICATE_CONSOLE_ERROR)]
        self.errors: list[str] = []
        self.outside_urls: list[str] = []
        """Requested URLs on other hosts. The requests were answered here."""

    def new_visitor(self, *, has_phone: bool = False) -> Page:
        """Open an empty page without cookies, on a large screen or on a phone."""
        context = self._chromium.new_context(
            viewport=PHONE if has_phone else VIEWPORT,
            is_mobile=has_phone,
            has_touch=has_phone,
            locale="en-US",
            timezone_id="UTC",
        )
        context.set_default_timeout(TIMEOUT_MS)
        self._watch(context)
        return context.new_page()

    def log_in(self, site: Site) -> Page:
        """Log in as the site's administrator and return the page."""
        page = self.new_visitor()
        page.goto(f"{site.url}/wp-login.php")
        # A script of WordPress focuses the user name 200 ms after the page. In the middle of
        # `fill`, that would send the password to the field of the user name.
        page.wait_for_function("document.activeElement.id === 'user_login'")
        page.fill("#user_login", site.admin_user)
        page.fill("#user_pass", site.admin_password)
        page.click("#wp-submit")
        page.wait_for_url("**/wp-admin/", wait_until="domcontentloaded")
        return page

    def screenshot(self, page: Page, name: str) -> Path:
        """Write a screenshot of the full page, numbered in the order of the test's steps."""
        self._screenshot_count += 1
        path = self._screenshots / f"{self._screenshot_count:02}-{name}.png"
        page.screenshot(path=path, full_page=True, animations="disabled")
        return path

    def allow(self, pattern: str) -> None:
        """Ignore errors that match `pattern`, because the test provokes them.

        An HTTP error reads `422 POST http://…`; other errors have the text of the console.
        """
        self._allowed.append(re.compile(pattern))

    def report_failure(self) -> str:
        """Take a screenshot of each open page and return the recorded errors as text."""
        for context in self._chromium.contexts:
            for page in context.pages:
                try:
                    self.screenshot(page, "failed")
                except Error as error:  # an error here would end the run of all tests
                    self.errors.append(f"no screenshot: {error.message.splitlines()[0]}")
        return "\n".join([f"Screenshots are in {self._screenshots}", *self.errors])

    def _watch(self, context: BrowserContext) -> None:
        context.route(OUTSIDE_URL, self._answer_locally)
        context.on("weberror", lambda error: self._record(f"uncaught: {error.error}"))
        context.on("console", self._on_console)
        context.on("response", self._on_response)
        context.on("requestfailed", self._on_failure)

    def _answer_locally(self, route: Route) -> None:
        self.outside_urls.append(route.request.url)
        if route.request.resource_type == "image":
            route.fulfill(content_type="image/svg+xml", body=PLACEHOLDER_IMAGE)
        else:
            route.abort()

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._record(message.text)

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self._record(f"{response.status} {response.request.method} {response.url}")

    def _on_failure(self, request: Request) -> None:
        # Chromium aborts requests that are still pending when a page is left.
        if request.failure != "net::ERR_ABORTED":
            self._record(f"{request.failure} {request.method} {request.url}")

    def _record(self, error: str) -> None:
        if not any(pattern.search(error) for pattern in self._allowed):
            self.errors.append(error)


@contextmanager
def running_browser(screenshots: Path) -> Iterator[Browser]:
    """Run a browser for the duration of the block; fail afterwards if its pages had errors."""
    screenshots.mkdir(parents=True, exist_ok=True)
    for old in screenshots.glob("*.png"):
        old.unlink()
    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
        browser = Browser(chromium, screenshots)
        try:
            yield browser
        except Exception as exc:
            exc.add_note(browser.report_failure())
            raise
        finally:
            chromium.close()
    assert not browser.errors, "\n".join(browser.errors)
