"""Pages of the admin on a phone: no text is wider than the page, and targets are large enough."""

import pytest

from tests.plugin import pages
from tests.plugin.browser import PHONE, Browser
from tests.plugin.migration_site import SEARCH, connected, create_post, rewrite
from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site
from tests.plugin.test_before_access import check_widths
from tests.plugin.test_display_accessibility import AXE

__all__ = ["connected"]
pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

FIND_SMALL_TARGETS = """async () => {
    const { violations } = await axe.run( '.amzlinkr', { runOnly: [ 'target-size' ] } );
    return violations.flatMap( ( { nodes } ) => nodes.map( ( { html } ) => html ) );
}"""
LONG = "https://" + "a-very-long-name-" * 8 + ".example/v1"
LENGTHEN = """
$connection = get_option( 'amzlinkr_connection' );
foreach ( array( 'service_url', 'site_id', 'email' ) as $field ) {
    $connection[ $field ] = $long;
}
$connection['home'] = base64_encode( $long );
update_option( 'amzlinkr_connection', $connection );
update_option( 'amzlinkr_display', array( 'statement' => $long ) );
$accounts = get_option( 'amzlinkr_accounts' );
$accounts['accounts'][0]['partner_tag'] = str_repeat( 'tag', 20 ) . '-20';
update_option( 'amzlinkr_accounts', $accounts );
"""


def test_settings_and_notices_fit_a_phone(
    site: Site, browser: Browser, service: RecordingService
) -> None:
    site.php("activate_plugin( 'amzlinkr/amzlinkr.php' );")
    owner = browser.log_in(site)
    browser.allow(r"amzlinkr(/|%2F)v1(/|%2F)accounts")
    pages.open_page(owner, site, "amzlinkr")
    check_widths(owner)
    service.join(site)
    site.php(LENGTHEN, long=LONG)
    for tab in ("api", "display", "connection"):
        pages.open_page(owner, site, "amzlinkr-settings", tab=tab)
        # The long address is also one from which the site may have moved.
        owner.get_by_text("has changed from").wait_for()
        check_widths(owner)
        browser.screenshot(owner, f"long-{tab}")


def test_targets_of_changed_posts_are_large_enough(connected: Site, browser: Browser) -> None:
    posts = [create_post(connected, "[amazon box=B0DEMO0000]") for _ in range(2)]
    create_post(connected, "[amazon box=B0DEMO0001]")
    connected.php(SEARCH)
    rewrite(connected, *posts)
    owner = browser.log_in(connected)
    owner.set_viewport_size(PHONE)
    pages.open_page(owner, connected, "amzlinkr-migration")
    owner.get_by_text("Choose the posts").wait_for()
    owner.add_script_tag(path=AXE)
    assert owner.evaluate(FIND_SMALL_TARGETS) == []
    check_widths(owner)
