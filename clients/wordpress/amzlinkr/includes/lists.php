<?php
/**
 * The lists in the plugin's own table: saved searches with the products that the service found for them.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Lists;

use AmzLinkr\Accounts;
use AmzLinkr\Products;
use AmzLinkr\Rest;
use AmzLinkr\Sync;
use WP_Error;

defined( 'ABSPATH' ) || exit;

const VERSION_OPTION = 'amzlinkr_lists_table';
const TABLE_VERSION  = 1;

/** The maximum number of products in a list. */
const MAX_SIZE = 30;

const NUMBER_FIELDS = array( 'min_price', 'max_price', 'min_rating', 'min_saving' );

add_action( 'plugins_loaded', __NAMESPACE__ . '\create_table' );
add_filter( 'wpmu_drop_tables', static fn( $tables ) => array_merge( $tables, array( get_table_name() ) ) );

/**
 * Returns the name of the table.
 */
function get_table_name(): string {
	global $wpdb;
	return $wpdb->prefix . 'amzlinkr_lists';
}

/**
 * Creates the table or updates it to the current version.
 */
function create_table(): void {
	if ( TABLE_VERSION === (int) get_option( VERSION_OPTION ) ) {
		return;
	}
	global $wpdb;
	require_once ABSPATH . 'wp-admin/includes/upgrade.php';
	$table = get_table_name();
	dbDelta(
		"CREATE TABLE $table (
			name varchar(64) NOT NULL,
			marketplace char(2) NOT NULL,
			size int unsigned NOT NULL DEFAULT 0,
			query text NOT NULL,
			items longtext NOT NULL,
			item_count int unsigned NOT NULL DEFAULT 0,
			offer_until int unsigned NOT NULL DEFAULT 0,
			seen_at int unsigned NOT NULL DEFAULT 0,
			refreshed_at int unsigned NOT NULL DEFAULT 0,
			feed_generation int unsigned NOT NULL DEFAULT 0,
			cache_purged_at int unsigned NOT NULL DEFAULT 0,
			PRIMARY KEY  (name)
		) {$wpdb->get_charset_collate()};"
	);
	// dbDelta() reports no errors. Store the version only if the newest column exists.
	$suppressed = $wpdb->suppress_errors();
	if ( in_array( 'item_count', $wpdb->get_col( "SHOW COLUMNS FROM $table" ), true ) ) { // phpcs:ignore WordPress.DB -- the name of the table is a constant.
		update_option( VERSION_OPTION, TABLE_VERSION, true );
		if ( '' !== Sync\get_state()['cursor'] ) {
			// A version of the plugin without lists has read past their entries in the feed.
			Sync\request_restart();
		}
	}
	$wpdb->suppress_errors( $suppressed );
}

/**
 * Returns a list with the data that may be shown now.
 *
 * @param string $name The name of the list.
 * @return array|null The list, without products if they have expired; null if the site has no list of this name.
 */
function find( string $name ): ?array {
	$found = '' === $name ? null : load( array( $name ) )[ $name ] ?? null;
	return $found ? apply_expiry( $found ) : null;
}

/**
 * Loads lists as they are stored, with at most one query for those that are not in memory.
 *
 * @param string[] $names  The names.
 * @param bool     $reload Whether lists in memory are discarded first.
 * @return array[] Lists by name; contains all lists in memory.
 */
function load( array $names, bool $reload = false ): array {
	static $lists  = array();
	static $loaded = array();
	$blog          = get_current_blog_id();
	if ( $reload || ! isset( $loaded[ $blog ] ) ) {
		$lists[ $blog ]  = array();
		$loaded[ $blog ] = array();
	}
	$missing = array_values( array_unique( array_filter( $names, static fn( $name ) => ! isset( $loaded[ $blog ][ $name ] ) ) ) );
	if ( $missing ) {
		$loaded[ $blog ] += array_fill_keys( $missing, true );
		foreach ( get_rows( 'name IN (' . implode( ',', array_fill( 0, count( $missing ), '%s' ) ) . ')', $missing ) as $list ) {
			$lists[ $blog ][ $list['name'] ] = $list;
		}
	}
	return $lists[ $blog ];
}

/**
 * Returns all lists, sorted by name.
 *
 * @return array[] Lists with the data that may be shown now.
 */
function get_all(): array {
	return array_map( __NAMESPACE__ . '\apply_expiry', get_rows( '%d = 1 ORDER BY name', array( 1 ) ) );
}

/**
 * Returns the lists that match an SQL condition.
 *
 * @param string $condition The condition with placeholders of wpdb::prepare().
 * @param array  $values    The values of the placeholders.
 * @return array[] Lists as they are stored, with their `feed_generation`.
 */
