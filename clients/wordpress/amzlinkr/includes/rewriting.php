<?php
/**
 * Replacement of a product in the blocks and shortcodes of a text. All other bytes of the text stay as they are.
 *
 * Blocks are not parsed and serialized: this would change numbers, empty objects and escapes in the attributes of all
 * other blocks of the text.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Rewriting;

use AmzLinkr\Placements;
use AmzLinkr\ProductNames;

defined( 'ABSPATH' ) || exit;

/** The parts of a text in which WordPress runs no shortcodes: comments, which include blocks, and CDATA sections. */
const COMMENTS = '~(<!(?=--)(?:-(?!->)[^-]*+)*+(?:-->)?|<!\[CDATA\[[^\]]*+(?:](?!]>)[^\]]*+)*+(?:]]>)?)~';

/** A string, a delimiter, or another value of JSON. */
const JSON_TOKEN = '~"(?:[^"\\\\]++|\\\\.)*+"|[{}\[\],:]|[^\s"{}\[\],:]++~s';

/** The maximum number of blocks within each other in a post that is changed. */
const MAX_DEPTH = 200;

/**
 * Replaces a product in a text.
 *
 * @param string $content The content of a post.
 * @param array  $old     The `asin` and `marketplace` of the product to replace.
 * @param array  $new     The `asin` and `marketplace` of the product in its place.
 */
function replace_product( string $content, array $old, array $new ): string {
	$edits = array();
	foreach ( find_occurrences( $content, $old ) as $found ) {
		$replace = __NAMESPACE__ . "\\replace_in_{$found['kind']}";
		$edits[] = array( array( $found['start'], strlen( $found['text'] ) ), $replace( $found['text'], $found['attributes'], $old, $new ) );
	}
	return apply_edits( $content, $edits );
}

/**
 * Finds a product in the blocks and shortcodes of a text.
 *
 * @param string $content The content of a post.
 * @param array  $product The `asin` and `marketplace` of the product.
 * @return array[] In the order of the text, the `kind` (`block` or `shortcode`), the `text` of the attributes, its `start`, and
 *                 the parsed `attributes`.
 */
function find_occurrences( string $content, array $product ): array {
	$found = array_filter(
		array_merge( find_blocks( $content ), find_shortcodes( $content ) ),
		static fn( $each ) => ProductNames\contains( ProductNames\parse( $each['attributes'] ), $product )
	);
	usort( $found, static fn( $one, $other ) => $one['start'] <=> $other['start'] );
	return $found;
}

/**
 * Finds the blocks in a text.
 *
 * @param string $content The content of a post.
 * @return array[] As find_occurrences() returns them.
 */
function find_blocks( string $content ): array {
	$found = array();
	$start = 0;
	foreach ( explode( Placements\BLOCK_START, $content ) as $index => $part ) {
		$attributes = $index > 0 && preg_match( Placements\BLOCK_ATTRIBUTES, $part, $text ) ? json_decode( $text[0], true ) : null;
		if ( is_array( $attributes ) ) {
			$found[] = array( 'kind' => 'block', 'text' => $text[0] ) + compact( 'start', 'attributes' );
		}
		$start += strlen( $part ) + strlen( Placements\BLOCK_START );
	}
	return $found;
}

/**
 * Finds the shortcodes in a text that WordPress runs.
 *
 * @param string $content The content of a post.
 * @return array[] As find_occurrences() returns them.
 */
function find_shortcodes( string $content ): array {
	$found  = array();
	$start  = 0;
	$close  = (int) strrpos( $content, '[/amzlinkr]]' );
	$pieces = preg_split( COMMENTS, $content, -1, PREG_SPLIT_DELIM_CAPTURE );
	foreach ( $pieces ? $pieces : array() as $number => $piece ) {
		// Each second piece is a comment.
		foreach ( 0 === $number % 2 ? find_starts( $piece ) : array() as $offset => $part ) {
			if ( preg_match( Placements\SHORTCODE_ATTRIBUTES, $part, $text ) && ! is_escaped( $content, $start + $offset, $start + $offset + strlen( $text[0] ), $close ) ) {
				$found[] = array(
					'kind'       => 'shortcode',
					'text'       => $text[0],
					'start'      => $start + $offset,
					'attributes' => (array) shortcode_parse_atts( $text[0] ),
				);
			}
		}
		$start += strlen( $piece );
	}
	return $found;
}

/**
 * Finds the starts of shortcodes in a part of a text.
 *
 * @param string $piece A part of a text.
 * @return string[] The text from each start to the next one, by its offset.
 */
