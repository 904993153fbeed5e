<?php
/**
 * The sync: WP-Cron reads the change feed of the service by cursor, in runs of limited length.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Sync;

use AmzLinkr\Accounts;
use AmzLinkr\AttentionMail;
use AmzLinkr\Audit;
use AmzLinkr\CachePurge;
use AmzLinkr\Connection;
use AmzLinkr\ListSync;
use AmzLinkr\Options;
use AmzLinkr\PageCaches;
use AmzLinkr\Placements;
use AmzLinkr\Products;
use AmzLinkr\Sentences;
use AmzLinkr\Service;
use AmzLinkr\SyncReport;
use AmzLinkr\Tables;
use WP_Error;

defined( 'ABSPATH' ) || exit;

const STATE_OPTION     = 'amzlinkr_sync';
const LOCK             = 'amzlinkr_sync_lock';
const RESTART_REQUEST  = 'amzlinkr_start_over';
const HOOK             = 'amzlinkr_sync';
const CONTINUE_HOOK    = 'amzlinkr_sync_go_on';
const DAILY_HOOK       = 'amzlinkr_daily';
const INTERVAL_SECONDS = 10 * MINUTE_IN_SECONDS;

/** The limits of a run and of one request. Their sum is below PHP's default limit of 30 seconds. */
const MAX_RUN_SECONDS  = 15;
const MAX_PAGE_SECONDS = 10;

/** The service imports up to this many products inline and returns their results. */
const MAX_INLINE_ITEMS = 10;

/** The service returns up to this many changes in one response. */
const MAX_PAGE_ITEMS = 100;

/** The number of products that are requested by their ASINs at the same time. It keeps the URL short. */
const ASINS_PER_REQUEST = 50;

/** Import problems of a single product. All others concern the account or the service, and the import is repeated. */
const FINAL_IMPORT_PROBLEMS = array( 'not_found', 'not_accessible' );

/** Cached pages with a product are purged after this time, so that they never show data that is a day old. */
const MAX_PAGE_AGE_SECONDS = 12 * HOUR_IN_SECONDS;

/** A run that holds the lock for longer has crashed. */
const LOCK_TTL_SECONDS = 2 * MINUTE_IN_SECONDS;

add_filter( 'cron_schedules', __NAMESPACE__ . '\add_interval' ); // phpcs:ignore WordPress.WP.CronInterval -- ten minutes.
add_action( 'init', __NAMESPACE__ . '\schedule' );
add_action( HOOK, __NAMESPACE__ . '\run', 10, 0 );
add_action( CONTINUE_HOOK, __NAMESPACE__ . '\run', 10, 0 );
add_action( DAILY_HOOK, __NAMESPACE__ . '\refresh_accounts' );

/**
 * Adds the interval of the sync to WP-Cron.
 *
 * @param array $schedules The intervals of WP-Cron.
 */
function add_interval( array $schedules ): array {
	$schedules['amzlinkr'] = array(
		'interval' => INTERVAL_SECONDS,
		// Another plugin can request the intervals before the translations may be loaded.
		'display'  => did_action( 'init' ) ? __( 'Every ten minutes (AmzLinkr)', 'amzlinkr' ) : 'Every ten minutes (AmzLinkr)',
	);
	return $schedules;
}

/**
 * Schedules the sync if the site is connected.
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

/**
 * Removes all scheduled events of the plugin.
 */
function unschedule(): void {
	array_map( 'wp_unschedule_hook', array( HOOK, CONTINUE_HOOK, DAILY_HOOK, Audit\HOOK, AttentionMail\HOOK ) );
}

/**
 * Updates the account states and the marketplaces.
 */
function refresh_accounts(): void {
	Accounts\refresh();
	Accounts\refresh_marketplaces();
}

/**
 * Runs the sync: reads changes, purges expired products, and purges the caches of the affected posts.
 *
 * @return true|WP_Error
 */
