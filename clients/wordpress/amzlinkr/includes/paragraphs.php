<?php
/**
 * Paragraphs with a shortcode of which the display is a block: they end before it, and continue behind it.
 *
 * HTML permits no block inside of a paragraph. Browsers would end the paragraph and leave the rest of it without one.
 * A display that can stand in a sentence gets a paragraph if it stands alone.
 *
 * No attribute or comment of the author is changed: only tags of paragraphs are added, to the texts in which WordPress itself
 * finds shortcodes. A paragraph of which the tags are not clear stays as it is.
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

/** A shortcode alone on a line, around which WordPress leaves no paragraph. */
const LONE_SHORTCODE = '~(?<=\n)\[(amzlinkr)\s([^\[\]\n]*+)\]\h*+(?=\n)~';

/** A paragraph without content. */
const BLANK = '~^(?:\s|&nbsp;|<br\s*/?>)*+\z~i';

/** Elements without an end. */
const VOID_ELEMENTS = array( 'br', 'hr', 'img', 'input', 'wbr' );

/** A tag that does not end where its quotes end, such as one with ">" in a value. Browsers and WordPress read it differently. */
const UNCLEAR_TAG = '~^<[a-z](?!(?:[^"\']++|"[^"]*+"|\'[^\']*+\')*+\z)~i';

/** The attributes that a continued paragraph keeps, and their values: without quotes, brackets and equals signs. */
const KEPT_ATTRIBUTES = array( 'class', 'dir', 'lang', 'style' );
const KEPT_VALUE      = '~^[\w\s#%.:;(),-]{1,100}\z~';

/** A longer tag of a paragraph is not read. */
const MAX_TAG_BYTES = 1000;

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
	// Between line breaks, the first and the last line are lines like others.
	$pieces = wp_html_split( "\n$content\n" );
	if ( ! $pieces ) {
		return $content;
	}
	$html = '';
	$open = array();
	foreach ( $pieces as $index => $piece ) {
		$name = get_name( $index, $piece );
		if ( 'p' === $name ) {
			$html .= implode( '', $open );
			$open  = array( $piece );
		} elseif ( ! $open ) {
			$html .= is_text( $index ) ? wrap( $piece ) : $piece;
		} else {
			$open[] = $piece;
			if ( '/p' === $name ) {
				$html .= split_paragraph( $open );
				$open  = array();
			}
		}
	}
	return substr( $html . implode( '', $open ), 1, -1 );
}

/**
 * Adds paragraphs around the lone shortcodes of which the display can stand in a sentence.
 *
 * Without an element around it, a theme would not align it with the text.
 *
 * @param string $text A text between tags, outside of paragraphs.
 */
function wrap( string $text ): string {
	$replace = static fn( $found ) => is_block( $found[1], rtrim( $found[2], '/' ), '' ) ? $found[0] : "<p>{$found[0]}</p>";
	return preg_replace_callback( LONE_SHORTCODE, $replace, $text ) ?? $text;
}

/**
 * Splits one paragraph.
 *
 * @param string[] $pieces Its first tag, then its texts, tags and comments, and its last tag.
 */
function split_paragraph( array $pieces ): string {
	$start = $pieces[0];
	$body  = implode( '', array_slice( $pieces, 1, -1 ) );
	$html  = '';
	$end   = 0;
	foreach ( find_blocks( $body, find_texts( $pieces ) ) as list( $shortcode, $offset ) ) {
		$part     = substr( $body, $end, $offset - $end );
		$is_blank = 1 === preg_match( BLANK, $part );
		$html    .= ( $is_blank ? '' : "$start$part</p>" ) . $shortcode;
		$start    = $is_blank ? $start : get_next_start( $pieces[0] );
		$end      = $offset + strlen( $shortcode );
	}
	$rest = substr( $body, $end );
	return $end && preg_match( BLANK, $rest ) ? $html : $html . $start . $rest . end( $pieces );
}