function find_starts( string $piece ): array {
	$found  = array();
	$offset = 0;
	foreach ( explode( Placements\SHORTCODE_START, $piece ) as $index => $part ) {
		if ( $index > 0 ) {
			$found[ $offset ] = $part;
		}
		$offset += strlen( $part ) + strlen( Placements\SHORTCODE_START );
	}
	return $found;
}

/**
 * Returns whether WordPress shows a shortcode as text, because it is in double brackets.
 *
 * @param string $content The content of a post.
 * @param int    $start   The start of the attributes.
 * @param int    $end     Their end.
 * @param int    $close   The last end of a shortcode in double brackets; 0 without one.
 */
function is_escaped( string $content, int $start, int $end, int $close ): bool {
	$before = $start - strlen( Placements\SHORTCODE_START ) - 1;
	if ( $before < 0 || '[' !== $content[ $before ] ) {
		return false;
	}
	return ']]' === substr( ltrim( substr( $content, $end, 3 ), '/' ), 0, 2 ) || $close > $end;
}

/**
 * Replaces the product in the attributes of a block.
 *
 * @param string $json       The attributes.
 * @param array  $attributes The parsed attributes, with the old product.
 * @param array  $old        The `asin` and `marketplace` of the old product.
 * @param array  $new        The `asin` and `marketplace` of the new product.
 */
function replace_in_block( string $json, array $attributes, array $old, array $new ): string {
	$members = find_members( $json );
	$names   = ProductNames\get_names( $attributes, $old, $new );
	if ( '' !== $names ) {
		$value = substr( serialize_block_attributes( array( 'a' => $names ) ), strlen( '{"a":' ), -1 );
		return apply_edits( $json, array( array( $members['asin'], $value ) ) );
	}
	$asin            = '"' . $new['asin'] . '"';
	$marketplace     = '"' . $new['marketplace'] . '"';
	$has_marketplace = ProductNames\parse_marketplace( $attributes ) === $new['marketplace'];
	if ( ! $has_marketplace && ! isset( $members['marketplace'] ) ) {
		return apply_edits( $json, array( array( $members['asin'], "$asin,\"marketplace\":$marketplace" ) ) );
	}
	$edits = array( array( $members['asin'], $asin ) );
	if ( ! $has_marketplace ) {
		$edits[] = array( $members['marketplace'], $marketplace );
	}
	return apply_edits( $json, $edits );
}

/**
 * Finds the values in a JSON object.
 *
 * @param string $json A valid object.
 * @return array[] The start and length of each value, by name. Of a repeated name the last one counts, as in PHP.
 */
function find_members( string $json ): array {
	$members = array();
	$name    = '';
	$last    = '';
	$start   = 0;
	$depth   = 0;
	preg_match_all( JSON_TOKEN, $json, $tokens, PREG_OFFSET_CAPTURE );
	foreach ( $tokens[0] as list( $token, $offset ) ) {
		if ( 1 === $depth && ':' === $token ) {
			$name  = (string) json_decode( $last );
			$start = $offset + 1;
		} elseif ( 1 === $depth && ( ',' === $token || '}' === $token ) ) {
			$value            = substr( $json, $start, $offset - $start );
			$members[ $name ] = array( $offset - strlen( ltrim( $value ) ), strlen( trim( $value ) ) );
		}
		$depth += (int) in_array( $token, array( '{', '[' ), true ) - (int) in_array( $token, array( '}', ']' ), true );
		$last   = $token;
	}
	return $members;
}

/**
 * Replaces the product in the attributes of a shortcode.
 *
 * @param string $text       The attributes.
 * @param array  $attributes The parsed attributes, with the old product.
 * @param array  $old        The `asin` and `marketplace` of the old product.
 * @param array  $new        The `asin` and `marketplace` of the new product.
 */
