<?php
/**
 * The imported products, in a table of their own. What Amazon sent is text, and cleaned on its way in.
 */

namespace AmzLinkr\Products;

use AmzLinkr\Accounts;
use WP_Error;

defined( 'ABSPATH' ) || exit;

const VERSION_OPTION = 'amzlinkr_table';
const TABLE_VERSION  = 3;
const BATCH_SIZE        = 100;

/** Of so many products the pages are made anew in one run only because they become old. */
const MAX_CACHE_PURGES = 500;

/** Nothing of Amazon's but the ASIN may be shown longer after it was seen (Associates Program IP License). */
const MAX_AGE_SECONDS = DAY_IN_SECONDS;

add_action( 'plugins_loaded', __NAMESPACE__ . '\create_table' );
add_filter( 'wpmu_drop_tables', static fn( $tables ) => array_merge( $tables, array( get_table_name() ) ) );

function get_table_name(): string {
	global $wpdb;
	return $wpdb->prefix . 'amzlinkr_products';
}

/**
 * Create the table, or bring it to the newest form.
 */
function create_table(): void {
	if ( (int) get_option( VERSION_OPTION ) === TABLE_VERSION ) {
		return;
	}
	global $wpdb;
	require_once ABSPATH . 'wp-admin/includes/upgrade.php';
	$table = get_table_name();
	dbDelta(
		"CREATE TABLE $table (
			marketplace char(2) NOT NULL,
			asin char(10) NOT NULL,
			title varchar(190) NOT NULL DEFAULT '',
			seen_at int unsigned NOT NULL DEFAULT 0,
			feed_generation int unsigned NOT NULL DEFAULT 0,
			cache_purged_at int unsigned NOT NULL DEFAULT 0,
			product longtext NOT NULL,
			PRIMARY KEY  (marketplace, asin),
			KEY asin (asin),
			KEY seen_at (seen_at),
			KEY feed_generation (feed_generation)
		) {$wpdb->get_charset_collate()};"
	);
	$quiet = $wpdb->suppress_errors();
	if ( in_array( 'feed_generation', $wpdb->get_col( "SHOW COLUMNS FROM $table" ), true ) ) { // phpcs:ignore WordPress.DB -- the table's name is ours.
		update_option( VERSION_OPTION, TABLE_VERSION, true );
	}
	$wpdb->suppress_errors( $quiet );
}

/**
 * A product, or null if it is not imported. Older than 24 hours, nothing but its ASIN is left of it.
 */
function find( string $asin, string $marketplace ): ?array {
	$found = load( array( $asin ) )[ "$marketplace:$asin" ] ?? null;
	return $found ? apply_expiry( $found ) : null;
}

/**
 * Read products as they are stored, with at most one query for all that are not at hand.
 *
 * @param string[] $asins
 * @return array[] By marketplace and ASIN, like `US:B0…`; with them all others that are at hand.
 */
function load( array $asins, bool $anew = false ): array {
	static $at_hand = array();
	static $asked   = array();
	$blog           = get_current_blog_id();
	if ( $anew || ! isset( $asked[ $blog ] ) ) {
		$at_hand[ $blog ] = array();
		$asked[ $blog ]   = array();
	}
	$missing = array_diff( array_unique( $asins ), array_keys( $asked[ $blog ] ) );
	if ( $missing ) {
		$asked[ $blog ] += array_fill_keys( $missing, true );
		foreach ( get_rows( 'asin IN (' . implode( ',', array_fill( 0, count( $missing ), '%s' ) ) . ')', array_values( $missing ) ) as $product ) {
			$at_hand[ $blog ][ "{$product['marketplace']}:{$product['asin']}" ] = $product;
		}
	}
	return $at_hand[ $blog ];
}

/**
 * A page of what is imported, by title.
 *
 * @return array[] As of now.
 */
function get_page( int $number, int $size ): array {
	$found = get_rows( '1 = 1 ORDER BY title, asin LIMIT %d OFFSET %d', array( $size, ( $number - 1 ) * $size ) );
	return array_map( __NAMESPACE__ . '\apply_expiry', $found );
}

function count_all(): int {
	global $wpdb;
	$table = get_table_name();
	return (int) $wpdb->get_var( "SELECT COUNT(*) FROM $table" ); // phpcs:ignore WordPress.DB -- the table's name is ours.
}

/**
 * @return array[] Products as they are stored, with their `feed_generation`.
 */
function get_rows( string $condition, array $values ): array {
	global $wpdb;
	$table = get_table_name();
	$rows  = $wpdb->get_results( $wpdb->prepare( "SELECT product, seen_at, feed_generation FROM $table WHERE $condition", $values ), ARRAY_A ); // phpcs:ignore WordPress.DB -- conditions are written in this file, values are prepared.
	return array_map(
		static fn( $row ) => array_map( 'intval', array_slice( $row, 1 ) ) + (array) json_decode( $row['product'], true ),
		$rows
	);
}

