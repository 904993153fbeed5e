<?php
/**
 * Pages of the imported products for the admin: search, filters, order and numbers, all of them in SQL.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\ProductList;

use AmzLinkr\Accounts;
use AmzLinkr\Attention;
use AmzLinkr\ProductNames;
use AmzLinkr\Products;

defined( 'ABSPATH' ) || exit;

/** The status of products that need no attention. */
const CURRENT = 'current';

/** The statuses, in the order in which they are listed and sorted. */
const STATUSES = array( CURRENT, ...Attention\KINDS );

/** The columns by which the products can be sorted: an SQL expression each. */
const ORDERS = array(
	'title'  => 'title',
	'status' => "FIELD( kind, '', 'missing', 'out_of_stock', 'no_offer', 'expired', 'waiting' )",
	'seen'   => 'seen',
	'added'  => 'added_at',
);

/** The columns that are sorted with the newest first. */
const NEWEST_FIRST = array( 'seen', 'added' );

/** The statuses of products of which no title is shown. They follow all others in the order of titles. */
const UNTITLED = "kind IN ( 'missing', 'expired', 'waiting' )";

/**
 * Returns the filters and the order that a request names. Values that are not known are ignored.
 *
 * @param array $fields Unslashed fields of a request: `s`, `status`, `marketplace`, `orderby` and `order`.
 * @return string[] The fields, each empty if the request does not name it.
 */
function parse( array $fields ): array {
	$texts = array();
	foreach ( array( 's', 'status', 'marketplace', 'orderby', 'order' ) as $name ) {
		$texts[ $name ] = is_string( $fields[ $name ] ?? null ) ? trim( wp_check_invalid_utf8( $fields[ $name ] ) ) : '';
	}
	return array(
		's'           => mb_substr( $texts['s'], 0, 200 ),
		'status'      => in_array( $texts['status'], STATUSES, true ) ? $texts['status'] : '',
		'marketplace' => preg_match( '~^[A-Z]{2}\z~', $texts['marketplace'] ) ? $texts['marketplace'] : '',
		'orderby'     => isset( ORDERS[ $texts['orderby'] ] ) ? $texts['orderby'] : '',
		'order'       => in_array( $texts['order'], array( 'asc', 'desc' ), true ) ? $texts['order'] : '',
	);
}

/**
 * Counts the products that contain the text of a search.
 *
 * @param string $search A text, or an empty string for all products.
 * @return array[] Numbers by status, by marketplace code.
 */
function count_by_marketplace( string $search ): array {
	global $wpdb;
	list( $kind, $values )         = Attention\get_kind_expression();
	list( $condition, $contained ) = get_search_condition( $search );
	$table                         = Products\get_table_name();
	$rows                          = $wpdb->get_results( // phpcs:ignore WordPress.DB -- the plugin's own table.
		$wpdb->prepare(
			"SELECT marketplace, kind, COUNT(*) AS number FROM ( SELECT marketplace, $kind AS kind FROM $table WHERE $condition ) AS products
			GROUP BY marketplace, kind ORDER BY marketplace", // phpcs:ignore WordPress.DB -- literals of the plugin.
			array_merge( $values, $contained )
		),
		ARRAY_A
	);
	$counts                        = array();
	foreach ( (array) $rows as $row ) {
		$status = '' === $row['kind'] ? CURRENT : $row['kind'];

		$counts[ $row['marketplace'] ][ $status ] = (int) $row['number'];
	}
	return $counts;
}

/**
 * Returns a page of the products.
 *
 * @param string[] $filters The result of parse().
 * @param int      $number  The number of the page, from 1.
 * @param int      $size    The number of products on a page.
 * @return array[] `asin`, `marketplace`, `status` and `added_at` of each product.
 */
