<?php
/**
 * The findings of the search: the places with their kinds, and the products. The texts are not stored.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\MigrationFindings;

use AmzLinkr\Accounts;
use AmzLinkr\MigrationPlaces;
use AmzLinkr\MigrationSearch;
use AmzLinkr\Options;
use AmzLinkr\Products;

defined( 'ABSPATH' ) || exit;

/** The beginning of the rows with the findings. The ID of the search and the number of the slice follow. */
const ROWS = 'amzlinkr_migration_found_';

/** The maximum number of products that are offered for an import at one time. */
const MAX_PRODUCTS = 5000;

/**
 * Writes the findings of a slice.
 *
 * @param string  $id    The ID of the search.
 * @param int     $slice The number of the slice.
 * @param array[] $found The `kinds` and `products` by the name of the place, as keys.
 */
function write_slice( string $id, int $slice, array $found ): void {
	$row = array();
	foreach ( $found as $place => $entry ) {
		$row[ $place ] = array( implode( ' ', array_keys( $entry['kinds'] ) ), implode( ' ', array_keys( $entry['products'] ) ) );
	}
	if ( $row ) {
		Options\write_row( get_row_name( $id, $slice ), (string) wp_json_encode( $row ), true );
	} else {
		delete_option( get_row_name( $id, $slice ) );
	}
}

/**
 * Returns the name of a row.
 *
 * @param string $id    The ID of the search.
 * @param int    $slice The number of the slice.
 */
function get_row_name( string $id, int $slice ): string {
	return ROWS . "{$id}_$slice";
}

/**
 * Deletes the findings of all searches.
 */
function delete_all(): void {
	global $wpdb;
	$wpdb->query( $wpdb->prepare( "DELETE FROM $wpdb->options WHERE option_name LIKE %s", $wpdb->esc_like( ROWS ) . '%' ) ); // phpcs:ignore WordPress.DB -- rows without any cache.
}

/**
 * Reads all rows of the current search. A slice of an earlier one may have ended after it began.
 *
 * @return array[] By the name of the row, arrays with the kinds and the products of each place, separated by spaces.
 */
function read_rows(): array {
	global $wpdb;
	$id   = MigrationSearch\get_state()['id'] ?? '';
	$rows = $wpdb->get_results( $wpdb->prepare( "SELECT option_name, option_value FROM $wpdb->options WHERE option_name LIKE %s ORDER BY CHAR_LENGTH(option_name), option_name", $wpdb->esc_like( ROWS . "{$id}_" ) . '%' ) ); // phpcs:ignore WordPress.DB -- rows without any cache.
	$read = array();
	foreach ( (array) $rows as $row ) {
		$found = json_decode( $row->option_value, true );
		if ( is_array( $found ) ) {
			$read[ $row->option_name ] = array_filter( $found, static fn( $entry ) => is_array( $entry ) && 2 === count( array_filter( $entry, 'is_string' ) ) );
		}
	}
	return $read;
}

/**
 * Returns all places with the kinds of their findings.
 *
 * @return array[] Kinds by the name of the place.
 */
function get_places(): array {
	$places = array();
	foreach ( read_rows() as $row ) {
		foreach ( $row as $place => $entry ) {
			// A long post can be in two slices.
			$places[ $place ] = array_values( array_unique( array_merge( $places[ $place ] ?? array(), array_filter( explode( ' ', $entry[0] ), 'strlen' ) ) ) );
		}
	}
	return array_filter( $places );
}

/**
 * Counts the places by kind.
 *
 * @param array[] $places The result of get_places().
 * @return int[] The number of places by kind, and by '' the number of all.
 */
function count_kinds( array $places ): array {
	return array( '' => count( $places ) ) + array_count_values( array_merge( array(), ...array_values( $places ) ) );
}

/**
 * Examines places again after a change, and writes what they contain now.
 *
 * @param string[] $places The names of the places.
 */
function refresh( array $places ): void {
	$kinds = array();
	foreach ( $places as $place ) {
		$examined        = MigrationPlaces\examine( $place, MigrationPlaces\read( $place ) ?? array() );
		$kinds[ $place ] = implode( ' ', MigrationPlaces\get_kinds( $place, $examined ) );
	}
	$first = get_row_name( MigrationSearch\get_state()['id'] ?? '', 0 );
	$rows  = read_rows() + array( $first => array() );
	$new   = array_diff_key( array_filter( $kinds, 'strlen' ), ...array_values( $rows ) );
	foreach ( $rows as $name => $row ) {
		$changed = array_intersect_key( $kinds, $row ) + ( $first === $name ? $new : array() );
		foreach ( $changed as $place => $each ) {
			// The products stay: they are still those of this search.
			$row[ $place ] = array( $each, $row[ $place ][1] ?? '' );
		}
		if ( $changed ) {
			Options\write_row( $name, (string) wp_json_encode( $row ), true );
		}
	}
}

/**
 * Returns the products that were found.
 *
 * @return array `new`: the keys of products to import; `known`: the number of products that are imported; `other`: the
 *               numbers of products by marketplace that has no account.
 */
function get_products(): array {
	$keys = array();
	foreach ( read_rows() as $row ) {
		foreach ( $row as $entry ) {
			$keys += array_fill_keys( array_filter( explode( ' ', $entry[1] ), 'strlen' ), true );
		}
	}
	$found    = array(
		'new'   => array(),
		'known' => 0,
		'other' => array(),
	);
	$imported = get_imported();
	$accounts = array_fill_keys( array_column( Accounts\get_all(), 'marketplace' ), true );
	foreach ( array_keys( $keys ) as $key ) {
		$marketplace = strstr( $key, ':', true );
		if ( isset( $imported[ $key ] ) ) {
			++$found['known'];
		} elseif ( isset( $accounts[ $marketplace ] ) ) {
			$found['new'][] = $key;
		} else {
			$found['other'][ $marketplace ] = ( $found['other'][ $marketplace ] ?? 0 ) + 1;
		}
	}
	return $found;
}

/**
 * Returns the imported products.
 *
 * @return array Products such as `US:B0…`, as keys.
 */
function get_imported(): array {
	global $wpdb;
	$table = Products\get_table_name();
	return array_fill_keys( $wpdb->get_col( "SELECT CONCAT(marketplace, ':', asin) FROM $table" ), true ); // phpcs:ignore WordPress.DB -- the plugin's own table.
}

/**
 * Returns the entries of an import of the new products. Each names its marketplace.
 *
 * @return string[] At most MAX_PRODUCTS addresses of products.
 */
function get_entries(): array {
	$entries      = array();
	$marketplaces = Accounts\get_marketplaces();
	foreach ( array_slice( get_products()['new'], 0, MAX_PRODUCTS ) as $key ) {
		list( $marketplace, $asin ) = explode( ':', $key );
		if ( isset( $marketplaces[ $marketplace ] ) ) {
			$entries[] = "https://{$marketplaces[ $marketplace ]['domain']}/dp/$asin";
		}
	}
	return $entries;
}
