<?php
/**
 * The lists that posts contain, by block, shortcode or pattern.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\ListPlacements;

use AmzLinkr\Lists;
use AmzLinkr\Placements;
use AmzLinkr\Rest;

defined( 'ABSPATH' ) || exit;

add_filter( 'the_posts', __NAMESPACE__ . '\preload_for_posts' );
add_filter( 'the_content', __NAMESPACE__ . '\preload_for_content', 0 );
add_filter( 'widget_text', __NAMESPACE__ . '\preload_for_content', 0 );
add_filter( 'widget_block_content', __NAMESPACE__ . '\preload_for_content', 0 );

/**
 * Finds the lists in a text.
 *
 * @param string $content The content of a post or widget.
 * @return string[] The names of the lists, each once.
 */
function find_names( string $content ): array {
	$found = array();
	foreach ( Placements\find_texts( $content, '<!-- wp:amzlinkr/list ', '~^\{.*?\}(?= /?-->)~s' ) as $attributes ) {
		$found[] = parse_name( (array) json_decode( $attributes, true ) );
	}
	foreach ( Placements\find_texts( $content, '[amzlinkr_list', '~^\s[^\]]*(?=\])~' ) as $attributes ) {
		$found[] = parse_name( (array) shortcode_parse_atts( $attributes ) );
	}
	return array_values( array_unique( array_filter( $found, 'strlen' ) ) );
}

/**
 * Parses the name in the attributes of a block or shortcode.
 *
 * @param array $attributes The attributes, with values of any type.
 * @return string The name, or an empty string if it is not valid.
 */
function parse_name( array $attributes ): string {
	$name = strtolower( trim( is_scalar( $attributes['name'] ?? null ) ? (string) $attributes['name'] : '' ) );
	return preg_match( '~' . Rest\URL_PARAMETERS['name'] . '~', $name ) ? $name : '';
}

/**
 * Loads the lists of all posts of a loop with one query.
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
 * Loads the lists in a text with one query.
 *
 * @param string $content The text.
 * @return string The same text.
 */
function preload_for_content( $content ) {
	Lists\load( find_names( (string) $content ) );
	return $content;
}

/**
 * Finds the posts that contain a list, directly or by a pattern.
 *
 * @return array[] The IDs of the posts by the name of the list.
 */
function find_uses(): array {
	$names    = array();
	$contains = static function ( $post ) use ( &$names ) {
		$names[ $post->ID ] = find_names( $post->post_content );
		return (bool) $names[ $post->ID ];
	};
	$patterns = array_keys( Placements\find_posts_containing( 'amzlinkr', $contains ), 'wp_block', true );
	// A pattern can be used in posts and in other patterns.
	while ( $patterns ) {
		$pattern = array_shift( $patterns );
		foreach ( find_uses_of_pattern( $pattern ) as $post => $type ) {
			$known          = $names[ $post ] ?? array();
			$names[ $post ] = array_unique( array_merge( $known, $names[ $pattern ] ) );
			if ( 'wp_block' === $type && count( $known ) < count( $names[ $post ] ) ) {
				$patterns[] = $post;
			}
		}
	}
	$uses = array();
	foreach ( $names as $post => $found ) {
		foreach ( $found as $name ) {
			$uses[ $name ][] = $post;
		}
	}
	return $uses;
}

/**
 * Finds the posts that contain a pattern.
 *
 * @param int $pattern The ID of the pattern.
 * @return string[] Post types by post ID.
 */
function find_uses_of_pattern( int $pattern ): array {
	return Placements\find_posts_containing( "\"ref\":$pattern", static fn( $post ) => (bool) preg_match( "~\"ref\":$pattern\\b~", $post->post_content ) );
}

/**
 * Purges the caches of the posts that contain one of the lists.
 *
 * @param string[] $names The names of the lists.
 * @return int[] The IDs of the posts.
 */
function purge_post_caches( array $names ): array {
	if ( ! $names ) {
		return array();
	}
	$uses  = array_intersect_key( find_uses(), array_flip( $names ) );
	$posts = array_values( array_unique( array_merge( array(), ...array_values( $uses ) ) ) );
	array_map( 'clean_post_cache', $posts );
	/**
	 * Fires when lists have changed, and for each list with products at least twice a day.
	 *
	 * Page caches should purge the pages of these posts.
	 *
	 * @param int[]    $posts The IDs of the posts that contain the lists.
	 * @param string[] $names The names of the lists.
	 */
	do_action( 'amzlinkr_lists_changed', $posts, $names );
	return $posts;
}
