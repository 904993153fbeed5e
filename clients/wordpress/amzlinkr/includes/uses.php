<?php
/**
 * The posts that show each product, for pages of the admin.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Uses;

use AmzLinkr\Placements;

defined( 'ABSPATH' ) || exit;

/**
 * Finds the posts that show each of the products, with one search for all of them.
 *
 * @param array[] $products      Products with `asin` and `marketplace`.
 * @param bool    $with_patterns Whether posts count that show the product by a pattern only.
 * @return array[] IDs of posts by a key such as `US:B0…`, with a key for each product.
 */
function find( array $products, bool $with_patterns = true ): array {
	$uses    = array_fill_keys( array_map( __NAMESPACE__ . '\get_key', $products ), array() );
	$collect = static function ( $post ) use ( &$uses ) {
		foreach ( Placements\find_products( $post->post_content ) as $product ) {
			$key = get_key( $product );
			if ( isset( $uses[ $key ] ) ) {
				$uses[ $key ][ (int) $post->ID ] = $post->post_type;
			}
		}
		return false;
	};
	if ( $uses ) {
		Placements\find_posts_containing( 'amzlinkr', $collect );
	}
	$posts = $with_patterns ? array_map( 'AmzLinkr\Placements\add_posts_of_patterns', $uses ) : $uses;
	return array_map( 'array_keys', $posts );
}

/**
 * Returns the key of a product, such as `US:B0…`.
 *
 * @param array $product A product with `asin` and `marketplace`.
 */
function get_key( array $product ): string {
	return "{$product['marketplace']}:{$product['asin']}";
}

/**
 * Returns whether the current user may edit a post. No user may edit posts of a type that no plugin registers any more.
 *
 * @param int $id The ID of a post.
 */
function can_edit( int $id ): bool {
	return post_type_exists( (string) get_post_type( $id ) ) && current_user_can( 'edit_post', $id );
}
