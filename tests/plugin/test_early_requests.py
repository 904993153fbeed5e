"""Requests of other plugins before WordPress has loaded the translations."""

import pytest

from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

OTHER_PLUGIN = """<?php
$GLOBALS['early'] = array();
add_filter( 'gettext_amzlinkr', static function ( $translation, $text ) {
    if ( ! did_action( 'init' ) ) {
        $GLOBALS['early'][] = $text;
    }
    return $translation;
}, 10, 2 );
add_action( 'plugins_loaded', static function () {
    $GLOBALS['schedule'] = wp_get_schedules()['amzlinkr'];
    wp_schedule_single_event( time() + 60, 'other' );
    AmzLinkr\\\\Connection\\\\has_moved();
    AmzLinkr\\\\Sync\\\\get_state();
} );
"""
"""WordPress 6.7 and later report a text that is translated before `init` as an error."""


def test_nothing_is_translated_before_init(site: Site, service: RecordingService) -> None:
    service.join(site)
    plugin = site.root / "wp-content/mu-plugins/other.php"
    plugin.write_text(OTHER_PLUGIN.replace("\\\\", "\\"))
    early, schedule = site.php("return array( $GLOBALS['early'], $GLOBALS['schedule'] );")
    assert early == []
    assert schedule == {"interval": 600, "display": "Every ten minutes (AmzLinkr)"}
    german = "add_filter( 'gettext_amzlinkr', static fn( $text ) => 'Deutsch' );"
    assert site.php(german + "return wp_get_schedules()['amzlinkr']['display'];") == "Deutsch"
