<?php
/**
 * The imported products, in a table of their own. What Amazon sent is text, and cleaned on its way in.
 */

namespace AmzLinkr\Products;

use AmzLinkr\Accounts;
use WP_Error;

defined( 'ABSPATH' ) || exit;

const VERSION_OPTION = 'amzlinkr_table';
const TABLE_VERSION  = 2;
const AT_ONCE        = 100;

/** Of so many products the pages are made anew in one run only because they become old. */
const CLEANED_AT_ONCE = 500;

/** Nothing of Amazon's but the ASIN may be shown longer after it was seen (Associates Program IP License). */
const SHOWN_FOR = DAY_IN_SECONDS;

add_action( 'plugins_loaded', __NAMESPACE__ . '\create_table' );
add_filter( 'wpmu_drop_tables', static fn( $tables ) => array_merge( $tables, array( table() ) ) );

function table(): string {
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
	$table = table();
	dbDelta(
		"CREATE TABLE $table (
			marketplace char(2) NOT NULL,
			asin char(10) NOT NULL,
			title varchar(190) NOT NULL DEFAULT '',
			seen_at int unsigned NOT NULL DEFAULT 0,
			lineage int unsigned NOT NULL DEFAULT 0,
			cleaned_at int unsigned NOT NULL DEFAULT 0,
			product longtext NOT NULL,
			PRIMARY KEY  (marketplace, asin),
			KEY asin (asin),
			KEY seen_at (seen_at),
			KEY lineage (lineage)
		) {$wpdb->get_charset_collate()};"
	);
	$quiet = $wpdb->suppress_errors();
	if ( in_array( 'lineage', $wpdb->get_col( "SHOW COLUMNS FROM $table" ), true ) ) { // phpcs:ignore WordPress.DB -- the table's name is ours.
		update_option( VERSION_OPTION, TABLE_VERSION, true );
	}
	$wpdb->suppress_errors( $quiet );
}

/**
 * A product, or null if it is not imported. Older than 24 hours, nothing but its ASIN is left of it.
 */