function replace_in_shortcode( string $text, array $attributes, array $old, array $new ): string {
	// WordPress reads these characters as spaces. The same number of spaces keeps the offsets.
	$spaced = (string) preg_replace_callback( '~[\x{00a0}\x{200b}]~u', static fn( $found ) => str_repeat( ' ', strlen( $found[0] ) ), $text );
	preg_match_all( get_shortcode_atts_regex(), $spaced, $matches, PREG_SET_ORDER | PREG_OFFSET_CAPTURE );
	$values = array();
	foreach ( $matches as $match ) {
		foreach ( array( 1, 3, 5 ) as $group ) {
			if ( '' !== ( $match[ $group ][0] ?? '' ) ) {
				list( $value, $start )                       = $match[ $group + 1 ];
				$values[ strtolower( $match[ $group ][0] ) ] = array( $start, strlen( $value ), 5 === $group ? 0 : 1 );
			}
		}
	}
	$names = ProductNames\get_names( $attributes, $old, $new );
	$edits = array( array( $values['asin'], '' === $names ? $new['asin'] : $names ) );
	if ( '' === $names && ProductNames\parse_marketplace( $attributes ) !== $new['marketplace'] ) {
		// Without quotes: the shortcode may be in an attribute of HTML, which has quotes of either kind.
		list( $start, $length, $quote ) = $values['asin'];
		$edits[]                        = isset( $values['marketplace'] )
			? array( $values['marketplace'], $new['marketplace'] )
			: array( array( $start + $length + $quote, 0 ), " marketplace={$new['marketplace']}" );
	}
	return apply_edits( $text, $edits );
}

/**
 * Replaces parts of a text.
 *
 * @param string  $text  The text.
 * @param array[] $edits For each part, an array with its start and length, and its replacement. The parts do not overlap.
 */
function apply_edits( string $text, array $edits ): string {
	usort( $edits, static fn( $one, $other ) => $one[0][0] <=> $other[0][0] );
	$edited = '';
	$end    = 0;
	foreach ( $edits as list( list( $start, $length ), $replacement ) ) {
		$edited .= substr( $text, $end, $start - $end ) . $replacement;
		$end     = $start + $length;
	}
	return $edited . substr( $text, $end );
}

/**
 * Returns whether a replacement has changed all blocks of the product, and no other block, as WordPress reads them.
 *
 * A text can contain what looks like a block, such as in the attributes of another block.
 *
 * @param string $before The content before the replacement.
 * @param string $after  The content after it.
 * @param array  $old    The product that was replaced.
 * @param array  $new    The product in its place.
 */
function is_exact( string $before, string $after, array $old, array $new ): bool {
	$blocks   = list_blocks( parse_blocks( $before ) );
	$replaced = array_keys( array_column( find_occurrences( $before, $old ), 'kind' ), 'block', true );
	$numbers  = array_keys( array_filter( array_column( $blocks, 'products' ), static fn( $products ) => ProductNames\contains( $products, $old ) ) );
	foreach ( $numbers as $number ) {
		$products                      = array_map( static fn( $product ) => ProductNames\contains( array( $product ), $old ) ? $new : $product, $blocks[ $number ]['products'] );
		$blocks[ $number ]['products'] = array_values( array_unique( $products, SORT_REGULAR ) );
	}
	return count( $numbers ) === count( $replaced ) && list_blocks( parse_blocks( $after ) ) === $blocks;
}

/**
 * Returns how many blocks of a text are within each other, at most. A block without an end contains all that follow.
 *
 * The memory of parse_blocks() grows with the square of this number. Comments that cannot be read count as blocks.
 *
 * @param string $content The content of a post.
 */
function get_depth( string $content ): int {
	$depth = 0;
	$most  = 0;
	foreach ( explode( '<!--', $content ) as $comment ) {
		if ( preg_match( '~^\s+/wp:~', $comment ) ) {
			$depth = max( 0, $depth - 1 );
		} elseif ( preg_match( '~^\s+wp:~', $comment ) && ! preg_match( '~^\s+wp:[\w/-]+\s+(?:\{(?:(?!\}\s+/?-->).)*+\}\s+)?/-->~s', $comment ) ) {
			$most = max( $most, ++$depth );
		}
	}
	return $most;
}

/**
 * Returns the blocks of a text and their attributes, without their content.
 *
 * @param array[] $blocks Parsed blocks.
 * @return array[] For a block of this plugin also its `products`, in place of the attributes that name them.
 */
function list_blocks( array $blocks ): array {
	$listed = array();
	foreach ( $blocks as $block ) {
		$is_product = 'amzlinkr/product' === $block['blockName'];
		$attributes = (array) $block['attrs'];
		$listed[]   = array(
			'products'   => $is_product ? ProductNames\parse( $attributes ) : array(),
			'name'       => $block['blockName'],
			'attributes' => $is_product ? array_diff_key( $attributes, array_flip( array( 'asin', 'marketplace' ) ) ) : $attributes,
		);
		array_push( $listed, ...list_blocks( $block['innerBlocks'] ) );
	}
	return $listed;
}
