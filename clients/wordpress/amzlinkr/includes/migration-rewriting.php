<?php
/**
 * Replacement of the shortcodes and blocks of other plugins in the content of posts, with a revision and an undo.
 *
 * Nothing is changed that the user has not seen: the hash of a plan covers the content before and after the change.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\MigrationRewriting;

use AmzLinkr\MigrationFindings;
use AmzLinkr\MigrationPlaces;
use AmzLinkr\Placements;
use AmzLinkr\Replacement;
use AmzLinkr\Rewriting;
use AmzLinkr\Uses;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/** The text between two shortcodes or blocks in place of one. Two line breaks make paragraphs of them. */
const SEPARATOR = "\n\n";

/** The time after which one request changes no further posts. */
const MAX_SECONDS = 20;

/** The maximum number of bytes of old and new texts that are shown of one post. */
const MAX_SHOWN_BYTES = 100000;

/** The field of a changed post: the ID of the revision before, and the hash of the content after the change. */
const UNDO_FIELD = '_amzlinkr_migrated';

/**
 * Plans the change of a post.
 *
 * @param int $id The ID of the post.
 * @return array `problem` (a key of MigrationLabels\get_post_reason(), or an empty string), `content` after the change,
 *               `hash` of both contents, and `examined`, the result of MigrationPlaces\examine(), in which each entry has
 *               its `replacement` (null if it stays).
 */
function plan( int $id ): array {
	$place = "post:$id";
	$texts = MigrationPlaces\read( $place );
	$post  = get_post( $id );
	$plan  = array(
		'problem'  => 'too_long',
		'content'  => '',
		'hash'     => '',
		'examined' => MigrationPlaces\examine( $place, $texts ?? array() ),
	);
	if ( ! $post || null === $texts ) {
		return $plan;
	}
	$edits = array();
	foreach ( $plan['examined']['found'] as &$found ) {
		$text = '' === $found['result']['problem'] ? get_replacement( $found, $found['result'] ) : null;
		if ( null === $text && '' === $found['result']['problem'] ) {
			$found['result']['problem'] = 'markup';
		}
		$found['replacement'] = $text;
		if ( null !== $text ) {
			$edits[] = array( array( $found['start'], strlen( $found['text'] ) ), $text );
		}
	}
	unset( $found );
	$plan['content'] = Rewriting\apply_edits( $post->post_content, $edits );
	$plan['hash']    = md5( $post->post_content . "\0" . $plan['content'] );
	$plan['problem'] = get_problem( $post, $plan );
	return $plan;
}

/**
 * Returns why a post is not changed.
 *
 * @param WP_Post $post The post.
 * @param array   $plan Its plan.
 */
function get_problem( WP_Post $post, array $plan ): string {
	$keeps = wp_revisions_to_keep( $post );
	if ( ! Uses\can_edit( $post->ID ) ) {
		return 'not_allowed';
	}
	if ( $post->post_content === $plan['content'] ) {
		return 'nothing';
	}
	if ( $keeps >= 0 && $keeps < Replacement\MIN_REVISIONS ) {
		return 'no_revisions';
	}
	if ( Replacement\is_open( $post ) ) {
		return 'open';
	}
	if ( Rewriting\get_depth( $post->post_content ) > Rewriting\MAX_DEPTH ) {
		return 'too_deep';
	}
	if ( strlen( implode( '', array_column( $plan['examined']['found'], 'text' ) ) ) > MAX_SHOWN_BYTES ) {
		return 'too_much';
	}
	return is_exact( $post->post_content, $plan ) ? '' : 'nothing';
}

/**
 * Returns whether WordPress reads the same blocks before and after a change, except those that are replaced.
 *
 * A text can contain what looks like a block, such as in the attributes of another block.
 *
 * @param string $before The content before the change.
 * @param array  $plan   The plan.
 */
function is_exact( string $before, array $plan ): bool {
	$names    = static fn( string $content ): array => array_column( Rewriting\list_blocks( parse_blocks( $content ) ), 'name' );
	$is_ours  = static fn( $name ): bool => 'amzlinkr/product' === $name;
	$replaced = array_filter( $plan['examined']['found'], static fn( $found ) => 'block' === $found['kind'] && null !== $found['replacement'] );
	$added    = array_sum( array_map( static fn( $found ) => count( $found['result']['attributes'] ), $replaced ) );
	$old      = $names( $before );
	$new      = $names( $plan['content'] );
	$gone     = array_merge( array(), ...array_map( static fn( $found ) => $names( $found['text'] ), array_values( $replaced ) ) );
	$count    = static fn( array $all ): array => array_count_values( array_map( 'strval', array_filter( $all, static fn( $name ) => null !== $name && ! $is_ours( $name ) ) ) );
	$expected = $count( $old );
	foreach ( $count( $gone ) as $name => $number ) {
		$expected[ $name ] = ( $expected[ $name ] ?? 0 ) - $number;
	}
	$expected = array_filter( $expected );
	$actual   = $count( $new );
	ksort( $expected );
	ksort( $actual );
	return $expected === $actual && count( array_filter( $new, $is_ours ) ) === count( array_filter( $old, $is_ours ) ) + $added;
}

