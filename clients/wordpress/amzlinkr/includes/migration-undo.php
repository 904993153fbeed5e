<?php
/**
 * The undo of changes by the migration: a post gets the content of the revision before the change.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\MigrationUndo;

use AmzLinkr\MigrationRewriting;
use AmzLinkr\Placements;
use AmzLinkr\Replacement;
use AmzLinkr\Uses;

defined( 'ABSPATH' ) || exit;

/** The maximum number of changed posts that the page lists. */
const MAX_LISTED = 50;

/**
 * Finds the posts with a change that can be undone, the last ones first.
 *
 * @return int[] The IDs of at most MAX_LISTED posts.
 */
function find_posts(): array {
	global $wpdb;
	return array_map( 'intval', $wpdb->get_col( $wpdb->prepare( "SELECT post_id FROM $wpdb->postmeta WHERE meta_key = %s ORDER BY meta_id DESC LIMIT %d", MigrationRewriting\UNDO_FIELD, MAX_LISTED ) ) ); // phpcs:ignore WordPress.DB -- requires the current data.
}

/**
 * Counts the posts with a change that can be undone.
 */
function count_posts(): int {
	global $wpdb;
	return (int) $wpdb->get_var( $wpdb->prepare( "SELECT COUNT(*) FROM $wpdb->postmeta WHERE meta_key = %s", MigrationRewriting\UNDO_FIELD ) ); // phpcs:ignore WordPress.DB -- requires the current data.
}

/**
 * Undoes the changes of posts. Posts that were edited since are left alone.
 *
 * @param int[] $ids The IDs of the posts; at most Replacement\MAX_POSTS are used.
 * @return string[] By post ID, an empty string, or a key of MigrationLabels\get_post_reason().
 */
function undo( array $ids ): array {
	$results = array();
	$until   = microtime( true ) + MigrationRewriting\MAX_SECONDS;
	foreach ( array_slice( array_unique( $ids ), 0, Replacement\MAX_POSTS ) as $id ) {
		$results[ $id ] = microtime( true ) >= $until ? 'later' : undo_post( $id );
	}
	MigrationRewriting\finish( array_keys( $results, '', true ), array() );
	return $results;
}

/**
 * Undoes the change of a post.
 *
 * @param int $id The ID of the post.
 * @return string An empty string, or a key of MigrationLabels\get_post_reason().
 */
function undo_post( int $id ): string {
	wp_cache_delete( $id, 'posts' );
	$post = get_post( $id );
	if ( ! $post || ! Uses\can_edit( $id ) ) {
		return 'not_allowed';
	}
	$stored = (string) get_post_meta( $id, MigrationRewriting\UNDO_FIELD, true );
	if ( ! preg_match( '~^(\d{1,18}) ([0-9a-f]{32})\z~', $stored, $parts ) ) {
		return 'no_undo';
	}
	if ( md5( $post->post_content ) !== $parts[2] ) {
		return 'changed_after';
	}
	if ( Replacement\is_open( $post ) ) {
		return 'open';
	}
	// WordPress takes the ID by reference.
	$revision_id = (int) $parts[1];
	$revision    = wp_get_post_revision( $revision_id );
	if ( ! $revision || $id !== (int) $revision->post_parent ) {
		return 'no_undo';
	}
	$products = Placements\find_products( $post->post_content );
	if ( ! Replacement\save_content( $post, $revision->post_content ) ) {
		return 'not_saved';
	}
	delete_post_meta( $id, MigrationRewriting\UNDO_FIELD );
	Placements\purge_post_caches( $products );
	return '';
}
