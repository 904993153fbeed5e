<?php
/**
 * The imported products in the plugin's own table. Data from Amazon is sanitized before it is stored.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Products;

use AmzLinkr\Accounts;
use WP_Error;

defined( 'ABSPATH' ) || exit;

const VERSION_OPTION = 'amzlinkr_table';
const TABLE_VERSION  = 3;
const BATCH_SIZE     = 100;

/** The maximum number of unchanged products with posts that are purged from caches in one run. */
const MAX_CACHE_PURGES = 500;

/** The maximum age of Amazon's content, except the ASIN (Associates Program IP License). */
const MAX_AGE_SECONDS = DAY_IN_SECONDS;

add_action( 'plugins_loaded', __NAMESPACE__ . '\create_table' );
add_filter( 'wpmu_drop_tables', static fn( $tables ) => array_merge( $tables, array( get_table_name() ) ) );

/**
 * Returns the name of the table.
 */
function get_table_name(): string {
	global $wpdb;
	return $wpdb->prefix . 'amzlinkr_products';
}

/**
 * Creates the table or updates it to the current version.
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
	// dbDelta() reports no errors. Store the version only if the newest column exists.
	$suppressed = $wpdb->suppress_errors();
	if ( in_array( 'feed_generation', $wpdb->get_col( "SHOW COLUMNS FROM $table" ), true ) ) { // phpcs:ignore WordPress.DB -- the name of the table is a constant.
		update_option( VERSION_OPTION, TABLE_VERSION, true );
	}
	$wpdb->suppress_errors( $suppressed );
}

/**
 * Returns a product with the data that may be shown now.
 *
 * @param string $asin        An ASIN.
 * @param string $marketplace A marketplace code.
 * @return array|null The product, stripped to its ASIN if it has expired; null if it is not imported.
 */
function find( string $asin, string $marketplace ): ?array {
	$found = load( array( $asin ) )[ "$marketplace:$asin" ] ?? null;
	return $found ? apply_expiry( $found ) : null;
}

/**
 * Loads products as they are stored, with at most one query for those that are not in memory.
 *
 * @param string[] $asins  The ASINs.
 * @param bool     $reload Whether products in memory are discarded first.
 * @return array[] Products by marketplace and ASIN, such as `US:B0…`; contains all products in memory.
 */
function load( array $asins, bool $reload = false ): array {
	static $products = array();
	static $loaded   = array();
	$blog            = get_current_blog_id();
	if ( $reload || ! isset( $loaded[ $blog ] ) ) {
		$products[ $blog ] = array();
		$loaded[ $blog ]   = array();
	}
	$missing = array_diff( array_unique( $asins ), array_keys( $loaded[ $blog ] ) );
	if ( $missing ) {
		$loaded[ $blog ] += array_fill_keys( $missing, true );
		foreach ( get_rows( 'asin IN (' . implode( ',', array_fill( 0, count( $missing ), '%s' ) ) . ')', array_values( $missing ) ) as $product ) {
			$products[ $blog ][ "{$product['marketplace']}:{$product['asin']}" ] = $product;
		}
	}
	return $products[ $blog ];
}

/**
 * Returns a page of the imported products, sorted by title.
 *
 * @param int $number The number of the page, from 1.
 * @param int $size   The number of products on a page.
 * @return array[] Products with the data that may be shown now.
 */
function get_page( int $number, int $size ): array {
	$found = get_rows( '1 = 1 ORDER BY title, asin LIMIT %d OFFSET %d', array( $size, ( $number - 1 ) * $size ) );
	return array_map( __NAMESPACE__ . '\apply_expiry', $found );
}

/**
 * Counts the imported products.
 */
function count_all(): int {
	global $wpdb;
	$table = get_table_name();
	return (int) $wpdb->get_var( "SELECT COUNT(*) FROM $table" ); // phpcs:ignore WordPress.DB -- the name of the table is a constant.
}

/**
 * Returns the products that match an SQL condition.
 *
 * @param string $condition The condition with placeholders of wpdb::prepare().
 * @param array  $values    The values of the placeholders.
 * @return array[] Products as they are stored, with their `feed_generation`.
 */
