<?php
/**
 * The sync: WP-Cron reads the service's change feed by a cursor, as far as it comes in its time.
 */

namespace AmzLinkr\Sync;

use AmzLinkr\Accounts;
use AmzLinkr\Connection;
use AmzLinkr\Options;
use AmzLinkr\Placements;
use AmzLinkr\Products;
use AmzLinkr\Service;
use WP_Error;

defined( 'ABSPATH' ) || exit;

const STATE_OPTION      = 'amzlinkr_sync';
const LOCK       = 'amzlinkr_sync_lock';
const RESTART_REQUEST = 'amzlinkr_start_over';
const HOOK       = 'amzlinkr_sync';
const CONTINUE_HOOK      = 'amzlinkr_sync_go_on';
const DAILY_HOOK      = 'amzlinkr_daily';
const INTERVAL_SECONDS   = 10 * MINUTE_IN_SECONDS;

/** How long a run reads pages, and how long a page may take; together less than PHP's usual limit. */
const MAX_RUN_SECONDS      = 15;
const MAX_PAGE_SECONDS = 10;

/** So many products the service imports while it is asked, and says at once what became of them. */
const MAX_INLINE_ITEMS = 10;

/** Pages that show a product are made anew this often, so that what they show is never a day old. */
const MAX_PAGE_AGE_SECONDS = 12 * HOUR_IN_SECONDS;

/** A run that did not end by itself within this was killed. */
const LOCK_TTL_SECONDS = 2 * MINUTE_IN_SECONDS;

add_filter( 'cron_schedules', __NAMESPACE__ . '\add_interval' ); // phpcs:ignore WordPress.WP.CronInterval -- ten minutes.
add_action( 'init', __NAMESPACE__ . '\schedule' );
add_action( HOOK, __NAMESPACE__ . '\run', 10, 0 );
add_action( CONTINUE_HOOK, __NAMESPACE__ . '\run', 10, 0 );
add_action( DAILY_HOOK, __NAMESPACE__ . '\refresh_accounts' );

function add_interval( array $schedules ): array {
	$schedules['amzlinkr'] = array(
		'interval' => INTERVAL_SECONDS,
		'display'  => __( 'Every ten minutes (AmzLinkr)', 'amzlinkr' ),
	);
	return $schedules;
}

/**
 * Schedule the sync while there is a service to ask.
 */
function schedule(): void {
	if ( ! Connection\is_connected() ) {
		return;
	}
	if ( ! wp_next_scheduled( HOOK ) ) {
		wp_schedule_event( time() + MINUTE_IN_SECONDS, 'amzlinkr', HOOK );
	}
	if ( ! wp_next_scheduled( DAILY_HOOK ) ) {
		wp_schedule_event( time() + HOUR_IN_SECONDS, 'daily', DAILY_HOOK );
	}
}

function unschedule(): void {
	array_map( 'wp_unschedule_hook', array( HOOK, CONTINUE_HOOK, DAILY_HOOK ) );
}

function refresh_accounts(): void {
	Accounts\refresh();
	Accounts\refresh_marketplaces();
}

/**
 * Read what changed, let go of what became too old, and clean the caches of posts that show it.
 *
 * @return true|WP_Error
 */
function run() {
	$lock = acquire_lock();
	if ( '' === $lock ) {
		return new WP_Error( 'sync_running', __( 'The sync is running already.', 'amzlinkr' ) );
	}
	array_map( 'AmzLinkr\Options\get_uncached', array( STATE_OPTION, Connection\OPTION, Connection\API_KEY_OPTION ) );
	$done = read_feed( time() + MAX_RUN_SECONDS, $lock );
	purge_expired_products( is_wp_error( $done ), $lock );
	purge_caches( $lock );
	record_result( $done, $lock );
	Options\delete_row( LOCK, $lock );
	return $done;
}

/**
 * Read pages until the end of the feed or of the time.
 *
 * @return true|WP_Error
 */