/**
 * What may be shown of a product now.
 *
 * @param array $product As it is stored.
 */
function apply_expiry( array $product ): array {
	$seen_at = $product['seen_at'];
	if ( $seen_at > 0 ) {
		$seen_at = max( $seen_at, Accounts\get_checked_at( $product['marketplace'], $product['feed_generation'] ) );
	}
	if ( 'expired' === $product['price_status'] || time() >= $seen_at + MAX_AGE_SECONDS ) {
		return strip_to_asin( $product );
	}
	return array( 'seen_at' => $seen_at ) + $product;
}

/**
 * A product of which nothing but the ASIN is left.
 */
function strip_to_asin( array $product ): array {
	return sanitize_product(
		array(
			'asin'         => $product['asin'],
			'marketplace'  => $product['marketplace'],
			'price_status' => 'expired',
		)
	);
}

/**
 * Store products as the service describes them. What is older than what is here changes nothing.
 *
 * @param int $feed_generation Which reading of the feed knows them; 0 for none.
 * @return array[]|WP_Error Those that are shown otherwise than before.
 */
function store( array $products, int $feed_generation ) {
	$changed = array();
	foreach ( array_chunk( array_map( __NAMESPACE__ . '\sanitize_product', $products ), BATCH_SIZE ) as $some ) {
		$before = load( array_column( $some, 'asin' ), true );
		foreach ( $some as $place => $product ) {
			$known = $before[ "{$product['marketplace']}:{$product['asin']}" ] ?? null;
			if ( $known && 0 < $product['seen_at'] && $product['seen_at'] < $known['seen_at'] ) {
				$some[ $place ] = array_diff_key( $known, array( 'feed_generation' => 0 ) );
			} elseif ( ! $known || get_displayed_fields( $known ) !== get_displayed_fields( $product ) ) {
				$changed[] = $product;
			}
		}
		if ( ! write_rows( $some, $feed_generation ) ) {
			return write_error();
		}
	}
	load( array(), true );
	return $changed;
}

/**
 * All of a product but since when it is known, and how.
 */
function get_displayed_fields( array $product ): array {
	return array_diff_key( $product, array( 'seen_at' => 0, 'feed_generation' => 0 ) );
}

/**
 * Insert or replace rows with one statement.
 *
 * @param array[] $products Cleaned ones.
 * @return bool Whether it worked.
 */
function write_rows( array $products, int $feed_generation ): bool {
	global $wpdb;
	$values = array();
	foreach ( $products as $product ) {
		array_push(
			$values,
			$product['marketplace'],
			$product['asin'],
			mb_substr( $product['title'], 0, 190 ),
			$product['seen_at'],
			$feed_generation,
			time(),
			wp_json_encode( $product )
		);
	}
	$table = get_table_name();
	$marks = implode( ',', array_fill( 0, count( $products ), '(%s,%s,%s,%d,%d,%d,%s)' ) );
	return false !== $wpdb->query( // phpcs:ignore WordPress.DB -- a table of our own.
		$wpdb->prepare(
			"INSERT INTO $table (marketplace, asin, title, seen_at, feed_generation, cache_purged_at, product) VALUES $marks
			ON DUPLICATE KEY UPDATE title = VALUES(title), seen_at = VALUES(seen_at), feed_generation = VALUES(feed_generation), product = VALUES(product)", // phpcs:ignore WordPress.DB -- the table's name and the marks are ours.
			$values
		)
	);
}

function write_error(): WP_Error {
	return new WP_Error(
		'not_written',
		__( 'The products could not be written to the database of this site.', 'amzlinkr' ),
		array( 'action' => __( 'Have your host look at the database: whether it is full, and whether its table “amzlinkr_products” is sound. Nothing is lost; it is tried again.', 'amzlinkr' ) )
	);
}

/**
 * Take products out.
 *
 * @param array[] $products Each with `asin` and `marketplace`.
 * @return true|WP_Error
 */
function remove( array $products ) {
	global $wpdb;
	load( array(), true );
	foreach ( $products as $product ) {
		$gone = $wpdb->delete( // phpcs:ignore WordPress.DB -- a table of our own.
			get_table_name(),
			array(
				'marketplace' => $product['marketplace'],
				'asin'        => $product['asin'],
			)
		);
		if ( false === $gone ) {
			return write_error();
		}
	}
	return true;
}

/**
 * What was not written by a reading of the feed.
 *
 * @return array[] Products as they are stored.
 */
