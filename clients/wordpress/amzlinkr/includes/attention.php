<?php
/**
 * The products that need attention, by kind: from the plugin's table, without a call to the service.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Attention;

use AmzLinkr\Products;

defined( 'ABSPATH' ) || exit;

/** The kinds, in the order in which they are listed. A product is of the first kind of get_kind_expression(). */
const KINDS = array( 'missing', 'out_of_stock', 'no_offer', 'expired', 'waiting' );

/** The kinds that a change in the posts can solve. The others end without one. */
const REPLACEABLE_KINDS = array( 'missing', 'out_of_stock', 'no_offer' );

/** The values of `availability` of products that cannot be bought. */
const SOLD_OUT = array( 'out_of_stock', 'unavailable' );

/**
 * Counts the products of each kind.
 *
 * @return int[] Numbers by kind, for all kinds.
 */
function count_by_kind(): array {
	global $wpdb;
	$counts                      = array_fill_keys( KINDS, 0 );
	list( $expression, $values ) = get_kind_expression();
	$table                       = Products\get_table_name();
	$rows                        = $wpdb->get_results( $wpdb->prepare( "SELECT $expression AS kind, COUNT(*) AS number FROM $table GROUP BY kind", $values ), ARRAY_A ); // phpcs:ignore WordPress.DB -- literals of the plugin, values are prepared.
	$found                       = array_map( 'intval', array_column( (array) $rows, 'number', 'kind' ) );
	return array_merge( $counts, array_intersect_key( $found, $counts ) );
}

/**
 * Returns a page of the products of some kinds, sorted by kind, marketplace and ASIN.
 *
 * @param string[] $kinds  The kinds.
 * @param int      $number The number of the page, from 1.
 * @param int      $size   The number of products on a page.
 * @return array[] `asin`, `marketplace` and `kind` of each product.
 */
function find_page( array $kinds, int $number, int $size ): array {
	global $wpdb;
	list( $expression, $values ) = get_kind_expression();
	$table                       = Products\get_table_name();
	$kinds                       = array_values( array_intersect( KINDS, $kinds ) );
	if ( ! $kinds ) {
		return array();
	}
	$placeholders = implode( ',', array_fill( 0, count( $kinds ), '%s' ) );
	return (array) $wpdb->get_results( // phpcs:ignore WordPress.DB -- the plugin's own table.
		$wpdb->prepare(
			"SELECT asin, marketplace, kind FROM ( SELECT asin, marketplace, $expression AS kind FROM $table ) AS products
			WHERE kind IN ($placeholders) ORDER BY FIELD( kind, $placeholders ), marketplace, asin LIMIT %d OFFSET %d", // phpcs:ignore WordPress.DB -- literals of the plugin.
			array_merge( $values, $kinds, $kinds, array( $size, ( $number - 1 ) * $size ) )
		),
		ARRAY_A
	);
}

/**
 * Returns the kind of a product.
 *
 * @param string $asin        An ASIN.
 * @param string $marketplace A marketplace code.
 * @return string A kind, or an empty string if the product needs no attention or is not imported.
 */
function get_kind( string $asin, string $marketplace ): string {
	global $wpdb;
	list( $expression, $values ) = get_kind_expression();
	$table                       = Products\get_table_name();
	array_push( $values, $asin, $marketplace );
	return (string) $wpdb->get_var( $wpdb->prepare( "SELECT $expression FROM $table WHERE asin = %s AND marketplace = %s", $values ) ); // phpcs:ignore WordPress.DB -- literals of the plugin, values are prepared.
}

/**
 * Returns the SQL expression for the kind of a product, an empty string for products that need no attention.
 *
 * A product of which only the ASIN may be shown has no availability and no offer. The service reports most products
 * that are sold out as without an offer too: their kind is `out_of_stock`, which is what their box states.
 *
 * @return array The expression with placeholders, and their values.
 */
function get_kind_expression(): array {
	list( $expired, $values ) = Products\get_expired_condition();
	$sold_out                 = "'" . implode( "','", SOLD_OUT ) . "'";
	return array(
		"CASE WHEN price_status IN ('missing','waiting') THEN price_status
			WHEN seen_at = 0 OR ( $expired ) THEN 'expired'
			WHEN availability IN ($sold_out) THEN 'out_of_stock'
			WHEN price_status = 'no_offer' THEN 'no_offer'
			ELSE '' END",
		$values,
	);
}

/**
 * Returns the label of a kind.
 *
 * @param string $kind A kind of KINDS.
 */
function get_label( string $kind ): string {
	$labels = array(
		'missing'      => __( 'Missing', 'amzlinkr' ),
		'out_of_stock' => __( 'Out of stock', 'amzlinkr' ),
		'no_offer'     => __( 'No offer', 'amzlinkr' ),
		'expired'      => __( 'Expired', 'amzlinkr' ),
		'waiting'      => __( 'Waiting', 'amzlinkr' ),
	);
	return $labels[ $kind ];
}

/**
 * Returns what has happened to the products of a kind, and what visitors see.
 *
 * @param string $kind A kind of KINDS.
 */
function get_explanation( string $kind ): string {
	$texts = array(
		'missing'      => __( 'Amazon no longer returns this product. Visitors see nothing, or your own title as a link.', 'amzlinkr' ),
		'out_of_stock' => __( 'Amazon reports this product as out of stock or unavailable. Its box states that.', 'amzlinkr' ),
		'no_offer'     => __( 'Amazon returns this product without an offer. Its box has no price.', 'amzlinkr' ),
		'expired'      => __( 'Amazon has not confirmed this product for 24 hours. Visitors see a link without a price.', 'amzlinkr' ),
		'waiting'      => __( 'The account has no access to Amazon’s API yet. Visitors see a link without a price.', 'amzlinkr' ),
	);
	return $texts[ $kind ];
}

/**
 * Returns what to do about the products of a kind.
 *
 * @param string $kind A kind of KINDS.
 */
function get_action( string $kind ): string {
	$texts = array(
		'missing'      => __( 'Replace it in your posts, or remove it. If Amazon returns it again, it is shown again.', 'amzlinkr' ),
		'out_of_stock' => __( 'Wait, or replace it in your posts by another product.', 'amzlinkr' ),
		'no_offer'     => __( 'Wait, or replace it in your posts by another product.', 'amzlinkr' ),
		'expired'      => __( 'It is shown again after the next successful refresh. If it stays here, Tools → Site Health shows the reason.', 'amzlinkr' ),
		'waiting'      => __( 'There is nothing to do. It is retrieved when the account has access.', 'amzlinkr' ),
	);
	return $texts[ $kind ];
}

/**
 * Returns the URL of the page that lists the products.
 *
 * @param array $query Further query arguments, with encoded values.
 */
function get_url( array $query = array() ): string {
	return add_query_arg( $query, admin_url( 'admin.php?page=amzlinkr-attention' ) );
}
