<?php
/**
 * Removal of several products from the service and from this site.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\ProductRemoval;

use AmzLinkr\Placements;
use AmzLinkr\Products;
use AmzLinkr\Service;
use AmzLinkr\UserLimits;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/** After this time no further product is removed, so that the page ends before PHP's limit. */
const MAX_SECONDS = 15;

/**
 * Removes products, with one call to the service for each.
 *
 * It ends at the first error. The products that were removed before then stay removed.
 *
 * @param array[] $products Products with `asin` and `marketplace`. Products that are not imported are ignored.
 * @param float   $seconds  The time after which no further product is removed.
 * @return array The number of removed products; and the WP_Error, or null.
 */
function remove( array $products, float $seconds = MAX_SECONDS ): array {
	$until   = microtime( true ) + $seconds;
	$stored  = Products\load( array_column( $products, 'asin' ), true );
	$removed = array();
	$error   = null;
	foreach ( $products as $product ) {
		if ( ! isset( $stored[ "{$product['marketplace']}:{$product['asin']}" ] ) ) {
			continue;
		}
		$error = $removed && microtime( true ) >= $until ? time_error() : remove_one( $product );
		if ( $error ) {
			break;
		}
		$removed[] = $product;
	}
	Placements\purge_post_caches( $removed );
	return array( count( $removed ), $error );
}

/**
 * Removes one product. The service may not have it any more.
 *
 * @param array $product A product with `asin` and `marketplace`.
 */
function remove_one( array $product ): ?WP_Error {
	$refused = UserLimits\count_call();
	if ( $refused ) {
		return $refused;
	}
	$was_known = remove_from_service( $product );
	if ( is_wp_error( $was_known ) ) {
		return $was_known;
	}
	$result = Products\remove( array( $product ) );
	return is_wp_error( $result ) ? $result : null;
}

/**
 * Removes a product from the service, which may not have it any more.
 *
 * @param array $product A product with `asin` and `marketplace`.
 * @return bool|WP_Error Whether the service had it.
 */
function remove_from_service( array $product ) {
	$options = array(
		'path'  => array( 'asin' => $product['asin'] ),
		'query' => array( 'marketplace' => $product['marketplace'] ),
	);
	$deleted = Service\call( 'DELETE', '/products/{asin}', $options );
	if ( ! is_wp_error( $deleted ) ) {
		return true;
	}
	return 'not_found' === $deleted->get_error_code() ? false : $deleted;
}

/**
 * Returns the error for products that are left when the time is over.
 */
function time_error(): WP_Error {
	return new WP_Error(
		'time_over',
		__( 'The time for this page is over, and the other products were not removed.', 'amzlinkr' ),
		array( 'action' => __( 'Select them again.', 'amzlinkr' ) )
	);
}