function find_other_generations( int $feed_generation ): array {
	return get_rows( 'feed_generation <> %d', array( $feed_generation ) );
}

/**
 * Of products that nobody saw for 24 hours keep the ASIN only.
 *
 * @return array[]|WP_Error The products this happened to now.
 */
function purge_expired() {
	$fresh   = Accounts\get_confirmed_marketplaces( time() - MAX_AGE_SECONDS );
	$marks   = implode( ',', array_fill( 0, count( $fresh['marketplaces'] ), '%s' ) );
	$found   = get_rows(
		'seen_at BETWEEN 1 AND %d AND NOT ( feed_generation = %d AND marketplace IN (' . $marks . ') )',
		array_merge( array( time() - MAX_AGE_SECONDS, $fresh['feed_generation'] ), $fresh['marketplaces'] )
	);
	return store( array_map( __NAMESPACE__ . '\strip_to_asin', $found ), 0 );
}

/**
 * Keep the ASIN only, of all products.
 *
 * @return array[] The products this happened to now.
 */
function purge_all(): array {
	$purged = array();
	do {
		$some   = get_rows( 'seen_at > %d LIMIT %d', array( 0, BATCH_SIZE ) );
		$done   = store( array_map( __NAMESPACE__ . '\strip_to_asin', $some ), 0 );
		$purged = array_merge( $purged, is_wp_error( $done ) ? array() : $done );
	} while ( $some && ! is_wp_error( $done ) );
	return $purged;
}

/**
 * Products of which something is shown by pages that were not made anew since a moment; not all at once.
 *
 * @return array[]
 */
function find_cached_before( int $moment ): array {
	return get_rows( 'seen_at > %d AND cache_purged_at < %d LIMIT %d', array( 0, $moment, MAX_CACHE_PURGES ) );
}

/**
 * Remember that the pages which show these products were dropped from the caches.
 *
 * @param array[] $products Each with `asin` and `marketplace`.
 */
function mark_cache_purged( array $products ): void {
	global $wpdb;
	$table = get_table_name();
	foreach ( array_chunk( $products, BATCH_SIZE ) as $some ) {
		$values = array( time() );
		foreach ( $some as $product ) {
			array_push( $values, $product['marketplace'], $product['asin'] );
		}
		$marks = implode( ',', array_fill( 0, count( $some ), '(%s,%s)' ) );
		$wpdb->query( $wpdb->prepare( "UPDATE $table SET cache_purged_at = %d WHERE (marketplace, asin) IN ($marks)", $values ) ); // phpcs:ignore WordPress.DB -- the table's name and the marks are ours.
	}
}

/**
 * A product in the form that is stored: each field of its type, addresses that are web addresses.
 *
 * @param array $product As the service describes it.
 */
function sanitize_product( array $product ): array {
	$image   = (array) ( $product['image'] ?? array() );
	$expired = 'expired' === ( $product['price_status'] ?? 'expired' );
	return array(
		'seen_at'         => $expired ? 0 : min( time(), (int) strtotime( sanitize_text( $product, 'observed_at' ) ) ),
		'asin'            => sanitize_text( $product, 'asin' ),
		'marketplace'     => sanitize_text( $product, 'marketplace' ),
		'title'           => sanitize_text( $product, 'title' ),
		'url'             => sanitize_url( sanitize_text( $product, 'url' ) ),
		'image'           => sanitize_url( sanitize_text( $image, 'url' ) ),
		'image_width'     => max( 0, (int) ( $image['width'] ?? 0 ) ),
		'image_height'    => max( 0, (int) ( $image['height'] ?? 0 ) ),
		'brand'           => sanitize_text( $product, 'brand' ),
		'price'           => sanitize_text( (array) ( $product['price'] ?? array() ), 'display' ),
		'list_price'      => sanitize_text( (array) ( $product['list_price'] ?? array() ), 'display' ),
		'savings_percent' => (int) ( $product['savings_percent'] ?? 0 ),
		'availability'    => sanitize_text( $product, 'availability' ),
		'price_status'    => $expired ? 'expired' : sanitize_text( $product, 'price_status' ),
		'disclaimer'      => sanitize_text( $product, 'disclaimer' ),
	);
}

function sanitize_text( array $from, string $field ): string {
	$found = $from[ $field ] ?? '';
	return is_scalar( $found ) ? wp_check_invalid_utf8( (string) $found ) : '';
}

/**
 * The address, unaltered, if a browser may be sent there; else an empty string.
 */
function sanitize_url( string $url ): string {
	return 0 === strpos( $url, 'https://' ) && esc_url_raw( $url, array( 'https' ) ) === $url ? $url : '';
}
