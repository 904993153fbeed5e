<?php
/**
 * Content that any page can show: widgets, and posts without a page of their own, such as template parts.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\SiteWide;

use AmzLinkr\CachePurge;
use AmzLinkr\MigrationPlaces;

defined( 'ABSPATH' ) || exit;

/** Types of posts that are shown on other pages, although they can have a page. */
const TYPES = array( 'elementor_library', 'wp_template', 'wp_template_part', 'wp_navigation' );

/** A pattern has no page, but the posts and widgets that refer to it are found. */
const PATTERNS = 'wp_block';

/**
 * Returns whether posts of a type are shown on any pages, and not on one of their own.
 *
 * @param string $type The type. One that no plugin registers any more is shown nowhere.
 */
function is_type( string $type ): bool {
	return in_array( $type, TYPES, true ) || ( PATTERNS !== $type && post_type_exists( $type ) && ! is_post_type_viewable( $type ) );
}

/**
 * Returns whether a widget contains something, directly or by a pattern.
 *
 * @param callable $contains    A function that takes a text and returns whether it contains it.
 * @param callable $is_affected A function that takes the ID of a pattern and returns whether it contains it.
 */
function is_in_widgets( callable $contains, callable $is_affected ): bool {
	foreach ( MigrationPlaces\list_widgets() as $place ) {
		foreach ( MigrationPlaces\read( $place ) ?? array() as $text ) {
			if ( $contains( $text ) || array_filter( CachePurge\find_references( $text ), $is_affected ) ) {
				return true;
			}
		}
	}
	return false;
}
