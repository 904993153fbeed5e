<?php
/**
 * The page that connects the site, or connects it again if the service does not know it any more.
 */

namespace AmzLinkr\Admin;

defined( 'ABSPATH' ) || exit;
?>
<h1><?php esc_html_e( 'Connect AmzLinkr', 'amzlinkr' ); ?></h1>
<hr class="wp-header-end">
<p><?php esc_html_e( 'AmzLinkr asks Amazon for products and prices through a service, so that your keys stay off this site and all limits are kept.', 'amzlinkr' ); ?></p>
<?php
require __DIR__ . '/connect-form.php';
