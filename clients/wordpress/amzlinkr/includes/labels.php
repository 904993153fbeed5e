<?php
/**
 * The words of a product's offer: availability, condition, deal, reference price, and why a product is withheld.
 *
 * Texts that Amazon sends are in the language of the marketplace and come first. All others are translated here.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Labels;

use AmzLinkr\Box;

defined( 'ABSPATH' ) || exit;

/** The access types of deals of which the price is for members of Prime only. */
const PRIME_ACCESS = array( 'prime_exclusive', 'prime_early_access' );

/**
 * Returns the label of a product's availability.
 *
 * @param array $product A product.
 * @return string Amazon's own text, a label, or an empty string if the service sends no availability.
 */
function get_availability( array $product ): string {
	$labels = array(
		''                => '',
		'in_stock'        => __( 'In stock', 'amzlinkr' ),
		'in_stock_scarce' => __( 'Only a few left in stock', 'amzlinkr' ),
		'leadtime'        => __( 'Ships with a delay', 'amzlinkr' ),
		'available_date'  => __( 'Available from a later date', 'amzlinkr' ),
		'preorder'        => __( 'Available for pre-order', 'amzlinkr' ),
		'out_of_stock'    => __( 'Out of stock', 'amzlinkr' ),
		'unavailable'     => __( 'Currently unavailable', 'amzlinkr' ),
		'unknown'         => __( 'See availability on Amazon', 'amzlinkr' ),
	);
	return '' !== $product['availability_message']
		? $product['availability_message']
		: $labels[ $product['availability'] ] ?? $labels['unknown'];
}

/**
 * Returns the label of the condition of an offer that is not new.
 *
 * @param array $product A product.
 * @return string A label, or an empty string if the offer is new or its condition is not known.
 */
function get_condition( array $product ): string {
	$labels = array(
		''            => '',
		'any'         => '',
		'new'         => '',
		'unknown'     => '',
		'used'        => __( 'Condition: used', 'amzlinkr' ),
		'refurbished' => __( 'Condition: refurbished', 'amzlinkr' ),
		'collectible' => __( 'Condition: collectible', 'amzlinkr' ),
	);
	/* translators: %s: a condition, in Amazon's words */
	return $labels[ strtolower( $product['condition'] ) ] ?? sprintf( __( 'Condition: %s', 'amzlinkr' ), $product['condition'] );
}

/**
 * Returns the label of a reference price, such as “List price”.
 *
 * @param array $product A product.
 */
function get_reference_price( array $product ): string {
	$labels = array(
		'list_price'   => __( 'List price', 'amzlinkr' ),
		'was_price'    => __( 'Was', 'amzlinkr' ),
		'lowest_price' => __( 'Lowest price', 'amzlinkr' ),
	);
	// Some of Amazon's labels end with a colon.
	$label = (string) preg_replace( '/[\s:：]+$/u', '', $product['list_price_label'] );
	return '' !== $label ? $label : $labels[ $product['list_price_kind'] ] ?? __( 'Reference price', 'amzlinkr' );
}

/**
 * Returns for whom a price is, if not for all customers.
 *
 * @param array $product A product.
 * @return string A label, or an empty string.
 */
function get_price_access( array $product ): string {
	return in_array( $product['deal_access'], PRIME_ACCESS, true ) ? __( 'with Prime', 'amzlinkr' ) : '';
}

/**
 * Returns the badge of a deal.
 *
 * @param array $product A product.
 * @return string A label, or an empty string without a deal.
 */
function get_deal( array $product ): string {
	if ( '' === $product['deal_access'] ) {
		return '';
	}
	return '' !== $product['deal_badge'] ? $product['deal_badge'] : __( 'Deal', 'amzlinkr' );
}

/**
 * Returns the end of a deal.
 *
 * @param array $product A product.
 * @return string A label, or an empty string without a deal or an end.
 */
function get_deal_end( array $product ): string {
	/* translators: %s: a date and time */
	return '' !== $product['deal_access'] && $product['offer_until'] ? sprintf( __( 'until %s', 'amzlinkr' ), Box\format_local_time( $product['offer_until'] ) ) : '';
}

/**
 * Returns the smallest and largest quantity of an order.
 *
 * @param array $product A product.
 * @return string One or two labels, or an empty string without a limit.
 */
function get_order_quantity( array $product ): string {
	$labels = array();
	if ( $product['min_order_quantity'] > 1 ) {
		/* translators: %d: a number */
		$labels[] = sprintf( __( 'Minimum order quantity: %d', 'amzlinkr' ), $product['min_order_quantity'] );
	}
	if ( $product['max_order_quantity'] > 0 ) {
		/* translators: %d: a number */
		$labels[] = sprintf( __( 'Maximum order quantity: %d', 'amzlinkr' ), $product['max_order_quantity'] );
	}
	return implode( ' · ', $labels );
}

/**
 * Returns why a product is withheld.
 *
 * @param string $price_status A status of Products\WITHHELD_STATUSES.
 */
function get_withheld_reason( string $price_status ): string {
	$labels = array(
		'missing' => __( 'Amazon no longer returns it', 'amzlinkr' ),
		'waiting' => __( 'waiting for access to Amazon’s API', 'amzlinkr' ),
	);
	return $labels[ $price_status ] ?? __( 'last seen more than 24 hours ago', 'amzlinkr' );
}
