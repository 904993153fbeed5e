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

/** After this time no further batch is removed, so that the page ends before PHP's limit. */
const MAX_SECONDS = 15;

/** One call to the service removes at most this number of products. */
const BATCH_SIZE = 20;

/**
 * Removes products, with one call to the service for each batch of a marketplace.
 *
 * It ends at the first error. The products that were removed before then stay removed.
 *
 * @param array[] $products Products with `asin` and `marketplace`. Products that are not imported are ignored.
 * @param float   $seconds  The time after which no further batch is removed.
 * @return array The number of removed products; and the WP_Error, or null.
 */
function remove( array $products, float $seconds = MAX_SECONDS ): array {
	$until   = microtime( true ) + $seconds;
	$removed = array();
	$error   = null;
	foreach ( get_batches( $products ) as $batch ) {
		$error = $removed && microtime( true ) >= $until ? time_error() : remove_batch( $batch );
		if ( $error ) {
			break;
		}
		array_push( $removed, ...$batch );
	}
	Placements\purge_post_caches( $removed );
	return array( count( $removed ), $error );
}

/**
 * Returns the imported ones of products in batches, each of one marketplace.
 *
 * @param array[] $products Products with `asin` and `marketplace`.
 * @return array[][] Lists of products.
 */
function get_batches( array $products ): array {
	$stored  = Products\load( array_column( $products, 'asin' ), true );
	$batches = array();
	foreach ( $products as $product ) {
		if ( isset( $stored[ "{$product['marketplace']}:{$product['asin']}" ] ) ) {
			$batches[ $product['marketplace'] ][] = $product;
		}
	}
	return array_merge( ...array_values( array_map( static fn( $batch ) => array_chunk( $batch, BATCH_SIZE ), $batches ) ) );
}

/**
 * Removes products of one marketplace. The service may not have them any more.
 *
 * @param array[] $batch Products with `asin` and `marketplace`.
 */
function remove_batch( array $batch ): ?WP_Error {
	// The service counts each product before API access.
	$refused = UserLimits\count_calls( count( $batch ) );
	if ( $refused ) {
		return $refused;
	}
	$query   = array(
		'asins'       => implode( ',', array_column( $batch, 'asin' ) ),
		'marketplace' => $batch[0]['marketplace'],
	);
	$deleted = Service\call( 'DELETE', '/products', compact( 'query' ) );
	if ( is_wp_error( $deleted ) ) {
		return $deleted;
	}
	$result = Products\remove( $batch );
	return is_wp_error( $result ) ? $result : null;
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