function get_rows( string $condition, array $values ): array {
	global $wpdb;
	$table = get_table_name();
	$rows  = $wpdb->get_results( $wpdb->prepare( "SELECT product, seen_at, feed_generation FROM $table WHERE $condition", $values ), ARRAY_A ); // phpcs:ignore WordPress.DB -- conditions are literals in this file, values are prepared.
	return array_map(
		static fn( $row ) => array_map( 'intval', array_slice( $row, 1 ) ) + (array) json_decode( $row['product'], true ),
		$rows
	);
}

/**
 * Returns the data of a product that may be shown now.
 *
 * @param array $product A product as it is stored.
 * @return array The product with its current `seen_at`, or stripped to its ASIN if it has expired.
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
 * Returns a product without any data from Amazon except the ASIN.
 *
 * @param array $product A product with `asin` and `marketplace`.
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
 * Stores products. A product that is older than the stored one is ignored.
 *
 * @param array[] $products        Products in the format of the service.
 * @param int     $feed_generation The generation of the feed that contains them; 0 for none.
 * @return array[]|WP_Error The products with changed displayed fields.
 */
function store( array $products, int $feed_generation ) {
	$changed = array();
	foreach ( array_chunk( array_map( __NAMESPACE__ . '\sanitize_product', $products ), BATCH_SIZE ) as $batch ) {
		$stored = load( array_column( $batch, 'asin' ), true );
		foreach ( $batch as $index => $product ) {
			$known = $stored[ "{$product['marketplace']}:{$product['asin']}" ] ?? null;
			if ( $known && 0 < $product['seen_at'] && $product['seen_at'] < $known['seen_at'] ) {
				// Keep the newer data, but write the row: it now belongs to this generation.
				$batch[ $index ] = array_diff_key( $known, array( 'feed_generation' => 0 ) );
			} elseif ( ! $known || get_displayed_fields( $known ) !== get_displayed_fields( $product ) ) {
				$changed[] = $product;
			}
		}
		if ( ! write_rows( $batch, $feed_generation ) ) {
			return write_error();
		}
	}
	load( array(), true );
	return $changed;
}

/**
 * Returns the fields of a product that a box shows.
 *
 * @param array $product A product as it is stored.
 */
function get_displayed_fields( array $product ): array {
	$internal = array(
		'seen_at'         => 0,
		'feed_generation' => 0,
	);
	return array_diff_key( $product, $internal );
}

/**
 * Inserts or updates rows with one statement.
 *
 * @param array[] $products        Sanitized products.
 * @param int     $feed_generation The generation of the feed that contains them; 0 for none.
 * @return bool Whether the statement succeeded.
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
	$table        = get_table_name();
	$placeholders = implode( ',', array_fill( 0, count( $products ), '(%s,%s,%s,%d,%d,%d,%s)' ) );
	// phpcs:disable WordPress.DB -- the plugin's own table; its name and the placeholders are literals.
	return false !== $wpdb->query(
		$wpdb->prepare(
			"INSERT INTO $table (marketplace, asin, title, seen_at, feed_generation, cache_purged_at, product) VALUES $placeholders
			ON DUPLICATE KEY UPDATE title = VALUES(title), seen_at = VALUES(seen_at), feed_generation = VALUES(feed_generation), product = VALUES(product)",
			$values
		)
	);
	// phpcs:enable WordPress.DB
}

/**
 * Returns the error for a failed write to the table.
 */
function write_error(): WP_Error {
	return new WP_Error(
		'not_written',
		__( 'The products could not be written to the database of this site.', 'amzlinkr' ),
		array( 'action' => __( 'Ask your host to check whether the database is full and whether its table “amzlinkr_products” is damaged. No products are lost. The next sync tries again.', 'amzlinkr' ) )
	);
}

/**
 * Deletes products from the table.
 *
 * @param array[] $products Products with `asin` and `marketplace`.
 * @return true|WP_Error
 */
function remove( array $products ) {
	global $wpdb;
	load( array(), true );
	foreach ( $products as $product ) {
		$deleted = $wpdb->delete( // phpcs:ignore WordPress.DB -- the plugin's own table.
			get_table_name(),
			array(
				'marketplace' => $product['marketplace'],
				'asin'        => $product['asin'],
			)
		);
		if ( false === $deleted ) {
			return write_error();
		}
	}
	return true;
}

/**
 * Finds the products that do not belong to a feed generation.
 *
 * @param int $feed_generation The generation.
 * @return array[] Products as they are stored.
 */
