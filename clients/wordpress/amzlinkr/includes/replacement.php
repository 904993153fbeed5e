<?php
/**
 * Replacement of a product by another one in all posts: which posts change, and the change with a revision.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Replacement;

use AmzLinkr\OwnContent;
use AmzLinkr\Placements;
use AmzLinkr\Products;
use AmzLinkr\Rewriting;
use AmzLinkr\Uses;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/** The maximum number of posts that one request changes. */
const MAX_POSTS = 50;

/** The maximum number of products that are offered as a replacement. */
const MAX_CANDIDATES = 20;

/** The kept revisions that an undo requires: one before the change, and one after it. */
const MIN_REVISIONS = 2;

/** The maximum number of revisions that are loaded of a post. */
const MAX_REVISIONS = 10;

/**
 * Parses the key of a product.
 *
 * @param string $key A key such as `US:B0…`.
 * @return array|null The `asin` and `marketplace`, or null.
 */
function parse_key( string $key ): ?array {
	return preg_match( '~^([A-Z]{2}):([A-Z0-9]{10})\z~', $key, $parts ) ? array(
		'asin'        => $parts[2],
		'marketplace' => $parts[1],
	) : null;
}

/**
 * Returns whether a product can take the place of another one: it is imported, and Amazon returns it.
 *
 * @param array $new The `asin` and `marketplace` of the new product.
 * @param array $old The `asin` and `marketplace` of the product to replace.
 */
function is_possible( array $new, array $old ): bool {
	$product = $new === $old ? null : Products\find( $new['asin'], $new['marketplace'] );
	return $product && 'missing' !== $product['price_status'];
}

/**
 * Finds products that can take the place of another one.
 *
 * @param string $search A part of the title, or an ASIN; empty for all products.
 * @param array  $old    The `asin` and `marketplace` of the product to replace.
 * @return array[] At most MAX_CANDIDATES products with the data that may be shown now.
 */
function find_candidates( string $search, array $old ): array {
	global $wpdb;
	$values = array( '%' . $wpdb->esc_like( $search ) . '%', strtoupper( $search ), $old['asin'], $old['marketplace'], MAX_CANDIDATES );
	$found  = Products\get_rows( "( title LIKE %s OR asin = %s ) AND NOT ( asin = %s AND marketplace = %s ) AND price_status <> 'missing' ORDER BY title = '', title, asin LIMIT %d", $values );
	return array_map( 'AmzLinkr\Products\apply_expiry', $found );
}

/**
 * Finds what would happen to each of the posts that contain a product.
 *
 * @param int[] $posts The IDs of the posts.
 * @param array $old   The `asin` and `marketplace` of the product to replace.
 * @param array $new   The `asin` and `marketplace` of the new product.
 * @return array[] By post ID, the `problem` of get_problem(), the `hash` of the content, and the `own` content that authors
 *                 gave the product. After MAX_POSTS that change, or the time of Uses\get_max_seconds(), the `problem` of others is `later`.
 */
function plan( array $posts, array $old, array $new ): array {
	$plan  = array();
	$until = microtime( true ) + Uses\get_max_seconds();
	foreach ( $posts as $id ) {
		$is_full = count( array_keys( array_column( $plan, 'problem' ), '', true ) ) >= MAX_POSTS || ( $plan && microtime( true ) >= $until );
		$post    = $is_full ? null : get_post( $id );
		$content = $post ? $post->post_content : '';

		$plan[ $id ] = array(
			'problem' => $post ? get_problem( $post, $old, $new ) : 'later',
			'hash'    => md5( $content ),
			'own'     => $post && ! Uses\is_long( $post ) ? find_own_content( $content, $old ) : array(),
		);
		unset( $post, $content );
		if ( ! $is_full ) {
			Uses\release( $id );
		}
	}
	return $plan;
}

/**
 * Finds the titles and other content that authors gave a product. It stays after a replacement.
 *
 * @param string $content The content of a post.
 * @param array  $product The `asin` and `marketplace` of the product.
 * @return string[] The values of attributes.
 */
