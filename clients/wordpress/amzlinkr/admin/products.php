<?php
/**
 * The page that lists the imported products. It works without the script products.js.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Box;
use AmzLinkr\ProductsAction;
use AmzLinkr\Sync;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/class-products-table.php';
require_once __DIR__ . '/search-notice.php';
require_once __DIR__ . '/sync-problems.php';

$amzlinkr_table = new Products_Table( wp_unslash( $_GET ) ); // phpcs:ignore WordPress.Security.NonceVerification -- only selects what the page shows.
$amzlinkr_table->prepare_items();
$amzlinkr_last_sync = Sync\get_state()['succeeded_at'];

print_page_header( __( 'Products', 'amzlinkr' ), false );
?>
<form method="post" class="amzlinkr-sync">
	<?php esc_html_e( 'Last sync:', 'amzlinkr' ); ?> <strong id="amzlinkr-synced"><?php echo esc_html( $amzlinkr_last_sync ? Box\format_local_time( $amzlinkr_last_sync ) : __( 'never', 'amzlinkr' ) ); ?></strong>
	<?php if ( $amzlinkr_table->can_edit() ) : ?>
		<input type="hidden" name="action" value="refresh">
		<input type="hidden" name="_wpnonce" value="<?php echo esc_attr( wp_create_nonce( ProductsAction\NONCE ) ); ?>">
		<button type="submit" class="button" id="amzlinkr-refresh"><?php esc_html_e( 'Refresh now', 'amzlinkr' ); ?></button>
	<?php endif; ?>
</form>
<div id="amzlinkr-refreshed"></div>
<?php
if ( $amzlinkr_table->can_edit() ) {
	print_marketplace_problems();
}
if ( ! $amzlinkr_table->is_complete ) {
	print_search_notice( '', Products_Table::MAX_SEARCH_SECONDS );
}
$amzlinkr_table->views();
?>
<form>
	<input type="hidden" name="page" value="amzlinkr">
	<?php
	print_hidden_fields( $amzlinkr_table->filters, array( 'status', 'marketplace' ) );
	$amzlinkr_table->search_box( __( 'Search products', 'amzlinkr' ), 'amzlinkr-products' );
	?>
</form>
<form method="post" id="amzlinkr-products">
	<?php
	print_hidden_fields( array( 'shown' => ProductsAction\get_shown( $amzlinkr_table->filters ) ) + $amzlinkr_table->filters, array( 'shown', 's', 'status', 'orderby', 'order' ) );
	$amzlinkr_table->display();
	?>
</form>
