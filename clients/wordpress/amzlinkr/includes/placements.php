<?php
/**
 * Where products are shown: in blocks and shortcodes of posts, and in patterns that posts use.
 */

namespace AmzLinkr\Placements;

use AmzLinkr\Accounts;
use AmzLinkr\Products;

defined( 'ABSPATH' ) || exit;

const POST_BATCH_SIZE = 200;

add_filter( 'the_posts', __NAMESPACE__ . '\preload_for_posts' );
add_filter( 'the_content', __NAMESPACE__ . '\preload_for_content', 0 );
add_filter( 'widget_text', __NAMESPACE__ . '\preload_for_content', 0 );
add_filter( 'widget_block_content', __NAMESPACE__ . '\preload_for_content', 0 );

/**
 * The products a text shows, each with `asin` and `marketplace`.
 */
function find_products( string $content ): array {
	if ( false === strpos( $content, 'amzlinkr' ) ) {
		return array();
	}
	$found = array();
	preg_match_all( '~<!-- wp:amzlinkr/product (\{.*?\}) /?-->~s', $content, $blocks );
	foreach ( $blocks[1] as $attributes ) {
		$found[] = parse_product( (array) json_decode( $attributes, true ) );
	}
	preg_match_all( '~\[amzlinkr(\s[^\]]*)\]~', $content, $shortcodes );
	foreach ( $shortcodes[1] as $attributes ) {
		$found[] = parse_product( (array) shortcode_parse_atts( $attributes ) );
	}
	return array_values( array_filter( $found, static fn( $product ) => '' !== $product['asin'] ) );
}

/**
 * The product a block's or a shortcode's attributes name; `asin` is empty if they name none.
 */
function parse_product( array $attributes ): array {
	$asin        = strtoupper( trim( (string) ( $attributes['asin'] ?? '' ) ) );
	$marketplace = strtoupper( trim( (string) ( $attributes['marketplace'] ?? '' ) ) );
	return array(
		'asin'        => preg_match( '~^[A-Z0-9]{10}$~', $asin ) ? $asin : '',
		'marketplace' => preg_match( '~^[A-Z]{2}$~', $marketplace ) ? $marketplace : Accounts\get_primary_marketplace(),
	);
}

/**
 * Read the products of all posts of a loop with one query.
 *
 * @param \WP_Post[] $posts
 */
function preload_for_posts( $posts ) {
	if ( ! is_admin() ) {
		preload_for_content( implode( ' ', array_column( $posts, 'post_content' ) ) );
	}
	return $posts;
}

function preload_for_content( $content ) {
	Products\load( array_column( find_products( (string) $content ), 'asin' ) );
	return $content;
}

/**
 * Clean the caches of exactly the posts that show one of the products.
 *
 * @param array[] $products Each with `asin` and `marketplace`.
 * @return int[] The posts.
 */
function purge_post_caches( array $products ): array {
	$posts = $products ? find_posts( $products ) : array();
	foreach ( $posts as $post ) {
		clean_post_cache( $post );
	}
	if ( $products ) {
		/**
		 * Products are shown otherwise than before, or were not for half a day. For page caches, which
		 * should drop these posts' pages.
		 *
		 * @param int[]   $posts    The posts that show them.
		 * @param array[] $products The products, each with `asin` and `marketplace`.
		 */
		do_action( 'amzlinkr_products_changed', $posts, $products );
	}
	return $posts;
}

/**
 * The posts that show one of the products, by themselves or by a pattern.
 *
 * @return int[]
 */
function find_posts( array $products ): array {
	$wanted = array_fill_keys( array_map( static fn( $one ) => "{$one['marketplace']}:{$one['asin']}", $products ), true );
	$shows  = static function ( $post ) use ( $wanted ) {
		foreach ( find_products( $post->post_content ) as $one ) {
			if ( isset( $wanted[ "{$one['marketplace']}:{$one['asin']}" ] ) ) {
				return true;
			}
		}
		return false;
	};
	$found  = find_posts_containing( 'amzlinkr', $shows );
	$look   = array_keys( $found, 'wp_block', true );
	while ( $look ) {
		$pattern = array_shift( $look );
		$uses    = find_posts_containing( "\"ref\":$pattern", static fn( $post ) => (bool) preg_match( "~\"ref\":$pattern\\b~", $post->post_content ) );
		$look    = array_merge( $look, array_keys( array_diff_key( $uses, $found ), 'wp_block', true ) );
		$found  += $uses;
	}
	return array_keys( $found );
}

/**
 * The posts that contain a text and pass a test, in batches, so that a large site does not fill the memory.
 *
 * @return string[] Post types by post id.
 */
function find_posts_containing( string $text, callable $test ): array {
	global $wpdb;
	$found = array();
	$last  = 0;
	do {
		$posts = $wpdb->get_results( // phpcs:ignore WordPress.DB -- runs in cron only, and must see what is there now.
			$wpdb->prepare(
				"SELECT ID, post_type, post_content FROM $wpdb->posts WHERE ID > %d AND post_content LIKE %s
				AND post_status NOT IN ('inherit', 'trash', 'auto-draft') ORDER BY ID LIMIT %d",
				$last,
				'%' . $wpdb->esc_like( $text ) . '%',
				POST_BATCH_SIZE
			)
		);
		foreach ( $posts as $post ) {
			$last = (int) $post->ID;
			if ( $test( $post ) ) {
				$found[ $last ] = $post->post_type;
			}
		}
	} while ( count( $posts ) === POST_BATCH_SIZE );
	return $found;
}
