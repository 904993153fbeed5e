<?php
/**
 * The content that page builders keep in fields of posts, as JSON or serialized.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\BuilderFields;

use AmzLinkr\MigrationPlaces;

defined( 'ABSPATH' ) || exit;

/** The escapes of JSON that shortcodes and blocks contain. */
const ESCAPES = array(
	'\\\\' => '\\',
	'\\"'  => '"',
	'\\/'  => '/',
	'\\n'  => "\n",
	'\\t'  => "\t",
);

/** The field in which Elementor keeps the HTML of a post. */
const ELEMENTOR_CACHE = '_elementor_element_cache';

/**
 * Deletes the HTML that Elementor keeps of a post.
 *
 * @param int $post The ID of the post.
 */
function delete_cache( int $post ): void {
	delete_post_meta( $post, ELEMENTOR_CACHE );
}

/**
 * Deletes the HTML that Elementor keeps of all posts.
 */
function delete_all_caches(): void {
	delete_post_meta_by_key( ELEMENTOR_CACHE );
}

/**
 * Returns the names of the fields.
 *
 * @return string[]
 */
function get_names(): array {
	/**
	 * Filters the fields of posts that contain the content of a page builder.
	 *
	 * @param string[] $names The names of the fields.
	 */
	return array_values( array_filter( (array) apply_filters( 'amzlinkr_builder_fields', array( MigrationPlaces\ELEMENTOR_FIELD ) ), 'is_string' ) );
}

/**
 * Adds the fields of posts that contain one of some texts to a list of posts, each after its post.
 *
 * @param object[] $posts Posts of PostSearch\find_containing().
 * @param int[]    $ids   The IDs of the posts of which fields are added.
 * @param string[] $texts The texts.
 * @return object[] The posts, and objects with the same members and `meta_id` for fields, in the order of the IDs.
 */
function add( array $posts, array $ids, array $texts ): array {
	global $wpdb;
	$names = $ids && $texts ? get_names() : array();
	if ( ! $names ) {
		return $posts;
	}
	$escaped  = array_map( static fn( $text ) => substr( (string) wp_json_encode( $text ), 1, -1 ), $texts );
	$patterns = array_map( static fn( $text ) => '%' . $wpdb->esc_like( $text ) . '%', array_values( array_unique( array_merge( $texts, $escaped ) ) ) );
	$contains = implode( ' OR ', array_fill( 0, count( $patterns ), 'meta_value LIKE %s' ) );
	$keys     = implode( ',', array_fill( 0, count( $names ), '%s' ) );
	$in       = implode( ',', array_map( 'intval', $ids ) );
	$fields   = (array) $wpdb->get_results( $wpdb->prepare( "SELECT ID, post_type, CHAR_LENGTH(meta_value) AS chars, meta_id FROM $wpdb->postmeta JOIN $wpdb->posts ON ID = post_id WHERE post_id IN ($in) AND meta_key IN ($keys) AND ($contains)", array_merge( $names, $patterns ) ) ); // phpcs:ignore WordPress.DB -- requires the current fields; the placeholders are literals.
	$all      = array_merge( $posts, $fields );
	usort( $all, static fn( $a, $b ) => array( (int) $a->ID, (int) ( $a->meta_id ?? 0 ) ) <=> array( (int) $b->ID, (int) ( $b->meta_id ?? 0 ) ) );
	return $all;
}

/**
 * Reads a part of a field as the text that the builder shows.
 *
 * The value is not decoded as a whole: it can be long, and a part of JSON is not valid.
 *
 * @param int $meta_id The ID of the field.
 * @param int $start   The number of the first character, from 1.
 * @param int $chars   The number of characters.
 */
function read( int $meta_id, int $start, int $chars ): string {
	global $wpdb;
	return strtr( (string) $wpdb->get_var( $wpdb->prepare( "SELECT SUBSTRING(meta_value, %d, %d) FROM $wpdb->postmeta WHERE meta_id = %d", $start, $chars, $meta_id ) ), ESCAPES ); // phpcs:ignore WordPress.DB -- requires the current field.
}
