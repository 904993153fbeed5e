<?php
/**
 * The page that lists the products that need attention, with the posts that show each.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Attention;
use AmzLinkr\Products;
use AmzLinkr\Replacement;
use AmzLinkr\Uses;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/attention-parts.php';
require_once __DIR__ . '/search-notice.php';
require_once __DIR__ . '/sync-problems.php';

const ATTENTION_PER_PAGE = 20;

// phpcs:disable WordPress.Security.NonceVerification -- only selects what the page shows.
$amzlinkr_replaced = Replacement\parse_key( sanitize_text_field( wp_unslash( $_GET['replace'] ?? '' ) ) );
if ( $amzlinkr_replaced ) {
	require __DIR__ . '/replacement.php';
	return;
}
$amzlinkr_kind  = sanitize_key( wp_unslash( $_GET['kind'] ?? '' ) );
$amzlinkr_kinds = in_array( $amzlinkr_kind, Attention\KINDS, true ) ? array( $amzlinkr_kind ) : Attention\KINDS;
$amzlinkr_page  = (int) sanitize_key( wp_unslash( $_GET['paged'] ?? '1' ) );
// phpcs:enable WordPress.Security.NonceVerification

$amzlinkr_counts = Attention\count_by_kind();
$amzlinkr_pages  = (int) ceil( array_sum( array_intersect_key( $amzlinkr_counts, array_flip( $amzlinkr_kinds ) ) ) / ATTENTION_PER_PAGE );
$amzlinkr_page   = max( 1, min( $amzlinkr_page, $amzlinkr_pages ) );
$amzlinkr_found  = Attention\find_page( $amzlinkr_kinds, $amzlinkr_page, ATTENTION_PER_PAGE );
$amzlinkr_stored = Products\load( array_column( $amzlinkr_found, 'asin' ) );

list( $amzlinkr_uses, $amzlinkr_is_complete ) = Uses\find( $amzlinkr_found );
Uses\load( array_merge( array(), ...array_values( array_map( static fn( $posts ) => array_slice( $posts, 0, MAX_NAMED_POSTS ), $amzlinkr_uses ) ) ) );

print_page_header( __( 'Needs attention', 'amzlinkr' ) );
print_list_problems();
print_attention_filter( $amzlinkr_counts, $amzlinkr_kinds );
?>
<p><?php esc_html_e( 'Products that Amazon no longer returns, that cannot be bought, or that have no current data. Widgets and the data of page builders are not searched for uses.', 'amzlinkr' ); ?></p>
<?php
if ( ! $amzlinkr_is_complete ) {
	print_search_notice();
}
?>
<div id="amzlinkr-removed"></div>
<table class="widefat striped amzlinkr-stacked" id="amzlinkr-attention" role="table">
	<thead role="rowgroup"><tr role="row">
		<th scope="col" role="columnheader"><?php esc_html_e( 'Product', 'amzlinkr' ); ?></th>
		<th scope="col" role="columnheader"><?php esc_html_e( 'State', 'amzlinkr' ); ?></th>
		<th scope="col" role="columnheader"><?php esc_html_e( 'Used in', 'amzlinkr' ); ?></th>
		<th scope="col" role="columnheader"><?php esc_html_e( 'What to do', 'amzlinkr' ); ?></th>
	</tr></thead>
	<tbody role="rowgroup">
	<?php
	foreach ( $amzlinkr_found as $amzlinkr_product ) {
		$amzlinkr_key = Uses\get_key( $amzlinkr_product );
		$amzlinkr_row = isset( $amzlinkr_stored[ $amzlinkr_key ] ) ? Products\apply_expiry( $amzlinkr_stored[ $amzlinkr_key ] ) : $amzlinkr_product;
		print_attention_row( $amzlinkr_product, $amzlinkr_row['title'] ?? '', $amzlinkr_uses[ $amzlinkr_key ], $amzlinkr_is_complete );
	}
	?>
	<?php if ( ! $amzlinkr_found ) : ?>
		<tr role="row"><td colspan="4" role="cell"><?php esc_html_e( 'No product needs attention.', 'amzlinkr' ); ?></td></tr>
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
			'total'   => $amzlinkr_pages,
		)
	)
);
?>
</div></div>
