<?php
/**
 * The products that posts contain, by block, shortcode or pattern.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Placements;

use AmzLinkr\Accounts;
use AmzLinkr\CachePurge;
use AmzLinkr\PostSearch;
use AmzLinkr\Products;

defined( 'ABSPATH' ) || exit;

add_filter( 'the_posts', __NAMESPACE__ . '\preload_for_posts' );
add_filter( 'the_content', __NAMESPACE__ . '\preload_for_content', 0 );
add_filter( 'widget_text', __NAMESPACE__ . '\preload_for_content', 0 );
add_filter( 'widget_block_content', __NAMESPACE__ . '\preload_for_content', 0 );

/**
 * Finds the products in a text.
 *
 * @param string $content The content of a post or widget.
 * @return array[] Products with `asin` and `marketplace`.
 */
function find_products( string $content ): array {
	if ( false === strpos( $content, 'amzlinkr' ) ) {
		return array();
	}
	$found = array();
	foreach ( find_texts( $content, '<!-- wp:amzlinkr/product ', '~^\{.*?\}(?= /?-->)~s' ) as $attributes ) {
		$found[] = parse_product( (array) json_decode( $attributes, true ) );
	}
	foreach ( find_texts( $content, '[amzlinkr', '~^\s[^\]]*(?=\])~' ) as $attributes ) {
		$found[] = parse_product( (array) shortcode_parse_atts( $attributes ) );
	}
	return array_values( array_filter( $found, static fn( $product ) => '' !== $product['asin'] ) );
}

/**
 * Finds the texts that follow a start and match a pattern.
 *
 * Each start is searched up to the next one only. So the time is linear in the length of the content: a pattern for the
 * whole content would read a draft of thousands of starts without an end once for each of them.
 *
 * @param string $content The content of a post or widget.
 * @param string $start   The text before each of the texts.
 * @param string $pattern The pattern of the texts, anchored to their beginning.
 * @return string[] The texts.
 */
function find_texts( string $content, string $start, string $pattern ): array {
	$found = array();
	foreach ( array_slice( explode( $start, $content ), 1 ) as $part ) {
		if ( preg_match( $pattern, $part, $text ) ) {
			$found[] = $text[0];
		}
	}
	return $found;
}

/**
 * Parses the attributes of a block or shortcode.
 *
 * @param array $attributes `asin` and `marketplace`.
 * @return array `asin`, empty if it is not valid, and `marketplace`, by default the primary one.
 */
function parse_product( array $attributes ): array {
	// The JSON of a block may contain values of any type.
	$attributes  = array_filter( $attributes, 'is_scalar' );
	$asin        = strtoupper( trim( (string) ( $attributes['asin'] ?? '' ) ) );
	$marketplace = strtoupper( trim( (string) ( $attributes['marketplace'] ?? '' ) ) );
	return array(
		'asin'        => preg_match( '~^[A-Z0-9]{10}$~', $asin ) ? $asin : '',
		'marketplace' => preg_match( '~^[A-Z]{2}$~', $marketplace ) ? $marketplace : Accounts\get_primary_marketplace(),
	);
}

/**
 * Loads the products of all posts of a loop with one query.
 *
 * @param \WP_Post[] $posts The posts.
 * @return \WP_Post[] The same posts.
 */
function preload_for_posts( $posts ) {
	if ( ! is_admin() ) {
		// One post after the other: their joined content would need as much memory again.
		$products = array_merge( array(), ...array_map( __NAMESPACE__ . '\find_products', array_column( $posts, 'post_content' ) ) );
		Products\load( array_column( $products, 'asin' ) );
	}
	return $posts;
}

/**
 * Loads the products in a text with one query.
 *
 * @param string $content The text.
 * @return string The same text.
 */
function preload_for_content( $content ) {
	Products\load( array_column( find_products( (string) $content ), 'asin' ) );
	return $content;
}

/**
 * Purges the caches of the posts that contain one of the products, as far as the time of a request allows.
 *
 * @param array[] $products Products with `asin` and `marketplace`.
 */
function purge_post_caches( array $products ): void {
	if ( $products ) {
		CachePurge\purge( $products );
	}
}

/**
 * Finds the posts that contain a text and match a condition, drafts included, in steps to limit memory on large sites.
 *
 * @param string   $text      The text.
 * @param callable $condition A function that takes a post and returns a boolean. It is called several times for a long
 *                            post, with parts of its content.
 * @return string[] Post types by post ID.
 */
function find_posts_containing( string $text, callable $condition ): array {
	$found = array();
	PostSearch\visit(
		"post_status NOT IN ('inherit', 'trash', 'auto-draft')",
		array( $text ),
		static function ( $post ) use ( &$found, $condition ) {
			if ( $condition( $post ) ) {
				$found[ (int) $post->ID ] = $post->post_type;
			}
		}
	);
	return $found;
}
