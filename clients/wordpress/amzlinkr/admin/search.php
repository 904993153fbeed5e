<?php
/**
 * The page that searches Amazon. The script search.js shows the results.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Accounts;
use AmzLinkr\LinkOnly;
use AmzLinkr\Rest;

defined( 'ABSPATH' ) || exit;

$amzlinkr_sort_orders = array(
	''                   => __( 'Amazon’s order', 'amzlinkr' ),
	'Price:LowToHigh'    => __( 'Price, low to high', 'amzlinkr' ),
	'Price:HighToLow'    => __( 'Price, high to low', 'amzlinkr' ),
	'AvgCustomerReviews' => __( 'Customer reviews', 'amzlinkr' ),
	'NewestArrivals'     => __( 'Newest', 'amzlinkr' ),
);

print_page_header( __( 'Search Amazon', 'amzlinkr' ) );
$amzlinkr_note = LinkOnly\get_search_note();
?>
<?php if ( $amzlinkr_note ) : ?>
	<div class="notice notice-info inline amzlinkr-no-search">
		<p><?php echo esc_html( $amzlinkr_note ); ?></p>
		<?php if ( current_user_can( Rest\CAPABILITY_IMPORT ) ) : ?>
			<p><a class="button" href="<?php echo esc_url( admin_url( 'admin.php?page=amzlinkr-import' ) ); ?>"><?php esc_html_e( 'Import by ASIN or Amazon URL', 'amzlinkr' ); ?></a></p>
		<?php endif; ?>
	</div>
<?php endif; ?>
<form id="amzlinkr-search" class="amzlinkr-form amzlinkr-filters">
	<label><?php esc_html_e( 'Keywords, ASIN or Amazon URL', 'amzlinkr' ); ?> <input type="search" name="keywords" class="regular-text"></label>
	<label><?php esc_html_e( 'Marketplace', 'amzlinkr' ); ?> <?php print_marketplace_select( 'marketplace', array_column( Accounts\get_all(), 'marketplace' ) ); ?></label>
	<label><?php esc_html_e( 'Sort by', 'amzlinkr' ); ?> <select name="sort">
		<?php
		foreach ( $amzlinkr_sort_orders as $amzlinkr_value => $amzlinkr_label ) {
			printf( '<option value="%s">%s</option>', esc_attr( $amzlinkr_value ), esc_html( $amzlinkr_label ) );
		}
		?>
	</select></label>
	<label><?php esc_html_e( 'Brand', 'amzlinkr' ); ?> <input type="text" name="brand"></label>
	<label><?php esc_html_e( 'Price from', 'amzlinkr' ); ?> <input type="number" name="min_price" min="0" step="0.01" class="small-text"></label>
	<label><?php esc_html_e( 'to', 'amzlinkr' ); ?> <input type="number" name="max_price" min="0" step="0.01" class="small-text"></label>
	<label><?php esc_html_e( 'Minimum saving (%)', 'amzlinkr' ); ?> <input type="number" name="min_saving" min="1" max="99" class="small-text"></label>
	<label><?php esc_html_e( 'Customer reviews', 'amzlinkr' ); ?> <select name="min_rating">
		<option value=""><?php esc_html_e( 'Any', 'amzlinkr' ); ?></option>
		<?php
		for ( $amzlinkr_stars = 4; $amzlinkr_stars > 0; $amzlinkr_stars-- ) {
			/* translators: %d: a number of stars */
			printf( '<option value="%d">%s</option>', (int) $amzlinkr_stars, esc_html( sprintf( __( '%d stars or more', 'amzlinkr' ), $amzlinkr_stars ) ) );
		}
		?>
	</select></label>
	<label><?php esc_html_e( 'Condition', 'amzlinkr' ); ?> <select name="condition">
		<option value=""><?php esc_html_e( 'Any', 'amzlinkr' ); ?></option>
		<option value="New"><?php esc_html_e( 'New', 'amzlinkr' ); ?></option>
	</select></label>
	<label><input type="checkbox" name="delivery" value="Prime"> <?php esc_html_e( 'Prime delivery', 'amzlinkr' ); ?></label>
	<label><input type="checkbox" name="in_stock" value="true" checked> <?php esc_html_e( 'In stock', 'amzlinkr' ); ?></label>
	<button type="submit" class="button button-primary"><?php esc_html_e( 'Search', 'amzlinkr' ); ?></button>
</form>
<div id="amzlinkr-found"></div>
<div id="amzlinkr-imported"></div>
