"""A connected site with content of other plugins, for the tests of the migration."""

import base64
from typing import Any

import pytest

from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site
from tests.plugin.users import BECOME_USER

CONNECT = """
update_option( AmzLinkr\\Accounts\\MARKETPLACES_OPTION, array_column( array_map(
    static fn( $code, $domain ) => array(
        'code' => $code, 'domain' => "www.amazon.$domain", 'name' => $code, 'decimals' => 2,
    ),
    array( 'US', 'DE', 'UK', 'FR' ), array( 'com', 'de', 'co.uk', 'fr' )
), null, 'code' ) );
"""
STORE = """
foreach ( $asins as $asin ) {
    $product = array(
        'asin'         => $asin,
        'marketplace'  => 'US',
        'title'        => "Title of $asin",
        'url'          => "https://www.amazon.com/dp/$asin?tag=demo-20",
        'price'        => array( 'display' => '$20.00' ),
        'availability' => 'in_stock',
        'price_status' => 'current',
        'observed_at'  => gmdate( 'c' ),
    );
    AmzLinkr\\Products\\store( array( $product ), 0 );
}
"""
CREATE_POST = """
global $wpdb;
$id = wp_insert_post( array(
    'post_title'   => $title,
    'post_content' => 'x',
    'post_status'  => $status,
    'post_type'    => $type,
    'post_author'  => 1,
) );
$wpdb->update( $wpdb->posts, array( 'post_content' => base64_decode( $content ) ), array( 'ID' => $id ) );
foreach ( wp_get_post_revisions( $id ) as $revision ) {
    wp_delete_post_revision( $revision->ID );
}
clean_post_cache( $id );
return $id;
"""  # noqa: E501 -- PHP
BECOME = f"{BECOME_USER}kses_init();"
SEARCH = """
AmzLinkr\\MigrationSearch\\begin();
do {
    $state = AmzLinkr\\MigrationSearch\\run_slice();
} while ( 'done' !== $state['phase'] );
return (object) AmzLinkr\\MigrationFindings\\get_places();
"""
RENDER_PAGE = """
foreach ( array( 'admin', 'actions', 'replacement-action', 'migration-action' ) as $file ) {
    require_once WP_PLUGIN_DIR . "/amzlinkr/admin/$file.php";
}
$_GET = $query;
ob_start();
require WP_PLUGIN_DIR . '/amzlinkr/admin/migration.php';
return ob_get_clean();
"""
PLAN = """
$plan            = AmzLinkr\\MigrationRewriting\\plan( $id );
$plan['content'] = base64_encode( $plan['content'] );
unset( $plan['examined'] );
return $plan;
"""
REWRITE = "return (object) AmzLinkr\\MigrationRewriting\\rewrite( $hashes );"
READ_POST = "clean_post_cache( $id ); return get_post( $id )->post_content;"


@pytest.fixture
def connected(site: Site, service: RecordingService) -> Site:
    """Return a connected site with four marketplaces, of which US is the primary one."""
    service.join(site)
    site.php(CONNECT)
    service.requests.clear()
    return site


def create_post(
    site: Site,
    content: str | bytes,
    post_type: str = "post",
    status: str = "publish",
    title: str = "A post",
) -> int:
    """Create a post without a revision and with exactly this content, and return its ID."""
    encoded = encode(content)
    values = {"content": encoded, "type": post_type, "status": status, "title": title}
    post: int = site.php(CREATE_POST, **values)
    return post


def encode(content: str | bytes) -> str:
    """Return a text as Base64, because JSON cannot contain all of them."""
    return base64.b64encode(content.encode() if isinstance(content, str) else content).decode()


def plan(site: Site, post: int, login: str = "owner") -> dict[str, Any]:
    """Return the plan of a post for a user."""
    planned: dict[str, Any] = site.php(BECOME + PLAN, login=login, id=post)
    return planned


def rewrite(site: Site, *posts: int, login: str = "owner") -> dict[int, str]:
    """Change posts as a user who has seen their plans, and return the results."""
    hashes = {post: plan(site, post, login)["hash"] for post in posts}
    results = site.php(BECOME + REWRITE, login=login, hashes=hashes)
    return {int(post): result for post, result in results.items()}