function find_page( array $filters, int $number, int $size ): array {
	global $wpdb;
	list( $kind, $values )         = Attention\get_kind_expression();
	list( $seen, $checked )        = get_seen_expression();
	list( $condition, $contained ) = get_search_condition( $filters['s'] );
	list( $chosen, $choices )      = get_filter_condition( $filters );
	$order                         = get_order( $filters );
	$table                         = Products\get_table_name();
	$rows                          = $wpdb->get_results( // phpcs:ignore WordPress.DB -- the plugin's own table.
		$wpdb->prepare(
			"SELECT asin, marketplace, kind, added_at FROM ( SELECT asin, marketplace, title, added_at, $kind AS kind, $seen AS seen FROM $table WHERE $condition ) AS products
			WHERE $chosen ORDER BY $order LIMIT %d OFFSET %d", // phpcs:ignore WordPress.DB -- literals of the plugin.
			array_merge( $values, $checked, $contained, $choices, array( $size, ( $number - 1 ) * $size ) )
		),
		ARRAY_A
	);
	return array_map(
		static fn( $row ) => array(
			'asin'        => $row['asin'],
			'marketplace' => $row['marketplace'],
			'status'      => '' === $row['kind'] ? CURRENT : $row['kind'],
			'added_at'    => (int) $row['added_at'],
		),
		(array) $rows
	);
}

/**
 * Returns the SQL condition for products that contain the text of a search in their title, ASIN or brand.
 *
 * @param string $search A text, or an address of a product at Amazon.
 * @return array The condition with placeholders, and their values.
 */
function get_search_condition( string $search ): array {
	global $wpdb;
	$search = preg_match( ProductNames\ADDRESS, $search, $parts ) ? $parts[2] : $search;
	if ( '' === $search ) {
		return array( '1 = 1', array() );
	}
	return array( '( title LIKE %s OR asin LIKE %s OR brand LIKE %s )', array_fill( 0, 3, '%' . $wpdb->esc_like( $search ) . '%' ) );
}

/**
 * Returns the SQL condition for the chosen status and marketplace.
 *
 * @param string[] $filters The result of parse().
 * @return array The condition with placeholders, and their values.
 */
function get_filter_condition( array $filters ): array {
	$conditions = array( '1 = 1' );
	$values     = array();
	if ( '' !== $filters['status'] ) {
		$conditions[] = 'kind = %s';
		$values[]     = CURRENT === $filters['status'] ? '' : $filters['status'];
	}
	if ( '' !== $filters['marketplace'] ) {
		$conditions[] = 'marketplace = %s';
		$values[]     = $filters['marketplace'];
	}
	return array( implode( ' AND ', $conditions ), $values );
}

/**
 * Returns the SQL expression for the time at which a product was last seen, as a page shows it.
 *
 * The service confirms unchanged products of the current feed generation for a marketplace as a whole.
 *
 * @return array The expression with placeholders, and their values.
 */
function get_seen_expression(): array {
	$confirmed  = Accounts\get_confirmed_marketplaces( 0 );
	$expression = 'seen_at';
	$values     = array();
	foreach ( array_filter( $confirmed['marketplaces'] ) as $code ) {
		$expression = "CASE WHEN seen_at > 0 AND feed_generation = %d AND marketplace = %s THEN GREATEST( seen_at, %d ) ELSE $expression END";
		$values     = array_merge( array( $confirmed['feed_generation'], (string) $code, Accounts\get_checked_at( (string) $code, $confirmed['feed_generation'] ) ), $values );
	}
	return array( $expression, $values );
}

/**
 * Returns the SQL order of the products. Products of the same place are sorted by title and ASIN.
 *
 * @param string[] $filters The result of parse().
 */
function get_order( array $filters ): string {
	$column    = '' === $filters['orderby'] ? 'title' : $filters['orderby'];
	$default   = in_array( $column, NEWEST_FIRST, true ) ? 'desc' : 'asc';
	$direction = 'desc' === ( '' === $filters['order'] ? $default : $filters['order'] ) ? 'DESC' : 'ASC';
	$first     = 'title' === $column ? UNTITLED . ', ' : '';
	return $first . ORDERS[ $column ] . " $direction, " . UNTITLED . ', title, asin, marketplace';
}

/**
 * Returns the label of a status.
 *
 * @param string $status A status of STATUSES.
 */
function get_label( string $status ): string {
	return CURRENT === $status ? __( 'Current', 'amzlinkr' ) : Attention\get_label( $status );
}

/**
 * Returns the URL of the page that lists the products.
 *
 * @param string[] $fields Fields of parse() and others, not encoded. Empty ones are omitted.
 */
function get_url( array $fields = array() ): string {
	$fields = array_filter( $fields, static fn( $value ) => '' !== (string) $value );
	return add_query_arg( array_map( 'rawurlencode', $fields ), admin_url( 'admin.php?page=amzlinkr' ) );
}
