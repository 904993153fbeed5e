"""Archive of `make plugin`: WordPress installs it, and the form shows the preset service URL."""

import zipfile
from pathlib import Path

import pytest

from infra.plugin_archive import write_archive
from tests.plugin.site import Site

pytestmark = pytest.mark.wordpress

URL = "https://amzlinkr.example.com/v1"
INSTALL = """
require_once ABSPATH . 'wp-admin/includes/class-wp-upgrader.php';
WP_Filesystem();
$upgrader  = new Plugin_Upgrader( new Automatic_Upgrader_Skin() );
$installed = $upgrader->install( $archive );
$activated = activate_plugin( 'amzlinkr/amzlinkr.php' );
return array( $installed, $upgrader->plugin_info(), is_wp_error( $activated ) );
"""
SHOW_FORM = """
wp_set_current_user( 1 );
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/actions.php';
ob_start();
require WP_PLUGIN_DIR . '/amzlinkr/admin/connect-form.php';
preg_match( '~name="service_url"[^>]* value="([^"]*)"~', ob_get_clean(), $found );
return $found[1];
"""
TRUSTED = "return AmzLinkr\\Service\\is_trusted_url( AmzLinkr\\Service\\PRESET_URL );"


@pytest.fixture
def plugin_dir() -> Path | None:
    """Install no plugin: the archive is installed by the test."""
    return None


def test_archive_is_installed_and_presets_the_service_url(site: Site, tmp_path: Path) -> None:
    archive = tmp_path / "amzlinkr.zip"
    write_archive(archive, URL)

    assert site.php(INSTALL, archive=str(archive)) == [True, "amzlinkr/amzlinkr.php", False]

    assert site.php(SHOW_FORM) == URL
    # The constant in wp-config.php has precedence, and only it permits private addresses.
    assert site.php(TRUSTED) is False
    site.define(AMZLINKR_SERVICE_URL="https://other.example/v1")
    assert site.php(SHOW_FORM) == "https://other.example/v1"


def test_archive_without_a_url_presets_none(site: Site, tmp_path: Path) -> None:
    archive = tmp_path / "amzlinkr.zip"
    write_archive(archive, "")
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(site.root / "wp-content" / "plugins")

    site.php("activate_plugin( 'amzlinkr/amzlinkr.php' );")

    assert site.php(SHOW_FORM) == ""
