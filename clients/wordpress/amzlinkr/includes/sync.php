<?php
/**
 * The sync: WP-Cron reads the service's change feed by a cursor, as far as it comes in its time.
 */

namespace AmzLinkr\Sync;

use AmzLinkr\Accounts;
use AmzLinkr\Connection;
use AmzLinkr\Placements;
use AmzLinkr\Products;
use AmzLinkr\Service;
use WP_Error;

defined( 'ABSPATH' ) || exit;

const STATE    = 'amzlinkr_sync';
const LOCK     = 'amzlinkr_sync_lock';
const HOOK     = 'amzlinkr_sync';
const GO_ON    = 'amzlinkr_sync_go_on';
const DAILY    = 'amzlinkr_daily';
const INTERVAL = 10 * MINUTE_IN_SECONDS;

/** How long a run reads pages, and how long a page may take; together less than PHP's usual limit. */
const SECONDS      = 15;
const PAGE_SECONDS = 10;

/** How many products one import may name. */
const IMPORTED_AT_ONCE = 1000;

/** A run that did not end by itself within this was killed. */
const LOCKED_FOR = 2 * MINUTE_IN_SECONDS;

add_filter( 'cron_schedules', __NAMESPACE__ . '\add_interval' ); // phpcs:ignore WordPress.WP.CronInterval -- ten minutes.
add_action( 'init', __NAMESPACE__ . '\schedule' );
add_action( HOOK, __NAMESPACE__ . '\run' );
add_action( GO_ON, __NAMESPACE__ . '\run' );
add_action( DAILY, __NAMESPACE__ . '\refresh_accounts' );

function add_interval( array $schedules ): array {
	$schedules['amzlinkr'] = array(
		'interval' => INTERVAL,
		'display'  => __( 'Every ten minutes (AmzLinkr)', 'amzlinkr' ),
	);
	return $schedules;
}

/**
 * Schedule the sync while there is a service to ask.
 */
function schedule(): void {
	if ( ! Connection\is_made() ) {
		return;
	}
	if ( ! wp_next_scheduled( HOOK ) ) {
		wp_schedule_event( time() + MINUTE_IN_SECONDS, 'amzlinkr', HOOK );
	}
	if ( ! wp_next_scheduled( DAILY ) ) {
		wp_schedule_event( time() + HOUR_IN_SECONDS, 'daily', DAILY );
	}
}

function unschedule(): void {
	array_map( 'wp_unschedule_hook', array( HOOK, GO_ON, DAILY ) );
}

function refresh_accounts(): void {
	Accounts\refresh();
	Accounts\refresh_marketplaces();
}

/**
 * Read what changed, and let go of what became too old if the service cannot be asked.
 *
 * @return true|WP_Error
 */
function run() {
	$locked = lock();
	if ( ! $locked ) {
		return new WP_Error( 'sync_running', __( 'The sync is running already.', 'amzlinkr' ) );
	}
	$done = pull( time() + SECONDS, 'taken over' === $locked );
	if ( is_wp_error( $done ) ) {
		$expired = Products\purge_expired();
		Placements\clean_caches( $expired );
		if ( $expired ) {
			start_over();
		}
	}
	note( $done );
	delete_option( LOCK );
	return $done;
}

/**
 * Read pages until the end of the feed or of the time. Each page is applied before its cursor is kept,
 * so one that was lost half-way is read again.
 *
 * @param bool $lost_one Whether a run before died on its page: what it stored is not told as cleaned.
 * @return true|WP_Error
 */
function pull( int $until, bool $lost_one ) {
	do {
		$page = Service\call(
			'GET',
			'/changes',
			array(
				'query'   => array(
					'limit'  => 100,
					'cursor' => state()['cursor'],
				),
				'seconds' => PAGE_SECONDS,
			)
		);
		if ( is_wp_error( $page ) && in_array( $page->get_error_code(), array( 'cursor_too_old', 'invalid_cursor' ), true ) && '' !== state()['cursor'] ) {
			start_over();
			continue;
		}
		if ( is_wp_error( $page ) ) {
			return $page;
		}
		apply( $page, $lost_one );
		$lost_one = false;
		if ( ! $page['has_more'] ) {
			return true;
		}
	} while ( time() < $until );
	wp_schedule_single_event( time(), GO_ON );
	return true;
}

/**
 * Take a page of the feed over, clean the caches, and keep its cursor.
 */
