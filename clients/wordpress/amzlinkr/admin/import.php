<?php
/**
 * The page that imports a pasted list of products.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Accounts;

defined( 'ABSPATH' ) || exit;

print_page_header( __( 'Import products', 'amzlinkr' ) );
?>
<form id="amzlinkr-import" class="amzlinkr-form">
	<p><label for="amzlinkr-list"><?php esc_html_e( 'Enter one ASIN or Amazon URL per line. The marketplace of a URL is detected.', 'amzlinkr' ); ?></label></p>
	<textarea id="amzlinkr-list" name="list" rows="10" class="large-text code" required></textarea>
	<p><label><?php esc_html_e( 'Marketplace of ASINs', 'amzlinkr' ); ?> <?php print_marketplace_select( 'marketplace', array_column( Accounts\get_all(), 'marketplace' ) ); ?></label></p>
	<p><button type="submit" class="button button-primary"><?php esc_html_e( 'Import', 'amzlinkr' ); ?></button></p>
</form>
<div id="amzlinkr-imported"></div>
