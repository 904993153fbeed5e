<?php
/**
 * The imported products in the plugin's own table. Data from Amazon is sanitized before it is stored.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Products;

use AmzLinkr\Accounts;
use AmzLinkr\Rest;
use AmzLinkr\Sync;
use WP_Error;

defined( 'ABSPATH' ) || exit;

const VERSION_OPTION = 'amzlinkr_table';
const TABLE_VERSION  = 6;
const BATCH_SIZE     = 100;

/** The maximum number of unchanged products with posts that are purged from caches in one run. */
const MAX_CACHE_PURGES = 500;

/** The maximum age of Amazon's content, except the ASIN (Associates Program IP License). */
const MAX_AGE_SECONDS = DAY_IN_SECONDS;

/** The maximum number of characters of a text of the service. Its own limits are lower. */
const MAX_TEXT_CHARS = 2000;

/** The maximum number of characters of a link. */
const MAX_LINK_CHARS = 2048;

/**
 * A link to a marketplace or to a server of Amazon with pictures, without user and port, and with characters of URLs only.
 * The service accepts the same links from Amazon.
 */
const LINK = '~^(?i:https://(?:(?:www\.)?(?:smile\.)?(?:m\.)?amazon\.(?:' . Accounts\TOP_LEVEL_DOMAINS . ')|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:media-amazon|ssl-images-amazon|images-amazon)\.com))(?:[/?#][!#-;=?-Z\[\]_a-z\~]*)?\z~';

/** The price statuses of products of which only the ASIN may be shown. */
const WITHHELD_STATUSES = array( 'expired', 'missing', 'waiting' );