function get_rows( string $condition, array $values ): array {
	global $wpdb;
	$table = get_table_name();
	$empty = Products\sanitize_product( array() );
	$rows  = $wpdb->get_results( $wpdb->prepare( "SELECT name, marketplace, size, query, items, seen_at, refreshed_at, feed_generation FROM $table WHERE $condition", $values ), ARRAY_A ); // phpcs:ignore WordPress.DB -- conditions are literals in this file, values are prepared.
	return array_map(
		static fn( $row ) => array(
			'name'            => $row['name'],
			'marketplace'     => $row['marketplace'],
			'size'            => (int) $row['size'],
			'query'           => (array) json_decode( $row['query'], true ),
			'items'           => array_map( static fn( $item ) => $item + $empty, array_filter( (array) json_decode( $row['items'], true ), 'is_array' ) ),
			'seen_at'         => (int) $row['seen_at'],
			'refreshed_at'    => (int) $row['refreshed_at'],
			'feed_generation' => (int) $row['feed_generation'],
		),
		$rows
	);
}

/**
 * Returns the data of a list that may be shown now.
 *
 * All products of a list are refreshed together. So the check time of the marketplace confirms each of them, or none.
 *
 * @param array $list A list as it is stored.
 * @return array The list with its current times, or without products if they have expired.
 */
function apply_expiry( array $list ): array {
	if ( ! $list['items'] ) {
		return $list;
	}
	$checked_at = Accounts\get_checked_at( $list['marketplace'], $list['feed_generation'] );
	$seen_at    = max( $list['seen_at'], $checked_at );
	if ( time() >= $seen_at + Products\MAX_AGE_SECONDS ) {
		return strip( $list );
	}
	$list['items'] = array_map(
		static fn( $item ) => Products\strip_ended_deal( array( 'seen_at' => max( $item['seen_at'], $checked_at ) ) + $item ),
		$list['items']
	);
	return array(
		'seen_at'      => $seen_at,
		'refreshed_at' => $seen_at,
	) + $list;
}

/**
 * Returns a list without any data from Amazon.
 *
 * @param array $list A list as it is stored.
 */
function strip( array $list ): array {
	return array(
		'items'   => array(),
		'seen_at' => 0,
	) + $list;
}

/**
 * Returns the state of a list.
 *
 * @param array $list A list of find() or get_all().
 * @return string `current`, `empty` (the search found nothing), `expired`, or `unfilled` (before the first refresh).
 */
function get_state( array $list ): string {
	if ( $list['items'] ) {
		return 'current';
	}
	if ( $list['seen_at'] > 0 ) {
		return 'empty';
	}
	return $list['refreshed_at'] > 0 ? 'expired' : 'unfilled';
}

/**
 * Stores lists. A list that is older than the stored one, or has no valid name or marketplace, is ignored.
 *
 * @param array[] $lists           Lists in the format of the service.
 * @param int     $feed_generation The generation of the feed that contains them.
 * @return array[]|WP_Error The lists with changed products.
 */
function store( array $lists, int $feed_generation ) {
	$changed = array();
	$lists   = array_filter( array_map( __NAMESPACE__ . '\sanitize', array_filter( $lists, 'is_array' ) ), __NAMESPACE__ . '\is_identified' );
	$stored  = load( array_column( $lists, 'name' ), true );
	foreach ( $lists as $list ) {
		$known   = $stored[ $list['name'] ] ?? null;
		$is_same = $known && array( $known['marketplace'], $known['query'] ) === array( $list['marketplace'], $list['query'] );
		if ( $is_same && 0 < $list['seen_at'] && $list['seen_at'] < $known['seen_at'] ) {
			// Keep the newer data, but write the row: it now belongs to this generation.
			$list = $known;
		} elseif ( ( $known || $list['items'] ) && get_displayed_fields( $list ) !== ( $known ? get_displayed_fields( $known ) : null ) ) {
			$changed[] = $list;
		}
		$list['refreshed_at'] = $is_same ? max( $list['seen_at'], $known['refreshed_at'] ) : $list['seen_at'];
		if ( ! write( $list, $feed_generation ) ) {
			return write_error();
		}
	}
	load( array(), true );
	return $changed;
}

/**
 * Returns the parts of a list that its block shows.
 *
 * @param array $list A list as it is stored.
 */
function get_displayed_fields( array $list ): array {
	return array( $list['marketplace'], array_map( 'AmzLinkr\Products\get_displayed_fields', $list['items'] ) );
}

/**
 * Inserts or updates a row.
 *
 * @param array $list            A list as it is stored.
 * @param int   $feed_generation The generation of the feed that contains it; 0 for none.
 * @return bool Whether the statement succeeded.
 */
