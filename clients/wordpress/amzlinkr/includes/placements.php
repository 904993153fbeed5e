<?php
/**
 * The products that posts contain, by block, shortcode or pattern.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Placements;

use AmzLinkr\CachePurge;
use AmzLinkr\Languages;
use AmzLinkr\MigrationRender;
use AmzLinkr\ProductNames;
use AmzLinkr\Products;

defined( 'ABSPATH' ) || exit;

/** The text before the attributes of a block, and their pattern. */
const BLOCK_START      = '<!-- wp:amzlinkr/product ';
const BLOCK_ATTRIBUTES = '~^\{.*?\}(?= /?-->)~s';

/** The text before the attributes of a shortcode, and their pattern. It begins with the end of a shortcode's name. */
const SHORTCODE_START      = '[amzlinkr';
const SHORTCODE_ATTRIBUTES = '~^[\x00-\x20&/<>=][^\]]*?(?=/?\])~';

/**
 * The part of each post of which the products, lists and pictures are loaded in advance, and how many of all posts of a
 * query together. A query can find the long posts of any author, also where only titles are shown.
 */
const MAX_PRELOADED_BYTES = 65536;
const MAX_PRELOADED       = 200;

/** All products and lists of a text that is shown are loaded, from one part after the other. */
const PART_BYTES = 32768;

add_filter( 'the_posts', __NAMESPACE__ . '\preload_for_posts' );
add_filter( 'the_content', __NAMESPACE__ . '\preload_for_content', 0 );
add_filter( 'widget_text', __NAMESPACE__ . '\preload_for_content', 0 );
add_filter( 'widget_block_content', __NAMESPACE__ . '\preload_for_content', 0 );

/**
 * Finds the products in a text.
 *
 * @param string   $content The content of a post or widget.
 * @param int|null $left    How many products, blocks and shortcodes are read at most; null without a limit for those of this
 *                          plugin. Reduced by those that were read.
 * @return array[] Products with `asin` and `marketplace`.
 */
function find_products( string $content, ?int &$left = null ): array {
	$foreign = Languages\add_variants( MigrationRender\find_products( $content, $left ) );
	if ( false === strpos( $content, 'amzlinkr' ) ) {
		return $foreign;
	}
	$found = array();
	foreach ( find_texts( $content, BLOCK_START, BLOCK_ATTRIBUTES, $left ) as $attributes ) {
		add_named( $found, (array) json_decode( $attributes, true ), $left );
	}
	foreach ( find_texts( $content, SHORTCODE_START, SHORTCODE_ATTRIBUTES, $left ) as $attributes ) {
		add_named( $found, (array) shortcode_parse_atts( $attributes ), $left );
	}
	return array_merge( Languages\add_variants( $found ), $foreign );
}

/**
 * Adds the products that attributes name.
 *
 * @param array[]  $found      Products with `asin` and `marketplace`.
 * @param array    $attributes The attributes of a block or shortcode.
 * @param int|null $left       How many products are read at most, after the first one of each block and shortcode.
 */
function add_named( array &$found, array $attributes, ?int &$left ): void {
	$named = ProductNames\parse( $attributes );
	array_push( $found, ...$named );
	$left = null === $left ? null : $left - max( 0, count( $named ) - 1 );
}

/**
 * Returns the texts of which each content with a product or list contains at least one.
 *
 * @return string[]
 */
function get_texts(): array {
	return array_merge( array( 'amzlinkr' ), MigrationRender\get_texts() );
}

/**
 * Finds the texts that follow a start and match a pattern.
 *
 * Each start is searched up to the next one only. So the time is linear in the length of the content: a pattern for the
 * whole content would read a draft of thousands of starts without an end once for each of them.
 *
 * @param string   $content The content of a post or widget.
 * @param string   $start   The text before each of the texts.
 * @param string   $pattern The pattern of the texts, anchored to their beginning.
 * @param int|null $left    How many texts are read at most; null without a limit. Reduced by those that were read.
 * @return iterable The texts.
 */
function find_texts( string $content, string $start, string $pattern, ?int &$left = null ): iterable {
	foreach ( array_slice( explode( $start, $content ), 1 ) as $part ) {
		if ( null !== $left && $left <= 0 ) {
			break;
		}
		if ( preg_match( $pattern, $part, $text ) ) {
			$left = null === $left ? null : $left - 1;
			yield $text[0];
		}
	}
}

