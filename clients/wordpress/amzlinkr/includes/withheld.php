<?php
/**
 * The withheld products, for the settings: how many there are, which, and why.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Withheld;

use AmzLinkr\Products;

defined( 'ABSPATH' ) || exit;

/** The maximum number of products that a description names. */
const MAX_NAMED = 20;

/**
 * Returns a description of the withheld products of each status.
 *
 * @return string[] Descriptions by status.
 */
function get_descriptions(): array {
	$by_status = array();
	foreach ( Products\find_withheld() as $product ) {
		$by_status[ $product['price_status'] ][] = "{$product['asin']} ({$product['marketplace']})";
	}
	$texts = array(
		/* translators: 1: a number, 2: a list of ASINs */
		'missing' => __( 'Missing products: %1$d. Amazon no longer returns %2$s. Replace them in your posts, or remove them. If Amazon returns them again, they are shown again.', 'amzlinkr' ),
		/* translators: 1: a number, 2: a list of ASINs */
		'expired' => __( 'Expired products: %1$d. Amazon has not confirmed %2$s for 24 hours. They are shown again after the next successful refresh.', 'amzlinkr' ),
		/* translators: 1: a number, 2: a list of ASINs */
		'waiting' => __( 'Waiting products: %1$d. %2$s are retrieved by the next price syncs, if the account has access to Amazon’s API.', 'amzlinkr' ),
	);
	$found = array();
	foreach ( array_intersect_key( $texts, $by_status ) as $status => $text ) {
		$found[ $status ] = sprintf( $text, count( $by_status[ $status ] ), join_names( $by_status[ $status ] ) );
	}
	return $found;
}

/**
 * Joins the names of products.
 *
 * @param string[] $names The names.
 * @return string The first MAX_NAMED names, and how many there are beyond them.
 */
function join_names( array $names ): string {
	$list = implode( ', ', array_slice( $names, 0, MAX_NAMED ) );
	$more = count( $names ) - MAX_NAMED;
	/* translators: 1: a list of ASINs, 2: a number */
	return $more > 0 ? sprintf( __( '%1$s and %2$d more', 'amzlinkr' ), $list, $more ) : $list;
}
