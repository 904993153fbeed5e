"""The German translation: complete, up to date with the source texts, and shown on the pages."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from amzlinkr.domain.amazon_errors import AmazonUnavailable
from clients.wordpress import translations
from tests.plugin import pages
from tests.plugin.backend import Backend
from tests.plugin.browser import Browser
from tests.plugin.site import Site

pytestmark = pytest.mark.wordpress
LANGUAGES = translations.PLUGIN / "languages"
TRANSLATE_PROBLEM = """
$problem = array( 'code' => 'x', 'detail' => $detail, 'action' => $action );
$error   = AmzLinkr\\Service\\error_from_problem( $problem );
return array( $error->get_error_message(), $error->get_error_data()['action'] );
"""
BLOCK_TITLE = """
return WP_Block_Type_Registry::get_instance()->get_registered( 'amzlinkr/product' )->title;
"""


def test_translation_files_match_the_source_texts(tmp_path: Path) -> None:
    generated = tmp_path / "languages"
    shutil.copytree(LANGUAGES, generated, ignore=shutil.ignore_patterns("*.json", "*.mo", "*.pot"))
    translations.update(generated)

    assert {path.name for path in generated.iterdir()} == {p.name for p in LANGUAGES.iterdir()}
    for path in generated.iterdir():
        assert path.read_bytes() == (LANGUAGES / path.name).read_bytes(), path.name
    for po in generated.glob("*.po"):
        assert translations.count_untranslated(po) == 0
        translations.run("msgfmt", "--check-format", "--output-file", tmp_path / "checked", po)


def test_german_site_shows_german_texts(site: Site, browser: Browser, backend: Backend) -> None:
    languages = site.root / "wp-content/languages"
    languages.mkdir(exist_ok=True)
    shutil.copyfile(LANGUAGES / "amzlinkr-de_DE.mo", languages / "de_DE.mo")
    backend.join(site)
    backend.service_of(site).call("POST", "/import", {"items": ["B0DEMO0000"]})
    site.cron("amzlinkr_sync")
    site.php("update_option( 'WPLANG', 'de_DE' );")
    problem = {"detail": AmazonUnavailable.title, "action": AmazonUnavailable.default_action}
    assert site.php(TRANSLATE_PROBLEM, **problem) == [
        "Amazon ist vorübergehend nicht verfügbar",
        "Es sind keine Daten verloren gegangen. Versuchen Sie es in einigen Minuten noch einmal.",
    ]
    unlisted = "A text that is not listed"
    assert site.php(TRANSLATE_PROBLEM, detail=unlisted, action="") == [unlisted, ""]

    owner = browser.log_in(site)
    pages.open_page(owner, site, "amzlinkr-search")
    expect(owner.get_by_role("heading", name="Bei Amazon suchen")).to_be_visible()
    owner.get_by_label("Suchbegriffe").fill("Kaffee")
    owner.get_by_role("button", name="Suchen").click()
    expect(owner.locator("#amzlinkr-found").get_by_text("Seite 1 von")).to_be_visible()
    browser.screenshot(owner, "search")
    pages.open_page(owner, site, "amzlinkr-settings")
    expect(owner.locator("#amzlinkr-accounts")).to_contain_text("Verbunden")
    browser.screenshot(owner, "settings")
    box = site.php("return do_shortcode( '[amzlinkr asin=B0DEMO0000]' );")
    assert "Als Amazon-Partner verdiene ich" in box
    assert "Stand: " in box
    assert "Produktpreise und Verfügbarkeit entsprechen dem angegebenen Stand" in box
    assert "Product prices" not in box
    assert site.php(BLOCK_TITLE) == "Amazon-Produkt"
