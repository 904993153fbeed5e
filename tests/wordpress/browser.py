"""A browser that never leaves this machine, takes pictures of each step, and notes every fault.

What a page's console complains of, what fails to load and what is answered with an error fails the
story, unless it says beforehand that it means it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    Route,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.wordpress.site import Site

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-proxy-server",
)  # fmt: skip
"""Without these Chromium looks for its maker's hosts as it starts."""

WIDE: ViewportSize = {"width": 1280, "height": 900}
PATIENCE_MS = 60_000
"""The first pages of a machine that has just installed all this take their time."""

OUTSIDE = re.compile(r"^https?://(?!(127\.0\.0\.1|localhost)[:/])")
GREY = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="160" height="160">'
    '<rect width="160" height="160" fill="#ccd"/></svg>'
)
"""What every picture from elsewhere looks like."""

SAID_TWICE = r"^Failed to load resource"
"""The console says without the address what is noted with it as the answer comes, or does not."""


class Browser:
    """One browser with any number of people in it, and what went wrong while they looked."""

    def __init__(self, chromium: Chromium, pictures: Path) -> None:
        self._chromium = chromium
        self._pictures = pictures
        self._taken = 0
        self._excused = [re.compile(SAID_TWICE)]
        self.problems: list[str] = []
        self.outside: list[str] = []
        """Addresses on other machines that pages asked for; none was."""

    def person(self) -> Page:
        """An empty page of somebody who was never here: no cookies, not logged in."""
        context = self._chromium.new_context(viewport=WIDE, locale="en-US", timezone_id="UTC")
        context.set_default_timeout(PATIENCE_MS)
        self._watch(context)
        return context.new_page()

    def owner(self, site: Site) -> Page:
        """A page of the site's owner, logged in by the login form."""
        page = self.person()
        page.goto(f"{site.url}/wp-login.php")
        page.fill("#user_login", site.admin_user)
        page.fill("#user_pass", site.admin_password)
        page.click("#wp-submit")
        page.wait_for_url("**/wp-admin/", wait_until="domcontentloaded")
        return page

    def picture(self, page: Page, name: str) -> Path:
        """Write what the page shows, the whole length of it, numbered in the order of the story."""
        self._taken += 1
        path = self._pictures / f"{self._taken:02}-{name}.png"
        page.screenshot(path=path, full_page=True, animations="disabled")
        return path

    def excuse(self, pattern: str) -> None:
        """Do not hold against the pages what matches: the story means it to happen.

        For answers the text is `422 POST http://…`, for the rest what the console says.
        """
        self._excused.append(re.compile(pattern))

    def show_failure(self) -> str:
        """Take a picture of every page as it is now; what was noted against them so far."""
        for context in self._chromium.contexts:
            for page in context.pages:
                self.picture(page, "failed")
        return "\n".join([f"Pictures are in {self._pictures}", *self.problems])

    def _watch(self, context: BrowserContext) -> None:
        context.route(OUTSIDE, self._stay_here)
        context.on("weberror", lambda error: self._note(f"uncaught: {error.error}"))
        context.on("console", self._on_console)
        context.on("response", self._on_response)
        context.on("requestfailed", self._on_failure)

    def _stay_here(self, route: Route) -> None:
        self.outside.append(route.request.url)
        if route.request.resource_type == "image":
            route.fulfill(content_type="image/svg+xml", body=GREY)
        else:
            route.abort()

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._note(message.text)

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self._note(f"{response.status} {response.request.method} {response.url}")

    def _on_failure(self, request: Request) -> None:
        # What was on its way when the person left the page is no fault of anybody's.
        if request.failure != "net::ERR_ABORTED":
            self._note(f"{request.failure} {request.method} {request.url}")

    def _note(self, problem: str) -> None:
        if not any(pattern.search(problem) for pattern in self._excused):
            self.problems.append(problem)


@contextmanager
def browsing(pictures: Path) -> Iterator[Browser]:
    """A browser for the block; afterwards the pages must have been without fault."""
    pictures.mkdir(parents=True, exist_ok=True)
    for old in pictures.glob("*.png"):
        old.unlink()
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        browser = Browser(chromium, pictures)
        try:
            yield browser
        except Exception as exc:
            exc.add_note(browser.show_failure())
            raise
        finally:
            chromium.close()
    assert not browser.problems, "\n".join(browser.problems)
