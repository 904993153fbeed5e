"""Steps of a site owner in wp-admin, located by the visible text of the pages."""

from playwright.sync_api import FrameLocator, Page

from infra.local.fake_amazon.accounts import DEMO_CREDENTIAL
from tests.plugin.backend import Backend
from tests.plugin.site import Site

CREDENTIAL_ID, SECRET, VERSION = DEMO_CREDENTIAL
KEYS = {
    "Credential ID": CREDENTIAL_ID,
    "Secret": SECRET,
    "Version": VERSION,
    "Associate Tag": "demo-20",
}


def activate(owner: Page, site: Site) -> None:
    """Activate the plugin on the Plugins page."""
    owner.goto(f"{site.url}/wp-admin/plugins.php")
    owner.get_by_role("link", name="Activate AmzLinkr").click()
    owner.get_by_text("Plugin activated.").wait_for()


def open_page(owner: Page, site: Site, name: str, **query: str) -> None:
    """Open a page of the plugin: `amzlinkr` or `amzlinkr-…`."""
    more = "".join(f"&{key}={value}" for key, value in query.items())
    owner.goto(f"{site.url}/wp-admin/admin.php?page={name}{more}")


def connect(owner: Page, site: Site, backend: Backend) -> None:
    """Connect the site to the service."""
    open_page(owner, site, "amzlinkr")
    owner.get_by_label("Service URL").fill(backend.url)
    owner.get_by_label("I agree that this data is sent").check()
    owner.get_by_role("button", name="Connect this site").click()
    owner.get_by_text("This site is connected.").wait_for()


def save_keys(owner: Page, **overrides: str) -> None:
    """Save the demo account's Amazon keys under Settings → API.

    A keyword replaces the value of the field with that label: `Associate_Tag="x-20"`.
    """
    values = KEYS | {name.replace("_", " "): value for name, value in overrides.items()}
    for label, value in values.items():
        owner.get_by_label(label, exact=True).fill(value)
    owner.get_by_label("Amazon Locale").select_option("US")
    owner.get_by_role("button", name="Save").click()
    owner.locator("#amzlinkr-validated .notice").wait_for()


def start_import(owner: Page, site: Site, entries: list[str]) -> None:
    """Paste a list on the Import page and start the import."""
    open_page(owner, site, "amzlinkr-import")
    owner.get_by_label("Enter one ASIN or Amazon URL per line").fill("\n".join(entries))
    owner.get_by_role("button", name="Import").click()


def editor_canvas(owner: Page, site: Site) -> FrameLocator | Page:
    """Return the part of the editor that shows the post; WordPress 6.3 and newer use a frame."""
    return owner.frame_locator("iframe[name=editor-canvas]") if site.version != "6.1" else owner


def publish(owner: Page) -> str:
    """Publish the post in the editor and return its URL."""
    owner.get_by_role("button", name="Publish", exact=True).click()
    panel = owner.get_by_role("region", name="Editor publish")
    panel.get_by_role("button", name="Publish", exact=True).click()
    url = panel.get_by_role("link", name="View Post").get_attribute("href")
    assert url
    return url


def set_up(owner: Page, site: Site, backend: Backend) -> None:
    """Activate the plugin, connect the site, and save valid Amazon keys."""
    activate(owner, site)
    connect(owner, site, backend)
    save_keys(owner)
    owner.locator("#amzlinkr-validated .notice-success").wait_for()
