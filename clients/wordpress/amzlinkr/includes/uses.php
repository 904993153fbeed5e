<?php
/**
 * The posts that show each product, for pages of the admin.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Uses;

use AmzLinkr\CachePurge;
use AmzLinkr\Placements;
use AmzLinkr\PostSearch;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/** The posts that the admin lists: drafts too. */
const CONDITION = "post_status NOT IN ('inherit', 'trash', 'auto-draft')";

/**
 * Finds the posts that show each of the products, with one search for all of them.
 *
 * @param array[] $products      Products with `asin` and `marketplace`.
 * @param bool    $with_patterns Whether posts count that show the product by a pattern only.
 * @return array[] IDs of posts by a key such as `US:B0…`, with a key for each product.
 */
function find( array $products, bool $with_patterns = true ): array {
	$uses = array_fill_keys( array_map( __NAMESPACE__ . '\get_key', $products ), array() );
	$find = static fn( string $content ): array => array_map( __NAMESPACE__ . '\get_key', Placements\find_products( $content ) );
	return find_posts( $uses, 'amzlinkr', $find, $with_patterns );
}

/**
 * Finds the posts that contain each of some things. Their content is read in parts.
 *
 * @param array[]  $uses          Empty arrays by the key of each thing.
 * @param string   $text          A text that is in each content with one of the things.
 * @param callable $find          A function that takes a text and returns the keys of the things in it.
 * @param bool     $with_patterns Whether posts count that contain the thing by a pattern only.
 * @return array[] IDs of posts by the same keys, first of posts with a page, then of others.
 */
function find_posts( array $uses, string $text, callable $find, bool $with_patterns = true ): array {
	if ( ! $uses ) {
		return array();
	}
	$by_pattern = $with_patterns ? find_in_patterns( $uses, $text, $find ) : array();
	$collect    = static function ( object $post ) use ( &$uses, $find, $by_pattern ): void {
		$found = array_fill_keys( $find( $post->post_content ), true );
		foreach ( $by_pattern ? CachePurge\find_references( $post->post_content ) : array() as $pattern ) {
			$found += $by_pattern[ $pattern ] ?? array();
		}
		foreach ( array_intersect_key( $found, $uses ) as $key => $is_found ) {
			$uses[ $key ][ (int) $post->ID ] = true;
		}
	};
	$pages      = PostSearch\get_condition_of_pages();
	$texts      = $by_pattern ? array( $text, CachePurge\REFERENCE ) : array( $text );
	PostSearch\visit( $pages, $texts, $collect );
	PostSearch\visit( CONDITION . " AND NOT ( $pages )", $texts, $collect );
	return array_map( 'array_keys', $uses );
}

/**
 * Finds the patterns that contain each of some things, directly or by another pattern, with one search for all of them.
 *
 * @param array[]  $uses Empty arrays by the key of each thing.
 * @param string   $text A text that is in each content with one of the things.
 * @param callable $find A function that takes a text and returns the keys of the things in it.
 * @return array[] Arrays with these keys, by the ID of the pattern.
 */
function find_in_patterns( array $uses, string $text, callable $find ): array {
	$keys    = array();
	$used_by = array();
	$count   = 0;
	$visit   = static function ( object $post ) use ( &$keys, &$used_by, &$count, $uses, $find ): void {
		$id  = (int) $post->ID;
		$own = array_intersect_key( array_fill_keys( $find( $post->post_content ), true ), $uses );
		if ( $own ) {
			$keys[ $id ] = ( $keys[ $id ] ?? array() ) + $own;
		}
		foreach ( CachePurge\find_references( $post->post_content ) as $pattern ) {
			if ( ++$count <= CachePurge\MAX_REFERENCES ) {
				$used_by[ $pattern ][] = $id;
			}
		}
	};
	PostSearch\visit( "post_type = 'wp_block' AND " . CONDITION, array( $text, CachePurge\REFERENCE ), $visit );
	$new = array_keys( $keys );
	while ( $new ) {
		$pattern = array_pop( $new );
		foreach ( $used_by[ $pattern ] ?? array() as $user ) {
			$known         = $keys[ $user ] ?? array();
			$keys[ $user ] = $known + $keys[ $pattern ];
			if ( count( $known ) < count( $keys[ $user ] ) ) {
				$new[] = $user;
			}
		}
	}
	return $keys;
}

/**
 * Loads posts with one query, except long ones.
 *
 * @param int[] $ids The IDs of the posts.
 */
function load( array $ids ): void {
	_prime_post_caches( PostSearch\find_short( $ids ), false );
}

/**
 * Returns whether a post is too long for its content to stay in memory.
 *
 * @param WP_Post $post The post.
 */
function is_long( WP_Post $post ): bool {
	return mb_strlen( $post->post_content ) > PostSearch\MAX_CHARS;
}

/**
 * Removes a long post from the object cache: a page that names many of them would need too much memory.
 *
 * @param int $id The ID of a post.
 */
function release( int $id ): void {
	$post = get_post( $id );
	if ( $post && is_long( $post ) ) {
		wp_cache_delete( $id, 'posts' );
	}
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