function write( array $list, int $feed_generation ): bool {
	global $wpdb;
	$values = array(
		$list['name'],
		$list['marketplace'],
		$list['size'],
		wp_json_encode( $list['query'] ),
		wp_json_encode( $list['items'] ),
		count( $list['items'] ),
		get_offer_end( $list['items'] ),
		$list['seen_at'],
		$list['refreshed_at'],
		$feed_generation,
		time(),
	);
	$table  = get_table_name();
	// phpcs:disable WordPress.DB -- the plugin's own table; its name is a literal.
	return false !== $wpdb->query(
		$wpdb->prepare(
			"INSERT INTO $table (name, marketplace, size, query, items, item_count, offer_until, seen_at, refreshed_at, feed_generation, cache_purged_at)
			VALUES (%s,%s,%d,%s,%s,%d,%d,%d,%d,%d,%d)
			ON DUPLICATE KEY UPDATE marketplace = VALUES(marketplace), size = VALUES(size), query = VALUES(query), items = VALUES(items), item_count = VALUES(item_count), offer_until = VALUES(offer_until), seen_at = VALUES(seen_at), refreshed_at = VALUES(refreshed_at), feed_generation = VALUES(feed_generation)",
			$values
		)
	);
	// phpcs:enable WordPress.DB
}

/**
 * Returns the time at which the first deal of some products ends.
 *
 * @param array[] $items The products of a list.
 * @return int A Unix time; 0 without an end.
 */
function get_offer_end( array $items ): int {
	$ends = array_filter( array_column( $items, 'offer_until' ) );
	return $ends ? min( $ends ) : 0;
}

/**
 * Changes columns of a row, unless another process has written newer products since it was read.
 *
 * @param array $list    A list of get_rows().
 * @param array $columns The new values by column.
 */
function update( array $list, array $columns ): void {
	global $wpdb;
	$where = array(
		'name'        => $list['name'],
		'seen_at'     => $list['seen_at'],
		'offer_until' => get_offer_end( $list['items'] ),
	);
	$wpdb->update( get_table_name(), $columns, $where ); // phpcs:ignore WordPress.DB -- the plugin's own table.
}

/**
 * Returns the error for a failed write to the table.
 */
function write_error(): WP_Error {
	return new WP_Error(
		'not_written',
		__( 'The lists could not be written to the database of this site.', 'amzlinkr' ),
		array( 'action' => __( 'Ask your host to check whether the database is full and whether its table “amzlinkr_lists” is damaged. No lists are lost. The next sync tries again.', 'amzlinkr' ) )
	);
}

/**
 * Deletes lists from the table.
 *
 * @param array[] $lists Lists with `name` and `marketplace`. A list that is now of another marketplace stays.
 * @return true|WP_Error
 */
function remove( array $lists ) {
	global $wpdb;
	load( array(), true );
	foreach ( $lists as $list ) {
		$where = array(
			'name'        => $list['name'],
			'marketplace' => $list['marketplace'],
		);
		if ( false === $wpdb->delete( get_table_name(), $where ) ) { // phpcs:ignore WordPress.DB -- the plugin's own table.
			return write_error();
		}
	}
	return true;
}

/**
 * Finds the lists that do not belong to a feed generation.
 *
 * @param int $feed_generation The generation.
 * @return array[] Lists as they are stored.
 */
function find_other_generations( int $feed_generation ): array {
	return get_rows( 'feed_generation <> %d ORDER BY name', array( $feed_generation ) );
}

/**
 * Strips lists that were last seen 24 or more hours ago. That a search found nothing may be kept.
 *
 * They then belong to no feed generation, so that the sync reads them again; see ListSync\restore_withheld().
 *
 * @return array[] The lists that were stripped.
 */
function purge_expired(): array {
	list( $condition, $values ) = Products\get_expired_condition();
	return purge( get_rows( "item_count > 0 AND $condition", $values ) );
}

/**
 * Strips all lists.
 *
 * @return array[] The lists that were stripped.
 */
function purge_all(): array {
	// A site of a network that was not visited since an update has no table yet.
	return get_option( VERSION_OPTION ) ? purge( get_rows( 'item_count > %d', array( 0 ) ) ) : array();
}

/**
 * Strips lists, which then belong to no feed generation.
 *
 * @param array[] $lists  Lists of get_rows().
 * @param bool    $is_new Whether they then count as lists that were never filled.
 * @return array[] The lists.
 */
function purge( array $lists, bool $is_new = false ): array {
	foreach ( $lists as $list ) {
		$stripped = array(
			'items'           => '[]',
			'item_count'      => 0,
			'offer_until'     => 0,
			'seen_at'         => 0,
			'refreshed_at'    => $is_new ? 0 : $list['refreshed_at'],
			'feed_generation' => 0,
		);
		update( $list, $stripped );
	}
	load( array(), true );
	return $lists;
}