function read_feed( int $until, string $lock ) {
	apply_restart_request( $lock );
	do {
		$page = Service\call(
			'GET',
			'/changes',
			array(
				'query'   => array(
					'limit'  => 100,
					'cursor' => get_state()['cursor'],
				),
				'seconds' => MAX_PAGE_SECONDS,
			)
		);
		if ( is_wp_error( $page ) && in_array( $page->get_error_code(), array( 'cursor_too_old', 'invalid_cursor' ), true ) && '' !== get_state()['cursor'] ) {
			restart_feed( $lock, false );
			continue;
		}
		$applied = is_wp_error( $page ) ? $page : apply_page( $page, $lock );
		if ( is_wp_error( $applied ) ) {
			return $applied;
		}
		if ( ! $page['has_more'] ) {
			return finish_feed( $page, $until, $lock );
		}
	} while ( time() < $until );
	wp_schedule_single_event( time(), CONTINUE_HOOK );
	return true;
}

/**
 * Take a page of the feed over, and then keep its cursor: one that was lost half-way is read again. What
 * it names is noted before, so that posts which show it are cleaned whatever happens.
 *
 * @return true|WP_Error
 */
function apply_page( array $page, string $lock ) {
	$products = array();
	$removed  = array();
	foreach ( $page['changes'] as $change ) {
		if ( 'removed' === $change['kind'] ) {
			$removed[] = $change;
		} else {
			$products[] = $change['product'] ?? Products\strip_to_asin( $change );
		}
	}
	$before = get_state()['pending_cache_purges'];
	if ( $page['changes'] && ! save_state( $lock, array( 'pending_cache_purges' => $before + key_products( $page['changes'] ) ) ) ) {
		return lock_lost_error();
	}
	$changed = Products\store( $products, get_state()['feed_generation'] );
	$gone    = is_wp_error( $changed ) ? $changed : Products\remove( $removed );
	if ( is_wp_error( $gone ) ) {
		return $gone;
	}
	$now = array(
		'cursor'  => (string) $page['next_cursor'],
		'pending_cache_purges' => $before + key_products( $changed ) + key_products( $removed ),
	);
	return save_state( $lock, $now ) ? true : lock_lost_error();
}

/**
 * At the end of the feed: all it named is as fresh as it says. What a reading from the beginning did not
 * name is dropped, or imported again; nothing is shown of it then, as nobody vouches for it.
 *
 * @return true|WP_Error
 */
function finish_feed( array $page, int $until, string $lock ) {
	$state = get_state();
	Accounts\update_states( $page['connections'], $page['checked_at'], $state['feed_generation'] );
	if ( $state['is_full_read'] ) {
		$unknown = Products\find_other_generations( $state['feed_generation'] );
		$done    = $state['must_reimport'] ? Products\store( array_map( 'AmzLinkr\Products\strip_to_asin', $unknown ), 0 ) : Products\remove( $unknown );
		if ( is_wp_error( $done ) ) {
			return $done;
		}
		save_state( $lock, array( 'is_full_read' => false, 'pending_cache_purges' => $state['pending_cache_purges'] + key_products( $unknown ) ) );
	}
	if ( $state['must_reimport'] ) {
		$waiting = reimport_products( $until, $lock );
		save_state( $lock, array( 'must_reimport' => (bool) $waiting, 'pending_reimports' => $waiting ) );
	}
	return true;
}

/**
 * Import what the table holds and the service does not know, as after a move to another address. Each
 * marketplace goes as far as it comes in the time; what is left is tried again in the next run.
 *
 * @return string[] By marketplace, what keeps its products from being imported; empty once all were asked for.
 */
