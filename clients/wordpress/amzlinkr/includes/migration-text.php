<?php
/**
 * The shortcodes and blocks of other plugins in a text, with their places in bytes.
 *
 * Shortcodes are found as WordPress finds them. Each is marked that cannot be replaced exactly: in an attribute of HTML,
 * in a comment, in code, or around other shortcodes.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\MigrationText;

use AmzLinkr\MigrationMap;
use AmzLinkr\MigrationMarkup;

defined( 'ABSPATH' ) || exit;

/** The elements with code or other text that authors show as it is. */
const CODE = '~^<(/?)(pre|code|kbd|samp|script|style|textarea|xmp)(?![a-z0-9-])~i';

/** The maximum number of shortcodes and blocks that are read of one text. The rest is counted as one that is too much. */
const MAX_FOUND = 2000;

/**
 * Finds the shortcodes and blocks of other plugins in a text.
 *
 * @param string   $content The content of a post or widget.
 * @param string[] $plugins Keys of MigrationMap\PLUGINS.
 * @param int      $max     The maximum number of shortcodes and blocks that are read.
 * @return array[] In the order of the text: `kind` (`shortcode` or `block`), `plugin`, `name`, `start`, `text`,
 *                 `attributes`, `content` (null for a shortcode that is not closed) and `problem` (an empty string, or
 *                 why it cannot be replaced).
 */
function find( string $content, array $plugins, int $max = MAX_FOUND ): array {
	$pieces = wp_html_split( $content );
	if ( ! is_array( $pieces ) ) {
		return array( create( 'shortcode', '', 0, substr( $content, 0, 100 ), 'markup' ) );
	}
	list( $masked, $codes ) = mask( $pieces );
	$blocks                 = MigrationMarkup\find_blocks( $content, $pieces, $plugins, $max );
	$shortcodes             = find_shortcodes( $content, $masked, $codes, $plugins, $max );
	$found                  = array_merge( $blocks, MigrationMarkup\find_shortcodes( $pieces, $blocks, $max ), $shortcodes );
	$found                  = array_filter( $found, static fn( $each ) => '' === $each['plugin'] || in_array( $each['plugin'], $plugins, true ) );
	usort( $found, static fn( $one, $other ) => $one['start'] <=> $other['start'] );
	$outer = array();
	$end   = 0;
	foreach ( $found as $each ) {
		// A shortcode in a block is a part of it, and is replaced with it.
		if ( $each['start'] >= $end ) {
			$outer[] = $each;
			$end     = $each['start'] + strlen( $each['text'] );
		}
	}
	if ( count( $outer ) > $max ) {
		$outer   = array_slice( $outer, 0, $max );
		$outer[] = create( 'shortcode', '', $end, '…', 'too_many' );
	}
	return $outer;
}

/**
 * Creates an entry of find().
 *
 * @param string      $kind       The kind.
 * @param string      $name       The name of the shortcode or block.
 * @param int         $start      The place of its first byte.
 * @param string      $text       Its text.
 * @param string      $problem    Why it cannot be replaced, or an empty string.
 * @param array       $attributes Its attributes.
 * @param string|null $inner      Its content.
 */
function create( string $kind, string $name, int $start, string $text, string $problem = '', array $attributes = array(), ?string $inner = null ): array {
	$plugin = 'block' === $kind ? MigrationMap\BLOCKS[ $name ][0] ?? '' : MigrationMap\get_plugin( $name );
	return compact( 'kind', 'plugin', 'name', 'start', 'text', 'attributes', 'problem' ) + array( 'content' => $inner );
}

/**
 * Returns the text without the brackets in its markup, and the places of code in it.
 *
 * WordPress runs no shortcodes in comments, and those in the attributes of HTML in another way.
 *
 * @param string[] $pieces The text, of which each second piece is an element or a comment.
 * @return array The text, of the same length, and arrays with the start and the end of code.
 */
function mask( array $pieces ): array {
	$masked = '';
	$codes  = array();
	$open   = array();
	foreach ( $pieces as $number => $piece ) {
		if ( 1 === $number % 2 ) {
			if ( preg_match( CODE, $piece, $tag ) ) {
				$name          = strtolower( $tag[2] );
				$open[ $name ] = max( 0, ( $open[ $name ] ?? 0 ) + ( '' === $tag[1] ? 1 : -1 ) );
			}
			$piece = strtr( $piece, '[]', '  ' );
		} elseif ( array_filter( $open ) ) {
			$codes[] = array( strlen( $masked ), strlen( $masked ) + strlen( $piece ) );
		}
		$masked .= $piece;
	}
	return array( $masked, $codes );
}

/**
 * Returns the pattern of the start of a shortcode of any of the other plugins.
 *
 * @param string $bracket The bracket before the name.
 */
