<?php
/**
 * The Site Health test for products that need attention, based on stored data without a service call.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\AttentionHealth;

use AmzLinkr\Attention;
use AmzLinkr\Connection;

defined( 'ABSPATH' ) || exit;

add_filter( 'site_status_tests', __NAMESPACE__ . '\add_test' );

/**
 * Adds the test to Site Health if the site is connected.
 *
 * @param array $tests The tests of Site Health.
 */
function add_test( array $tests ): array {
	if ( Connection\is_connected() ) {
		$tests['direct']['amzlinkr_attention'] = array(
			'label' => __( 'AmzLinkr: products that need attention', 'amzlinkr' ),
			'test'  => __NAMESPACE__ . '\run_test',
		);
	}
	return $tests;
}

/**
 * Runs the test.
 *
 * @return array A result in the format of the filter `site_status_test_result`.
 */
function run_test(): array {
	$counts = array_filter( Attention\count_by_kind() );
	$items  = '';
	foreach ( $counts as $kind => $count ) {
		$items .= sprintf( '<li>%s: %d. %s %s</li>', esc_html( Attention\get_label( $kind ) ), $count, esc_html( Attention\get_explanation( $kind ) ), esc_html( Attention\get_action( $kind ) ) );
	}
	$good = __( 'Amazon returns all your products, and all of them can be bought.', 'amzlinkr' );
	return array(
		'label'       => $counts ? __( 'Some Amazon products need attention', 'amzlinkr' ) : __( 'No Amazon product needs attention', 'amzlinkr' ),
		'status'      => $counts ? 'recommended' : 'good',
		'badge'       => array(
			'label' => __( 'AmzLinkr', 'amzlinkr' ),
			'color' => 'blue',
		),
		'description' => $counts ? "<ul>$items</ul>" : '<p>' . esc_html( $good ) . '</p>',
		'actions'     => sprintf( '<p><a href="%s">%s</a></p>', esc_url( Attention\get_url() ), esc_html__( 'Show the products and the posts that contain them', 'amzlinkr' ) ),
		'test'        => 'amzlinkr_attention',
	);
}
