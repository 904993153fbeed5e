"""German is whole, up to date with the texts, and on the pages."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from amzlinkr.domain.amazon_errors import AmazonUnavailable
from amzlinkr.domain.errors import AmzlinkrError
from clients.wordpress import translations
from tests.wordpress import pages
from tests.wordpress.backend import Backend
from tests.wordpress.browser import Browser
from tests.wordpress.site import Site

pytestmark = pytest.mark.wordpress
LANGUAGES = translations.PLUGIN / "languages"
REFUSED = """
$found = array( 'code' => 'x', 'detail' => $detail, 'action' => $action );
$error = AmzLinkr\\Service\\error_from_problem( $found );
return array( $error->get_error_message(), $error->get_error_data()['action'] );
"""
TITLE_OF_THE_BLOCK = """
return WP_Block_Type_Registry::get_instance()->get_registered( 'amzlinkr/product' )->title;
"""


def test_what_is_stored_is_what_the_texts_make(tmp_path: Path) -> None:
    made = tmp_path / "languages"
    shutil.copytree(LANGUAGES, made, ignore=shutil.ignore_patterns("*.json", "*.mo", "*.pot"))
    translations.write(made)

    assert {path.name for path in made.iterdir()} == {path.name for path in LANGUAGES.iterdir()}
    for path in made.iterdir():
        assert path.read_bytes() == (LANGUAGES / path.name).read_bytes(), path.name
    for po in made.glob("*.po"):
        assert translations.untranslated(po) == 0
        translations.run("msgfmt", "--check-format", "--output-file", tmp_path / "checked", po)


def refusals(base: type[AmzlinkrError] = AmzlinkrError) -> dict[str, list[str]]:
    """What the service says of itself of each problem, title and remedy, by its code."""
    found = {base.code: [base.title, base.default_action]}
    for below in base.__subclasses__():
        found |= refusals(below)
    return found


def test_a_german_site_speaks_german(site: Site, browser: Browser, backend: Backend) -> None:
    languages = site.root / "wp-content/languages"
    languages.mkdir(exist_ok=True)
    shutil.copyfile(LANGUAGES / "amzlinkr-de_DE.mo", languages / "de_DE.mo")
    backend.join(site)
    backend.service_of(site).call("POST", "/import", {"items": ["B0DEMO0000"]})
    site.cron("amzlinkr_sync")
    said = refusals()
    for code, texts in site.php("return AmzLinkr\\ServiceTexts\\get_known_texts();").items():
        assert texts == said[code]
    site.php("update_option( 'WPLANG', 'de_DE' );")
    down = {"detail": AmazonUnavailable.title, "action": AmazonUnavailable.default_action}
    title, action = site.php(REFUSED, **down)
    assert title == "Amazon antwortet gerade nicht richtig"
    assert action.startswith("Nichts ist verloren.")
    assert site.php(REFUSED, detail="Of this case alone", action="") == ["Of this case alone", ""]

    owner = browser.owner(site)
    pages.open_page(owner, site, "amzlinkr-search")
    expect(owner.get_by_role("heading", name="Bei Amazon suchen")).to_be_visible()
    owner.get_by_label("Suchwörter").fill("Kaffee")
    owner.get_by_role("button", name="Suchen").click()
    expect(owner.locator("#amzlinkr-found").get_by_text("Seite 1 von")).to_be_visible()
    browser.picture(owner, "search")
    pages.open_page(owner, site, "amzlinkr-settings")
    expect(owner.locator("#amzlinkr-accounts")).to_contain_text("Verbunden")
    browser.picture(owner, "settings")
    box = site.php("return do_shortcode( '[amzlinkr asin=B0DEMO0000]' );")
    assert "Als Amazon-Partner verdiene ich" in box
    assert "Stand: " in box
    assert "Produktpreise und Verfügbarkeit entsprechen dem angegebenen Stand" in box
    assert "Product prices" not in box
    registered = site.php(TITLE_OF_THE_BLOCK)
    assert registered == "Amazon-Produkt"
