<?php
/**
 * The page that lists the imported products.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Box;
use AmzLinkr\Labels;
use AmzLinkr\Products;
use AmzLinkr\Rest;
use AmzLinkr\Sync;

defined( 'ABSPATH' ) || exit;

const PRODUCTS_PER_PAGE = 50;

$amzlinkr_page      = max( 1, (int) sanitize_key( wp_unslash( $_GET['paged'] ?? '1' ) ) ); // phpcs:ignore WordPress.Security.NonceVerification -- only selects the page to show.
$amzlinkr_total     = Products\count_all();
$amzlinkr_last_sync = Sync\get_state()['succeeded_at'];
$amzlinkr_may_edit  = current_user_can( Rest\CAPABILITY_EDIT );

print_page_header( __( 'Products', 'amzlinkr' ) );
?>
<p class="amzlinkr-sync">
	<?php esc_html_e( 'Last sync:', 'amzlinkr' ); ?> <strong id="amzlinkr-synced"><?php echo esc_html( $amzlinkr_last_sync ? Box\format_local_time( $amzlinkr_last_sync ) : __( 'never', 'amzlinkr' ) ); ?></strong>
	<?php if ( $amzlinkr_may_edit ) : ?>
		<button type="button" class="button" id="amzlinkr-refresh"><?php esc_html_e( 'Refresh now', 'amzlinkr' ); ?></button>
	<?php endif; ?>
</p>
<div id="amzlinkr-refreshed"></div>
<table class="wp-list-table widefat striped" id="amzlinkr-products">
	<thead><tr>
		<th scope="col" class="amzlinkr-picture"><span class="screen-reader-text"><?php esc_html_e( 'Picture', 'amzlinkr' ); ?></span></th>
		<th scope="col"><?php esc_html_e( 'Product', 'amzlinkr' ); ?></th>
		<th scope="col"><?php esc_html_e( 'Price', 'amzlinkr' ); ?></th>
		<th scope="col"><?php esc_html_e( 'Last seen at Amazon', 'amzlinkr' ); ?></th>
		<th scope="col"><?php esc_html_e( 'Shortcode', 'amzlinkr' ); ?></th>
		<th scope="col"><span class="screen-reader-text"><?php esc_html_e( 'Remove', 'amzlinkr' ); ?></span></th>
	</tr></thead>
	<tbody>
	<?php foreach ( Products\get_page( $amzlinkr_page, PRODUCTS_PER_PAGE ) as $amzlinkr_product ) : ?>
		<?php $amzlinkr_row = Box\get_template_data( $amzlinkr_product ); ?>
		<tr>
			<td>
				<?php if ( $amzlinkr_row['image'] ) : ?>
					<img src="<?php echo esc_url( $amzlinkr_row['image'], array( 'https' ) ); ?>" alt="" loading="lazy">
				<?php endif; ?>
			</td>
			<td><?php echo esc_html( $amzlinkr_row['title'] ? $amzlinkr_row['title'] : $amzlinkr_row['asin'] ); ?><br><span class="description"><?php echo esc_html( $amzlinkr_row['brand'] ); ?></span></td>
			<td>
				<?php echo esc_html( $amzlinkr_row['price'] ? trim( "{$amzlinkr_row['price']} {$amzlinkr_row['price_access']}" ) : '–' ); ?><br>
				<span class="description"><?php echo esc_html( $amzlinkr_row['availability'] ); ?></span>
			</td>
			<td><?php echo esc_html( $amzlinkr_row['as_of'] ? $amzlinkr_row['as_of'] : Labels\get_withheld_reason( $amzlinkr_product['price_status'] ) ); ?></td>
			<td><code><?php echo esc_html( "[amzlinkr asin=\"{$amzlinkr_row['asin']}\" marketplace=\"{$amzlinkr_row['marketplace']}\"]" ); ?></code></td>
			<td>
				<?php if ( $amzlinkr_may_edit ) : ?>
					<button type="button" class="button-link button-link-delete" data-marketplace="<?php echo esc_attr( $amzlinkr_row['marketplace'] ); ?>" data-asin="<?php echo esc_attr( $amzlinkr_row['asin'] ); ?>"><?php esc_html_e( 'Remove', 'amzlinkr' ); ?></button>
				<?php endif; ?>
			</td>
		</tr>
	<?php endforeach; ?>
	<?php if ( ! $amzlinkr_total ) : ?>
		<tr><td colspan="6"><?php esc_html_e( 'No products are imported. Search for products, or import a list.', 'amzlinkr' ); ?></td></tr>
	<?php endif; ?>
	</tbody>
</table>
<div class="tablenav"><div class="tablenav-pages">
<?php
echo wp_kses_post(
	(string) paginate_links(
		array(
			'base'    => add_query_arg( 'paged', '%#%' ),
			'format'  => '',
			'current' => $amzlinkr_page,
			'total'   => (int) ceil( $amzlinkr_total / PRODUCTS_PER_PAGE ),
		)
	)
);
?>
</div></div>