function find_own_content( string $content, array $product ): array {
	$found = array();
	foreach ( array_column( Rewriting\find_occurrences( $content, $product ), 'attributes' ) as $attributes ) {
		$own = array_filter( array_intersect_key( $attributes, array_flip( OwnContent\ATTRIBUTES ) ), 'is_scalar' );
		array_push( $found, ...array_values( array_filter( array_map( 'trim', array_map( 'strval', array_values( $own ) ) ) ) ) );
	}
	return $found;
}

/**
 * Returns why a post is not changed.
 *
 * @param WP_Post $post A post that contains the old product.
 * @param array   $old  The `asin` and `marketplace` of the product to replace.
 * @param array   $new  The `asin` and `marketplace` of the new product.
 * @return string A key of get_problem_text(), or an empty string if the post is changed.
 */
function get_problem( WP_Post $post, array $old, array $new ): string {
	$keeps = wp_revisions_to_keep( $post );
	if ( ! Uses\can_edit( $post->ID ) ) {
		return 'not_allowed';
	}
	if ( Uses\is_long( $post ) ) {
		return 'too_long';
	}
	if ( Rewriting\get_depth( $post->post_content ) > Rewriting\MAX_DEPTH ) {
		return 'too_deep';
	}
	if ( $keeps >= 0 && $keeps < MIN_REVISIONS ) {
		return 'no_revisions';
	}
	if ( is_open( $post ) ) {
		return 'open';
	}
	$content = Rewriting\replace_product( $post->post_content, $old, $new );
	return $content !== $post->post_content && Rewriting\is_exact( $post->post_content, $content, $old, $new ) ? '' : 'not_found';
}

/**
 * Returns whether a post is open in an editor, also if it is an editor of the current user.
 *
 * @param WP_Post $post The post.
 */
function is_open( WP_Post $post ): bool {
	// The time of the last sign from the editor and the ID of its user.
	$lock = (string) get_post_meta( $post->ID, '_edit_lock', true );
	/** This filter is documented in wp-admin/includes/ajax-actions.php */
	return (int) $lock > time() - apply_filters( 'wp_check_post_lock_window', 150 );
}

/**
 * Returns the reason why a post is not changed, as a sentence.
 *
 * @param string $problem The problem.
 */
function get_problem_text( string $problem ): string {
	$texts = array(
		'not_allowed'  => __( 'You are not allowed to edit it.', 'amzlinkr' ),
		'too_long'     => __( 'It is too long to be changed here. Edit it yourself.', 'amzlinkr' ),
		'too_deep'     => __( 'It has too many blocks within each other, or blocks without an end. Edit it yourself.', 'amzlinkr' ),
		'no_revisions' => __( 'It keeps no revisions, so the change could not be undone. Edit it yourself.', 'amzlinkr' ),
		'open'         => __( 'It is open in an editor, which would save the old content again. Close it and try again.', 'amzlinkr' ),
		'not_found'    => __( 'The product is not in a block or shortcode that can be changed. Edit it yourself.', 'amzlinkr' ),
		'changed'      => __( 'It has changed since you saw the list.', 'amzlinkr' ),
		'later'        => __( 'It changes in a later step.', 'amzlinkr' ),
		'not_saved'    => __( 'WordPress could not save it.', 'amzlinkr' ),
	);
	return $texts[ $problem ];
}

/**
 * Replaces a product in posts. All that has changed since the user saw the list is left alone.
 *
 * After the time, the problem of the remaining posts is `later`.
 *
 * @param array    $old    The `asin` and `marketplace` of the product to replace.
 * @param array    $new    The `asin` and `marketplace` of the new product.
 * @param string[] $hashes The hashes of the contents that the user saw, by post ID; at most MAX_POSTS are used.
 * @return string[] By post ID, an empty string after a change, or a key of get_problem_text().
 */
function replace_in_posts( array $old, array $new, array $hashes ): array {
	$results = array();
	$until   = microtime( true ) + Uses\get_max_seconds();
	foreach ( array_slice( $hashes, 0, MAX_POSTS, true ) as $id => $hash ) {
		$results[ $id ] = $results && microtime( true ) >= $until ? 'later' : replace_in_post( (int) $id, $hash, $old, $new );
		Uses\release( (int) $id );
	}
	if ( in_array( '', $results, true ) ) {
		// Posts can show the product by a changed pattern, which WordPress does not purge from caches.
		Placements\purge_post_caches( array( $new ) );
	}
	return $results;
}