function run() {
	$lock = acquire_lock();
	if ( '' === $lock ) {
		return new WP_Error( 'sync_running', __( 'A sync is already running. Try again in a minute.', 'amzlinkr' ) );
	}
	try {
		array_map( 'AmzLinkr\Options\get_uncached', array( STATE_OPTION, Connection\OPTION, Connection\API_KEY_OPTION ) );
		Tables\repair();
		$deadline = time() + MAX_RUN_SECONDS;
		$result   = read_feed( $deadline, $lock );
		purge_expired_products( $lock );
		ListSync\purge_expired( $lock );
		if ( true === $result && time() < $deadline ) {
			SyncReport\refresh_if_due();
		}
		// Other plugins can fail in a purge, and a purge may take long: the result is saved before.
		record_result( $result, $lock );
		purge_all_caches( $lock );
	} finally {
		Options\delete_row( LOCK, $lock );
	}
	return $result;
}

/**
 * Reads pages of the change feed until its end or the deadline.
 *
 * @param int    $deadline The Unix time after which no page is requested.
 * @param string $lock     The lock of this run.
 * @return true|WP_Error
 */
function read_feed( int $deadline, string $lock ) {
	apply_restart_request( $lock );
	do {
		$page = Service\call(
			'GET',
			'/changes',
			array(
				'query'    => array(
					'limit'  => MAX_PAGE_ITEMS,
					'cursor' => get_state()['cursor'],
				),
				'seconds'  => MAX_PAGE_SECONDS,
				'requires' => array( 'changes', 'checked_at', 'connections' ),
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
		if ( empty( $page['has_more'] ) ) {
			$finished = finish_feed( $page, $deadline, $lock );
			return is_wp_error( $finished ) ? $finished : ListSync\restore( $deadline, $lock );
		}
	} while ( time() < $deadline );
	wp_schedule_single_event( time(), CONTINUE_HOOK );
	return true;
}

/**
 * Stores the products of a page, then its cursor. A run that crashes between the two reads the page again.
 *
 * @param array  $page A page of `GET /v1/changes`.
 * @param string $lock The lock of this run.
 * @return true|WP_Error
 */
function apply_page( array $page, string $lock ) {
	$listed = ListSync\apply_changes( $page['changes'], $lock );
	if ( is_wp_error( $listed ) ) {
		return $listed;
	}
	$products = array();
	$removed  = array();
	// Entries without an ASIN are about lists, or of an unknown kind.
	$changes = array_filter( $page['changes'], static fn( $change ) => Products\is_identified( Products\sanitize_product( $change ) ) );
	foreach ( $changes as $change ) {
		if ( 'removed' === ( $change['kind'] ?? '' ) ) {
			$removed[] = $change;
		} else {
			// A change of one of these kinds leaves nothing but the ASIN, also if its product is not sent.
			$products[] = is_array( $change['product'] ?? null ) ? $change['product'] : Products\strip_to_asin( array( 'price_status' => $change['kind'] ?? '' ) + $change );
		}
	}
	// Record all products of the page first. If the run crashes after the write, the next run finds the products
	// unchanged, and only this record causes a purge of their posts.
	$pending = get_state()['pending_cache_purges'];
	if ( $changes && ! save_state( $lock, array( 'pending_cache_purges' => $pending + key_products( $changes ) ) ) ) {
		return lock_lost_error();
	}
	$changed = Products\store( $products, get_state()['feed_generation'] );
	$applied = is_wp_error( $changed ) ? $changed : Products\remove( $removed );
	if ( is_wp_error( $applied ) ) {
		return $applied;
	}
	$state = array(
		'cursor'               => Products\sanitize_text( $page, 'next_cursor' ),
		'pending_cache_purges' => $pending + key_products( $changed ) + key_products( $removed ),
	);
	return save_state( $lock, $state ) ? true : lock_lost_error();
}

/**
 * Stores the account states, and handles the products that the feed does not contain.
 *
 * After a restart, products that a full read did not contain are deleted. After a new connection they are stripped
 * to their ASIN and imported again, because the service does not know them. At all other times they are products
 * that this site has withheld, and are read again.
 *
 * @param array  $page     The last page of the feed.
 * @param int    $deadline The Unix time after which no import is started.
 * @param string $lock     The lock of this run.
 * @return true|WP_Error
 */
function finish_feed( array $page, int $deadline, string $lock ) {
	$state = get_state();
	Accounts\update_states( $page['connections'], $page['checked_at'], $state['feed_generation'] );
	if ( $state['is_full_read'] ) {
		$missing = Products\find_other_generations( $state['feed_generation'] );
		$result  = $state['must_reimport']
			? Products\store( array_map( 'AmzLinkr\Products\strip_to_asin', $missing ), 0 )
			: Products\remove( $missing );
		$result  = is_wp_error( $result ) ? $result : ListSync\drop_missing( $state['must_reimport'], $lock );
		if ( is_wp_error( $result ) ) {
			return $result;
		}
		save_state(
			$lock,
			array(
				'is_full_read'         => false,
				'pending_cache_purges' => $state['pending_cache_purges'] + key_products( $missing ),
			)
		);
	}
	if ( ! $state['must_reimport'] ) {
		$restored = restore_withheld( $deadline, $lock );
		if ( is_wp_error( $restored ) && 'invalid_request' === $restored->get_error_code() && Products\find_other_generations( $state['feed_generation'] ) ) {
			// Version 0.2.0 of the service returns no products by ASIN: read all products again, from the feed.
			restart_feed( $lock, false );
			wp_schedule_single_event( time(), CONTINUE_HOOK );
			return true;
		}
		return $restored;
	}
	$pending = reimport_products( $deadline, $lock );
	save_state(
		$lock,
		array(
			'must_reimport'     => (bool) $pending,
			'pending_reimports' => $pending,
		)
	);
	return true;
}

/**
 * Reads the products again that this site has withheld, from marketplaces with a recent check time.
 *
 * If the service still holds such a product as current and nothing of it has changed, the feed does not contain it.
 * Products that the service does not return were removed there.
 *
 * @param int    $deadline The Unix time after which no products are requested.
 * @param string $lock     The lock of this run.
 * @return true|WP_Error
 */
function restore_withheld( int $deadline, string $lock ) {
	$confirmed = Accounts\get_confirmed_marketplaces( time() - Products\MAX_AGE_SECONDS )['marketplaces'];
	$withheld  = group_asins( Products\find_unconfirmed( get_state()['feed_generation'] ) );
	foreach ( array_intersect_key( $withheld, array_flip( $confirmed ) ) as $marketplace => $asins ) {
		foreach ( array_chunk( $asins, ASINS_PER_REQUEST ) as $batch ) {
			if ( time() >= $deadline ) {
				wp_schedule_single_event( time(), CONTINUE_HOOK );
				return true;
			}
			$read = read_batch( $batch, $marketplace, $lock );
			if ( is_wp_error( $read ) ) {
				return $read;
			}
		}
	}
	return true;
}

/**
 * Reads products by their ASINs, stores them, and removes those that the service does not return.
 *
 * @param string[] $asins       The ASINs.
 * @param string   $marketplace Their marketplace code.
 * @param string   $lock        The lock of this run.
 * @return true|WP_Error
 */
function read_batch( array $asins, string $marketplace, string $lock ) {
	$query = array(
		'marketplace' => $marketplace,
		'asins'       => implode( ',', $asins ),
	);
	$page  = Service\call(
		'GET',
		'/products',
		array(
			'query'    => $query,
			'requires' => array( 'products' ),
		)
	);
	if ( is_wp_error( $page ) ) {
		return $page;
	}
	$removed = array();
	foreach ( array_diff( $asins, array_filter( array_column( $page['products'], 'asin' ), 'is_string' ) ) as $asin ) {
		$removed[] = compact( 'asin', 'marketplace' );
	}
	$stored = store_products( $page['products'], $lock );
	return is_wp_error( $stored ) ? $stored : Products\remove( $removed );
}

/**
 * Returns the ASINs of products.
 *
 * @param array[] $products Products with `asin` and `marketplace`.
 * @return array[] ASINs by marketplace code.
 */
function group_asins( array $products ): array {
	$asins = array();
	foreach ( $products as $product ) {
		$asins[ $product['marketplace'] ][] = $product['asin'];
	}
	return $asins;
}

/**
 * Stores products that were requested from the service, and remembers the posts to purge.
 *
 * @param array[] $products The products, in the format of the service.
 * @param string  $lock     The lock of this run.
 * @return true|WP_Error
 */
function store_products( array $products, string $lock ) {
	$changed = Products\store( $products, get_state()['feed_generation'] );
	if ( is_wp_error( $changed ) ) {
		return $changed;
	}
	return save_state( $lock, array( 'pending_cache_purges' => get_state()['pending_cache_purges'] + key_products( $changed ) ) ) ? true : lock_lost_error();
}

/**
 * Imports the products that the table contains and the service does not, such as after a move.
 *
 * An error in one marketplace does not stop the others. The next run tries the remaining products again.
 *
 * @param int    $deadline The Unix time after which no import is started.
 * @param string $lock     The lock of this run.
 * @return string[] By marketplace code, the reason why its products are not imported, or an empty string if the
 *                  time was over; an empty array after all products were imported.
 */
function reimport_products( int $deadline, string $lock ): array {
	$pending = array();
	foreach ( group_asins( Products\find_other_generations( get_state()['feed_generation'] ) ) as $marketplace => $asins ) {
		foreach ( array_chunk( $asins, MAX_INLINE_ITEMS ) as $batch ) {
			$result = time() < $deadline ? import_batch( $batch, $marketplace, $lock ) : null;
			if ( true !== $result ) {
				$pending[ $marketplace ] = $result ? Sentences\describe( $result ) : '';
			}
			if ( null === $result || ( is_wp_error( $result ) && 'partly_imported' !== $result->get_error_code() ) ) {
				break;
			}
		}
	}
	if ( in_array( '', $pending, true ) ) {
		wp_schedule_single_event( time(), CONTINUE_HOOK );
	}
	return $pending;
}

/**
 * Imports up to MAX_INLINE_ITEMS products and stores the results.
 *
 * An ASIN that Amazon does not provide is stored as missing, so that it is not imported again.
 *
 * @param string[] $asins       The ASINs.
 * @param string   $marketplace Their marketplace code.
 * @param string   $lock        The lock of this run.
 * @return true|WP_Error The problem of the first product that must be imported again. Its code is `partly_imported`
 *                       if the import of other products was completed.
 */
function import_batch( array $asins, string $marketplace, string $lock ) {
	$body     = array(
		'items'       => $asins,
		'marketplace' => $marketplace,
	);
	$response = Service\call(
		'POST',
		'/import',
		array(
			'body'     => $body,
			'requires' => array( 'results' ),
		)
	);
	if ( is_wp_error( $response ) ) {
		return $response;
	}
	$failed   = array();
	$products = array();
	foreach ( $response['results'] as $result ) {
		if ( is_array( $result['product'] ?? null ) ) {
			$products[] = $result['product'];
		} elseif ( in_array( $result['problem']['code'] ?? '', FINAL_IMPORT_PROBLEMS, true ) ) {
			$products[] = array( 'price_status' => 'missing' ) + $result;
		} elseif ( 'waiting' === ( $result['status'] ?? '' ) ) {
			$products[] = array( 'price_status' => 'waiting' ) + $result;
		} else {
			$failed[] = is_array( $result['problem'] ?? null ) ? $result['problem'] : array();
		}
	}
	$stored = store_products( $products, $lock );
	if ( is_wp_error( $stored ) || ! $failed ) {
		return $stored;
	}
	$error = Service\error_from_problem( $failed[0] + array( 'code' => 'import_failed' ) );
	return $products ? new WP_Error( 'partly_imported', $error->get_error_message(), $error->get_error_data() ) : $error;
}

/**
 * Strips expired products to their ASIN, and removes offers of which the deal has ended.
 *
 * @param string $lock The lock of this run.
 */
function purge_expired_products( string $lock ): void {
	$expired = Products\purge_expired();
	$purged  = array_merge( is_wp_error( $expired ) ? array() : $expired, Products\purge_ended_deals() );
	if ( $purged ) {
		save_state( $lock, array( 'pending_cache_purges' => get_state()['pending_cache_purges'] + key_products( $purged ) ) );
	}
}

/**
 * Purges the caches of posts with changed products, and of those with changed lists.
 *
 * Each comes first in every other run: another plugin that ends all runs in one of them does not stop the other.
 *
 * @param string $lock The lock of this run.
 */
function purge_all_caches( string $lock ): void {
	PageCaches\begin_run();
	$are_lists_first = ! get_state()['are_lists_first'];
	save_state( $lock, compact( 'are_lists_first' ) );
	if ( $are_lists_first ) {
		ListSync\purge_caches( $lock );
	}
	purge_caches( $lock );
	if ( ! $are_lists_first ) {
		ListSync\purge_caches( $lock );
	}
}

/**
 * Purges the caches of posts with changed products and of posts with cached pages that are too old.
 *
 * A purge that takes too long, or ends early, is continued by the next run.
 *
 * @param string $lock The lock of this run.
 */
function purge_caches( string $lock ): void {
	$state    = get_state();
	$products = $state['current_cache_purge'];
	if ( ! $products ) {
		$products = $state['pending_cache_purges'] + key_products( Products\find_cached_before( time() - MAX_PAGE_AGE_SECONDS ) );
		CachePurge\begin( CachePurge\POSITION );
		$changes = array(
			'current_cache_purge'  => $products,
			'pending_cache_purges' => array(),
		);
		if ( ! $products || ! save_state( $lock, $changes ) ) {
			return;
		}
	}
	if ( Placements\continue_purge( array_values( $products ) ) ) {
		Products\mark_cache_purged( array_values( $products ) );
		save_state( $lock, array( 'current_cache_purge' => array() ) );
	}
	$state = get_state();
	if ( $state['current_cache_purge'] || $state['pending_cache_purges'] ) {
		wp_schedule_single_event( time(), CONTINUE_HOOK );
	}
}

/**
 * Returns products by marketplace and ASIN, reduced to these two fields.
 *
 * @param array[] $products Products with `asin` and `marketplace`.
 * @return array[] Products by a key such as `US:B0…`.
 */
function key_products( array $products ): array {
	$keyed = array();
	foreach ( $products as $product ) {
		$keyed[ "{$product['marketplace']}:{$product['asin']}" ] = array(
			'asin'        => $product['asin'],
			'marketplace' => $product['marketplace'],
		);
	}
	return $keyed;
}

/**
 * Requests that the next run reads the feed from its beginning.
 *
 * The request is a separate row, because only the run that holds the lock may change the state.
 *
 * @param bool $must_reimport Whether products that the feed does not contain are imported again, not deleted.
 */
function request_restart( bool $must_reimport = false ): void {
	Options\write_row( RESTART_REQUEST, ( $must_reimport ? 'import ' : 'read ' ) . wp_generate_password( 12, false ), $must_reimport );
}

/**
 * Restarts the feed if that was requested.
 *
 * @param string $lock The lock of this run.
 */
function apply_restart_request( string $lock ): void {
	$request = Options\get_row( RESTART_REQUEST );
	if ( null !== $request ) {
		$must_reimport = 0 === strpos( $request, 'import' );
		restart_feed( $lock, $must_reimport );
		Options\delete_row( RESTART_REQUEST, $request );
	}
}

/**
 * Sets the cursor to the beginning of the feed and starts a new feed generation.
 *
 * @param string $lock          The lock of this run.
 * @param bool   $must_reimport Whether products that the feed does not contain are imported again.
 */
function restart_feed( string $lock, bool $must_reimport ): void {
	$state = get_state();
	save_state(
		$lock,
		array(
			'cursor'          => '',
			// Larger than all generations before, also if the clock was set back.
			'feed_generation' => max( time(), $state['feed_generation'] + 1 ),
			'is_full_read'    => true,
			'must_reimport'   => $must_reimport || $state['must_reimport'],
		)
	);
}

/**
 * Schedules a run after new Amazon keys were saved, if products must be imported again.
 */
function schedule_reimport(): void {
	if ( get_state()['must_reimport'] ) {
		wp_schedule_single_event( time(), CONTINUE_HOOK );
	}
}

/**
 * Returns the state of the sync.
 *
 * @return array {
 *     @type string     $cursor               The position in the feed; empty for its beginning.
 *     @type int        $feed_generation      A number that grows with each restart of the feed.
 *     @type bool       $is_full_read         Whether the feed was restarted and its end not reached since.
 *     @type bool       $must_reimport        Whether products that the feed does not contain are imported again.
 *     @type string[]   $pending_reimports    By marketplace code, why its products are not imported yet.
 *     @type array[]    $pending_cache_purges The products with posts to purge from caches.
 *     @type string[]   $pending_lists        By name, why lists are not created again at the service yet.
 *     @type string[]   $pending_list_purges  The names of the lists with posts to purge from caches.
 *     @type array[]    $current_cache_purge  The products of a purge that is not complete.
 *     @type string[]   $current_list_purge   The names of the lists of a purge that is not complete.
 *     @type bool       $are_lists_first      Whether the last run purged the posts with lists first.
 *     @type int        $ran_at               The Unix time of the last run, or 0.
 *     @type int        $succeeded_at         The Unix time of the last successful run, or 0.
 *     @type array|null $problem              The `code`, `detail` and `action` of the last run's error.
 * }
 */
function get_state(): array {
	$state = get_option( STATE_OPTION );
	return ( is_array( $state ) ? $state : array() ) + array(
		'cursor'               => '',
		'feed_generation'      => 0,
		'is_full_read'         => false,
		'must_reimport'        => false,
		'pending_reimports'    => array(),
		'pending_cache_purges' => array(),
		'pending_lists'        => array(),
		'pending_list_purges'  => array(),
		'current_cache_purge'  => array(),
		'current_list_purge'   => array(),
		'are_lists_first'      => false,
		'ran_at'               => 0,
		'succeeded_at'         => 0,
		'problem'              => null,
	);
}

/**
 * Changes the state if this run still holds the lock.
 *
 * @param string $lock    The lock of this run.
 * @param array  $changes Fields of the state.
 * @return bool Whether the state was changed.
 */
function save_state( string $lock, array $changes ): bool {
	if ( Options\get_row( LOCK ) !== $lock ) {
		return false;
	}
	update_option( STATE_OPTION, $changes + get_state(), false );
	return true;
}

/**
 * Returns the error of a run that lost its lock to another run.
 */
function lock_lost_error(): WP_Error {
	return new WP_Error( 'sync_overtaken', __( 'The sync took too long, and another run has replaced it.', 'amzlinkr' ) );
}

/**
 * Returns the problem of the last run, unless the site was connected again since.
 *
 * @return array|null `code`, `detail` and `action`.
 */
function get_problem(): ?array {
	$state = get_state();
	return $state['ran_at'] >= ( Connection\get()['connected_at'] ?? 0 ) ? $state['problem'] : null;
}

/**
 * Records the result of a run.
 *
 * @param true|WP_Error $result The result.
 * @param string        $lock   The lock of this run.
 */
function record_result( $result, string $lock ): void {
	$changes = array(
		'ran_at'  => time(),
		'problem' => null,
	);
	if ( is_wp_error( $result ) ) {
		$changes['problem'] = array(
			'code'   => $result->get_error_code(),
			'detail' => $result->get_error_message(),
			'action' => (string) ( $result->get_error_data()['action'] ?? '' ),
		);
	} else {
		$changes['succeeded_at'] = time();
	}
	save_state( $lock, $changes );
}

/**
 * Acquires a lock, also from a run that has exceeded LOCK_TTL_SECONDS.
 *
 * @param string $name The name of the lock; by default that of the sync.
 * @return string The value of the lock, or an empty string if another run holds it.
 */
function acquire_lock( string $name = LOCK ): string {
	global $wpdb;
	$value = time() . ' ' . wp_generate_password( 12, false );
	if ( Options\write_row( $name, $value ) ) {
		return $value;
	}
	$held = (string) Options\get_row( $name );
	// The value begins with the time at which the lock was acquired.
	if ( (int) $held >= time() - LOCK_TTL_SECONDS ) {
		return '';
	}
	$acquired = $wpdb->query( $wpdb->prepare( "UPDATE $wpdb->options SET option_value = %s WHERE option_name = %s AND option_value = %s", $value, $name, $held ) ); // phpcs:ignore WordPress.DB -- one atomic statement without any cache.
	return $acquired ? $value : '';
}

/**
 * Resets the state and stops a current run by deleting its lock.
 *
 * The feed generation stays: a later connection must not use the same number again.
 */
function reset(): void {
	unschedule();
	$feed_generation = get_state()['feed_generation'];
	array_map( 'delete_option', array( LOCK, RESTART_REQUEST, CachePurge\POSITION, CachePurge\LIST_POSITION ) );
	update_option( STATE_OPTION, array( 'feed_generation' => $feed_generation ), false );
}