function apply( array $page, bool $clean_all ): void {
	$products = array();
	$removed  = array();
	foreach ( $page['changes'] as $change ) {
		if ( 'removed' === $change['kind'] ) {
			$removed[] = $change;
		} else {
			$products[] = $change['product'] ?? Products\bare( $change );
		}
	}
	$changed = Products\store( $products );
	Products\remove( $removed );
	$gone  = array();
	$state = state();
	if ( ! $page['has_more'] ) {
		Accounts\take_over( $page['connections'], $page['checked_at'] );
		if ( $state['started_over_at'] && $state['import_again'] ) {
			$state['import_again'] = ! import_again( $state['started_over_at'] );
		} elseif ( $state['started_over_at'] ) {
			$gone = Products\remove_unwritten_since( $state['started_over_at'] );
		}
		$state['started_over_at'] = 0;
	}
	Placements\clean_caches( array_merge( $clean_all ? $products : $changed, $removed, $gone ) );
	update_option( STATE, array( 'cursor' => (string) $page['next_cursor'] ) + $state, false );
}

/**
 * Import what the table holds and the service does not know, as after a move to another address.
 * Until the feed names them, nothing is shown of them: nobody vouches for what was seen before.
 *
 * @return bool Whether all of it was asked for; not while keys for some of it are missing.
 */
function import_again( int $unwritten_since ): bool {
	$by_marketplace = array();
	$unknown = Products\unwritten_since( $unwritten_since );
	foreach ( $unknown as $product ) {
		$by_marketplace[ $product['marketplace'] ][] = $product['asin'];
	}
	foreach ( $by_marketplace as $marketplace => $asins ) {
		foreach ( array_chunk( $asins, IMPORTED_AT_ONCE ) as $items ) {
			$given = array(
				'body'    => compact( 'items', 'marketplace' ),
				'headers' => array( 'Idempotency-Key' => md5( wp_json_encode( array( $unwritten_since, $marketplace, $items ) ) ) ),
			);
			if ( is_wp_error( Service\call( 'POST', '/import', $given ) ) ) {
				return false;
			}
		}
	}
	Products\store( array_map( 'AmzLinkr\Products\bare', $unknown ) );
	return true;
}

/**
 * Read the feed from its beginning next time, and then drop what it did not name; or import it again.
 */
function start_over( bool $import_again = false ): void {
	$state                    = state();
	$state['cursor']          = '';
	$state['started_over_at'] = time();
	$state['import_again']    = $import_again || $state['import_again'];
	update_option( STATE, $state, false );
}

/**
 * There are new keys: what waited for them can be imported.
 */
function on_new_keys(): void {
	if ( state()['import_again'] ) {
		start_over();
		wp_schedule_single_event( time(), GO_ON );
	}
}

/**
 * `cursor`, `started_over_at`, `ran_at`, `succeeded_at` (Unix times or 0), `import_again` (whether
 * products that the service does not name are to be imported), and the last run's `problem`.
 */
function state(): array {
	$state = get_option( STATE );
	return ( is_array( $state ) ? $state : array() ) + array(
		'cursor'          => '',
		'started_over_at' => 0,
		'import_again'    => false,
		'ran_at'          => 0,
		'succeeded_at'    => 0,
		'problem'         => null,
	);
}

/**
 * Remember how a run ended.
 *
 * @param true|WP_Error $done
 */
function note( $done ): void {
	$state            = state();
	$state['ran_at']  = time();
	$state['problem'] = null;
	if ( is_wp_error( $done ) ) {
		$state['problem'] = array(
			'code'   => $done->get_error_code(),
			'detail' => $done->get_error_message(),
			'action' => (string) ( $done->get_error_data()['action'] ?? '' ),
		);
	} else {
		$state['succeeded_at'] = time();
	}
	update_option( STATE, $state, false );
}

/**
 * Be the only run.
 *
 * @return string|false `locked`, or `taken over` from a run that died; false if another one runs.
 */
function lock() {
	global $wpdb;
	$taken = $wpdb->query( $wpdb->prepare( "INSERT IGNORE INTO $wpdb->options (option_name, option_value, autoload) VALUES (%s, %d, 'no')", LOCK, time() ) ); // phpcs:ignore WordPress.DB -- must be one atomic step, past all caches.
	if ( $taken ) {
		return 'locked';
	}
	$taken = $wpdb->query( $wpdb->prepare( "UPDATE $wpdb->options SET option_value = %d WHERE option_name = %s AND option_value < %d", time(), LOCK, time() - LOCKED_FOR ) ); // phpcs:ignore WordPress.DB -- as above.
	return $taken ? 'taken over' : false;
}
