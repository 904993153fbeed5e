<?php
/**
 * Paragraphs with a shortcode of which the display is a block: they end before it, and continue behind it.
 *
 * HTML permits no block inside of a paragraph. Browsers would end the paragraph and leave the rest of it without one.
 * A display that can stand in a sentence gets a paragraph if it stands alone.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Paragraphs;

use AmzLinkr\DisplayOptions;
use AmzLinkr\MigrationPlaces;
use AmzLinkr\MigrationRender;
use AmzLinkr\Placements;
use AmzLinkr\ProductNames;

defined( 'ABSPATH' ) || exit;

/** A paragraph, with its start and its content. Each part ends at the next tag, so the time is linear. */
const PARAGRAPH = '~(<p(?:\s[^<>]*+)?>)((?:[^<]++|<(?!/?p[\s>]))*+)</p>~i';

/** A shortcode alone on a line, around which WordPress leaves no paragraph. */
const LONE_SHORTCODE = '~^\[(amzlinkr)\s([^\[\]\n]*+)\]\h*+$~m';

/** Elements without an end. */
const VOID_ELEMENTS = array( 'br', 'hr', 'img', 'input', 'wbr' );

// After wpautop(), and before do_shortcode() with the priority 11.
add_filter( 'the_content', __NAMESPACE__ . '\split' );
add_filter( 'widget_text_content', __NAMESPACE__ . '\split' );
add_filter( 'widget_block_content', __NAMESPACE__ . '\split' );

/**
 * Splits the paragraphs of a text at shortcodes of which the display is a block, and adds paragraphs around lone others.
 *
 * @param string $content The text.
 * @return string The text. Without such shortcodes it is not changed.
 */
function split( $content ) {
	if ( ! MigrationPlaces\may_contain( (string) $content, array_merge( array( Placements\SHORTCODE_START ), MigrationRender\get_texts() ) ) ) {
		return $content;
	}
	$content = preg_replace_callback( PARAGRAPH, static fn( $found ) => split_paragraph( $found[0], $found[1], $found[2] ), $content ) ?? $content;
	return preg_replace_callback( LONE_SHORTCODE, __NAMESPACE__ . '\wrap', $content ) ?? $content;
}

/**
 * Returns a shortcode alone on a line in a paragraph, if its display can stand in a sentence.
 *
 * Without an element around it, a theme would not align it with the text.
 *
 * @param string[] $found The shortcode, its name, and its attributes.
 */
function wrap( array $found ): string {
	return is_block( $found[1], rtrim( $found[2], '/' ), '' ) ? $found[0] : "<p>{$found[0]}</p>";
}

/**
 * Splits one paragraph.
 *
 * @param string $paragraph The paragraph.
 * @param string $start     Its first tag.
 * @param string $body      Its content.
 */
function split_paragraph( string $paragraph, string $start, string $body ): string {
	$parts = array();
	$end   = 0;
	preg_match_all( '/' . get_shortcode_regex( array_merge( array( 'amzlinkr', 'amzlinkr_list' ), MigrationRender\get_shortcodes() ) ) . '/', $body, $found, PREG_SET_ORDER | PREG_OFFSET_CAPTURE );
	foreach ( $found as $shortcode ) {
		list( $text, $offset ) = $shortcode[0];
		if ( is_block( $shortcode[2][0], $shortcode[3][0], $shortcode[5][0] ?? '' ) && '' === $shortcode[1][0] && ! is_in_tag( substr( $body, 0, $offset ) ) ) {
			array_push( $parts, substr( $body, $end, $offset - $end ), $text );
			$end = $offset + strlen( $text );
		}
	}
	if ( ! $parts ) {
		return $paragraph;
	}
	$parts[] = substr( $body, $end );
	$html    = '';
	$open    = array();
	foreach ( $parts as $number => $part ) {
		// Each second part is a shortcode.
		if ( 1 === $number % 2 ) {
			$html .= $part;
			continue;
		}
		$tags  = implode( '', $open );
		$open  = find_open_tags( $part, $open );
		$ends  = implode( '', array_map( static fn( $tag ) => '</' . get_name( $tag ) . '>', array_reverse( $open ) ) );
		$html .= preg_match( '~^(?:\s|&nbsp;|<br\s*/?>)*\z~i', $part ) ? '' : "$start$tags$part$ends</p>";
		// An ID stays unique.
		$start = (string) preg_replace( '~\sid\s*=\s*("[^"]*"|\'[^\']*\'|[^\s>]+)~i', '', $start );
	}
	return $html;
}

/**
 * Returns whether the display of a shortcode is a block.
 *
 * @param string $name       The name of the shortcode.
 * @param string $attributes Its attributes.
 * @param string $inner      Its content.
 */
function is_block( string $name, string $attributes, string $inner ): bool {
	if ( 0 !== strpos( $name, 'amzlinkr' ) ) {
		return MigrationRender\is_block( $attributes, $inner, $name );
	}
	$parsed = (array) shortcode_parse_atts( $attributes );
	return 'amzlinkr_list' === $name || in_array( DisplayOptions\parse( $parsed, count( ProductNames\parse( $parsed ) ) )['display'], DisplayOptions\BLOCKS, true );
}

/**
 * Returns whether a text ends inside of a tag, such as in the value of an attribute.
 *
 * @param string $text The text before a shortcode.
 */
function is_in_tag( string $text ): bool {
	return (int) strrpos( " $text", '<' ) > (int) strrpos( " $text", '>' );
}

/**
 * Returns the tags of the elements that are open at the end of a text.
 *
 * @param string   $text The text.
 * @param string[] $open The tags of the elements that are open at its beginning.
 * @return string[] The tags, from the outermost one.
 */
function find_open_tags( string $text, array $open ): array {
	preg_match_all( '~<(/?)([a-z][a-z0-9]*)[^<>]*+>~i', $text, $tags, PREG_SET_ORDER );
	foreach ( $tags as list( $tag, $slash, $name ) ) {
		if ( '' === $slash && ! in_array( strtolower( $name ), VOID_ELEMENTS, true ) ) {
			$open[] = $tag;
		} elseif ( $open && get_name( (string) end( $open ) ) === strtolower( $name ) ) {
			array_pop( $open );
		}
	}
	return $open;
}

/**
 * Returns the name of an element.
 *
 * @param string $tag Its first tag.
 */
function get_name( string $tag ): string {
	return preg_match( '~^<([a-z][a-z0-9]*)~i', $tag, $found ) ? strtolower( $found[1] ) : '';
}
