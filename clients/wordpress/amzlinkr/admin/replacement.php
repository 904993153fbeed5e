<?php
/**
 * The page that replaces a product in all posts: the choice of another product, then the posts that change.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Attention;
use AmzLinkr\Replacement;
use AmzLinkr\Uses;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/replacement-parts.php';

// phpcs:disable WordPress.Security.NonceVerification -- only selects what the page shows.
$amzlinkr_new    = Replacement\parse_key( sanitize_text_field( wp_unslash( $_GET['with'] ?? '' ) ) );
$amzlinkr_search = sanitize_text_field( wp_unslash( $_GET['s'] ?? '' ) );
$amzlinkr_after  = sanitize_text_field( wp_unslash( $_GET['after'] ?? '' ) );
// phpcs:enable WordPress.Security.NonceVerification
$amzlinkr_old  = $amzlinkr_replaced;
$amzlinkr_kind = Attention\get_kind( $amzlinkr_old['asin'], $amzlinkr_old['marketplace'] );

/* translators: 1: an ASIN, 2: a marketplace like US */
print_page_header( sprintf( __( 'Replace %1$s (%2$s) in all posts', 'amzlinkr' ), $amzlinkr_old['asin'], $amzlinkr_old['marketplace'] ) );
print_replacement_results();
?>
<p><a href="<?php echo esc_url( Attention\get_url() ); ?>"><?php esc_html_e( 'Back to all products that need attention', 'amzlinkr' ); ?></a></p>
<?php if ( '' !== $amzlinkr_kind ) : ?>
	<p><?php echo esc_html( Attention\get_explanation( $amzlinkr_kind ) ); ?></p>
<?php endif; ?>
<?php
if ( $amzlinkr_new && Replacement\is_possible( $amzlinkr_new, $amzlinkr_old ) ) {
	print_replacement_plan( $amzlinkr_old, $amzlinkr_new, $amzlinkr_after );
	return;
}
?>
<h2><?php esc_html_e( 'Choose the product in its place', 'amzlinkr' ); ?></h2>
<form method="get" action="<?php echo esc_url( admin_url( 'admin.php' ) ); ?>" class="amzlinkr-form amzlinkr-filters">
	<input type="hidden" name="page" value="amzlinkr-attention">
	<input type="hidden" name="replace" value="<?php echo esc_attr( Uses\get_key( $amzlinkr_old ) ); ?>">
	<label><?php esc_html_e( 'Title or ASIN of an imported product', 'amzlinkr' ); ?> <input type="search" name="s" class="regular-text" value="<?php echo esc_attr( $amzlinkr_search ); ?>"></label>
	<button type="submit" class="button"><?php esc_html_e( 'Search', 'amzlinkr' ); ?></button>
</form>
<?php
print_replacement_candidates( $amzlinkr_old, $amzlinkr_search );