/**
 * Removes the offers of which the deal has ended.
 *
 * @return array[] The lists with a removed offer.
 */
function purge_ended_deals(): array {
	$found = get_rows( 'offer_until BETWEEN 1 AND %d', array( time() ) );
	foreach ( $found as $list ) {
		$items   = array_map( 'AmzLinkr\Products\strip_ended_deal', $list['items'] );
		$columns = array(
			'items'       => wp_json_encode( $items ),
			'offer_until' => get_offer_end( $items ),
		);
		update( $list, $columns );
	}
	load( array(), true );
	return $found;
}

/**
 * Finds lists with products and with posts that were last purged from caches before a time.
 *
 * @param int $time A Unix time.
 * @return array[] Lists as they are stored.
 */
function find_cached_before( int $time ): array {
	return get_rows( 'item_count > 0 AND cache_purged_at < %d', array( $time ) );
}

/**
 * Records that the posts that contain these lists were purged from caches.
 *
 * @param string[] $names The names of the lists.
 * @param int|null $time  A Unix time; by default the current one. With 0, the next sync purges the posts.
 */
function mark_cache_purged( array $names, ?int $time = null ): void {
	global $wpdb;
	foreach ( $names as $name ) {
		$wpdb->update( get_table_name(), array( 'cache_purged_at' => $time ?? time() ), array( 'name' => $name ) ); // phpcs:ignore WordPress.DB -- the plugin's own table.
	}
}

/**
 * Converts a list to the stored format.
 *
 * Its time is that of its oldest product, because all are withheld together.
 *
 * @param array $list A list in the format of the service.
 */
function sanitize( array $list ): array {
	$items = array();
	foreach ( is_array( $list['items'] ?? null ) ? $list['items'] : array() as $item ) {
		$item = is_array( $item ) ? Products\sanitize_product( $item ) : array();
		if ( $item && Products\is_identified( $item ) && ! Products\is_withheld( $item ) && $item['seen_at'] > 0 ) {
			$items += array( $item['asin'] => $item );
		}
	}
	$items = array_slice( array_values( $items ), 0, MAX_SIZE );
	$times = array_merge( array( time(), Products\parse_time( Products\sanitize_text( $list, 'observed_at' ) ) ), array_column( $items, 'seen_at' ) );
	return array(
		'name'        => Products\sanitize_identifier( $list, 'name', Rest\URL_PARAMETERS['name'] ),
		'marketplace' => Products\sanitize_identifier( $list, 'marketplace', Rest\URL_PARAMETERS['marketplace'] ),
		'size'        => min( MAX_SIZE, Products\sanitize_count( $list, 'size' ) ),
		'query'       => sanitize_query( is_array( $list['query'] ?? null ) ? $list['query'] : array() ),
		'items'       => min( $times ) > 0 ? $items : array(),
		'seen_at'     => min( $times ),
	);
}

/**
 * Converts the search of a list: each field has its type, and empty ones are omitted.
 *
 * @param array $query The search, in the format of the service.
 */
function sanitize_query( array $query ): array {
	$found = array();
	foreach ( array_diff( Rest\LIST_FIELDS, array( 'marketplace', 'size' ) ) as $field ) {
		$value = Products\sanitize_text( $query, $field );
		if ( 'in_stock' === $field && is_scalar( $query[ $field ] ?? null ) && '' !== $query[ $field ] ) {
			$found[ $field ] = rest_sanitize_boolean( $query[ $field ] );
		} elseif ( '' !== $value ) {
			$found[ $field ] = in_array( $field, NUMBER_FIELDS, true ) ? Products\sanitize_count( $query, $field ) : $value;
		}
	}
	return $found;
}

/**
 * Returns whether two definitions of a list are the same, whatever the order of their fields.
 *
 * @param array $one   The `marketplace`, `size` and `query`.
 * @param array $other Another definition.
 */
function is_same_definition( array $one, array $other ): bool {
	// The service adds this field to a search without it.
	$queries = array( $one['query'] + array( 'in_stock' => true ), $other['query'] + array( 'in_stock' => true ) );
	array_walk( $queries, static fn( &$query ) => ksort( $query ) );
	return $queries[0] === $queries[1] && array( $one['marketplace'], $one['size'] ) === array( $other['marketplace'], $other['size'] );
}

/**
 * Returns whether a list has a name and a marketplace. Others are dropped.
 *
 * @param array $list A sanitized list.
 */
function is_identified( array $list ): bool {
	return '' !== $list['name'] && '' !== $list['marketplace'];
}
