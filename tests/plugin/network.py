"""A WordPress network, made of a fresh site."""

from dataclasses import replace

from tests.plugin.site import Site

MAKE_NETWORK = """
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
foreach ( $wpdb->tables( 'ms_global' ) as $table => $prefixed ) {
    $wpdb->$table = $prefixed;
}
install_network();
$host   = preg_replace( '~^https?://~', '', home_url() );
$result = populate_network( 1, $host, 'owner@example.com', 'Network', '/', false );
return is_wp_error( $result ) ? $result->get_error_message() : true;
"""


def make_network(site: Site, *, is_served: bool = False) -> Site:
    """Make a site the first one of a network, and return it with its new URL.

    WordPress permits the default port only, at which its web server does not listen. With
    `is_served`, the network has the port of the server in all of its addresses.
    """
    url = site.url if is_served else site.url.rpartition(":")[0]
    site.move_to(url)
    network = replace(site, url=url)
    assert network.php("global $wpdb;" + MAKE_NETWORK) is True
    network.define(
        WP_ALLOW_MULTISITE=True,
        MULTISITE=True,
        SUBDOMAIN_INSTALL=False,
        DOMAIN_CURRENT_SITE=network.address,
        PATH_CURRENT_SITE="/",
        SITE_ID_CURRENT_SITE=1,
        BLOG_ID_CURRENT_SITE=1,
    )
    return network
