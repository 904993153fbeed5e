<?php
/**
 * Conversion of the shortcodes and blocks of other plugins to those of this plugin.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\MigrationConvert;

use AmzLinkr\Accounts;
use AmzLinkr\MigrationLinks;
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
 *               shortcode or block in its place, the `display`, the `problem` (a key of get_problem_text(), or an empty
 *               string), and the names of the attributes that are `lost`.
 */
function convert( array $found, int $post = 0 ): array {
	$source = 'block' === $found['kind'] ? read_block( $found ) : read_shortcode( $found['name'], $found['attributes'], $found['content'], $post );
	$result = $source + array(
		'attributes' => array(),
		'own'        => array(),
		'lost'       => array(),
	);
	if ( '' !== $found['problem'] ) {
		$result['problem'] = $found['problem'];
	}
	if ( '' === $result['problem'] ) {
		$display = MigrationMap\DISPLAYS[ $result['display'] ] ?? null;
		if ( ! $result['products'] ) {
			$result['problem'] = null === $display ? $result['display'] : 'no_product';
		} elseif ( ! is_known_marketplace( $result['products'][0]['marketplace'] ) ) {
			$result['problem'] = 'marketplace';
		} elseif ( null === $display ) {
			$result['problem'] = $result['display'];
		} else {
			$result = add_attributes( $result, $display );
		}
	}
	return $result;
}

/**
 * Adds the attributes of the shortcodes or blocks to a result.
 *
 * @param array $result  A result of convert().
 * @param array $display Further attributes of the display.
 */
function add_attributes( array $result, array $display ): array {
	if ( count( $result['products'] ) > 1 && $result['own'] ) {
		// It is the title or text of one product.
		$result['lost'] = array_merge( array_keys( $result['own'] ), $result['lost'] );
		$result['own']  = array();
	}
	foreach ( $result['products'] as $product ) {
		$result['attributes'][] = array_filter( $product, 'strlen' ) + $display + $result['own'];
	}
	return $result;
}

/**
 * Returns whether a marketplace can be used.
 *
 * @param string $marketplace A marketplace code, or an empty string for the primary one.
 */
function is_known_marketplace( string $marketplace ): bool {
	return '' === $marketplace || isset( Accounts\get_marketplaces()[ $marketplace ] );
}

/**
 * Reads a shortcode.
 *
 * @param string      $tag        The name of the shortcode.
 * @param array       $attributes Its attributes.
 * @param string|null $inner      Its content.
 * @param int         $post       The ID of the post that contains it, or 0.
 * @return array `products`, `display`, `problem`, `own` and `lost`, as in convert().
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
	foreach ( MigrationMap\VALUES[ $tag ] ?? array() as $name => $displays ) {
		$display = $displays[ $attributes[ $name ] ?? '' ] ?? $display;
	}
	$own  = read_own( $rule[2], $attributes, MigrationMap\CONTENT === $key ? '' : $inner );
	$used = array_merge( array( $key ), array_values( $rule[2] ), MigrationMap\INTERNAL );
	$lost = array_diff_key( $attributes, array_flip( $used ) );
	return array(
		'products' => $products,
		'display'  => 'box' === $display && count( $products ) > 1 ? 'grid' : $display,
		'problem'  => '' === $display ? 'no_product' : '',
		'own'      => $own,
		// An attribute without a name is named by its value.
		'lost'     => array_map( static fn( $name, $value ) => is_int( $name ) ? $value : $name, array_keys( $lost ), $lost ),
	);
}

/**
 * Reads the author's own content of a shortcode.
 *
 * @param string[] $rule       The names of the attributes with it.
 * @param string[] $attributes The attributes.
 * @param string   $inner      The content, which is the text if no attribute gives one.
 * @return string[] `title` and `text`, if there are any.
 */
function read_own( array $rule, array $attributes, string $inner ): array {
	$read = static fn( string $field ): string => MigrationMap\CONTENT === ( $rule[ $field ] ?? null ) ? $inner : $attributes[ $rule[ $field ] ?? '' ] ?? '';
	$text = isset( $rule['text'] ) && '' === $read( 'text' ) ? $inner : $read( 'text' );
	return array_filter(
		array(
			'title' => to_line( $read( 'title' ) ),
			'text'  => to_text( $text ),
		),
		'strlen'
	);
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
		return MigrationSources\read_affiliatex( $found );
	}
	if ( 'aawp' === $found['plugin'] ) {
		// The block has the attributes of the shortcode, and its kind in another one.
		$look       = is_string( $attributes['look'] ?? null ) ? $attributes['look'] : '';
		$named      = in_array( $look, array( 'bestseller', 'new' ), true ) ? 'keywords' : 'asin';
		$attributes = ( 'table' === $look ? array() : array( $look => $attributes[ $named ] ?? '' ) ) + $attributes;
		unset( $attributes['asin'] );
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
 * @param string $problem A key of get_problem_text().
 */
function get_problem( string $problem ): array {
	return array(
		'products' => array(),
		'display'  => '',
		'problem'  => $problem,
		'own'      => array(),
		'lost'     => array(),
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
