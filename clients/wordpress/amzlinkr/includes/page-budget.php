<?php
/**
 * The number of products that the displays of one request show. All further ones are links.
 *
 * A short text can name a list of thirty products thousands of times: without a maximum, such a post takes all memory of
 * each page that contains it.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\PageBudget;

defined( 'ABSPATH' ) || exit;

/** The maximum number of products in the displays of one request. */
const MAX_PRODUCTS = 1000;

/**
 * Counts the products of a display, if the request may show all of them.
 *
 * @param int $products The number of products.
 * @return bool Whether the display may show them. Those of one that may not are not counted.
 */
function take( int $products ): bool {
	static $taken = 0;
	if ( $taken + $products > MAX_PRODUCTS ) {
		return false;
	}
	$taken += $products;
	return true;
}

/**
 * Returns the note for users who can edit posts about a display in place of which there are links.
 */
function get_note(): string {
	/* translators: %d: a number */
	return sprintf( __( 'AmzLinkr: One page shows at most %d products. Visitors see a link here. Remove displays, or show fewer posts on a page.', 'amzlinkr' ), MAX_PRODUCTS );
}
