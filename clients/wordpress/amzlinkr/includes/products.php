<?php
/**
 * The imported products, in a table of their own. What Amazon sent is text, and cleaned on its way in.
 */

namespace AmzLinkr\Products;

use AmzLinkr\Accounts;

defined( 'ABSPATH' ) || exit;

const VERSION_OPTION = 'amzlinkr_table';
const TABLE_VERSION  = 1;
const AT_ONCE        = 100;

/** Nothing of Amazon's but the ASIN may be shown longer after it was seen (Associates Program IP License). */
const SHOWN_FOR = DAY_IN_SECONDS;

add_action( 'plugins_loaded', __NAMESPACE__ . '\create_table' );

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
			written_at int unsigned NOT NULL DEFAULT 0,
			product longtext NOT NULL,
			PRIMARY KEY  (marketplace, asin),
			KEY seen_at (seen_at),
			KEY written_at (written_at)
		) {$wpdb->get_charset_collate()};"
	);
	update_option( VERSION_OPTION, TABLE_VERSION, true );
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
	if ( $anew ) {
		$at_hand = array();
		$asked   = array();
	}
	$missing = array_diff( array_unique( $asins ), array_keys( $asked ) );
	if ( $missing ) {
		$asked += array_fill_keys( $missing, true );
		foreach ( rows( 'asin IN (' . implode( ',', array_fill( 0, count( $missing ), '%s' ) ) . ')', array_values( $missing ) ) as $product ) {
			$at_hand[ "{$product['marketplace']}:{$product['asin']}" ] = $product;
		}
	}
	return $at_hand;
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
 * @return array[] Products as they are stored.
 */
function rows( string $condition, array $values ): array {
	global $wpdb;
	$table = table();
	$rows  = $wpdb->get_results( $wpdb->prepare( "SELECT product, seen_at FROM $table WHERE $condition", $values ), ARRAY_A ); // phpcs:ignore WordPress.DB -- conditions are written in this file, values are prepared.
	return array_map(
		static fn( $row ) => array( 'seen_at' => (int) $row['seen_at'] ) + (array) json_decode( $row['product'], true ),
		$rows
	);
}

/**
 * What may be shown of a product now.
 */
function as_of_now( array $product ): array {
	$seen_at = $product['seen_at'];
	if ( $seen_at > 0 ) {
		$seen_at = max( $seen_at, Accounts\checked_at( $product['marketplace'] ) );
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
 * Store products as the service describes them.
 *
 * @return array[] Those that are shown otherwise than before.
 */
function store( array $products ): array {
	$changed = array();
	foreach ( array_chunk( array_map( __NAMESPACE__ . '\cleaned', $products ), AT_ONCE ) as $some ) {
		$before = load( array_column( $some, 'asin' ), true );
		foreach ( $some as $product ) {
			$known = $before[ "{$product['marketplace']}:{$product['asin']}" ] ?? null;
			if ( ! $known || array( 'seen_at' => 0 ) + $known !== array( 'seen_at' => 0 ) + $product ) {
				$changed[] = $product;
			}
		}
		write( $some );
	}
	load( array(), true );
	return $changed;
}

/**
 * Insert or replace rows with one statement.
 *
 * @param array[] $products Cleaned ones.
 */
function write( array $products ): void {
	global $wpdb;
	$values = array();
	foreach ( $products as $product ) {
		array_push(
			$values,
			$product['marketplace'],
			$product['asin'],
			mb_substr( $product['title'], 0, 190 ),
			$product['seen_at'],
			time(),
			wp_json_encode( $product )
		);
	}
	$table = table();
	$marks = implode( ',', array_fill( 0, count( $products ), '(%s,%s,%s,%d,%d,%s)' ) );
	$wpdb->query( $wpdb->prepare( "REPLACE INTO $table (marketplace, asin, title, seen_at, written_at, product) VALUES $marks", $values ) ); // phpcs:ignore WordPress.DB -- the table's name and the marks are ours.
}

/**
 * Take products out.
 *
 * @param array[] $products Each with `asin` and `marketplace`.
 */
function remove( array $products ): void {
	global $wpdb;
	foreach ( $products as $product ) {
		$wpdb->delete( // phpcs:ignore WordPress.DB -- a table of our own.
			table(),
			array(
				'marketplace' => $product['marketplace'],
				'asin'        => $product['asin'],
			)
		);
	}
	load( array(), true );
}

/**
 * Take out what was not written since a moment.
 *
 * @return array[] What was taken out.
 */
function remove_unwritten_since( int $moment ): array {
	$gone = unwritten_since( $moment );
	remove( $gone );
	return $gone;
}

/**
 * @return array[] Products as they are stored.
 */
function unwritten_since( int $moment ): array {
	return rows( 'written_at < %d', array( $moment ) );
}

/**
 * Of products that nobody saw for 24 hours keep the ASIN only.
 *
 * @return array[] The products this happened to now.
 */
function purge_expired(): array {
	$found   = rows( 'seen_at BETWEEN 1 AND %d', array( time() - SHOWN_FOR ) );
	$expired = array_filter( $found, static fn( $product ) => 'expired' === as_of_now( $product )['price_status'] );
	return store( array_map( __NAMESPACE__ . '\bare', $expired ) );
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
		'seen_at'         => $expired ? 0 : (int) strtotime( text( $product, 'observed_at' ) ),
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
