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

/** After this time a search stops, so that a page ends before PHP's limit, however long the posts of other users are. */
const MAX_SECONDS = 8;

/** The posts that the admin lists: drafts too. */
const CONDITION = "post_status NOT IN ('inherit', 'trash', 'auto-draft')";

/**
 * Finds the posts that show each of the products, with one search for all of them.
 *
 * @param array[] $products      Products with `asin` and `marketplace`.
 * @param bool    $with_patterns Whether posts count that show the product by a pattern or in a page builder only.
 * @param string  $position      The position of an earlier search that was not complete.
 * @param float   $seconds       The time of the search, if it is shorter than that of other searches.
 * @return array The result of find_posts(), with keys such as `US:B0…`.
 */
function find( array $products, bool $with_patterns = true, string $position = '', float $seconds = INF ): array {
	$uses = array_fill_keys( array_map( __NAMESPACE__ . '\get_key', $products ), array() );
	$find = static fn( string $content ): array => array_map( __NAMESPACE__ . '\get_key', Placements\find_products( $content ) );
	return find_posts( $uses, Placements\get_texts(), $find, $with_patterns, $position, $seconds );
}

/**
 * Finds the posts that contain each of some things. Their content is read in parts, until the time is over.
 *
 * Posts with a page come first, so that drafts take only the time that is left. A search from the position continues
 * with the post in which an earlier one stopped. If the time of a search is too short for this post alone, the post
 * counts as one that contains all of the things.
 *
 * @param array[]  $uses          Empty arrays by the key of each thing.
 * @param string[] $texts         Texts of which each content with one of the things contains at least one.
 * @param callable $find          A function that takes a text and returns the keys of the things in it.
 * @param bool     $with_patterns Whether posts count that contain the thing by a pattern or in a page builder only.
 * @param string   $position      The position of an earlier search that was not complete.
 * @param float    $seconds       The time of the search, if it is shorter than that of other searches.
 * @return array The IDs of posts by the same keys, first of posts with a page, then of others; whether all posts were
 *               searched; and the position at which another search continues, empty if there is none.
 */
function find_posts( array $uses, array $texts, callable $find, bool $with_patterns = true, string $position = '', float $seconds = INF ): array {
	if ( ! $uses ) {
		return array( array(), true, '' );
	}
	$started = microtime( true );
	$seconds = min( $seconds, get_max_seconds() );
	$until   = $started + $seconds;

	list( $by_pattern, $is_complete ) = $with_patterns ? find_in_patterns( $uses, $texts, $find, $started + $seconds / 4 ) : array( array(), true );

	$collect = static function ( object $post ) use ( &$uses, $find, $by_pattern ): void {
		$found = array_fill_keys( $find( $post->post_content ), true );
		foreach ( $by_pattern ? CachePurge\find_references( $post->post_content ) : array() as $pattern ) {
			$found += $by_pattern[ $pattern ] ?? array();
		}
		foreach ( array_intersect_key( $found, $uses ) as $key => $is_found ) {
			$uses[ $key ][ (int) $post->ID ] = true;
		}
	};
	$pages   = PostSearch\get_condition_of_pages();
	$texts   = $by_pattern ? array_merge( $texts, array( CachePurge\REFERENCE ) ) : $texts;

	list( $stage, $after ) = parse_position( $position );
	foreach ( array_slice( array( $pages, CONDITION . " AND NOT ( $pages )" ), $stage ) as $condition ) {
		list( $last, $is_searched, $partly ) = PostSearch\visit( $condition, $texts, $collect, $after, $until, $with_patterns );
		if ( ! $is_searched ) {
			$is_first = $partly && $partly === $after + 1;
			$uses     = $is_first ? array_map( static fn( $posts ) => $posts + array( $partly => true ), $uses ) : $uses;
			$last     = $partly && ! $is_first ? $partly - 1 : $last;
			return array( array_map( 'array_keys', $uses ), false, "$stage-$last" );
		}
		$after = 0;
		++$stage;
	}
	return array( array_map( 'array_keys', $uses ), $is_complete, '' );
}

/**
 * Returns after how many seconds a search stops.
 */
function get_max_seconds(): float {
	/**
	 * Filters after how many seconds a search for the posts that show products or lists stops. The page that replaces a
	 * product then has the same time to check these posts.
	 *
	 * @param float $seconds The number of seconds.
	 */
	return max( 0.0, (float) apply_filters( 'amzlinkr_search_seconds', (float) MAX_SECONDS ) );
}

/**
 * Returns the position of a search after a post.
 *
 * @param int $id The ID of the post.
 */
function get_position( int $id ): string {
	$has_page = in_array( get_post_field( 'post_status', $id, 'raw' ), PostSearch\get_statuses_of_pages(), true );
	return ( $has_page ? '0' : '1' ) . "-$id";
}

/**
 * Parses the position of a search.
 *
 * @param string $position A position of find_posts() or get_position().
 * @return int[] 0 for posts with a page or 1 for others, and the ID after which the search begins; zeros if it is not valid.
 */
function parse_position( string $position ): array {
	return preg_match( '~^([01])-(\d{1,18})\z~', $position, $parts ) ? array( (int) $parts[1], (int) $parts[2] ) : array( 0, 0 );
}

/**
 * Finds the patterns that contain each of some things, directly or by another pattern, with one search for all of them.
 *
 * @param array[]  $uses  Empty arrays by the key of each thing.
 * @param string[] $texts Texts of which each content with one of the things contains at least one.
 * @param callable $find  A function that takes a text and returns the keys of the things in it.
 * @param float    $until The Unix time after which the search stops.
 * @return array Arrays with these keys, by the ID of the pattern; and whether all patterns were searched.
 */
function find_in_patterns( array $uses, array $texts, callable $find, float $until ): array {
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
	$result  = PostSearch\visit( PostSearch\SHOWN_PATTERNS, array_merge( $texts, array( CachePurge\REFERENCE ) ), $visit, 0, $until );
	$new     = array_keys( $keys );
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
	return array( $keys, $result[1] && $count <= CachePurge\MAX_REFERENCES );
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
