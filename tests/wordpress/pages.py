"""What an owner does in wp-admin, by the words that are on the page."""

from playwright.sync_api import FrameLocator, Page

from infra.local.fake_amazon.accounts import DEMO_CREDENTIAL
from tests.wordpress.backend import Backend
from tests.wordpress.site import Site

CREDENTIAL_ID, SECRET, VERSION = DEMO_CREDENTIAL
KEYS = {
    "Credential ID": CREDENTIAL_ID,
    "Secret": SECRET,
    "Version": VERSION,
    "Associate Tag": "demo-20",
}


def activate(owner: Page, site: Site) -> None:
    """Plugins → Activate."""
    owner.goto(f"{site.url}/wp-admin/plugins.php")
    owner.get_by_role("link", name="Activate AmzLinkr").click()
    owner.get_by_text("Plugin activated.").wait_for()


def open_page(owner: Page, site: Site, name: str, **query: str) -> None:
    """A page of the plugin's: `amzlinkr`, or `amzlinkr-…`."""
    more = "".join(f"&{key}={value}" for key, value in query.items())
    owner.goto(f"{site.url}/wp-admin/admin.php?page={name}{more}")


def connect(owner: Page, site: Site, backend: Backend) -> None:
    """AmzLinkr → Connect this site."""
    open_page(owner, site, "amzlinkr")
    owner.get_by_label("Service URL").fill(backend.url)
    owner.get_by_label("I agree that this is sent").check()
    owner.get_by_role("button", name="Connect this site").click()
    owner.get_by_text("This site is connected.").wait_for()


def save_keys(owner: Page, **instead: str) -> None:
    """Settings → API → Save, with the demo account's keys but for what is given `instead`."""
    typed = KEYS | {name.replace("_", " "): value for name, value in instead.items()}
    for label, value in typed.items():
        owner.get_by_label(label, exact=True).fill(value)
    owner.get_by_label("Amazon Locale").select_option("US")
    owner.get_by_role("button", name="Save").click()
    owner.locator("#amzlinkr-validated .notice").wait_for()


def import_list(owner: Page, site: Site, entries: list[str]) -> None:
    """AmzLinkr → Import, until it has ended."""
    open_page(owner, site, "amzlinkr-import")
    owner.get_by_label("ASINs or Amazon addresses").fill("\n".join(entries))
    owner.get_by_role("button", name="Import").click()


def canvas_of(owner: Page, site: Site) -> FrameLocator | Page:
    """Where the editor shows the post: newer ones have a frame for it."""
    return owner.frame_locator("iframe[name=editor-canvas]") if site.version == "6.5" else owner


def ready(owner: Page, site: Site, backend: Backend) -> None:
    """Everything up to the green message, without a word about it."""
    activate(owner, site)
    connect(owner, site, backend)
    save_keys(owner)
    owner.locator("#amzlinkr-validated .notice-success").wait_for()
