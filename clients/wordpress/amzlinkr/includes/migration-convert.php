<?php
/**
 * Conversion of the shortcodes and blocks of other plugins to those of this plugin.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\MigrationConvert;

use AmzLinkr\Accounts;
use AmzLinkr\DisplayOptions;
use AmzLinkr\MigrationAffiliatex;
use AmzLinkr\MigrationAttributes;
use AmzLinkr\MigrationDisplays;
use AmzLinkr\MigrationMap;
use AmzLinkr\MigrationSources;
use AmzLinkr\MigrationText;

defined( 'ABSPATH' ) || exit;

/**
 * Converts a shortcode or block.
 *
 * @param array $found An entry of MigrationText\find().
 * @param int   $post  The ID of the post that contains it, or 0.
 * @return array The `products` (each with `asin` and `marketplace`, empty for the primary one), the `attributes` of each
 *               shortcode or block in its place, the `display`, the `problem` (a key of MigrationLabels\get_reason(), or
 *               an empty string), and the names of the attributes that are `lost`.
 */
function convert( array $found, int $post = 0 ): array {
	$source = 'block' === $found['kind'] ? read_block( $found ) : read_shortcode( $found['name'], $found['attributes'], $found['content'], $post );
	$result = array( 'attributes' => array() ) + $source;
	if ( '' !== $found['problem'] ) {
		$result['problem'] = $found['problem'];
	}
	if ( '' === $result['problem'] ) {
		$result['problem'] = find_problem( $result );
	}
	return '' === $result['problem'] ? MigrationAttributes\add( $result, MigrationDisplays\DISPLAYS[ $result['display'] ] ) : $result;
}

/**
 * Returns why something that was read has no equivalent.
 *
 * @param array $result A result of read_shortcode() or read_block().
 * @return string A problem, or an empty string.
 */
function find_problem( array $result ): string {
	$display = MigrationDisplays\DISPLAYS[ $result['display'] ] ?? null;
	if ( ! $result['products'] ) {
		return null === $display ? $result['display'] : 'no_product';
	}
	if ( array_diff( array_column( $result['products'], 'marketplace' ), array( '' ), array_keys( Accounts\get_marketplaces() ) ) ) {
		return 'marketplace';
	}
	if ( null === $display ) {
		return $result['display'];
	}
	// The text between the shortcodes is a part of the post.
	$is_shown = 1 === count( $result['products'] ) && ! MigrationAttributes\is_inline( $display );
	return $result['has_inner_text'] && ! $is_shown ? 'inner_text' : '';
}

/**
 * Reads a shortcode.
 *
 * @param string      $tag        The name of the shortcode.
 * @param array       $attributes Its attributes.
 * @param string|null $inner      Its content.
 * @param int         $post       The ID of the post that contains it, or 0.
 * @return array `products`, `display`, `problem` and `lost`, as in convert(); the author's `own` content and options;
 *               `is_of_each`: whether it has a part for each product; and `has_inner_text`: whether there is
 *               something between the shortcodes that a title in a sentence does not show.
 */
function read_shortcode( string $tag, array $attributes, ?string $inner, int $post ): array {
	$rule = MigrationMap\SHORTCODES[ $tag ] ?? null;
	if ( ! $rule ) {
		return get_problem( 'unknown' );
	}
	$attributes                    = array_map( 'trim', array_filter( $attributes, 'is_string' ) );
	$inner                         = trim( (string) $inner );
	list( $key, $display, $value ) = find_products( $rule[1], $attributes, $inner );

	$marketplace = get_marketplace( $attributes[ $rule[2]['marketplace'] ?? '' ] ?? '' );
	$products    = MigrationSources\read( $rule[0], $key, $value, $marketplace, $attributes, $post );
	$own         = read_own( $rule[2], $attributes, MigrationMap\CONTENT === $key ? '' : $inner );
	$used        = array_merge( array( $key ), array_values( array_intersect_key( $rule[2], $own + array( 'marketplace' => '' ) ) ), explode( ',', $own['hide'] ?? '' ), MigrationMap\INTERNAL );
	foreach ( MigrationDisplays\VALUES[ $tag ][ $display ] ?? array() as $name => $displays ) {
		if ( isset( $displays[ $attributes[ $name ] ?? '' ] ) ) {
			$display = $displays[ $attributes[ $name ] ];
			$used[]  = $name;
		}
	}
	$lost     = array_diff_key( $attributes, array_flip( $used ) );
	$is_title = MigrationMap\CONTENT === ( $rule[2]['title'] ?? null );
	return array(
		'products'       => $products,
		'display'        => 'box' === $display && count( $products ) > 1 ? MigrationDisplays\SEVERAL[ $rule[0] ] ?? 'grid' : $display,
		'problem'        => '' === $display ? 'no_product' : '',
		'own'            => $own,
		// A title has no picture.
		'has_inner_text' => $is_title ? '' !== $inner && ( ! isset( $own['title'] ) || false !== stripos( $inner, '<img' ) ) : isset( $own['text'] ) && '' === ( $attributes[ $rule[2]['text'] ] ?? '' ),
		// An attribute without a name is named by its value.
		'lost'           => array_map( static fn( $name, $value ) => is_int( $name ) ? $value : $name, array_keys( $lost ), $lost ),
	) + get_problem( '' );
}