function reimport_products( int $until, string $lock ): array {
	$waiting = array();
	foreach ( Products\find_other_generations( get_state()['feed_generation'] ) as $product ) {
		$asins[ $product['marketplace'] ][] = $product['asin'];
	}
	foreach ( $asins ?? array() as $marketplace => $of_marketplace ) {
		foreach ( array_chunk( $of_marketplace, MAX_INLINE_ITEMS ) as $some ) {
			$done = time() < $until ? import_batch( $some, $marketplace, $lock ) : null;
			if ( true !== $done ) {
				$waiting[ $marketplace ] = $done ? trim( $done->get_error_message() . ' ' . ( $done->get_error_data()['action'] ?? '' ) ) : '';
				break;
			}
		}
	}
	if ( in_array( '', $waiting, true ) ) {
		wp_schedule_single_event( time(), CONTINUE_HOOK );
	}
	return $waiting;
}

/**
 * Import a few, and store what is told of them. What Amazon does not know is not asked for again.
 *
 * @return true|WP_Error
 */
function import_batch( array $asins, string $marketplace, string $lock ) {
	$found = Service\call( 'POST', '/import', array( 'body' => array( 'items' => $asins, 'marketplace' => $marketplace ) ) );
	if ( is_wp_error( $found ) ) {
		return $found;
	}
	$known  = array_column( $found['results'], 'product', 'asin' );
	$told   = array_map( static fn( $asin ) => $known[ $asin ] ?? Products\strip_to_asin( compact( 'asin', 'marketplace' ) ), $asins );
	$stored = Products\store( $told, get_state()['feed_generation'] );
	if ( is_wp_error( $stored ) ) {
		return $stored;
	}
	return save_state( $lock, array( 'pending_cache_purges' => get_state()['pending_cache_purges'] + key_products( $stored ) ) ) ? true : lock_lost_error();
}

/**
 * Keep the ASIN only of what nobody vouches for any more. If that is because the service cannot be asked,
 * all of it has to be read again later.
 */
function purge_expired_products( bool $failed, string $lock ): void {
	$expired = Products\purge_expired();
	if ( is_wp_error( $expired ) || ! $expired ) {
		return;
	}
	save_state( $lock, array( 'pending_cache_purges' => get_state()['pending_cache_purges'] + key_products( $expired ) ) );
	if ( $failed ) {
		restart_feed( $lock, false );
	}
}

/**
 * Clean the caches of the posts that show what changed, and of those whose pages become old.
 */
function purge_caches( string $lock ): void {
	$pending_cache_purges = array_values( get_state()['pending_cache_purges'] + key_products( Products\find_cached_before( time() - MAX_PAGE_AGE_SECONDS ) ) );
	if ( $pending_cache_purges ) {
		Placements\purge_post_caches( $pending_cache_purges );
		Products\mark_cache_purged( $pending_cache_purges );
		save_state( $lock, array( 'pending_cache_purges' => array() ) );
	}
}

/**
 * Products by their names, like `US:B0…`, each with nothing but `asin` and `marketplace`.
 */
function key_products( array $products ): array {
	$found = array();
	foreach ( $products as $product ) {
		$found[ "{$product['marketplace']}:{$product['asin']}" ] = array(
			'asin'        => $product['asin'],
			'marketplace' => $product['marketplace'],
		);
	}
	return $found;
}

/**
 * Have the next run read the feed from its beginning, and then drop what it did not name; or import it again.
 * A wish, and not a change of the state, which belongs to the run that may be under way.
 */
function request_restart( bool $must_reimport = false ): void {
	Options\write_row( RESTART_REQUEST, ( $must_reimport ? 'import ' : 'read ' ) . wp_generate_password( 12, false ), $must_reimport );
}

function apply_restart_request( string $lock ): void {
	$wish = Options\get_row( RESTART_REQUEST );
	if ( null !== $wish ) {
		restart_feed( $lock, 0 === strpos( $wish, 'import' ) );
		Options\delete_row( RESTART_REQUEST, $wish );
	}
}

/**
 * Go back to the beginning of the feed. What comes from now on is told from what came before by its feed_generation.
 */
