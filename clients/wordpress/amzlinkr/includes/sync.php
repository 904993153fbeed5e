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

const STATE      = 'amzlinkr_sync';
const LOCK       = 'amzlinkr_sync_lock';
const START_OVER = 'amzlinkr_start_over';
const HOOK       = 'amzlinkr_sync';
const GO_ON      = 'amzlinkr_sync_go_on';
const DAILY      = 'amzlinkr_daily';
const INTERVAL   = 10 * MINUTE_IN_SECONDS;

/** How long a run reads pages, and how long a page may take; together less than PHP's usual limit. */
const SECONDS      = 15;
const PAGE_SECONDS = 10;

/** So many products the service imports while it is asked, and says at once what became of them. */
const IMPORTED_AT_ONCE = 10;

/** Pages that show a product are made anew this often, so that what they show is never a day old. */
const PAGES_LAST = 12 * HOUR_IN_SECONDS;

/** A run that did not end by itself within this was killed. */
const LOCKED_FOR = 2 * MINUTE_IN_SECONDS;

add_filter( 'cron_schedules', __NAMESPACE__ . '\add_interval' ); // phpcs:ignore WordPress.WP.CronInterval -- ten minutes.
add_action( 'init', __NAMESPACE__ . '\schedule' );
add_action( HOOK, __NAMESPACE__ . '\run', 10, 0 );
add_action( GO_ON, __NAMESPACE__ . '\run', 10, 0 );
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
 * Read what changed, let go of what became too old, and clean the caches of posts that show it.
 *
 * @return true|WP_Error
 */
function run() {
	$lock = lock();
	if ( '' === $lock ) {
		return new WP_Error( 'sync_running', __( 'The sync is running already.', 'amzlinkr' ) );
	}
	array_map( 'AmzLinkr\Options\fresh', array( STATE, Connection\OPTION, Connection\API_KEY ) );
	$done = pull( time() + SECONDS, $lock );
	let_go_of_expired( is_wp_error( $done ), $lock );
	clean_up( $lock );
	note( $done, $lock );
	Options\delete_row( LOCK, $lock );
	return $done;
}

/**
 * Read pages until the end of the feed or of the time.
 *
 * @return true|WP_Error
 */
function pull( int $until, string $lock ) {
	take_wish( $lock );
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
			begin_anew( $lock, false );
			continue;
		}
		$applied = is_wp_error( $page ) ? $page : apply( $page, $lock );
		if ( is_wp_error( $applied ) ) {
			return $applied;
		}
		if ( ! $page['has_more'] ) {
			return settle( $page, $until, $lock );
		}
	} while ( time() < $until );
	wp_schedule_single_event( time(), GO_ON );
	return true;
}

/**
 * Take a page of the feed over, and then keep its cursor: one that was lost half-way is read again. What
 * it names is noted before, so that posts which show it are cleaned whatever happens.
 *
 * @return true|WP_Error
 */
function apply( array $page, string $lock ) {
	$products = array();
	$removed  = array();
	foreach ( $page['changes'] as $change ) {
		if ( 'removed' === $change['kind'] ) {
			$removed[] = $change;
		} else {
			$products[] = $change['product'] ?? Products\bare( $change );
		}
	}
	$before = state()['unclean'];
	if ( $page['changes'] && ! keep( $lock, array( 'unclean' => $before + named( $page['changes'] ) ) ) ) {
		return overtaken();
	}
	$changed = Products\store( $products, state()['lineage'] );
	$gone    = is_wp_error( $changed ) ? $changed : Products\remove( $removed );
	if ( is_wp_error( $gone ) ) {
		return $gone;
	}
	$now = array(
		'cursor'  => (string) $page['next_cursor'],
		'unclean' => $before + named( $changed ) + named( $removed ),
	);
	return keep( $lock, $now ) ? true : overtaken();
}

/**
 * At the end of the feed: all it named is as fresh as it says. What a reading from the beginning did not
 * name is dropped, or imported again; nothing is shown of it then, as nobody vouches for it.
 *
 * @return true|WP_Error
 */
function settle( array $page, int $until, string $lock ) {
	$state = state();
	Accounts\take_over( $page['connections'], $page['checked_at'], $state['lineage'] );
	if ( $state['started_over'] ) {
		$unknown = Products\not_of( $state['lineage'] );
		$done    = $state['import_again'] ? Products\store( array_map( 'AmzLinkr\Products\bare', $unknown ), 0 ) : Products\remove( $unknown );
		if ( is_wp_error( $done ) ) {
			return $done;
		}
		keep( $lock, array( 'started_over' => false, 'unclean' => $state['unclean'] + named( $unknown ) ) );
	}
	if ( $state['import_again'] ) {
		$waiting = import_again( $until, $lock );
		keep( $lock, array( 'import_again' => (bool) $waiting, 'waiting' => $waiting ) );
	}
	return true;
}

/**
 * Import what the table holds and the service does not know, as after a move to another address. Each
 * marketplace goes as far as it comes in the time; what is left is tried again in the next run.
 *
 * @return string[] By marketplace, what keeps its products from being imported; empty once all were asked for.
 */
function import_again( int $until, string $lock ): array {
	$waiting = array();
	foreach ( Products\not_of( state()['lineage'] ) as $product ) {
		$asins[ $product['marketplace'] ][] = $product['asin'];
	}
	foreach ( $asins ?? array() as $marketplace => $of_marketplace ) {
		foreach ( array_chunk( $of_marketplace, IMPORTED_AT_ONCE ) as $some ) {
			$done = time() < $until ? import_some( $some, $marketplace, $lock ) : null;
			if ( true !== $done ) {
				$waiting[ $marketplace ] = $done ? trim( $done->get_error_message() . ' ' . ( $done->get_error_data()['action'] ?? '' ) ) : '';
				break;
			}
		}
	}
	if ( in_array( '', $waiting, true ) ) {
		wp_schedule_single_event( time(), GO_ON );
	}
	return $waiting;
}

