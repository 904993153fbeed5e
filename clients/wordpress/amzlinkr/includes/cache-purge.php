<?php
/**
 * The purge of the caches of posts that contain changed products, in steps of limited time.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\CachePurge;

use AmzLinkr\Options;
use AmzLinkr\Placements;
use AmzLinkr\PostSearch;
use AmzLinkr\Products;

defined( 'ABSPATH' ) || exit;

/** The row with the position of the sync's purge: the ID up to which it is done, and that of the post purged last. */
const POSITION = 'amzlinkr_purge_position';

/** The time of a purge in one run or request. A run that exceeds it leaves the rest to the next one. */
const MAX_SECONDS = 4;

/** The text before the ID of a pattern in a post. */
const REFERENCE = '"ref":';

/** The number of references between patterns that are in memory. A pattern beyond it counts as one with the products. */
const MAX_REFERENCES = 20000;

/**
 * Purges the caches of the posts that contain one of the products, directly or by a pattern.
 *
 * If the time is over, the next sync continues with those products that have content.
 *
 * @param array[] $products Products with `asin` and `marketplace`.
 */
function purge( array $products ): void {
	if ( ! purge_from( array( 0, 0 ), $products, static function () {} ) ) {
		Products\request_cache_purge( $products );
	}
}

/**
 * Begins a purge that continue_purge() continues.
 */
function begin(): void {
	Options\write_row( POSITION, '0 0', true );
}

/**
 * Purges the caches of further posts. A post at which an earlier run ended is not purged again.
 *
 * @param array[] $products The products, with `asin` and `marketplace`, of all runs since begin().
 * @return bool Whether all posts were purged.
 */
function continue_purge( array $products ): bool {
	$position = array_map( 'intval', explode( ' ', Options\get_row( POSITION ) . ' 0 0' ) );
	return purge_from( $position, $products, static fn( int $done, int $post ) => Options\write_row( POSITION, "$done $post", true ) );
}

/**
 * Purges the caches of posts from a position, until the end or until the time is over, but at least of one post.
 *
 * The position is saved before other plugins run: if one of them fails at a post, the next run purges the next one.
 *
 * @param int[]    $position The ID up to which the purge is done, and that of the post that was purged last.
 * @param array[]  $products Products with `asin` and `marketplace`.
 * @param callable $save     A function that takes a new position.
 * @return bool Whether all posts were purged.
 */
function purge_from( array $position, array $products, callable $save ): bool {
	list( $done, $last ) = $position;
	$until               = microtime( true ) + MAX_SECONDS;
	$contains            = get_condition( $products );
	$is_affected         = find_affected_patterns( $contains, $until - MAX_SECONDS * 3 / 4 );
	do {
		// The other half of the time is for the posts that are found.
		list( $found, $searched, $is_complete ) = find_posts( $contains, $is_affected, $done, ( microtime( true ) + $until ) / 2 );
		$purged                                 = array_filter( $found, static fn( $post ) => $post <= $last );
		foreach ( array_diff( $found, $purged ) as $post ) {
			if ( $purged && microtime( true ) >= $until ) {
				$searched    = end( $purged );
				$is_complete = false;
				break;
			}
			$save( $done, $post );
			clean_post_cache( $post );
			$purged[] = $post;
		}
		$done = $searched;
		$save( $done, $done );
		if ( $purged || array( 0, 0 ) === $position ) {
			/**
			 * Fires when products have changed, and for each product at least twice a day.
			 *
			 * Page caches should purge the pages of these posts. For many posts, the action fires several times.
			 *
			 * @param int[]   $posts    The IDs of the posts that contain the products.
			 * @param array[] $products The products, with `asin` and `marketplace`.
			 */
			do_action( 'amzlinkr_products_changed', array_values( $purged ), $products );
		}
	} while ( ! $is_complete && microtime( true ) < $until );
	return $is_complete;
}

/**
 * Returns a function that takes a text and returns whether it contains one of the products.
 *
 * @param array[] $products Products with `asin` and `marketplace`.
 */
function get_condition( array $products ): callable {
	$wanted = array_fill_keys( array_map( static fn( $product ) => "{$product['marketplace']}:{$product['asin']}", $products ), true );
	return static function ( string $content ) use ( $wanted ): bool {
		foreach ( Placements\find_products( $content ) as $product ) {
			if ( isset( $wanted[ "{$product['marketplace']}:{$product['asin']}" ] ) ) {
				return true;
			}
		}
		return false;
	};
}

/**
 * Finds the posts that have a page and contain a product or a pattern with one.
 *
 * @param callable $contains    A function that takes a text and returns whether it contains one of the products.
 * @param callable $is_affected The result of find_affected_patterns().
 * @param int      $after       The ID after which the search begins.
 * @param float    $until       The Unix time after which the search stops.
 * @return array The IDs of the posts, the ID of the last post that was searched, and whether all posts were.
 */
function find_posts( callable $contains, callable $is_affected, int $after, float $until ): array {
	$found = array();
	$visit = static function ( object $post ) use ( &$found, $contains, $is_affected ): void {
		if ( ! isset( $found[ (int) $post->ID ] ) && ( $contains( $post->post_content ) || array_filter( find_references( $post->post_content ), $is_affected ) ) ) {
			$found[ (int) $post->ID ] = true;
		}
	};
	$ended = PostSearch\visit( PostSearch\get_condition_of_pages(), array( 'amzlinkr', REFERENCE ), $visit, $after, $until );
	return array_merge( array( array_keys( $found ) ), $ended );
}

/**
 * Finds the patterns that contain a product, directly or by another pattern, with one search for all of them.
 *
 * Patterns that are not searched in time, and those with too many references, count as patterns with a product: to purge
 * the cache of a post without one does no harm.
 *
 * @param callable $contains A function that takes a text and returns whether it contains one of the products.
 * @param float    $until    The Unix time after which the search stops.
 * @return callable A function that takes the ID of a pattern and returns whether it contains a product.
 */
function find_affected_patterns( callable $contains, float $until ): callable {
	$affected = array();
	$used_by  = array();
	$count    = 0;
	$visit    = static function ( object $post ) use ( &$affected, &$used_by, &$count, $contains ): void {
		$references = find_references( $post->post_content );
		$count     += count( $references );
		if ( $count > MAX_REFERENCES || $contains( $post->post_content ) ) {
			$affected[ (int) $post->ID ] = true;
			return;
		}
		foreach ( $references as $reference ) {
			$used_by[ $reference ][] = (int) $post->ID;
		}
	};
	// WordPress shows no other patterns.
	$result     = PostSearch\visit( "post_type = 'wp_block' AND post_status = 'publish'", array( 'amzlinkr', REFERENCE ), $visit, 0, $until );
	$is_unknown = static fn( int $pattern ): bool => ! $result[1] && $pattern > $result[0];
	$new        = array_merge( array_keys( $affected ), array_filter( array_keys( $used_by ), $is_unknown ) );
	while ( $new ) {
		foreach ( $used_by[ array_pop( $new ) ] ?? array() as $user ) {
			if ( ! isset( $affected[ $user ] ) ) {
				$affected[ $user ] = true;
				$new[]             = $user;
			}
		}
	}
	return static fn( int $pattern ): bool => isset( $affected[ $pattern ] ) || $is_unknown( $pattern );
}

/**
 * Finds the patterns that a text refers to.
 *
 * @param string $content The content of a post.
 * @return int[] Their IDs, each once.
 */
function find_references( string $content ): array {
	preg_match_all( '~' . REFERENCE . '\s*(\d+)~', $content, $found );
	return array_unique( array_map( 'intval', $found[1] ) );
}
