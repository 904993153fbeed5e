<?php
/**
 * The products that posts contain, by block, shortcode or pattern.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Placements;

use AmzLinkr\Accounts;
use AmzLinkr\Products;

defined( 'ABSPATH' ) || exit;

const POST_BATCH_SIZE = 200;

/** The text before the attributes of a block, and their pattern. */
const BLOCK_START      = '<!-- wp:amzlinkr/product ';
const BLOCK_ATTRIBUTES = '~^\{.*?\}(?= /?-->)~s';

/** The text before the attributes of a shortcode, and their pattern. It begins with the end of a shortcode's name. */
const SHORTCODE_START      = '[amzlinkr';
const SHORTCODE_ATTRIBUTES = '~^[\x00-\x20&/<>=][^\]]*?(?=/?\])~';

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
	foreach ( find_texts( $content, BLOCK_START, BLOCK_ATTRIBUTES ) as $attributes ) {
		$found[] = parse_product( (array) json_decode( $attributes, true ) );
	}
	foreach ( find_texts( $content, SHORTCODE_START, SHORTCODE_ATTRIBUTES ) as $attributes ) {
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
		preload_for_content( implode( ' ', array_column( $posts, 'post_content' ) ) );
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
 * Purges the caches of the posts that contain one of the products.
 *
 * @param array[] $products Products with `asin` and `marketplace`.
 * @return int[] The IDs of the posts.
 */
function purge_post_caches( array $products ): array {
	$posts = $products ? find_posts( $products ) : array();
	foreach ( $posts as $post ) {
		clean_post_cache( $post );
	}
	if ( $products ) {
		/**
		 * Fires when products have changed, and for each product at least twice a day.
		 *
		 * Page caches should purge the pages of these posts.
		 *
		 * @param int[]   $posts    The IDs of the posts that contain the products.
		 * @param array[] $products The products, with `asin` and `marketplace`.
		 */
		do_action( 'amzlinkr_products_changed', $posts, $products );
	}
	return $posts;
}

/**
 * Finds the posts that contain one of the products, directly or by a pattern.
 *
 * @param array[] $products Products with `asin` and `marketplace`.
 * @return int[] The IDs of the posts.
 */
function find_posts( array $products ): array {
	$wanted   = array_fill_keys( array_map( static fn( $product ) => "{$product['marketplace']}:{$product['asin']}", $products ), true );
	$contains = static function ( $post ) use ( $wanted ) {
		foreach ( find_products( $post->post_content ) as $product ) {
			if ( isset( $wanted[ "{$product['marketplace']}:{$product['asin']}" ] ) ) {
				return true;
			}
		}
		return false;
	};
	return array_keys( add_posts_of_patterns( find_posts_containing( 'amzlinkr', $contains ) ) );
}

/**
 * Adds the posts that contain one of the found patterns, directly or by another pattern.
 *
 * @param string[] $found Post types by post ID.
 * @return string[] Post types by post ID.
 */
function add_posts_of_patterns( array $found ): array {
	$patterns = array_keys( $found, 'wp_block', true );
	// A pattern can be used in posts and in other patterns.
	while ( $patterns ) {
		$pattern  = array_shift( $patterns );
		$uses     = find_posts_containing( "\"ref\":$pattern", static fn( $post ) => (bool) preg_match( "~\"ref\":$pattern\\b~", $post->post_content ) );
		$patterns = array_merge( $patterns, array_keys( array_diff_key( $uses, $found ), 'wp_block', true ) );
		$found   += $uses;
	}
	return $found;
}

/**
 * Finds the posts that contain a text and match a condition, in batches to limit memory on large sites.
 *
 * @param string   $text      The text.
 * @param callable $condition A function that takes a post and returns a boolean.
 * @return string[] Post types by post ID.
 */
function find_posts_containing( string $text, callable $condition ): array {
	global $wpdb;
	$found   = array();
	$last_id = 0;
	do {
		$posts = $wpdb->get_results( // phpcs:ignore WordPress.DB -- runs in cron and on a page for editors, and requires the current content.
			$wpdb->prepare(
				"SELECT ID, post_type, post_content FROM $wpdb->posts WHERE ID > %d AND post_content LIKE %s
				AND post_status NOT IN ('inherit', 'trash', 'auto-draft') ORDER BY ID LIMIT %d",
				$last_id,
				'%' . $wpdb->esc_like( $text ) . '%',
				POST_BATCH_SIZE
			)
		);
		foreach ( $posts as $post ) {
			$last_id = (int) $post->ID;
			if ( $condition( $post ) ) {
				$found[ $last_id ] = $post->post_type;
			}
		}
		$has_more = count( $posts ) === POST_BATCH_SIZE;
	} while ( $has_more );
	return $found;
}