/**
 * Import a few, and store what is told of them. What Amazon does not know is not asked for again.
 *
 * @return true|WP_Error
 */
function import_some( array $asins, string $marketplace, string $lock ) {
	$found = Service\call( 'POST', '/import', array( 'body' => array( 'items' => $asins, 'marketplace' => $marketplace ) ) );
	if ( is_wp_error( $found ) ) {
		return $found;
	}
	$known  = array_column( $found['results'], 'product', 'asin' );
	$told   = array_map( static fn( $asin ) => $known[ $asin ] ?? Products\bare( compact( 'asin', 'marketplace' ) ), $asins );
	$stored = Products\store( $told, state()['lineage'] );
	if ( is_wp_error( $stored ) ) {
		return $stored;
	}
	return keep( $lock, array( 'unclean' => state()['unclean'] + named( $stored ) ) ) ? true : overtaken();
}

/**
 * Keep the ASIN only of what nobody vouches for any more. If that is because the service cannot be asked,
 * all of it has to be read again later.
 */
function let_go_of_expired( bool $failed, string $lock ): void {
	$expired = Products\purge_expired();
	if ( is_wp_error( $expired ) || ! $expired ) {
		return;
	}
	keep( $lock, array( 'unclean' => state()['unclean'] + named( $expired ) ) );
	if ( $failed ) {
		begin_anew( $lock, false );
	}
}

/**
 * Clean the caches of the posts that show what changed, and of those whose pages become old.
 */
function clean_up( string $lock ): void {
	$unclean = array_values( state()['unclean'] + named( Products\uncleaned_since( time() - PAGES_LAST ) ) );
	if ( $unclean ) {
		Placements\clean_caches( $unclean );
		Products\note_cleaned( $unclean );
		keep( $lock, array( 'unclean' => array() ) );
	}
}

/**
 * Products by their names, like `US:B0…`, each with nothing but `asin` and `marketplace`.
 */
function named( array $products ): array {
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
function start_over( bool $import_again = false ): void {
	Options\write_row( START_OVER, ( $import_again ? 'import ' : 'read ' ) . wp_generate_password( 12, false ), $import_again );
}

function take_wish( string $lock ): void {
	$wish = Options\row( START_OVER );
	if ( null !== $wish ) {
		begin_anew( $lock, 0 === strpos( $wish, 'import' ) );
		Options\delete_row( START_OVER, $wish );
	}
}

/**
 * Go back to the beginning of the feed. What comes from now on is told from what came before by its lineage.
 */
function begin_anew( string $lock, bool $import_again ): void {
	$state = state();
	keep(
		$lock,
		array(
			'cursor'       => '',
			'lineage'      => max( time(), $state['lineage'] + 1 ),
			'started_over' => true,
			'import_again' => $import_again || $state['import_again'],
		)
	);
}

/**
 * There are new keys: what waited for them can be imported.
 */
function on_new_keys(): void {
	if ( state()['import_again'] ) {
		wp_schedule_single_event( time(), GO_ON );
	}
}

/**
 * `cursor`; `lineage`, a number that is another after each start from the beginning; `started_over`, until the
 * feed was read to its end; `import_again` (whether products that the service does not name are to be imported)
 * and what each marketplace is `waiting` for; the products whose posts are `unclean`; `ran_at`, `succeeded_at`
 * (Unix times or 0), and the last run's `problem`.
 */
function state(): array {
	$state = get_option( STATE );
	return ( is_array( $state ) ? $state : array() ) + array(
		'cursor'       => '',
		'lineage'      => 0,
		'started_over' => false,
		'import_again' => false,
		'waiting'      => array(),
		'unclean'      => array(),
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
function keep( string $lock, array $changes ): bool {
	if ( Options\row( LOCK ) !== $lock ) {
		return false;
	}
	update_option( STATE, $changes + state(), false );
	return true;
}

function overtaken(): WP_Error {
	return new WP_Error( 'sync_overtaken', __( 'The sync took so long that another one goes on with it.', 'amzlinkr' ) );
}

/**
 * The last run's problem, or null: `code`, `detail` and `action`. What befell another connection is over.
 */
function problem(): ?array {
	$state = state();
	return $state['ran_at'] >= ( Connection\get()['connected_at'] ?? 0 ) ? $state['problem'] : null;
}

/**
 * Remember how a run ended.
 *
 * @param true|WP_Error $done
 */
function note( $done, string $lock ): void {
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
	keep( $lock, $now );
}

/**
 * Be the only run: what the lock says then, or nothing if another one runs. One that does not end is
 * overtaken, and loses the lock.
 */
function lock(): string {
	global $wpdb;
	$mine = time() . ' ' . wp_generate_password( 12, false );
	if ( Options\write_row( LOCK, $mine ) ) {
		return $mine;
	}
	$held = (string) Options\row( LOCK );
	if ( (int) $held >= time() - LOCKED_FOR ) {
		return '';
	}
	$taken = $wpdb->query( $wpdb->prepare( "UPDATE $wpdb->options SET option_value = %s WHERE option_name = %s AND option_value = %s", $mine, LOCK, $held ) ); // phpcs:ignore WordPress.DB -- must be one atomic step, past all caches.
	return $taken ? $mine : '';
}

/**
 * Forget how far the feed was read, and stop the run that may be under way.
 */
function forget(): void {
	unschedule();
	$lineage = state()['lineage'];
	array_map( 'delete_option', array( LOCK, START_OVER ) );
	update_option( STATE, array( 'lineage' => $lineage ), false );
}