/**
 * Returns the first product that the attributes of a block or shortcode name.
 *
 * @param array $attributes `asin` and `marketplace`.
 * @return array `asin`, empty if the attributes name no product, and `marketplace`, by default the primary one.
 */
function parse_product( array $attributes ): array {
	return ProductNames\parse( $attributes )[0] ?? ProductNames\parse_entry( '', $attributes );
}

/**
 * Loads the first products of all posts of a loop with one query.
 *
 * @param \WP_Post[] $posts The posts.
 * @return \WP_Post[] The same posts.
 */
function preload_for_posts( $posts ) {
	if ( ! is_admin() ) {
		preload( array_map( __NAMESPACE__ . '\get_start', array_column( $posts, 'post_content' ) ), MAX_PRELOADED );
	}
	return $posts;
}

/**
 * Loads all products in a text, many with each query.
 *
 * @param string $content The text.
 * @return string The same text.
 */
function preload_for_content( $content ) {
	foreach ( str_split( (string) $content, PART_BYTES ) as $part ) {
		preload( array( $part ), PHP_INT_MAX );
	}
	return $content;
}

/**
 * Loads the first products in texts, with one query for MAX_PRELOADED of them.
 *
 * @param string[] $contents The texts. They are not joined, which would need as much memory again.
 * @param int      $max      The maximum number of products, blocks and shortcodes that are read.
 */
function preload( array $contents, int $max ): void {
	$asins = array();
	$left  = $max;
	foreach ( $contents as $content ) {
		if ( $left <= 0 ) {
			break;
		}
		array_push( $asins, ...array_column( find_products( $content, $left ), 'asin' ) );
	}
	foreach ( array_chunk( array_slice( array_unique( $asins ), 0, $max ), MAX_PRELOADED ) as $chunk ) {
		Products\load( $chunk );
	}
}

/**
 * Returns the part of a text that is searched before the text is shown.
 *
 * @param string $content The content of a post or widget.
 */
function get_start( string $content ): string {
	return substr( $content, 0, MAX_PRELOADED_BYTES );
}

/**
 * Purges the caches of the posts that contain one of the products, as far as the time of a request allows.
 *
 * If the time is over, the next sync continues with those products that have content.
 *
 * @param array[] $products Products with `asin` and `marketplace`.
 */
function purge_post_caches( array $products ): void {
	if ( $products && ! CachePurge\purge( get_condition( $products ), get_announcement( $products ) ) ) {
		Products\request_cache_purge( $products );
	}
}

/**
 * Continues the sync's purge of the caches of the posts that contain one of the products.
 *
 * @param array[] $products The products, with `asin` and `marketplace`, of all runs since the purge began.
 * @return bool Whether all posts were purged.
 */
function continue_purge( array $products ): bool {
	return CachePurge\continue_purge( CachePurge\POSITION, get_condition( $products ), get_announcement( $products ) );
}

/**
 * Returns a function that takes a text and returns whether it contains one of the products.
 *
 * @param array[] $products Products with `asin` and `marketplace`.
 */
function get_condition( array $products ): callable {
	$wanted = array_fill_keys( array_map( static fn( $product ) => "{$product['marketplace']}:{$product['asin']}", $products ), true );
	return static function ( string $content ) use ( $wanted ): bool {
		foreach ( find_products( $content ) as $product ) {
			if ( isset( $wanted[ "{$product['marketplace']}:{$product['asin']}" ] ) ) {
				return true;
			}
		}
		return false;
	};
}

/**
 * Returns a function that informs page caches about purged posts.
 *
 * @param array[] $products Products with `asin` and `marketplace`.
 */
function get_announcement( array $products ): callable {
	return static function ( array $posts ) use ( $products ): void {
		/**
		 * Fires when products have changed, and for each product at least twice a day.
		 *
		 * Page caches should purge the pages of these posts. For many posts, the action fires several times.
		 *
		 * @param int[]   $posts    The IDs of the posts that contain the products.
		 * @param array[] $products The products, with `asin` and `marketplace`.
		 */
		do_action( 'amzlinkr_products_changed', $posts, $products );
	};
}
