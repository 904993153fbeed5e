<?php
/**
 * The dashboard widget with the numbers of products that need attention.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\AttentionWidget;

use AmzLinkr\Attention;
use AmzLinkr\Connection;
use AmzLinkr\Rest;

defined( 'ABSPATH' ) || exit;

add_action( 'wp_dashboard_setup', __NAMESPACE__ . '\add_widget' );

/**
 * Adds the widget for users who can open the page that lists the products.
 */
function add_widget(): void {
	if ( Connection\is_connected() && current_user_can( Rest\CAPABILITY_EDIT ) ) {
		wp_add_dashboard_widget( 'amzlinkr_attention', __( 'Amazon products', 'amzlinkr' ), __NAMESPACE__ . '\print_widget' );
	}
}

/**
 * Prints the widget: each kind with its number and a link.
 */
function print_widget(): void {
	$counts = array_filter( Attention\count_by_kind() );
	if ( ! $counts ) {
		printf( '<p>%s</p>', esc_html__( 'No product needs attention.', 'amzlinkr' ) );
		return;
	}
	printf( '<p>%s</p><ul>', esc_html__( 'These products need attention:', 'amzlinkr' ) );
	foreach ( $counts as $kind => $count ) {
		printf(
			'<li><a href="%s">%s: %s</a></li>',
			esc_url( Attention\get_url( array( 'kind' => $kind ) ) ),
			esc_html( Attention\get_label( $kind ) ),
			esc_html( number_format_i18n( $count ) )
		);
	}
	echo '</ul>';
}