function restart_feed( string $lock, bool $must_reimport ): void {
	$state = get_state();
	save_state(
		$lock,
		array(
			'cursor'       => '',
			'feed_generation'      => max( time(), $state['feed_generation'] + 1 ),
			'is_full_read' => true,
			'must_reimport' => $must_reimport || $state['must_reimport'],
		)
	);
}

/**
 * There are new keys: what waited for them can be imported.
 */
function schedule_reimport(): void {
	if ( get_state()['must_reimport'] ) {
		wp_schedule_single_event( time(), CONTINUE_HOOK );
	}
}

/**
 * `cursor`; `feed_generation`, a number that is another after each start from the beginning; `is_full_read`, until the
 * feed was read to its end; `must_reimport` (whether products that the service does not name are to be imported)
 * and what each marketplace is `waiting` for; the products whose posts are `pending_cache_purges`; `ran_at`, `succeeded_at`
 * (Unix times or 0), and the last run's `problem`.
 */
function get_state(): array {
	$state = get_option( STATE_OPTION );
	return ( is_array( $state ) ? $state : array() ) + array(
		'cursor'       => '',
		'feed_generation'      => 0,
		'is_full_read' => false,
		'must_reimport' => false,
		'pending_reimports'      => array(),
		'pending_cache_purges'      => array(),
		'ran_at'       => 0,
		'succeeded_at' => 0,
		'problem'      => null,
	);
}

/**
 * Change the state, which only the run that holds the lock may.
 *
 * @return bool Whether this one still does.
 */
function save_state( string $lock, array $changes ): bool {
	if ( Options\get_row( LOCK ) !== $lock ) {
		return false;
	}
	update_option( STATE_OPTION, $changes + get_state(), false );
	return true;
}

function lock_lost_error(): WP_Error {
	return new WP_Error( 'sync_overtaken', __( 'The sync took so long that another one goes on with it.', 'amzlinkr' ) );
}

/**
 * The last run's problem, or null: `code`, `detail` and `action`. What befell another connection is over.
 */
function get_problem(): ?array {
	$state = get_state();
	return $state['ran_at'] >= ( Connection\get()['connected_at'] ?? 0 ) ? $state['problem'] : null;
}

/**
 * Remember how a run ended.
 *
 * @param true|WP_Error $done
 */
function record_result( $done, string $lock ): void {
	$now = array(
		'ran_at'  => time(),
		'problem' => null,
	);
	if ( is_wp_error( $done ) ) {
		$now['problem'] = array(
			'code'   => $done->get_error_code(),
			'detail' => $done->get_error_message(),
			'action' => (string) ( $done->get_error_data()['action'] ?? '' ),
		);
	} else {
		$now['succeeded_at'] = time();
	}
	save_state( $lock, $now );
}

/**
 * Be the only run: what the lock says then, or nothing if another one runs. One that does not end is
 * overtaken, and loses the lock.
 */
function acquire_lock(): string {
	global $wpdb;
	$mine = time() . ' ' . wp_generate_password( 12, false );
	if ( Options\write_row( LOCK, $mine ) ) {
		return $mine;
	}
	$held = (string) Options\get_row( LOCK );
	if ( (int) $held >= time() - LOCK_TTL_SECONDS ) {
		return '';
	}
	$taken = $wpdb->query( $wpdb->prepare( "UPDATE $wpdb->options SET option_value = %s WHERE option_name = %s AND option_value = %s", $mine, LOCK, $held ) ); // phpcs:ignore WordPress.DB -- must be one atomic step, past all caches.
	return $taken ? $mine : '';
}

/**
 * Forget how far the feed was read, and stop the run that may be under way.
 */
function reset(): void {
	unschedule();
	$feed_generation = get_state()['feed_generation'];
	array_map( 'delete_option', array( LOCK, RESTART_REQUEST ) );
	update_option( STATE_OPTION, array( 'feed_generation' => $feed_generation ), false );
}
