<?php
/**
 * The function of the REST route of the imported products. rest.php registers the route.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Rest;

use AmzLinkr\Box;
use AmzLinkr\Labels;
use AmzLinkr\Products;
use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/** The maximum number of products in a response. */
const MAX_FOUND_PRODUCTS = 30;

/**
 * Returns the imported products of which the title or the ASIN contains a text, without a call to the service.
 *
 * So every user who writes posts can insert them, also while the Amazon account does not work.
 *
 * @param WP_REST_Request $request The `keywords`.
 * @return array `products`, sorted by title, and `total`: the number of all imported products.
 */
function get_products( WP_REST_Request $request ): array {
	global $wpdb;
	$text  = '%' . $wpdb->esc_like( trim( (string) $request['keywords'] ) ) . '%';
	$found = Products\get_rows( 'title LIKE %s OR asin LIKE %s ORDER BY title = %s, title, asin LIMIT %d', array( $text, $text, '', MAX_FOUND_PRODUCTS ) );
	return array(
		'products' => array_map( __NAMESPACE__ . '\prepare_imported', array_map( 'AmzLinkr\Products\apply_expiry', $found ) ),
		'total'    => Products\count_all(),
	);
}

/**
 * Prepares an imported product for the editor.
 *
 * @param array $product A product with the data that may be shown now.
 * @return array The fields of a box, and `note`: why nothing but the ASIN is shown.
 */
function prepare_imported( array $product ): array {
	return Box\get_template_data( $product ) + array(
		'note' => Products\is_withheld( $product ) ? Labels\get_withheld_reason( $product['price_status'] ) : '',
	);
}
