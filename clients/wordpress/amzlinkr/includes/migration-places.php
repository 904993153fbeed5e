<?php
/**
 * The places that are searched for Amazon products: posts of all types, widgets, and the data of Elementor.
 *
 * The name of a place is its kind and number: `post:12`, `elementor:12` (the ID of the post), `widget:block-3`.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\MigrationPlaces;

use AmzLinkr\MigrationConvert;
use AmzLinkr\MigrationLinks;
use AmzLinkr\MigrationMap;
use AmzLinkr\MigrationSources;
use AmzLinkr\MigrationText;
use AmzLinkr\Rewriting;
use AmzLinkr\Uses;

defined( 'ABSPATH' ) || exit;

/** The kinds of widgets with text, and the field with the text of each. */
const WIDGETS = array(
	'block'       => 'content',
	'text'        => 'text',
	'custom_html' => 'content',
);

const ELEMENTOR_FIELD = '_elementor_data';

/** The maximum number of bytes of Elementor's data of one post that are read, and how deep they are nested. */
const MAX_ELEMENTOR_BYTES = 2097152;
const MAX_DEPTH           = 100;

/** The capability that reads and edits widgets. */
const CAPABILITY_WIDGETS = 'edit_theme_options';

/**
 * Reads the texts of a place.
 *
 * @param string $place The name of the place.
 * @return string[]|null Its texts; null if the place does not exist any more, or is too long to be read at one time.
 */
function read( string $place ): ?array {
	list( $kind, $id ) = explode( ':', $place, 2 );
	if ( 'widget' === $kind ) {
		return read_widget( $id );
	}
	$post = get_post( (int) $id );
	if ( ! $post || in_array( $post->post_status, array( 'inherit', 'trash', 'auto-draft' ), true ) ) {
		return null;
	}
	if ( 'elementor' === $kind ) {
		return read_elementor( (string) get_post_meta( $post->ID, ELEMENTOR_FIELD, true ) );
	}
	return Uses\is_long( $post ) ? null : array( $post->post_content );
}

/**
 * Reads the texts in the data of Elementor.
 *
 * @param string $json The data.
 * @return string[]|null The texts, or null if the data is too long or not valid.
 */
function read_elementor( string $json ): ?array {
	$data = strlen( $json ) <= MAX_ELEMENTOR_BYTES ? json_decode( $json, true, MAX_DEPTH ) : null;
	if ( ! is_array( $data ) ) {
		return null;
	}
	$texts = array();
	array_walk_recursive(
		$data,
		static function ( $value ) use ( &$texts ) {
			if ( is_string( $value ) && strlen( $value ) >= 10 ) {
				$texts[] = $value;
			}
		}
	);
	return $texts;
}

/**
 * Reads the text of a widget.
 *
 * @param string $id The kind and number of the widget, such as `block-3`.
 * @return string[]|null
 */
function read_widget( string $id ): ?array {
	$parts     = explode( '-', $id );
	$instances = isset( WIDGETS[ $parts[0] ] ) ? get_option( "widget_{$parts[0]}" ) : array();
	$text      = is_array( $instances ) ? $instances[ (int) ( $parts[1] ?? 0 ) ][ WIDGETS[ $parts[0] ] ?? '' ] ?? null : null;
	return is_string( $text ) ? array( $text ) : null;
}

/**
 * Returns the names of all widgets with text.
 *
 * @return string[]
 */
function list_widgets(): array {
	$places = array();
	foreach ( array_keys( WIDGETS ) as $kind ) {
		foreach ( array_filter( (array) get_option( "widget_$kind" ), 'is_array' ) as $number => $instance ) {
			$places[] = "widget:$kind-$number";
		}
	}
	return $places;
}

/**
 * Returns whether the current user may see a place.
 *
 * @param string $place The name of the place.
 */
function can_see( string $place ): bool {
	list( $kind, $id ) = explode( ':', $place, 2 );
	return 'widget' === $kind ? current_user_can( CAPABILITY_WIDGETS ) : Uses\can_edit( (int) $id );
}

/**
 * Finds what a place contains.
 *
 * @param string   $place The name of the place.
 * @param string[] $texts Its texts.
 * @return array `found`, with entries of MigrationText\find() that have the result of MigrationConvert\convert() as
 *               `result`; and `links`, those outside of shortcodes and blocks, as MigrationLinks\find() returns them.
 */
function examine( string $place, array $texts ): array {
	$post   = 0 === strpos( $place, 'post:' ) ? (int) substr( $place, 5 ) : 0;
	$result = array(
		'found' => array(),
		'links' => array(),
	);
	foreach ( $texts as $text ) {
		$found = may_contain( $text, MigrationMap\get_texts( array_keys( MigrationMap\PLUGINS ) ) ) ? MigrationText\find( $text, array_keys( MigrationMap\PLUGINS ) ) : array();
		$rest  = Rewriting\apply_edits( $text, array_map( static fn( $each ) => array( array( $each['start'], strlen( $each['text'] ) ), ' ' ), $found ) );
		MigrationSources\load_lasso_links( $found );
		foreach ( $found as $each ) {
			$result['found'][] = $each + array( 'result' => MigrationConvert\convert( $each, $post ) );
		}
		if ( may_contain( $rest, MigrationLinks\TEXTS ) ) {
			array_push( $result['links'], ...MigrationLinks\find( $rest ) );
		}
	}
	return $result;
}

/**
 * Returns whether a text contains one of some texts.
 *
 * @param string   $text  The text.
 * @param string[] $texts The texts.
 */
function may_contain( string $text, array $texts ): bool {
	foreach ( $texts as $each ) {
		if ( false !== stripos( $text, $each ) ) {
			return true;
		}
	}
	return false;
}

/**
 * Returns the kinds of findings of a place.
 *
 * @param string $place    The name of the place.
 * @param array  $examined The result of examine().
 * @return string[] Keys of MigrationMap\PLUGINS and of MigrationLabels\KINDS.
 */
function get_kinds( string $place, array $examined ): array {
	$kinds = array_column( $examined['links'], 'kind' );
	foreach ( $examined['found'] as $found ) {
		$kinds[] = $found['plugin'];
		$kinds[] = '' === $found['result']['problem'] ? 'ready' : 'unsupported';
	}
	$kinds = array_values( array_unique( array_filter( $kinds, 'strlen' ) ) );
	// Only the content of posts is replaced: nothing else has revisions.
	return 0 === strpos( $place, 'post:' ) ? $kinds : array_values( array_diff( $kinds, array( 'ready' ) ) );
}

/**
 * Returns the products of a place.
 *
 * @param array $examined The result of examine().
 * @return array[] Products with `asin` and `marketplace`, which is empty for the primary one.
 */
function get_products( array $examined ): array {
	$products = array_merge( array(), ...array_map( static fn( $found ) => $found['result']['products'], $examined['found'] ) );
	foreach ( $examined['links'] as $link ) {
		if ( 'link' === $link['kind'] ) {
			$products[] = array(
				'asin'        => $link['asin'],
				'marketplace' => $link['marketplace'],
			);
		}
	}
	return $products;
}
