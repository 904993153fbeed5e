"""Links to Associates Central: one for each marketplace, the same as in the documentation."""

import re

import pytest

from amzlinkr.domain.marketplaces import MARKETPLACES
from infra.local.fake_amazon import marketplaces
from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

KNOWN = """
update_option( AmzLinkr\\Accounts\\MARKETPLACES_OPTION, $marketplaces );
wp_set_current_user( 1 );
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/admin.php';
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/amazon-links.php';
ob_start();
AmzLinkr\\Admin\\print_associates_link( $primary );
$html = ob_get_clean();
return array( AmzLinkr\\Admin\\get_script_data()['associates'], $html );
"""


def test_each_marketplace_has_its_site(site: Site, service: RecordingService) -> None:
    service.join(site)
    names = {code: f"{row.name}<b>" for code, row in MARKETPLACES.items()}
    known = {
        code: {"code": code, "domain": row.domain, "name": names[code], "decimals": 2}
        for code, row in MARKETPLACES.items()
    }
    links, html = site.php(KNOWN, marketplaces=known, primary="BR")

    sites = {code: row.associates_site for code, row in marketplaces.MARKETPLACES.items()}
    assert {code: link["url"] for code, link in links.items()} == {
        code: f"https://{host}/" for code, host in sites.items()
    }
    assert links["DE"]["text"] == f"Open Associates Central ({names['DE']})"
    (attributes,) = re.findall(r"<a ([^>]*)>", html)
    assert 'href="https://associados.amazon.com.br/"' in attributes
    assert 'target="_blank" rel="noopener noreferrer"' in attributes
    assert "(opens in a new tab)" in html
    assert "<b>" not in html

    # A marketplace that this version does not have gets no link.
    new = {"XX": {"code": "XX", "domain": "www.amazon.xx", "name": "New", "decimals": 2}}
    assert site.php(KNOWN, marketplaces=new, primary="XX") == [[], ""]
