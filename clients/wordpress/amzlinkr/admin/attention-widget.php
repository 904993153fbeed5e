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
use AmzLinkr\SyncProblems;

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
 * Prints the widget: each kind with its number and a link, and the problems of the price sync.
 */
function print_widget(): void {
	$counts = array_filter( Attention\count_by_kind() );
	$lists  = count( SyncProblems\describe_lists() );
	printf( '<p>%s</p>', esc_html( $counts ? __( 'These products need attention:', 'amzlinkr' ) : __( 'No product needs attention.', 'amzlinkr' ) ) );
	$items = array();
	foreach ( $counts as $kind => $count ) {
		$items[] = array( Attention\get_url( array( 'kind' => $kind ) ), Attention\get_label( $kind ), $count );
	}
	if ( $lists ) {
		$items[] = array( Attention\get_url(), __( 'Lists of which Amazon refuses the search', 'amzlinkr' ), $lists );
	}
	echo $items ? '<ul>' : '';
	foreach ( $items as list( $url, $label, $count ) ) {
		printf( '<li><a href="%s">%s: %s</a></li>', esc_url( $url ), esc_html( $label ), esc_html( number_format_i18n( $count ) ) );
	}
	echo $items ? '</ul>' : '';
	foreach ( SyncProblems\describe_marketplaces() as $text ) {
		printf( '<p>%s</p>', esc_html( $text ) );
	}
}