/**
 * Reads the author's own content of a shortcode, and its options.
 *
 * @param string[] $rule       The names of the attributes with it.
 * @param string[] $attributes The attributes.
 * @param string   $inner      The content, which is the text if no attribute gives one.
 * @return string[] Attributes of `[amzlinkr]` that are not empty.
 */
function read_own( array $rule, array $attributes, string $inner ): array {
	$own = array();
	foreach ( array_diff_key( $rule, array( 'marketplace' => '' ) ) as $field => $name ) {
		$value = MigrationMap\CONTENT === $name ? $inner : $attributes[ $name ] ?? '';
		if ( 'text' === $field ) {
			$own[ $field ] = to_text( '' === $value ? $inner : $value );
		} elseif ( 'hide' === $field ) {
			$own[ $field ] = implode( ',', array_filter( explode( ' ', $name ), static fn( $part ) => 'none' === ( $attributes[ $part ] ?? '' ) ) );
		} elseif ( 'columns' === $field ) {
			$own[ $field ] = preg_match( '~^[1-' . DisplayOptions\MAX_COLUMNS . ']\z~', $value ) ? $value : '';
		} else {
			$own[ $field ] = 'size' === $field && ! in_array( $value, DisplayOptions\SIZES, true ) ? '' : to_line( $value );
		}
	}
	return array_filter( $own, 'strlen' );
}

/**
 * Finds the attribute with the products.
 *
 * @param string[] $rule       The displays by the name of an attribute.
 * @param string[] $attributes The attributes.
 * @param string   $inner      The content.
 * @return string[] The name of the attribute, the display, and the value; empty strings if there is none.
 */
function find_products( array $rule, array $attributes, string $inner ): array {
	foreach ( $rule as $key => $display ) {
		$value = MigrationMap\CONTENT === $key ? $inner : $attributes[ $key ] ?? '';
		if ( '' !== $value ) {
			return array( (string) $key, $display, $value );
		}
	}
	return array( '', '', '' );
}

/**
 * Reads a block.
 *
 * @param array $found An entry of MigrationText\find().
 * @return array As read_shortcode() returns it.
 */
function read_block( array $found ): array {
	$attributes = $found['attributes'];
	$field      = MigrationMap\BLOCKS[ $found['name'] ][1];
	if ( 'affiliatex' === $found['plugin'] ) {
		return MigrationAffiliatex\read( $found );
	}
	if ( 'aawp' === $found['plugin'] ) {
		// The block has the attributes of the shortcode, and its kind in another one.
		$look       = is_string( $attributes['look'] ?? null ) ? $attributes['look'] : '';
		$named      = in_array( $look, array( 'bestseller', 'new' ), true ) ? 'keywords' : 'asin';
		$attributes = ( 'table' === $look ? array() : array( $look => $attributes[ $named ] ?? '' ) ) + $attributes;
		unset( $attributes['asin'] );
		$attributes += array( 'value' => $attributes['value_attr'] ?? '' );
		return read_shortcode( 'aawp', array_map( 'strval', array_filter( $attributes, 'is_scalar' ) ), null, 0 );
	}
	$text       = is_string( $attributes[ $field ] ?? null ) ? $attributes[ $field ] : '';
	$shortcodes = MigrationText\find( $text, array( $found['plugin'] ) );
	if ( 1 !== count( $shortcodes ) || '' !== $shortcodes[0]['problem'] || trim( $text ) !== $shortcodes[0]['text'] ) {
		return get_problem( 'no_product' );
	}
	return read_shortcode( $shortcodes[0]['name'], $shortcodes[0]['attributes'], $shortcodes[0]['content'], 0 );
}

/**
 * Returns the result of something that cannot be read.
 *
 * @param string $problem A key of MigrationLabels\get_reason().
 */
function get_problem( string $problem ): array {
	return array(
		'products'       => array(),
		'display'        => '',
		'problem'        => $problem,
		'own'            => array(),
		'is_of_each'     => false,
		'has_inner_text' => false,
		'lost'           => array(),
	);
}

/**
 * Returns a marketplace code in the spelling of the service.
 *
 * @param string $value A code, or several of which the first one counts.
 */
function get_marketplace( string $value ): string {
	$code = strtoupper( trim( (string) strtok( $value, '|,' ) ) );
	return MigrationMap\MARKETPLACES[ $code ] ?? $code;
}

/**
 * Returns a text as one line without HTML.
 *
 * @param string $html A text, possibly with HTML.
 */
function to_line( string $html ): string {
	return sanitize_text_field( str_replace( "\n", ' ', to_text( $html ) ) );
}

/**
 * Returns a text without HTML. Each paragraph and item of a list becomes a line.
 *
 * @param string $html A text, possibly with HTML.
 */
function to_text( string $html ): string {
	$text  = (string) preg_replace( '~<(?:br|/?(?:p|li|ul|ol|div|h[1-6]|tr))(?![a-z0-9])[^>]*+>~i', "\n", $html );
	$lines = array_map( 'trim', explode( "\n", html_entity_decode( wp_strip_all_tags( $text ), ENT_QUOTES, 'UTF-8' ) ) );
	return implode( "\n", array_filter( $lines, 'strlen' ) );
}
