<?php
/**
 * The page that connects the site to a service, or connects it again after the connection was lost.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

defined( 'ABSPATH' ) || exit;
?>
<h1><?php esc_html_e( 'Connect AmzLinkr', 'amzlinkr' ); ?></h1>
<hr class="wp-header-end">
<p><?php esc_html_e( 'An AmzLinkr service requests products and prices from Amazon for this site. It stores your Amazon keys and respects Amazon’s request limits.', 'amzlinkr' ); ?></p>
<?php
require __DIR__ . '/connect-form.php';