/**
 * Finds the texts of a paragraph that are in no other element.
 *
 * @param string[] $pieces As for split_paragraph().
 * @return int[][] The start and the end of each text in the content of the paragraph. Empty if its tags are not clear.
 */
function find_texts( array $pieces ): array {
	$texts  = array();
	$offset = 0;
	$depth  = 0;
	foreach ( array_slice( $pieces, 1, -1 ) as $index => $piece ) {
		$name = get_name( $index, $piece );
		if ( is_text( $index ) && 0 === $depth ) {
			$texts[] = array( $offset, $offset + strlen( $piece ) );
		} elseif ( '' !== $name && ! in_array( $name, VOID_ELEMENTS, true ) ) {
			$depth += '/' === $name[0] ? -1 : 1;
		}
		if ( $depth < 0 ) {
			break;
		}
		$offset += strlen( $piece );
	}
	return 0 === $depth && ! preg_grep( UNCLEAR_TAG, $pieces ) ? $texts : array();
}

/**
 * Finds the shortcodes of which the display is a block.
 *
 * @param string  $body  The content of a paragraph.
 * @param int[][] $texts The result of find_texts(). A shortcode is in one of these texts.
 * @return array[] The text of each shortcode, and its offset in the content.
 */
function find_blocks( string $body, array $texts ): array {
	$blocks = array();
	$next   = 0;
	if ( ! $texts || false === strpos( $body, '[' ) ) {
		return $blocks;
	}
	preg_match_all( '/' . get_shortcode_regex( array_merge( array( 'amzlinkr', 'amzlinkr_list' ), MigrationRender\get_shortcodes() ) ) . '/', $body, $found, PREG_SET_ORDER | PREG_OFFSET_CAPTURE );
	foreach ( (array) $found as $shortcode ) {
		list( $text, $offset ) = $shortcode[0];
		while ( isset( $texts[ $next ] ) && $texts[ $next ][1] <= $offset ) {
			++$next;
		}
		list( $from, $to ) = $texts[ $next ] ?? array( 0, 0 );
		// A shortcode in double brackets is shown as text.
		if ( $from <= $offset && $offset + strlen( $text ) <= $to && '' === $shortcode[1][0] && is_block( $shortcode[2][0], $shortcode[3][0], $shortcode[5][0] ?? '' ) ) {
			$blocks[] = array( $text, $offset );
		}
	}
	return $blocks;
}

/**
 * Returns the first tag of the paragraph behind a block.
 *
 * It has the classes and the style of the paragraph before the block, and not its ID, which stays unique.
 *
 * @param string $start The first tag of the paragraph before the block.
 */
function get_next_start( string $start ): string {
	$tag        = '<p';
	$attributes = strlen( $start ) > MAX_TAG_BYTES ? array() : wp_kses_hair( trim( (string) substr( $start, 2, -1 ) ), array() );
	foreach ( $attributes as $attribute ) {
		if ( in_array( $attribute['name'], KEPT_ATTRIBUTES, true ) && preg_match( KEPT_VALUE, $attribute['value'] ) ) {
			$tag .= sprintf( ' %s="%s"', $attribute['name'], esc_attr( $attribute['value'] ) );
		}
	}
	return "$tag>";
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
 * Returns whether a piece of wp_html_split() is a text. Each second piece is a tag or a comment.
 *
 * @param int $index Its index.
 */
function is_text( int $index ): bool {
	return 0 === $index % 2;
}

/**
 * Returns the name of the element of a tag, with a slash before it at the end of the element.
 *
 * @param int    $index The index of a piece of wp_html_split().
 * @param string $piece The piece.
 * @return string Empty for a text or a comment.
 */
function get_name( int $index, string $piece ): string {
	return ! is_text( $index ) && preg_match( '~^</?[a-z][^\s/>]*+~i', $piece, $found ) ? strtolower( substr( $found[0], 1 ) ) : '';
}
