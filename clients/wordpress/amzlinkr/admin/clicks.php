<?php
/**
 * The page that shows the counted clicks by product and by post.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Actions;
use AmzLinkr\Clicks;
use AmzLinkr\Rest;
use AmzLinkr\Uses;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/clicks-parts.php';

$amzlinkr_days     = 30 === (int) sanitize_key( wp_unslash( $_GET['days'] ?? '7' ) ) ? 30 : 7; // phpcs:ignore WordPress.Security.NonceVerification -- only selects the period.
$amzlinkr_products = Clicks\get_sums( 'product', $amzlinkr_days, MAX_CLICK_ROWS );
$amzlinkr_posts    = Clicks\get_sums( 'post', $amzlinkr_days, MAX_CLICK_ROWS );
Uses\load( array_map( 'intval', array_column( $amzlinkr_posts, 'post_id' ) ) );

print_page_header( __( 'Clicks', 'amzlinkr' ) );
print_click_periods( $amzlinkr_days );
?>
<p>
<?php
/* translators: 1: a number of clicks, 2: a number of days */
echo esc_html( sprintf( __( '%1$s clicks on links to Amazon in the last %2$d days, counted without any data about visitors. Visitors whose browsers object are not counted, and others can send clicks that were none: do not use the numbers for billing.', 'amzlinkr' ), number_format_i18n( Clicks\get_total( $amzlinkr_days ) ), $amzlinkr_days ) );
?>
</p>
<?php if ( ! Clicks\is_on() ) : ?>
	<div class="notice notice-warning inline"><p><?php esc_html_e( 'Clicks are not counted now. An administrator can switch this on under AmzLinkr → Settings → Display.', 'amzlinkr' ); ?></p></div>
<?php endif; ?>
<h2><?php esc_html_e( 'By product', 'amzlinkr' ); ?></h2>
<?php print_clicks_by_product( $amzlinkr_products ); ?>
<h2><?php esc_html_e( 'By post', 'amzlinkr' ); ?></h2>
<?php print_clicks_by_post( $amzlinkr_posts ); ?>
<?php if ( current_user_can( Rest\CAPABILITY_MANAGE ) ) : ?>
	<h2><?php esc_html_e( 'Delete all counts', 'amzlinkr' ); ?></h2>
	<?php /* translators: %d: a number of days */ ?>
	<p><?php echo esc_html( sprintf( __( 'Counts are deleted automatically after %d days. A deletion cannot be undone.', 'amzlinkr' ), Clicks\RETENTION_DAYS ) ); ?></p>
	<?php Actions\print_form_start( 'delete_clicks' ); ?>
		<?php submit_button( __( 'Delete all counts', 'amzlinkr' ), 'delete', 'delete', false ); ?>
	</form>
<?php endif; ?>