/** The fields of a featured offer. They are removed when its deal has ended, because its price was a part of it. */
const OFFER_FIELDS = array( 'price', 'list_price', 'list_price_label', 'list_price_kind', 'savings_percent', 'unit_price', 'deal_access', 'deal_badge', 'offer_until' );

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
	$version = (int) get_option( VERSION_OPTION );
	if ( TABLE_VERSION === $version ) {
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
			brand varchar(190) NOT NULL DEFAULT '',
			price_status varchar(20) NOT NULL DEFAULT '',
			availability varchar(20) NOT NULL DEFAULT '',
			offer_until int unsigned NOT NULL DEFAULT 0,
			seen_at int unsigned NOT NULL DEFAULT 0,
			feed_generation int unsigned NOT NULL DEFAULT 0,
			cache_purged_at int unsigned NOT NULL DEFAULT 0,
			added_at int unsigned NOT NULL DEFAULT 0,
			product longtext NOT NULL,
			PRIMARY KEY  (marketplace, asin),
			KEY asin (asin),
			KEY offer_until (offer_until),
			KEY seen_at (seen_at),
			KEY feed_generation (feed_generation)
		) {$wpdb->get_charset_collate()};"
	);
	// dbDelta() reports no errors. Store the version only if the newest column exists.
	$suppressed = $wpdb->suppress_errors();
	if ( in_array( 'added_at', $wpdb->get_col( "SHOW COLUMNS FROM $table" ), true ) ) { // phpcs:ignore WordPress.DB -- the name of the table is a constant.
		update_option( VERSION_OPTION, TABLE_VERSION, true );
		if ( $version ) {
			// Rows of an earlier version lack fields that the service may never send again if they do not change.
			Sync\request_restart();
		}
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
	// The time depends on the number of the given ASINs only: a page can contain thousands of boxes.
	$missing = array_values( array_unique( array_filter( $asins, static fn( $asin ) => ! isset( $loaded[ $blog ][ $asin ] ) ) ) );
	if ( $missing ) {
		$loaded[ $blog ] += array_fill_keys( $missing, true );
		foreach ( get_rows( 'asin IN (' . implode( ',', array_fill( 0, count( $missing ), '%s' ) ) . ')', $missing ) as $product ) {
			$products[ $blog ][ "{$product['marketplace']}:{$product['asin']}" ] = $product;
		}
	}
	return $products[ $blog ];
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
 * @return array[] Products as they are stored, with their `feed_generation`. Fields that an earlier version of the
 *                 plugin did not store are empty.
 */
function get_rows( string $condition, array $values ): array {
	global $wpdb;
	$table = get_table_name();
	$empty = sanitize_product( array() );
	$rows  = $wpdb->get_results( $wpdb->prepare( "SELECT product, seen_at, feed_generation FROM $table WHERE $condition", $values ), ARRAY_A ); // phpcs:ignore WordPress.DB -- conditions are literals in this file, values are prepared.
	return array_map(
		static fn( $row ) => array_map( 'intval', array_slice( $row, 1 ) ) + (array) json_decode( $row['product'], true ) + $empty,
		$rows
	);
}

/**
 * Returns the data of a product that may be shown now.
 *
 * @param array $product A product as it is stored.
 * @return array The product with its current `seen_at`, or stripped to its ASIN if it is withheld.
 */
function apply_expiry( array $product ): array {
	$seen_at = $product['seen_at'];
	if ( $seen_at > 0 ) {
		$seen_at = max( $seen_at, Accounts\get_checked_at( $product['marketplace'], $product['feed_generation'] ) );
	}
	if ( is_withheld( $product ) || time() >= $seen_at + MAX_AGE_SECONDS ) {
		return strip_to_asin( $product );
	}
	return strip_ended_deal( array( 'seen_at' => $seen_at ) + $product );
}

/**
 * Returns whether only the ASIN of a product may be shown.
 *
 * @param array $product A product with `price_status`.
 */
function is_withheld( array $product ): bool {
	return in_array( $product['price_status'] ?? 'expired', WITHHELD_STATUSES, true );
}

/**
 * Returns a product without any data from Amazon except the ASIN.
 *
 * @param array $product A product with `asin` and `marketplace`.
 */
function strip_to_asin( array $product ): array {
	return sanitize_product( is_withheld( $product ) ? $product : array( 'price_status' => 'expired' ) + $product );
}

/**
 * Returns a product without its offer if the deal of the offer has ended.
 *
 * @param array $product A product as it is stored.
 */
function strip_ended_deal( array $product ): array {
	if ( 0 === $product['offer_until'] || time() < $product['offer_until'] ) {
		return $product;
	}
	$empty_offer = array_intersect_key( sanitize_product( array() ), array_flip( OFFER_FIELDS ) );
	return array_replace( $product, $empty_offer, array( 'price_status' => 'hidden' ) );
}

/**
 * Stores products. A product that is older than the stored one, or has no valid ASIN or marketplace, is ignored.
 *
 * @param array[] $products        Products in the format of the service.
 * @param int     $feed_generation The generation of the feed that contains them; 0 for none.
 * @return array[]|WP_Error The products with changed displayed fields.
 */
function store( array $products, int $feed_generation ) {
	$changed  = array();
	$products = array_map( __NAMESPACE__ . '\sanitize_product', array_filter( $products, 'is_array' ) );
	foreach ( array_chunk( array_filter( $products, __NAMESPACE__ . '\is_identified' ), BATCH_SIZE ) as $batch ) {
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
			mb_substr( $product['brand'], 0, 190 ),
			mb_substr( $product['price_status'], 0, 20 ),
			mb_substr( $product['availability'], 0, 20 ),
			$product['offer_until'],
			$product['seen_at'],
			$feed_generation,
			time(),
			time(),
			wp_json_encode( $product )
		);
	}
	$table        = get_table_name();
	$placeholders = implode( ',', array_fill( 0, count( $products ), '(%s,%s,%s,%s,%s,%s,%d,%d,%d,%d,%d,%s)' ) );
	// phpcs:disable WordPress.DB -- the plugin's own table; its name and the placeholders are literals.
	return false !== $wpdb->query(
		$wpdb->prepare(
			"INSERT INTO $table (marketplace, asin, title, brand, price_status, availability, offer_until, seen_at, feed_generation, cache_purged_at, added_at, product) VALUES $placeholders
			ON DUPLICATE KEY UPDATE title = VALUES(title), brand = VALUES(brand), price_status = VALUES(price_status), availability = VALUES(availability), offer_until = VALUES(offer_until), seen_at = VALUES(seen_at), feed_generation = VALUES(feed_generation), product = VALUES(product)",
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
 * Finds the products that the service may hold as current although this site withholds them.
 *
 * @param int $feed_generation The current generation.
 * @return array[] Products that expired, here or at the service, and products of other generations, as they are stored.
 */
function find_unconfirmed( int $feed_generation ): array {
	return get_rows( "feed_generation <> %d OR ( seen_at = 0 AND price_status = 'expired' )", array( $feed_generation ) );
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
 * Returns the SQL condition for products with content that were last seen 24 or more hours ago.
 *
 * @return array The condition with placeholders, and their values.
 */
function get_expired_condition(): array {
	$confirmed    = Accounts\get_confirmed_marketplaces( time() - MAX_AGE_SECONDS );
	$placeholders = implode( ',', array_fill( 0, count( $confirmed['marketplaces'] ), '%s' ) );
	return array(
		"seen_at BETWEEN 1 AND %d AND NOT ( feed_generation = %d AND marketplace IN ($placeholders) )",
		array_merge( array( time() - MAX_AGE_SECONDS, $confirmed['feed_generation'] ), $confirmed['marketplaces'] ),
	);
}

/**
 * Strips products to their ASIN that were last seen 24 or more hours ago.
 *
 * They then belong to no feed generation, so that the sync reads them again; see Sync\restore_withheld().
 *
 * @return array[]|WP_Error The products that were stripped.
 */
function purge_expired() {
	list( $condition, $values ) = get_expired_condition();
	return store( array_map( __NAMESPACE__ . '\strip_to_asin', get_rows( $condition, $values ) ), 0 );
}

/**
 * Removes the offers of which the deal has ended.
 *
 * @return array[] The products with a removed offer.
 */
function purge_ended_deals(): array {
	global $wpdb;
	$found = get_rows( 'offer_until BETWEEN 1 AND %d', array( time() ) );
	foreach ( $found as $product ) {
		$stripped = strip_ended_deal( array_diff_key( $product, array( 'feed_generation' => 0 ) ) );
		// An import may have written a newer offer in the meantime: the condition keeps it.
		$wpdb->update( // phpcs:ignore WordPress.DB -- the plugin's own table.
			get_table_name(),
			array(
				'price_status' => $stripped['price_status'],
				'offer_until'  => 0,
				'product'      => wp_json_encode( $stripped ),
			),
			array(
				'marketplace' => $product['marketplace'],
				'asin'        => $product['asin'],
				'seen_at'     => $product['seen_at'],
				'offer_until' => $product['offer_until'],
			)
		);
	}
	load( array(), true );
	return $found;
}

/**
 * Returns the products of which only the ASIN may be shown now.
 *
 * @return array[] `asin`, `marketplace` and `price_status` of each product, sorted by marketplace and ASIN.
 */
function find_withheld(): array {
	global $wpdb;
	$table                      = get_table_name();
	list( $condition, $values ) = get_expired_condition();
	return $wpdb->get_results( // phpcs:ignore WordPress.DB -- the plugin's own table.
		$wpdb->prepare(
			"SELECT marketplace, asin, IF( seen_at = 0 AND price_status <> '', price_status, 'expired' ) AS price_status
			FROM $table WHERE seen_at = 0 OR ( $condition ) ORDER BY marketplace, asin", // phpcs:ignore WordPress.DB -- literals of this file.
			$values
		),
		ARRAY_A
	);
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
 * Requests that the next sync purges the posts that contain these products from caches.
 *
 * @param array[] $products Products with `asin` and `marketplace`.
 */
function request_cache_purge( array $products ): void {
	mark_cache_purged( $products, 0 );
}

/**
 * Records that the posts that contain these products were purged from caches.
 *
 * @param array[]  $products Products with `asin` and `marketplace`.
 * @param int|null $time     A Unix time; by default the current one.
 */
function mark_cache_purged( array $products, ?int $time = null ): void {
	global $wpdb;
	$table = get_table_name();
	foreach ( array_chunk( $products, BATCH_SIZE ) as $batch ) {
		$values = array( $time ?? time() );
		foreach ( $batch as $product ) {
			array_push( $values, $product['marketplace'], $product['asin'] );
		}
		$placeholders = implode( ',', array_fill( 0, count( $batch ), '(%s,%s)' ) );
		$wpdb->query( $wpdb->prepare( "UPDATE $table SET cache_purged_at = %d WHERE (marketplace, asin) IN ($placeholders)", $values ) ); // phpcs:ignore WordPress.DB -- the name of the table and the placeholders are literals.
	}
}

/**
 * Converts a product to the stored format: each field has its type, and URLs are those of Amazon.
 *
 * @param array $product A product in the format of the service. Of a withheld product, all content is dropped.
 */
function sanitize_product( array $product ): array {
	$product += array( 'price_status' => 'expired' );
	if ( is_withheld( $product ) ) {
		$product = array_intersect_key( $product, array_flip( array( 'asin', 'marketplace', 'price_status' ) ) );
	}
	$image = (array) ( $product['image'] ?? array() );
	$deal  = (array) ( $product['deal'] ?? array() );
	return array(
		// The clock of the service may be ahead: a time in the future would delay the expiry.
		'seen_at'              => min( time(), parse_time( sanitize_text( $product, 'observed_at' ) ) ),
		'asin'                 => sanitize_identifier( $product, 'asin', Rest\URL_PARAMETERS['asin'] ),
		'marketplace'          => sanitize_identifier( $product, 'marketplace', Rest\URL_PARAMETERS['marketplace'] ),
		'title'                => sanitize_text( $product, 'title' ),
		'url'                  => sanitize_url( read_text( $product, 'url' ) ),
		'image'                => sanitize_url( read_text( $image, 'url' ) ),
		'image_width'          => sanitize_count( $image, 'width' ),
		'image_height'         => sanitize_count( $image, 'height' ),
		'brand'                => sanitize_text( $product, 'brand' ),
		'price'                => sanitize_text( (array) ( $product['price'] ?? array() ), 'display' ),
		'list_price'           => sanitize_text( (array) ( $product['list_price'] ?? array() ), 'display' ),
		'list_price_label'     => sanitize_text( $product, 'list_price_label' ),
		'list_price_kind'      => sanitize_text( $product, 'list_price_kind' ),
		'savings_percent'      => sanitize_count( $product, 'savings_percent' ),
		'unit_price'           => sanitize_text( $product, 'unit_price' ),
		'condition'            => sanitize_text( $product, 'condition' ),
		'availability'         => sanitize_text( $product, 'availability' ),
		'availability_message' => sanitize_text( $product, 'availability_message' ),
		'min_order_quantity'   => sanitize_count( $product, 'min_order_quantity' ),
		'max_order_quantity'   => sanitize_count( $product, 'max_order_quantity' ),
		// Empty without a deal.
		'deal_access'          => $deal ? strtolower( sanitize_text( $deal + array( 'access' => 'all' ), 'access' ) ) : '',
		'deal_badge'           => sanitize_text( $deal, 'badge' ),
		// The end of the deal, and with it of its price; 0 without an end.
		'offer_until'          => parse_time( sanitize_text( $deal, 'ends_at' ) ),
		'price_status'         => sanitize_text( $product, 'price_status' ),
		'disclaimer'           => sanitize_text( $product, 'disclaimer' ),
	);
}

/**
 * Returns a Unix time.
 *
 * @param string $time An RFC 3339 time.
 * @return int The Unix time, or 0 if the text is not a time.
 */
function parse_time( string $time ): int {
	return max( 0, (int) strtotime( $time ) );
}

/**
 * Returns a field as a number of 0 or more.
 *
 * @param array  $data  Decoded JSON.
 * @param string $field The name of the field.
 */
function sanitize_count( array $data, string $field ): int {
	return is_numeric( $data[ $field ] ?? null ) ? max( 0, (int) $data[ $field ] ) : 0;
}

/**
 * Returns a field as valid UTF-8 text of at most MAX_TEXT_CHARS characters.
 *
 * @param array  $data  Decoded JSON.
 * @param string $field The name of the field.
 * @return string The text, or an empty string if the field is missing or not a scalar.
 */
function sanitize_text( array $data, string $field ): string {
	return mb_substr( read_text( $data, $field ), 0, MAX_TEXT_CHARS );
}

/**
 * Returns a field as valid UTF-8 text of any length.
 *
 * @param array  $data  Decoded JSON.
 * @param string $field The name of the field.
 * @return string The text, or an empty string if the field is missing or not a scalar.
 */
function read_text( array $data, string $field ): string {
	$value = $data[ $field ] ?? '';
	return is_scalar( $value ) ? wp_check_invalid_utf8( (string) $value ) : '';
}

/**
 * Returns a field that scripts and this site put into paths, if it has its pattern.
 *
 * @param array  $data    Decoded JSON.
 * @param string $field   The name of the field.
 * @param string $pattern A regular expression without delimiters.
 * @return string The text, or an empty string.
 */
function sanitize_identifier( array $data, string $field, string $pattern ): string {
	$text = sanitize_text( $data, $field );
	return preg_match( "~$pattern~", $text ) ? $text : '';
}

/**
 * Returns whether a product has an ASIN and a marketplace. Others are dropped.
 *
 * @param array $product A sanitized product.
 */
function is_identified( array $product ): bool {
	return '' !== $product['asin'] && '' !== $product['marketplace'];
}

/**
 * Returns a URL unchanged if it is a valid https URL of Amazon.
 *
 * @param string $url The URL.
 * @return string The URL, or an empty string.
 */
function sanitize_url( string $url ): string {
	return strlen( $url ) <= MAX_LINK_CHARS && preg_match( LINK, $url ) && esc_url_raw( $url, array( 'https' ) ) === $url ? $url : '';
}
