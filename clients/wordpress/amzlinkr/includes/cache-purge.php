<?php
/**
 * The purge of the caches of posts that contain changed products or lists, in steps of limited time.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\CachePurge;

use AmzLinkr\Options;
use AmzLinkr\PageCaches;
use AmzLinkr\Placements;
use AmzLinkr\PostSearch;
use AmzLinkr\SiteWide;

defined( 'ABSPATH' ) || exit;

/** The rows with the positions of the sync's purges: the ID up to which each is done, and that of the post purged last. */
const POSITION      = 'amzlinkr_purge_position';
const LIST_POSITION = 'amzlinkr_list_purge_position';

/** The position of a purge that has not begun. */
const START = array( 0, -1 );

/** The time of a purge in one run or request. A run that exceeds it leaves the rest to the next one. */
const MAX_SECONDS = 4;

/** The text before the ID of a pattern in a post. */
const REFERENCE = '"ref":';

/** The number of references between patterns that are in memory. A pattern beyond it counts as one that is affected. */
const MAX_REFERENCES = 20000;

/**
 * Purges the caches of the posts that contain something, directly or by a pattern, until the time is over.
 *
 * @param callable $contains A function that takes a text and returns whether it contains it.
 * @param callable $announce A function that takes the IDs of purged posts.
 * @return bool Whether all posts were purged.
 */
function purge( callable $contains, callable $announce ): bool {
	return purge_from( START, $contains, $announce, static function () {} );
}

/**
 * Begins a purge that continue_purge() continues.
 *
 * @param string $row The row with the position.
 */
function begin( string $row ): void {
	Options\write_row( $row, implode( ' ', START ), true );
}

/**
 * Purges the caches of further posts. A post at which an earlier run ended is not purged again.
 *
 * @param string   $row      The row with the position.
 * @param callable $contains The function of purge(), the same in all runs since begin().
 * @param callable $announce A function that takes the IDs of purged posts.
 * @return bool Whether all posts were purged.
 */
function continue_purge( string $row, callable $contains, callable $announce ): bool {
	$position = array_slice( array_map( 'intval', explode( ' ', Options\get_row( $row ) . ' 0 0' ) ), 0, 2 );
	return purge_from( $position, $contains, $announce, static fn( int $done, int $post ) => Options\write_row( $row, "$done $post", true ) );
}

/**
 * Purges the caches of posts from a position, until the end or until the time is over, but at least of one post.
 *
 * The position is saved before other plugins run: if one of them fails at a post, the next run purges the next one.
 * All pages are purged if any page can show what has changed.
 *
 * @param int[]    $position The ID up to which the purge is done, and that of the post that was purged last.
 * @param callable $contains The function of purge().
 * @param callable $announce A function that takes the IDs of purged posts.
 * @param callable $save     A function that takes a new position.
 * @return bool Whether all posts were purged.
 */
function purge_from( array $position, callable $contains, callable $announce, callable $save ): bool {
	list( $done, $last ) = $position;
	$until               = microtime( true ) + MAX_SECONDS;
	$is_affected         = find_affected_patterns( $contains, $until - MAX_SECONDS * 3 / 4 );
	if ( START === $position && SiteWide\is_in_widgets( $contains, $is_affected ) ) {
		$save( 0, 0 );
		PageCaches\purge_site();
	}
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
			purge_post( $post );
			$purged[] = $post;
		}
		$done = $searched;
		$save( $done, $done );
		PageCaches\purge_other_pages( $purged );
		if ( $purged || START === $position ) {
			PageCaches\attempt( 'amzlinkr_…_changed', $announce, array( array_values( $purged ) ) );
		}
	} while ( ! $is_complete && microtime( true ) < $until );
	return $is_complete;
}

/**
 * Purges a post from the caches of WordPress and of other plugins.
 *
 * @param int $post The ID of the post.
 */
function purge_post( int $post ): void {
	$type = (string) get_post_type( $post );
	clean_post_cache( $post );
	if ( SiteWide\is_type( $type ) ) {
		PageCaches\purge_site();
	} else {
		PageCaches\purge_post( $post );
	}
}

/**
 * Finds the posts that have a page and contain the thing, or a pattern with it.
 *
 * A post of which only the first parts were searched in time counts as one that contains it.
 *
 * @param callable $contains    The function of purge().
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

	list( $last, $is_complete, $partly ) = PostSearch\visit( PostSearch\get_condition_of_pages(), array_merge( Placements\get_texts(), array( REFERENCE ) ), $visit, $after, $until, true );
	if ( $partly ) {
		$found[ $partly ] = true;
	}
	return array( array_keys( $found ), $last, $is_complete );
}

/**
 * Finds the patterns that contain the thing, directly or by another pattern, with one search for all of them.
 *
 * Patterns that are not searched in time, and those with too many references, count as patterns with it: to purge
 * the cache of a post without it does no harm.
 *
 * @param callable $contains The function of purge().
 * @param float    $until    The Unix time after which the search stops.
 * @return callable A function that takes the ID of a pattern and returns whether it contains the thing.
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

	$result     = PostSearch\visit( PostSearch\SHOWN_PATTERNS, array_merge( Placements\get_texts(), array( REFERENCE ) ), $visit, 0, $until );
	$is_unknown = static fn( int $pattern ): bool => ! $result[1] && $pattern > $result[0];
	if ( $result[2] ) {
		$affected[ $result[2] ] = true;
	}
	$new = array_merge( array_keys( $affected ), array_filter( array_keys( $used_by ), $is_unknown ) );
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
