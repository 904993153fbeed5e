<?php
/**
 * Searches of all posts in steps of limited size: the memory does not depend on the number and length of the posts.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\PostSearch;

use AmzLinkr\BuilderFields;

defined( 'ABSPATH' ) || exit;

/** The number of posts that the first query searches, and the maximum of the later ones. */
const FIRST_STEP     = 10;
const POSTS_PER_STEP = 100;

/** The seconds after which a step was slow, so that the next one is shorter: a search ends soon after its time. */
const SLOW_STEP_SECONDS = 0.25;

/** The number of characters that are in memory at the same time. Longer posts are read in parts. */
const MAX_CHARS = 262144;

/** The number of characters that the parts of a post have in common, so that one of them contains a whole block. */
const OVERLAP_CHARS = 16384;

/** The SQL condition for the patterns that WordPress shows. */
const SHOWN_PATTERNS = "post_type = 'wp_block' AND post_status = 'publish'";

/**
 * Returns the SQL condition for the posts that have a page. Drafts have none: nothing of them is in a cache of pages.
 *
 * @return string A condition with quoted values.
 */
function get_condition_of_pages(): string {
	return "post_status IN ('" . implode( "','", array_map( 'esc_sql', get_statuses_of_pages() ) ) . "')";
}

/**
 * Returns the statuses of posts that have a page.
 *
 * @return string[] The names of the statuses.
 */
function get_statuses_of_pages(): array {
	return get_post_stati(
		array(
			'public'             => true,
			'publicly_queryable' => true,
			'private'            => true,
		),
		'names',
		'or'
	);
}

/**
 * Passes the content of the posts that contain one of some texts to a function, in the order of their IDs.
 *
 * After the time it stops, but not before it has read one post, or the first part of a long one.
 *
 * @param string   $condition An SQL condition for posts, with quoted values.
 * @param string[] $texts     The texts.
 * @param callable $visit     A function that takes a post with `ID`, `post_type` and `post_content`. It is called several
 *                            times for a long post, with parts of the content.
 * @param int      $after     The ID after which the search begins.
 * @param float    $until     The Unix time after which the search stops.
 * @param bool     $in_fields Whether the content that page builders keep in fields of posts is searched too.
 * @return array The ID of the last post that was searched, whether all posts were, and the ID of this last post if only its
 *               first parts were, or 0.
 */
function visit( string $condition, array $texts, callable $visit, int $after = 0, float $until = INF, bool $in_fields = false ): array {
	$step = FIRST_STEP;
	do {
		$began  = microtime( true );
		$ids    = find_ids( $condition, $after, $step );
		$groups = group( $ids ? BuilderFields\add( find_containing( $ids, $texts ), $in_fields ? $ids : array(), $texts ) : array() );
		$next   = get_next_step( $step, microtime( true ) - $began );
		foreach ( $groups as $number => $posts ) {
			$is_whole = true;
			if ( 1 === count( $posts ) ) {
				$is_whole = visit_long( $posts[0], $visit, $until );
			} else {
				array_map( $visit, read( array_column( $posts, 'ID' ) ) );
			}
			$after = (int) end( $posts )->ID;
			if ( microtime( true ) >= $until ) {
				$is_whole = $is_whole && (int) ( $groups[ $number + 1 ][0]->ID ?? 0 ) !== $after;
				return array( $after, false, $is_whole ? 0 : $after );
			}
		}
		$after    = $ids ? end( $ids ) : $after;
		$has_more = count( $ids ) === $step;
		$step     = $next;
	} while ( $has_more && microtime( true ) < $until );
	return array( $after, ! $has_more, 0 );
}

/**
 * Returns how many posts the next step searches: twice as many, or half as many after a slow step.
 *
 * @param int   $step    The number of posts of the step.
 * @param float $seconds The duration of the step.
 */
function get_next_step( int $step, float $seconds ): int {
	return $seconds < SLOW_STEP_SECONDS ? min( 2 * $step, POSTS_PER_STEP ) : max( 1, intdiv( $step, 2 ) );
}

/**
 * Returns the next posts. This query reads no content, so the length of posts that the condition excludes does not matter.
 *
 * @param string $condition The condition of visit().
 * @param int    $after     The ID after which the posts begin.
 * @param int    $limit     The maximum number of posts.
 * @return int[] The IDs of the posts.
 */
