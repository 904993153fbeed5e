"""Site Health: a warning if the keys of the encryption are in the database with the ciphertext."""

import shutil
from typing import Any

import pytest

from tests.plugin.recording_service import API_KEY, RecordingService
from tests.plugin.site import SALTS, Site
from tests.plugin.test_translations import LANGUAGES

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.1", "6.5"])]

DEFAULT_PHRASE = "put your unique phrase here"
RUN_TEST = """
$tests = apply_filters( 'site_status_tests', array( 'direct' => array(), 'async' => array() ) );
return call_user_func( $tests['direct']['amzlinkr_secret_keys']['test'] );
"""
# What an attacker does who has a copy of the database and nothing else.
DECRYPT_WITH_DATABASE = """
global $wpdb;
$options = $wpdb->get_results( "SELECT option_name, option_value FROM $wpdb->options", OBJECT_K );
$sealed  = base64_decode( $options['amzlinkr_api_key']->option_value );
$parts   = array( $options['auth_key'] ?? null, $options['auth_salt'] ?? null );
$salt    = implode( '', array_column( array_filter( $parts ), 'option_value' ) );
$key     = hash( 'sha256', 'amzlinkr api key' . $salt, true );
return sodium_crypto_secretbox_open( substr( $sealed, 24 ), substr( $sealed, 0, 24 ), $key );
"""


def run_test(site: Site) -> dict[str, Any]:
    """Run the test as Site Health does."""
    result: dict[str, Any] = site.php(RUN_TEST)
    return result


@pytest.mark.parametrize("value", [None, "", DEFAULT_PHRASE, "the same value for all of them"])
def test_secret_keys_in_the_database_are_reported(
    value: str | None, site: Site, service: RecordingService
) -> None:
    service.join(site)
    good = run_test(site)
    assert (good["status"], good["actions"]) == ("good", "")
    assert site.php(DECRYPT_WITH_DATABASE) is False

    site.define(**dict.fromkeys(SALTS, value))
    service.join(site)

    assert site.php(DECRYPT_WITH_DATABASE) == API_KEY
    bad = run_test(site)
    assert bad["status"] == "recommended"
    assert "AUTH_KEY, AUTH_SALT" in bad["description"]
    assert "wp-config.php" in bad["actions"]
    assert API_KEY not in str(bad)


def test_only_used_values_of_the_database_are_reported(
    site: Site, service: RecordingService
) -> None:
    service.join(site)
    site.define(AUTH_SALT=None)
    assert "(AUTH_SALT)" in run_test(site)["description"]
    # The value stays in the database after wp-config.php defines another one.
    site.define(AUTH_SALT="another random value")
    assert site.php("return get_site_option( 'auth_salt' );")
    assert run_test(site)["status"] == "good"
    site.php("AmzLinkr\\Connection\\delete();")
    site.define(AUTH_SALT=None)
    # The site may be connected later: its owner can define the keys before.
    assert run_test(site)["status"] == "recommended"


def test_warning_is_german_on_a_german_site(site: Site, service: RecordingService) -> None:
    service.join(site)
    languages = site.root / "wp-content/languages"
    languages.mkdir(exist_ok=True)
    shutil.copyfile(LANGUAGES / "amzlinkr-de_DE.mo", languages / "de_DE.mo")
    site.php("update_option( 'WPLANG', 'de_DE' );")
    site.define(**dict.fromkeys(SALTS, None))
    warning = run_test(site)
    assert "in der Datenbank" in warning["description"]
    assert "wp-config.php" in warning["actions"]
    assert "verbinden Sie sie danach" in warning["actions"]
