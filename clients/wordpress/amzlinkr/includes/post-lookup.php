<?php
/**
 * Posts that the texts of authors name by an ID: pictures, and stored links of another plugin.
 *
 * WordPress queries the database again for each ID without a post. Here, one query loads many posts, and an ID without a
 * post is looked up once.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\PostLookup;

use WP_Post;

defined( 'ABSPATH' ) || exit;

/** The maximum number of posts that one query loads. */
const MAX_PER_QUERY = 200;

add_action( 'clean_post_cache', __NAMESPACE__ . '\forget' );

/**
 * Loads posts and their fields, with one query for the posts and one for the fields of each MAX_PER_QUERY posts.
 *
 * @param int[] $ids IDs.
 */
function load( array $ids ): void {
	$absent  = &get_absent();
	$missing = array_filter( array_unique( $ids ), static fn( $id ) => $id > 0 && ! isset( $absent[ $id ] ) );
	foreach ( array_chunk( $missing, MAX_PER_QUERY ) as $chunk ) {
		_prime_post_caches( $chunk, false, true );
		foreach ( wp_suspend_cache_addition() ? array() : $chunk as $id ) {
			if ( ! wp_cache_get( $id, 'posts' ) ) {
				$absent[ $id ] = true;
			}
		}
	}
}

/**
 * Returns a post.
 *
 * @param int $id An ID.
 */
function find( int $id ): ?WP_Post {
	$absent = &get_absent();
	// get_post( 0 ) returns the current post.
	$post = $id > 0 && ! isset( $absent[ $id ] ) ? get_post( $id ) : null;
	if ( ! $post ) {
		$absent[ $id ] = true;
	}
	return $post;
}

/**
 * Forgets that an ID has no post.
 *
 * @param int $id The ID.
 */
function forget( $id ): void {
	$absent = &get_absent();
	unset( $absent[ (int) $id ] );
}

/**
 * Returns the IDs of which this request has found no post on the current site.
 *
 * @return bool[] By ID.
 */
function &get_absent(): array {
	static $absent   = array();
	$blog            = get_current_blog_id();
	$absent[ $blog ] = $absent[ $blog ] ?? array();
	return $absent[ $blog ];
}