function find( string $asin, string $marketplace ): ?array {
	$found = load( array( $asin ) )[ "$marketplace:$asin" ] ?? null;
	return $found ? as_of_now( $found ) : null;
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
		foreach ( rows( 'asin IN (' . implode( ',', array_fill( 0, count( $missing ), '%s' ) ) . ')', array_values( $missing ) ) as $product ) {
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
function page( int $number, int $size ): array {
	$found = rows( '1 = 1 ORDER BY title, asin LIMIT %d OFFSET %d', array( $size, ( $number - 1 ) * $size ) );
	return array_map( __NAMESPACE__ . '\as_of_now', $found );
}

function count_all(): int {
	global $wpdb;
	$table = table();
	return (int) $wpdb->get_var( "SELECT COUNT(*) FROM $table" ); // phpcs:ignore WordPress.DB -- the table's name is ours.
}

/**
 * @return array[] Products as they are stored, with their `lineage`.
 */
function rows( string $condition, array $values ): array {
	global $wpdb;
	$table = table();
	$rows  = $wpdb->get_results( $wpdb->prepare( "SELECT product, seen_at, lineage FROM $table WHERE $condition", $values ), ARRAY_A ); // phpcs:ignore WordPress.DB -- conditions are written in this file, values are prepared.
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
function as_of_now( array $product ): array {
	$seen_at = $product['seen_at'];
	if ( $seen_at > 0 ) {
		$seen_at = max( $seen_at, Accounts\checked_at( $product['marketplace'], $product['lineage'] ) );
	}
	if ( 'expired' === $product['price_status'] || time() >= $seen_at + SHOWN_FOR ) {
		return bare( $product );
	}
	return array( 'seen_at' => $seen_at ) + $product;
}

/**
 * A product of which nothing but the ASIN is left.
 */
function bare( array $product ): array {
	return cleaned(
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
 * @param int $lineage Which reading of the feed knows them; 0 for none.
 * @return array[]|WP_Error Those that are shown otherwise than before.
 */
function store( array $products, int $lineage ) {
	$changed = array();
	foreach ( array_chunk( array_map( __NAMESPACE__ . '\cleaned', $products ), AT_ONCE ) as $some ) {
		$before = load( array_column( $some, 'asin' ), true );
		foreach ( $some as $place => $product ) {
			$known = $before[ "{$product['marketplace']}:{$product['asin']}" ] ?? null;
			if ( $known && 0 < $product['seen_at'] && $product['seen_at'] < $known['seen_at'] ) {
				$some[ $place ] = array_diff_key( $known, array( 'lineage' => 0 ) );
			} elseif ( ! $known || what_is_shown( $known ) !== what_is_shown( $product ) ) {
				$changed[] = $product;
			}
		}
		if ( ! write( $some, $lineage ) ) {
			return not_written();
		}
	}
	load( array(), true );
	return $changed;
}

/**
 * All of a product but since when it is known, and how.
 */
function what_is_shown( array $product ): array {
	return array_diff_key( $product, array( 'seen_at' => 0, 'lineage' => 0 ) );
}

/**
 * Insert or replace rows with one statement.
 *
 * @param array[] $products Cleaned ones.
 * @return bool Whether it worked.
 */
function write( array $products, int $lineage ): bool {
	global $wpdb;
	$values = array();
	foreach ( $products as $product ) {
		array_push(
			$values,
			$product['marketplace'],
			$product['asin'],
			mb_substr( $product['title'], 0, 190 ),
			$product['seen_at'],
			$lineage,
			time(),
			wp_json_encode( $product )
		);
	}
	$table = table();
	$marks = implode( ',', array_fill( 0, count( $products ), '(%s,%s,%s,%d,%d,%d,%s)' ) );
	return false !== $wpdb->query( // phpcs:ignore WordPress.DB -- a table of our own.
		$wpdb->prepare(
			"INSERT INTO $table (marketplace, asin, title, seen_at, lineage, cleaned_at, product) VALUES $marks
			ON DUPLICATE KEY UPDATE title = VALUES(title), seen_at = VALUES(seen_at), lineage = VALUES(lineage), product = VALUES(product)", // phpcs:ignore WordPress.DB -- the table's name and the marks are ours.
			$values
		)
	);
}

function not_written(): WP_Error {
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
			table(),
			array(
				'marketplace' => $product['marketplace'],
				'asin'        => $product['asin'],
			)
		);
		if ( false === $gone ) {
			return not_written();
		}
	}
	return true;
}

/**
 * What was not written by a reading of the feed.
 *
 * @return array[] Products as they are stored.
 */
function not_of( int $lineage ): array {
	return rows( 'lineage <> %d', array( $lineage ) );
}

/**
 * Of products that nobody saw for 24 hours keep the ASIN only.
 *
 * @return array[]|WP_Error The products this happened to now.
 */
function purge_expired() {
	$fresh   = Accounts\vouched_for( time() - SHOWN_FOR );
	$marks   = implode( ',', array_fill( 0, count( $fresh['marketplaces'] ), '%s' ) );
	$found   = rows(
		'seen_at BETWEEN 1 AND %d AND NOT ( lineage = %d AND marketplace IN (' . $marks . ') )',
		array_merge( array( time() - SHOWN_FOR, $fresh['lineage'] ), $fresh['marketplaces'] )
	);
	return store( array_map( __NAMESPACE__ . '\bare', $found ), 0 );
}

/**
 * Keep the ASIN only, of all products.
 *
 * @return array[] The products this happened to now.
 */
function purge_all(): array {
	$purged = array();
	do {
		$some   = rows( 'seen_at > %d LIMIT %d', array( 0, AT_ONCE ) );
		$done   = store( array_map( __NAMESPACE__ . '\bare', $some ), 0 );
		$purged = array_merge( $purged, is_wp_error( $done ) ? array() : $done );
	} while ( $some && ! is_wp_error( $done ) );
	return $purged;
}

/**
 * Products of which something is shown by pages that were not made anew since a moment; not all at once.
 *
 * @return array[]
 */
function uncleaned_since( int $moment ): array {
	return rows( 'seen_at > %d AND cleaned_at < %d LIMIT %d', array( 0, $moment, CLEANED_AT_ONCE ) );
}

/**
 * Remember that the pages which show these products were dropped from the caches.
 *
 * @param array[] $products Each with `asin` and `marketplace`.
 */
function note_cleaned( array $products ): void {
	global $wpdb;
	$table = table();
	foreach ( array_chunk( $products, AT_ONCE ) as $some ) {
		$values = array( time() );
		foreach ( $some as $product ) {
			array_push( $values, $product['marketplace'], $product['asin'] );
		}
		$marks = implode( ',', array_fill( 0, count( $some ), '(%s,%s)' ) );
		$wpdb->query( $wpdb->prepare( "UPDATE $table SET cleaned_at = %d WHERE (marketplace, asin) IN ($marks)", $values ) ); // phpcs:ignore WordPress.DB -- the table's name and the marks are ours.
	}
}

/**
 * A product in the form that is stored: each field of its type, addresses that are web addresses.
 *
 * @param array $product As the service describes it.
 */
function cleaned( array $product ): array {
	$image   = (array) ( $product['image'] ?? array() );
	$expired = 'expired' === ( $product['price_status'] ?? 'expired' );
	return array(
		'seen_at'         => $expired ? 0 : min( time(), (int) strtotime( text( $product, 'observed_at' ) ) ),
		'asin'            => text( $product, 'asin' ),
		'marketplace'     => text( $product, 'marketplace' ),
		'title'           => text( $product, 'title' ),
		'url'             => web_address( text( $product, 'url' ) ),
		'image'           => web_address( text( $image, 'url' ) ),
		'image_width'     => max( 0, (int) ( $image['width'] ?? 0 ) ),
		'image_height'    => max( 0, (int) ( $image['height'] ?? 0 ) ),
		'brand'           => text( $product, 'brand' ),
		'price'           => text( (array) ( $product['price'] ?? array() ), 'display' ),
		'list_price'      => text( (array) ( $product['list_price'] ?? array() ), 'display' ),
		'savings_percent' => (int) ( $product['savings_percent'] ?? 0 ),
		'availability'    => text( $product, 'availability' ),
		'price_status'    => $expired ? 'expired' : text( $product, 'price_status' ),
		'disclaimer'      => text( $product, 'disclaimer' ),
	);
}

function text( array $from, string $field ): string {
	$found = $from[ $field ] ?? '';
	return is_scalar( $found ) ? wp_check_invalid_utf8( (string) $found ) : '';
}

/**
 * The address, unaltered, if a browser may be sent there; else an empty string.
 */
function web_address( string $url ): string {
	return 0 === strpos( $url, 'https://' ) && esc_url_raw( $url, array( 'https' ) ) === $url ? $url : '';
}
