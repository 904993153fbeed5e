<?php
/**
 * The page that imports a pasted list.
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Accounts;
use AmzLinkr\Products;

defined( 'ABSPATH' ) || exit;

print_page_header( __( 'Import products', 'amzlinkr' ) );
?>
<form id="amzlinkr-import" class="amzlinkr-form">
	<p><label for="amzlinkr-list"><?php esc_html_e( 'ASINs or Amazon addresses, one a line. An address brings its own locale.', 'amzlinkr' ); ?></label></p>
	<textarea id="amzlinkr-list" name="list" rows="10" class="large-text code" required></textarea>
	<p><label><?php esc_html_e( 'Locale for ASINs', 'amzlinkr' ); ?> <?php print_marketplace_select( 'marketplace', array_column( Accounts\get_all(), 'marketplace' ) ); ?></label></p>
	<p><button type="submit" class="button button-primary"><?php esc_html_e( 'Import', 'amzlinkr' ); ?></button></p>
</form>
<div id="amzlinkr-imported"></div>
