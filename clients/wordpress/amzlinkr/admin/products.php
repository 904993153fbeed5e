<?php
/**
 * The page that lists the imported products.
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Box;
use AmzLinkr\Products;
use AmzLinkr\Rest;
use AmzLinkr\Sync;

defined( 'ABSPATH' ) || exit;

const PRODUCTS_PER_PAGE = 50;

$number = max( 1, (int) ( $_GET['paged'] ?? 1 ) ); // phpcs:ignore WordPress.Security.NonceVerification -- only chooses what is shown.
$total  = Products\count_all();
$synced = Sync\get_state()['succeeded_at'];
$may    = current_user_can( Rest\CAPABILITY_EDIT );

print_page_header( __( 'Products', 'amzlinkr' ) );
?>
<p class="amzlinkr-sync">
	<?php esc_html_e( 'Last sync:', 'amzlinkr' ); ?> <strong id="amzlinkr-synced"><?php echo esc_html( $synced ? Box\format_local_time( $synced ) : __( 'never', 'amzlinkr' ) ); ?></strong>
	<?php if ( $may ) : ?>
		<button type="button" class="button" id="amzlinkr-refresh"><?php esc_html_e( 'Refresh now', 'amzlinkr' ); ?></button>
	<?php endif; ?>
</p>
<div id="amzlinkr-refreshed"></div>
<table class="wp-list-table widefat striped" id="amzlinkr-products">
	<thead><tr>
		<th scope="col" class="amzlinkr-picture"><span class="screen-reader-text"><?php esc_html_e( 'Picture', 'amzlinkr' ); ?></span></th>
		<th scope="col"><?php esc_html_e( 'Product', 'amzlinkr' ); ?></th>
		<th scope="col"><?php esc_html_e( 'Price', 'amzlinkr' ); ?></th>
		<th scope="col"><?php esc_html_e( 'Seen at Amazon', 'amzlinkr' ); ?></th>
		<th scope="col"><?php esc_html_e( 'Shortcode', 'amzlinkr' ); ?></th>
		<th scope="col"><span class="screen-reader-text"><?php esc_html_e( 'Remove', 'amzlinkr' ); ?></span></th>
	</tr></thead>
	<tbody>
	<?php foreach ( Products\get_page( $number, PRODUCTS_PER_PAGE ) as $product ) : ?>
		<?php $facts = Box\get_template_data( $product ); ?>
		<tr>
			<td><?php if ( $facts['image'] ) : ?><img src="<?php echo esc_url( $facts['image'], array( 'https' ) ); ?>" alt="" loading="lazy"><?php endif; ?></td>
			<td><?php echo esc_html( $facts['title'] ? $facts['title'] : $facts['asin'] ); ?><br><span class="description"><?php echo esc_html( $facts['brand'] ); ?></span></td>
			<td><?php echo esc_html( $facts['price'] ? $facts['price'] : '–' ); ?></td>
			<td><?php echo esc_html( $facts['as_of'] ? $facts['as_of'] : __( 'more than 24 hours ago', 'amzlinkr' ) ); ?></td>
			<td><code><?php echo esc_html( "[amzlinkr asin=\"{$facts['asin']}\" marketplace=\"{$facts['marketplace']}\"]" ); ?></code></td>
			<td><?php if ( $may ) : ?><button type="button" class="button-link button-link-delete" data-remove="<?php echo esc_attr( "{$facts['marketplace']}/{$facts['asin']}" ); ?>"><?php esc_html_e( 'Remove', 'amzlinkr' ); ?></button><?php endif; ?></td>
		</tr>
	<?php endforeach; ?>
	<?php if ( ! $total ) : ?>
		<tr><td colspan="6"><?php esc_html_e( 'Nothing is imported yet. Search for products, or paste a list.', 'amzlinkr' ); ?></td></tr>
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
			'current' => $number,
			'total'   => (int) ceil( $total / PRODUCTS_PER_PAGE ),
		)
	)
);
?>
</div></div>
