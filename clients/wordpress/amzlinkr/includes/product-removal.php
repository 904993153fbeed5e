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

/** The maximum number of products in one request of the service. */
const MAX_PRODUCTS_PER_CALL = 100;

/**
 * Removes products, with one call to the service for each hundred products of a marketplace.
 *
 * It ends at the first error. The products that were removed before then stay removed.
 *
 * @param array[] $products Products with `asin` and `marketplace`. Products that are not imported are ignored.
 * @return array The number of removed products; and the WP_Error, or null.
 */
function remove( array $products ): array {
	$stored  = Products\load( array_column( $products, 'asin' ), true );
	$batches = array();
	foreach ( $products as $product ) {
		if ( isset( $stored[ "{$product['marketplace']}:{$product['asin']}" ] ) ) {
			$batches[ $product['marketplace'] ][ $product['asin'] ] = $product;
		}
	}
	$removed = array();
	$error   = null;
	foreach ( $batches as $marketplace => $of_marketplace ) {
		foreach ( array_chunk( array_values( $of_marketplace ), MAX_PRODUCTS_PER_CALL ) as $batch ) {
			$error = remove_batch( (string) $marketplace, $batch );
			if ( $error ) {
				break 2;
			}
			$removed = array_merge( $removed, $batch );
		}
	}
	Placements\purge_post_caches( $removed );
	return array( count( $removed ), $error );
}

/**
 * Removes products of one marketplace.
 *
 * @param string  $marketplace A marketplace code.
 * @param array[] $products    At most MAX_PRODUCTS_PER_CALL products.
 */
function remove_batch( string $marketplace, array $products ): ?WP_Error {
	$refused = UserLimits\count_call();
	if ( $refused ) {
		return $refused;
	}
	$query   = array(
		'asins'       => implode( ',', array_column( $products, 'asin' ) ),
		'marketplace' => $marketplace,
	);
	$deleted = Service\call( 'DELETE', '/products', array( 'query' => $query ) );
	$result  = is_wp_error( $deleted ) ? $deleted : Products\remove( $products );
	return is_wp_error( $result ) ? $result : null;
}