/**
 * Returns the text in place of a shortcode or block.
 *
 * @param array $found  An entry of MigrationText\find().
 * @param array $result The result of convert().
 * @return string|null The text, or null if it would not have exactly these attributes.
 */
function get_replacement( array $found, array $result ): ?string {
	$texts = array();
	foreach ( $result['attributes'] as $attributes ) {
		$text = 'block' === $found['kind'] ? get_block( $attributes ) : get_shortcode( $attributes );
		if ( null === $text ) {
			return null;
		}
		$texts[] = $text;
	}
	return implode( SEPARATOR, $texts );
}

/**
 * Returns a block of this plugin.
 *
 * @param string[] $attributes Its attributes.
 */
function get_block( array $attributes ): string {
	if ( isset( $attributes['columns'] ) ) {
		$attributes['columns'] = (int) $attributes['columns'];
	}
	return get_comment_delimited_block_content( 'amzlinkr/product', $attributes, '' );
}

/**
 * Returns a shortcode of this plugin.
 *
 * @param string[] $attributes Its attributes.
 * @return string|null The shortcode, or null if WordPress would read other attributes from it.
 */
function get_shortcode( array $attributes ): ?string {
	$text = '';
	foreach ( $attributes as $name => $value ) {
		$text .= " $name=\"" . str_replace( array( '&', '"', '[', ']', '<', '>' ), array( '&amp;', '&quot;', '&#91;', '&#93;', '&lt;', '&gt;' ), $value ) . '"';
	}
	$read = array_map( static fn( $value ) => html_entity_decode( $value, ENT_QUOTES, 'UTF-8' ), (array) shortcode_parse_atts( $text ) );
	return $read === $attributes ? "[amzlinkr$text]" : null;
}

/**
 * Changes posts. All that has changed since the user saw the plan is left alone.
 *
 * @param string[] $hashes The hashes of the plans that the user saw, by post ID; at most Replacement\MAX_POSTS are used.
 * @return string[] By post ID, an empty string after a change, or a key of MigrationLabels\get_post_reason().
 */
function rewrite( array $hashes ): array {
	$results  = array();
	$products = array();
	$until    = microtime( true ) + MAX_SECONDS;
	foreach ( array_slice( $hashes, 0, Replacement\MAX_POSTS, true ) as $id => $hash ) {
		if ( microtime( true ) >= $until ) {
			$results[ $id ] = 'later';
			continue;
		}
		wp_cache_delete( (int) $id, 'posts' );
		$plan           = plan( (int) $id );
		$results[ $id ] = $plan['hash'] !== $hash ? 'changed' : ( '' !== $plan['problem'] ? $plan['problem'] : save( get_post( (int) $id ), $plan['content'] ) );
		if ( '' === $results[ $id ] ) {
			$products = array_merge( $products, Placements\find_products( $plan['content'] ) );
		}
	}
	finish( array_keys( $results, '', true ), $products );
	return $results;
}

/**
 * Saves the new content of a post with a revision of the old one.
 *
 * @param WP_Post $post    The post.
 * @param string  $content The new content.
 * @return string An empty string, or a key of MigrationLabels\get_post_reason().
 */
function save( WP_Post $post, string $content ): string {
	if ( ! Replacement\keep_revision( $post ) ) {
		return 'no_revisions';
	}
	$revision = get_newest_revision( $post->ID );
	if ( ! $revision || ! Replacement\save_content( $post, $content ) ) {
		return 'not_saved';
	}
	update_post_meta( $post->ID, UNDO_FIELD, "$revision " . md5( $content ) );
	return '';
}

/**
 * Returns the newest revision of a post that is not an autosave.
 *
 * @param int $id The ID of the post.
 * @return int The ID of the revision, or 0.
 */
function get_newest_revision( int $id ): int {
	$query = array(
		'numberposts' => Replacement\MAX_REVISIONS,
		'fields'      => 'ids',
	);
	foreach ( wp_get_post_revisions( $id, $query ) as $revision ) {
		if ( ! wp_is_post_autosave( $revision ) ) {
			return (int) $revision;
		}
	}
	return 0;
}

/**
 * Updates the findings and the caches after a change.
 *
 * @param int[]   $posts    The IDs of the changed posts.
 * @param array[] $products The products in them.
 */
function finish( array $posts, array $products ): void {
	if ( $posts ) {
		MigrationFindings\refresh( array_map( static fn( $id ) => "post:$id", $posts ) );
		// Posts can show the products by a changed pattern, which WordPress does not purge from caches.
		Placements\purge_post_caches( array_values( array_unique( $products, SORT_REGULAR ) ) );
	}
}