/**
 * Replaces a product in a post.
 *
 * @param int    $id   The ID of the post.
 * @param string $hash The hash of the content that the user saw.
 * @param array  $old  The `asin` and `marketplace` of the product to replace.
 * @param array  $new  The `asin` and `marketplace` of the new product.
 * @return string An empty string after the change, or a key of get_problem_text().
 */
function replace_in_post( int $id, string $hash, array $old, array $new ): string {
	wp_cache_delete( $id, 'posts' );
	$post = get_post( $id );
	if ( ! $post || md5( $post->post_content ) !== $hash ) {
		return 'changed';
	}
	$problem = get_problem( $post, $old, $new );
	if ( '' !== $problem ) {
		return $problem;
	}
	if ( ! keep_revision( $post ) ) {
		return 'no_revisions';
	}
	return save_content( $post, Rewriting\replace_product( $post->post_content, $old, $new ) ) ? '' : 'not_saved';
}

/**
 * Stores the current content of a post as a revision, unless the newest revision has the same content.
 *
 * WordPress stores what a save has written, and not what was there before. Of a post that was created without the
 * editor it may have no revision.
 *
 * @param WP_Post $post The post.
 * @return bool Whether there is such a revision.
 */
function keep_revision( WP_Post $post ): bool {
	if ( has_revision( $post ) ) {
		return true;
	}
	// WordPress ignores white space when it compares the content with the newest revision.
	$skip_comparison = static fn() => false;
	add_filter( 'wp_save_post_revision_check_for_changes', $skip_comparison, PHP_INT_MAX );
	try {
		save_exactly( $post, $post->post_content, static fn() => wp_save_post_revision( $post->ID ) );
	} finally {
		remove_filter( 'wp_save_post_revision_check_for_changes', $skip_comparison, PHP_INT_MAX );
	}
	return has_revision( $post );
}

/**
 * Returns whether the newest revision of a post has the current content.
 *
 * @param WP_Post $post The post.
 */
function has_revision( WP_Post $post ): bool {
	// The newest ones may be autosaves, at most one of each user.
	$query = array(
		'numberposts' => MAX_REVISIONS,
		'fields'      => 'ids',
	);
	foreach ( wp_get_post_revisions( $post->ID, $query ) as $id ) {
		if ( ! wp_is_post_autosave( $id ) ) {
			$has_content = get_post( $id )->post_content === $post->post_content;
			Uses\release( $id );
			return $has_content;
		}
		Uses\release( $id );
	}
	return false;
}

/**
 * Saves the content of a post, and nothing else.
 *
 * @param WP_Post $post    The post.
 * @param string  $content The new content.
 * @return bool Whether the post has this content now.
 */
function save_content( WP_Post $post, string $content ): bool {
	$fields = array(
		'ID'            => $post->ID,
		'post_content'  => wp_slash( $content ),
		// WordPress would replace an unknown template of a page by the default one.
		'page_template' => '',
	);
	save_exactly( $post, $content, static fn() => wp_update_post( $fields ) );
	wp_cache_delete( $post->ID, 'posts' );
	return get_post( $post->ID )->post_content === $content;
}

/**
 * Saves a post or its revision with exactly these texts.
 *
 * WordPress filters the texts with the rights of the current user, who may have fewer than the author of the post.
 *
 * @param WP_Post  $post    The post.
 * @param string   $content The content. The other texts stay as they are.
 * @param callable $save    The function that saves.
 */
function save_exactly( WP_Post $post, string $content, callable $save ): void {
	$texts = array(
		'post_content'          => $content,
		'post_title'            => $post->post_title,
		'post_excerpt'          => $post->post_excerpt,
		'post_content_filtered' => $post->post_content_filtered,
	);
	$keep  = static function ( $data, $fields ) use ( $post, $texts ) {
		$id = 'revision' === $data['post_type'] ? $data['post_parent'] : ( $fields['ID'] ?? 0 );
		return $post->ID === (int) $id ? array_merge( $data, wp_slash( $texts ) ) : $data;
	};
	add_filter( 'wp_insert_post_data', $keep, PHP_INT_MAX, 2 );
	try {
		$save();
	} finally {
		remove_filter( 'wp_insert_post_data', $keep, PHP_INT_MAX );
	}
}