function get_start_pattern( string $bracket = '\[' ): string {
	$beginnings = array_merge( ...array_column( MigrationMap\PLUGINS, 1 ) );
	return "~$bracket((?:" . implode( '|', $beginnings ) . ')[\w-]*+|' . implode( '|', array_keys( MigrationMap\SHORTCODES ) ) . ')(?![\w-])~';
}

/**
 * Finds the shortcodes in a text. The time is linear in its length.
 *
 * @param string   $content The text.
 * @param string   $masked  The text without the brackets in its markup.
 * @param array[]  $codes   The places of code.
 * @param string[] $plugins Keys of MigrationMap\PLUGINS.
 * @param int      $max     The number after which no more are read.
 * @return array[] Entries of find().
 */
function find_shortcodes( string $content, string $masked, array $codes, array $plugins, int $max ): array {
	$found  = array();
	$end    = 0;
	$closes = find_closes( $masked );
	preg_match_all( get_start_pattern(), $masked, $starts, PREG_OFFSET_CAPTURE | PREG_SET_ORDER );
	foreach ( $starts as list( list( , $start ), list( $tag ) ) ) {
		if ( $start < $end ) {
			continue;
		}
		$bracket = strpos( $masked, ']', $start );
		if ( false === $bracket || count( $found ) > $max ) {
			break;
		}
		$is_closed = '/' === $masked[ $bracket - 1 ];
		$inner     = null;
		$end       = $bracket + 1;
		$close     = $is_closed ? false : find_close( $tag, $end, $closes );
		if ( false !== $close ) {
			$inner = substr( $content, $end, $close - $end );
			$end   = $close + strlen( "[/$tag]" );
		}
		if ( ! in_array( MigrationMap\get_plugin( $tag ), $plugins, true ) || ( $start > 0 && '[' === $masked[ $start - 1 ] && ']' === substr( $masked, $end, 1 ) ) ) {
			// It is another plugin's, or WordPress shows it as text.
			continue;
		}
		$attributes = substr( $content, $start + 1 + strlen( $tag ), $bracket - ( $is_closed ? 1 : 0 ) - $start - 1 - strlen( $tag ) );
		$problem    = get_problem( $attributes, $inner, $start, $codes );
		$parsed     = preg_match( '//u', $attributes ) ? shortcode_parse_atts( $attributes ) : array();
		$found[]    = create( 'shortcode', $tag, $start, substr( $content, $start, $end - $start ), $problem, is_array( $parsed ) ? $parsed : array(), $inner );
	}
	return $found;
}

/**
 * Finds all closing shortcodes. A search for each name would read a text of many names once for each of them.
 *
 * @param string $masked The text without the brackets in its markup.
 * @return array[] Their places by name, the last one first.
 */
function find_closes( string $masked ): array {
	$closes = array();
	preg_match_all( get_start_pattern( '\[/' ), $masked, $found, PREG_OFFSET_CAPTURE | PREG_SET_ORDER );
	foreach ( array_reverse( $found ) as list( list( $text, $place ), list( $tag ) ) ) {
		if ( ']' === substr( $masked, $place + strlen( $text ), 1 ) ) {
			$closes[ $tag ][] = $place;
		}
	}
	return $closes;
}

/**
 * Finds the next closing shortcode.
 *
 * @param string $tag    The name of the shortcode.
 * @param int    $from   The place after which it is.
 * @param array  $closes The result of find_closes(). Those before the place are removed.
 * @return int|false Its place, or false.
 */
function find_close( string $tag, int $from, array &$closes ) {
	while ( ! empty( $closes[ $tag ] ) && end( $closes[ $tag ] ) < $from ) {
		array_pop( $closes[ $tag ] );
	}
	return empty( $closes[ $tag ] ) ? false : end( $closes[ $tag ] );
}

/**
 * Returns why a shortcode cannot be replaced exactly.
 *
 * @param string      $attributes The text of its attributes.
 * @param string|null $inner      Its content.
 * @param int         $start      Its place. The next one is behind it.
 * @param array[]     $codes      The places of code, in order. Those before the place are passed once.
 * @return string A problem, or an empty string.
 */
function get_problem( string $attributes, ?string $inner, int $start, array &$codes ): string {
	while ( current( $codes ) && current( $codes )[1] <= $start ) {
		next( $codes );
	}
	if ( false !== strpos( $attributes, '[' ) || false !== strpos( (string) $inner, '[' ) ) {
		return 'nested';
	}
	if ( current( $codes ) && current( $codes )[0] <= $start ) {
		return 'code';
	}
	return preg_match( '//u', $attributes . $inner ) ? '' : 'encoding';
}
