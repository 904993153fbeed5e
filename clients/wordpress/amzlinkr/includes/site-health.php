<?php
/**
 * A test in Tools → Site Health. It tells what is known, and asks nobody.
 */

namespace AmzLinkr\SiteHealth;

use AmzLinkr\Accounts;
use AmzLinkr\Box;
use AmzLinkr\Connection;
use AmzLinkr\Sync;

defined( 'ABSPATH' ) || exit;

add_filter( 'site_status_tests', __NAMESPACE__ . '\add_test' );

function add_test( array $tests ): array {
	$tests['direct']['amzlinkr'] = array(
		'label' => __( 'AmzLinkr', 'amzlinkr' ),
		'test'  => __NAMESPACE__ . '\run_test',
	);
	return $tests;
}

/**
 * @return array As Site Health wants it.
 */
function run_test(): array {
	$troubles = get_problems();
	$critical = Connection\is_connected() && ( Connection\has_moved() || get_lost_connection_problem() );
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
function get_problems(): array {
	if ( ! Connection\is_connected() ) {
		return array( __( 'This site is not connected yet.', 'amzlinkr' ) );
	}
	if ( Connection\has_moved() ) {
		return array( __( 'The address of this site has changed since it was connected.', 'amzlinkr' ) );
	}
	$troubles = array();
	$lost     = get_lost_connection_problem();
	if ( $lost ) {
		$troubles[] = $lost;
	}
	$problem = Sync\get_problem();
	if ( $problem && ! $lost ) {
		$troubles[] = trim( "{$problem['detail']} {$problem['action']}" );
	}
	$troubles = array_merge( $troubles, get_overdue_sync_problems(), get_reimport_problems() );
	if ( ! Accounts\get_all() ) {
		$troubles[] = __( 'No Amazon account is connected.', 'amzlinkr' );
	}
	foreach ( Accounts\get_all() as $account ) {
		if ( ! Accounts\is_healthy( $account ) ) {
			$troubles[] = trim( $account['marketplace'] . ': ' . Accounts\get_state_label( $account['state'] ) . '. ' . Accounts\get_action( $account ) );
		}
	}
	return $troubles;
}

/**
 * Why the service does not know this site any more, and what to do; an empty string if it does.
 */
function get_lost_connection_problem(): string {
	$key      = Connection\get_api_key();
	$rejected = Sync\get_problem();
	if ( is_wp_error( $key ) ) {
		return $key->get_error_message() . ' ' . $key->get_error_data()['action'];
	}
	return $rejected && 'api_key_rejected' === $rejected['code']
		? __( 'The service does not accept the API key of this site any more. Connect this site again; if it asks for them, enter the Amazon keys once more. Your products are kept.', 'amzlinkr' )
		: '';
}

/**
 * What is wrong if no sync has ended well for an hour, and none has said why.
 *
 * @return string[]
 */
function get_overdue_sync_problems(): array {
	$state = Sync\get_state();
	$last  = max( $state[ Sync\get_problem() ? 'ran_at' : 'succeeded_at' ], Connection\get()['connected_at'] );
	if ( $last > time() - HOUR_IN_SECONDS ) {
		return array();
	}
	/* translators: %s: a date and time */
	return array( sprintf( __( 'No sync has ended since %s: the scheduled work of this WordPress does not run, or is cut short. Have your host call wp-cron.php every ten minutes (a “cron job”); prices older than a day are not shown meanwhile.', 'amzlinkr' ), Box\format_local_time( $last ) ) );
}

/**
 * Which products from before, as from before a move, are not imported again yet.
 *
 * @return string[]
 */
function get_reimport_problems(): array {
	$found = array();
	foreach ( Sync\get_state()['pending_reimports'] as $marketplace => $why ) {
		/* translators: 1: a marketplace like US, 2: why, in sentences */
		$found[] = trim( sprintf( __( '%1$s: products from before wait to be imported again, and show no prices meanwhile. %2$s', 'amzlinkr' ), $marketplace, $why ) );
	}
	return $found;
}