function find_other_generations( int $feed_generation ): array {
	return get_rows( 'feed_generation <> %d', array( $feed_generation ) );
}

/**
 * Strips products to their ASIN that were last seen 24 or more hours ago.
 *
 * @return array[]|WP_Error The products that were stripped.
 */
function purge_expired() {
	$confirmed    = Accounts\get_confirmed_marketplaces( time() - MAX_AGE_SECONDS );
	$placeholders = implode( ',', array_fill( 0, count( $confirmed['marketplaces'] ), '%s' ) );
	$found        = get_rows(
		'seen_at BETWEEN 1 AND %d AND NOT ( feed_generation = %d AND marketplace IN (' . $placeholders . ') )',
		array_merge( array( time() - MAX_AGE_SECONDS, $confirmed['feed_generation'] ), $confirmed['marketplaces'] )
	);
	return store( array_map( __NAMESPACE__ . '\strip_to_asin', $found ), 0 );
}

/**
 * Strips all products to their ASIN.
 *
 * @return array[] The products that were stripped.
 */
function purge_all(): array {
	$purged = array();
	do {
		$batch    = get_rows( 'seen_at > %d LIMIT %d', array( 0, BATCH_SIZE ) );
		$stripped = store( array_map( __NAMESPACE__ . '\strip_to_asin', $batch ), 0 );
		$purged   = array_merge( $purged, is_wp_error( $stripped ) ? array() : $stripped );
	} while ( $batch && ! is_wp_error( $stripped ) );
	return $purged;
}

/**
 * Finds products with content and with posts that were last purged from caches before a time.
 *
 * @param int $time A Unix time.
 * @return array[] At most MAX_CACHE_PURGES products.
 */
function find_cached_before( int $time ): array {
	return get_rows( 'seen_at > %d AND cache_purged_at < %d LIMIT %d', array( 0, $time, MAX_CACHE_PURGES ) );
}

/**
 * Records that the posts that contain these products were purged from caches now.
 *
 * @param array[] $products Products with `asin` and `marketplace`.
 */
function mark_cache_purged( array $products ): void {
	global $wpdb;
	$table = get_table_name();
	foreach ( array_chunk( $products, BATCH_SIZE ) as $batch ) {
		$values = array( time() );
		foreach ( $batch as $product ) {
			array_push( $values, $product['marketplace'], $product['asin'] );
		}
		$placeholders = implode( ',', array_fill( 0, count( $batch ), '(%s,%s)' ) );
		$wpdb->query( $wpdb->prepare( "UPDATE $table SET cache_purged_at = %d WHERE (marketplace, asin) IN ($placeholders)", $values ) ); // phpcs:ignore WordPress.DB -- the name of the table and the placeholders are literals.
	}
}

/**
 * Converts a product to the stored format: each field has its type, and URLs are https URLs.
 *
 * @param array $product A product in the format of the service.
 */
function sanitize_product( array $product ): array {
	$image      = (array) ( $product['image'] ?? array() );
	$is_expired = 'expired' === ( $product['price_status'] ?? 'expired' );
	return array(
		// The clock of the service may be ahead: a time in the future would delay the expiry.
		'seen_at'         => $is_expired ? 0 : min( time(), (int) strtotime( sanitize_text( $product, 'observed_at' ) ) ),
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
		'price_status'    => $is_expired ? 'expired' : sanitize_text( $product, 'price_status' ),
		'disclaimer'      => sanitize_text( $product, 'disclaimer' ),
	);
}

/**
 * Returns a field as valid UTF-8 text.
 *
 * @param array  $data  Decoded JSON.
 * @param string $field The name of the field.
 * @return string The text, or an empty string if the field is missing or not a scalar.
 */
function sanitize_text( array $data, string $field ): string {
	$value = $data[ $field ] ?? '';
	return is_scalar( $value ) ? wp_check_invalid_utf8( (string) $value ) : '';
}

/**
 * Returns a URL unchanged if it is a valid https URL.
 *
 * @param string $url The URL.
 * @return string The URL, or an empty string.
 */
function sanitize_url( string $url ): string {
	return 0 === strpos( $url, 'https://' ) && esc_url_raw( $url, array( 'https' ) ) === $url ? $url : '';
}