function find_ids( string $condition, int $after, int $limit ): array {
	global $wpdb;
	return array_map( 'intval', $wpdb->get_col( $wpdb->prepare( "SELECT ID FROM $wpdb->posts WHERE ID > %d AND $condition ORDER BY ID LIMIT %d", $after, $limit ) ) ); // phpcs:ignore WordPress.DB -- requires the current posts; the values of the condition are quoted.
}

/**
 * Returns those of some posts that contain one of some texts.
 *
 * @param int[]    $ids   The IDs of the posts.
 * @param string[] $texts The texts.
 * @return object[] `ID`, `post_type` and `chars`, the length of the content, of each post, in the order of the IDs.
 */
function find_containing( array $ids, array $texts ): array {
	global $wpdb;
	$contains = implode( ' OR ', array_fill( 0, count( $texts ), 'post_content LIKE %s' ) );
	$patterns = array_map( static fn( $text ) => '%' . $wpdb->esc_like( $text ) . '%', $texts );
	$posts    = implode( ',', array_map( 'intval', $ids ) );
	return (array) $wpdb->get_results( $wpdb->prepare( "SELECT ID, post_type, CHAR_LENGTH(post_content) AS chars FROM $wpdb->posts WHERE ID IN ($posts) AND ($contains) ORDER BY ID", $patterns ) ); // phpcs:ignore WordPress.DB -- requires the current posts; the placeholders are literals.
}

/**
 * Returns those of some posts that are not longer than one part.
 *
 * @param int[] $ids The IDs of the posts.
 * @return int[] IDs in any order.
 */
function find_short( array $ids ): array {
	global $wpdb;
	$posts = implode( ',', array_map( 'intval', $ids ) );
	return $ids ? array_map( 'intval', $wpdb->get_col( $wpdb->prepare( "SELECT ID FROM $wpdb->posts WHERE ID IN ($posts) AND CHAR_LENGTH(post_content) <= %d", MAX_CHARS ) ) ) : array(); // phpcs:ignore WordPress.DB -- the IDs are numbers.
}

/**
 * Groups posts so that the content of a group has at most MAX_CHARS characters. A longer post is a group, and so is a field.
 *
 * @param object[] $posts Posts of find_containing().
 * @return array[] Groups of posts, in the same order.
 */
function group( array $posts ): array {
	$groups = array();
	$chars  = MAX_CHARS;
	foreach ( $posts as $post ) {
		$chars += (int) $post->chars;
		if ( $chars > MAX_CHARS || ! $groups || isset( $post->meta_id ) ) {
			$groups[] = array();
			$chars    = (int) $post->chars;
		}
		$groups[ array_key_last( $groups ) ][] = $post;
		$chars                                += isset( $post->meta_id ) ? MAX_CHARS : 0;
	}
	return $groups;
}

/**
 * Reads the content of posts.
 *
 * @param int[] $ids The IDs of the posts.
 * @return object[] `ID`, `post_type` and `post_content` of each post, in the order of the IDs.
 */
function read( array $ids ): array {
	global $wpdb;
	$posts = implode( ',', array_map( 'intval', $ids ) );
	return (array) $wpdb->get_results( "SELECT ID, post_type, post_content FROM $wpdb->posts WHERE ID IN ($posts) ORDER BY ID" ); // phpcs:ignore WordPress.DB -- requires the current content; the IDs are numbers.
}

/**
 * Passes the content of one post to a function, in parts of at most MAX_CHARS characters, until the time is over.
 *
 * @param object   $post  A post of find_containing().
 * @param callable $visit The function of visit().
 * @param float    $until The Unix time after which no further part is read.
 * @return bool Whether all parts were read.
 */
function visit_long( object $post, callable $visit, float $until ): bool {
	global $wpdb;
	for ( $start = 1; 1 === $start || $start + OVERLAP_CHARS <= (int) $post->chars; $start += MAX_CHARS - OVERLAP_CHARS ) {
		if ( $start > 1 && microtime( true ) >= $until ) {
			return false;
		}
		$content = isset( $post->meta_id )
			? BuilderFields\read( (int) $post->meta_id, $start, MAX_CHARS )
			: $wpdb->get_var( $wpdb->prepare( "SELECT SUBSTRING(post_content, %d, %d) FROM $wpdb->posts WHERE ID = %d", $start, MAX_CHARS, $post->ID ) ); // phpcs:ignore WordPress.DB -- requires the current content.
		$visit(
			(object) array(
				'ID'           => $post->ID,
				'post_type'    => $post->post_type,
				'post_content' => (string) $content,
			)
		);
	}
	return true;
}
