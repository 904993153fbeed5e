<?php
/**
 * A test in Tools → Site Health. It tells what is known, and asks nobody.
 */

namespace AmzLinkr\SiteHealth;

use AmzLinkr\Accounts;
use AmzLinkr\Connection;
use AmzLinkr\Sync;

defined( 'ABSPATH' ) || exit;

add_filter( 'site_status_tests', __NAMESPACE__ . '\add_test' );

function add_test( array $tests ): array {
	$tests['direct']['amzlinkr'] = array(
		'label' => __( 'AmzLinkr', 'amzlinkr' ),
		'test'  => __NAMESPACE__ . '\test',
	);
	return $tests;
}

/**
 * @return array As Site Health wants it.
 */
function test(): array {
	$troubles = troubles();
	$critical = Connection\is_made() && ( Connection\is_elsewhere() || is_wp_error( Connection\api_key() ) );
	return array(
		'label'       => $troubles ? __( 'Amazon prices need your attention', 'amzlinkr' ) : __( 'Amazon prices are kept right', 'amzlinkr' ),
		'status'      => $critical ? 'critical' : ( $troubles ? 'recommended' : 'good' ),
		'badge'       => array(
			'label' => __( 'AmzLinkr', 'amzlinkr' ),
			'color' => 'blue',
		),
		'description' => '<ul><li>' . implode( '</li><li>', array_map( 'esc_html', $troubles ? $troubles : array( __( 'The service is connected, and every Amazon account works.', 'amzlinkr' ) ) ) ) . '</li></ul>',
		'actions'     => sprintf( '<p><a href="%s">%s</a></p>', esc_url( admin_url( 'admin.php?page=amzlinkr-settings' ) ), esc_html__( 'Open the settings', 'amzlinkr' ) ),
		'test'        => 'amzlinkr',
	);
}

/**
 * What is wrong, in sentences.
 *
 * @return string[]
 */
function troubles(): array {
	if ( ! Connection\is_made() ) {
		return array( __( 'This site is not connected yet.', 'amzlinkr' ) );
	}
	if ( Connection\is_elsewhere() ) {
		return array( __( 'The address of this site has changed since it was connected.', 'amzlinkr' ) );
	}
	$troubles = array();
	$key      = Connection\api_key();
	if ( is_wp_error( $key ) ) {
		$troubles[] = $key->get_error_message();
	}
	$problem = Sync\state()['problem'];
	if ( $problem ) {
		$troubles[] = trim( "{$problem['detail']} {$problem['action']}" );
	}
	if ( ! Accounts\all() ) {
		$troubles[] = __( 'No Amazon account is connected.', 'amzlinkr' );
	}
	foreach ( Accounts\all() as $account ) {
		if ( ! Accounts\is_fine( $account ) ) {
			$action     = (string) ( $account['problem']['action'] ?? $account['action'] ?? '' );
			$troubles[] = trim( $account['marketplace'] . ': ' . Accounts\in_words( $account['state'] ) . '. ' . $action );
		}
	}
	return $troubles;
}
