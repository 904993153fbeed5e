<?php
/**
 * The lists that posts contain, by block, shortcode or pattern.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\ListPlacements;

use AmzLinkr\CachePurge;
use AmzLinkr\Lists;
use AmzLinkr\Placements;
use AmzLinkr\Rest;
use AmzLinkr\Uses;

defined( 'ABSPATH' ) || exit;

add_filter( 'the_posts', __NAMESPACE__ . '\preload_for_posts' );
add_filter( 'the_content', __NAMESPACE__ . '\preload_for_content', 0 );
add_filter( 'widget_text', __NAMESPACE__ . '\preload_for_content', 0 );
add_filter( 'widget_block_content', __NAMESPACE__ . '\preload_for_content', 0 );

/**
 * Finds the lists in a text.
 *
 * @param string   $content The content of a post or widget.
 * @param int|null $left    How many blocks and shortcodes are read at most; null without a limit. Reduced by those that were.
 * @return string[] The names of the lists, each once.
 */
function find_names( string $content, ?int &$left = null ): array {
	$found = array();
	foreach ( Placements\find_texts( $content, '<!-- wp:amzlinkr/list ', '~^\{.*?\}(?= /?-->)~s', $left ) as $attributes ) {
		$found[] = parse_name( (array) json_decode( $attributes, true ) );
	}
	foreach ( Placements\find_texts( $content, '[amzlinkr_list', '~^\s[^\]]*(?=\])~', $left ) as $attributes ) {
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
 * Loads the first lists of all posts of a loop with one query.
 *
 * @param \WP_Post[] $posts The posts.
 * @return \WP_Post[] The same posts.
 */
function preload_for_posts( $posts ) {
	if ( ! is_admin() ) {
		preload( array_map( 'AmzLinkr\Placements\get_start', array_column( $posts, 'post_content' ) ), Placements\MAX_PRELOADED );
	}
	return $posts;
}

/**
 * Loads all lists in a text, many with each query.
 *
 * @param string $content The text.
 * @return string The same text.
 */
function preload_for_content( $content ) {
	foreach ( str_split( (string) $content, Placements\PART_BYTES ) as $part ) {
		preload( array( $part ), PHP_INT_MAX );
	}
	return $content;
}

/**
 * Loads the first lists in texts, with one query for Placements\MAX_PRELOADED of them.
 *
 * @param string[] $contents The texts. They are not joined, which would need as much memory again.
 * @param int      $max      The maximum number of blocks and shortcodes that are read.
 */
function preload( array $contents, int $max ): void {
	$names = array();
	$left  = $max;
	foreach ( $contents as $content ) {
		if ( $left <= 0 ) {
			break;
		}
		array_push( $names, ...find_names( $content, $left ) );
	}
	foreach ( array_chunk( array_unique( $names ), Placements\MAX_PRELOADED ) as $chunk ) {
		Lists\load( $chunk );
	}
}

/**
 * Finds the posts that contain each of the lists, directly or by a pattern.
 *
 * @param string[] $names The names of the lists.
 * @return array The result of Uses\find_posts(), with the name of each list as a key.
 */
function find_uses( array $names ): array {
	return Uses\find_posts( array_fill_keys( $names, array() ), array( 'amzlinkr' ), __NAMESPACE__ . '\find_names' );
}

/**
 * Purges the caches of the posts that contain one of the lists, as far as the time of a request allows.
 *
 * If the time is over, the next sync continues with those lists that have products.
 *
 * @param string[] $names The names of the lists.
 */
function purge_post_caches( array $names ): void {
	if ( $names && ! CachePurge\purge( get_condition( $names ), get_announcement( $names ) ) ) {
		Lists\mark_cache_purged( $names, 0 );
	}
}

/**
 * Continues the sync's purge of the caches of the posts that contain one of the lists.
 *
 * @param string[] $names The names of the lists, of all runs since the purge began.
 * @return bool Whether all posts were purged.
 */
function continue_purge( array $names ): bool {
	return CachePurge\continue_purge( CachePurge\LIST_POSITION, get_condition( $names ), get_announcement( $names ) );
}

/**
 * Returns a function that takes a text and returns whether it contains one of the lists.
 *
 * @param string[] $names The names of the lists.
 */
function get_condition( array $names ): callable {
	return static fn( string $content ): bool => (bool) array_intersect( find_names( $content ), $names );
}

/**
 * Returns a function that informs page caches about purged posts.
 *
 * @param string[] $names The names of the lists.
 */
function get_announcement( array $names ): callable {
	return static function ( array $posts ) use ( $names ): void {
		/**
		 * Fires when lists have changed, and for each list with products at least twice a day.
		 *
		 * Page caches should purge the pages of these posts. For many posts, the action fires several times.
		 *
		 * @param int[]    $posts The IDs of the posts that contain the lists.
		 * @param string[] $names The names of the lists.
		 */
		do_action( 'amzlinkr_lists_changed', $posts, $names );
	};
}
