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

defined( 'ABSPATH' ) || exit;

/** The elements with code or other text that authors show as it is. */
const CODE = '~^<(/?)(pre|code|kbd|samp|script|style|textarea|xmp)(?![a-z0-9-])~i';

/** A comment that opens or closes a block. */
const BLOCK = '~^<!--\s+(/)?wp:([a-z][a-z0-9_-]*+/[a-z][a-z0-9_-]*+)(?:\s+(\{.*\}))?\s+(/)?-->\z~s';

/** The maximum number of shortcodes and blocks that are read of one text. The rest is counted as one that is too much. */
const MAX_FOUND = 2000;

/**
 * Finds the shortcodes and blocks of other plugins in a text.
 *
 * @param string   $content The content of a post or widget.
 * @param string[] $plugins Keys of MigrationMap\PLUGINS.
 * @return array[] In the order of the text: `kind` (`shortcode` or `block`), `plugin`, `name`, `start`, `text`,
 *                 `attributes`, `content` (null for a shortcode that is not closed) and `problem` (an empty string, or
 *                 why it cannot be replaced).
 */
function find( string $content, array $plugins ): array {
	$pieces = wp_html_split( $content );
	if ( ! is_array( $pieces ) ) {
		return array( create( 'shortcode', '', 0, substr( $content, 0, 100 ), 'markup' ) );
	}
	list( $masked, $codes ) = mask( $pieces );
	$blocks                 = find_blocks( $content, $pieces, $plugins );
	$shortcodes             = find_shortcodes( $content, $masked, $codes );
	$found                  = array_merge( $blocks, find_in_markup( $pieces, $blocks ), $shortcodes );
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
	if ( count( $outer ) > MAX_FOUND ) {
		$outer   = array_slice( $outer, 0, MAX_FOUND );
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
 */
function get_start_pattern(): string {
	$beginnings = array_merge( ...array_column( MigrationMap\PLUGINS, 1 ) );
	return '~\[((?:' . implode( '|', $beginnings ) . ')[\w-]*+|' . implode( '|', array_keys( MigrationMap\SHORTCODES ) ) . ')(?![\w-])~';
}

/**
 * Finds the shortcodes in a text. The time is linear in its length.
 *
 * @param string  $content The text.
 * @param string  $masked  The text without the brackets in its markup.
 * @param array[] $codes   The places of code.
 * @return array[] Entries of find().
 */
function find_shortcodes( string $content, string $masked, array $codes ): array {
	$found  = array();
	$end    = 0;
	$closes = array();
	preg_match_all( get_start_pattern(), $masked, $starts, PREG_OFFSET_CAPTURE | PREG_SET_ORDER );
	foreach ( $starts as list( list( , $start ), list( $tag ) ) ) {
		if ( $start < $end ) {
			continue;
		}
		$bracket = strpos( $masked, ']', $start );
		if ( false === $bracket || count( $found ) > MAX_FOUND ) {
			break;
		}
		$is_closed = '/' === $masked[ $bracket - 1 ];
		$inner     = null;
		$end       = $bracket + 1;
		$close     = $is_closed ? false : find_close( $masked, $tag, $end, $closes );
		if ( false !== $close ) {
			$inner = substr( $content, $end, $close - $end );
			$end   = $close + strlen( "[/$tag]" );
		}
		if ( $start > 0 && '[' === $masked[ $start - 1 ] && ']' === substr( $masked, $end, 1 ) ) {
			// WordPress shows it as text.
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
 * Finds the next closing shortcode.
 *
 * @param string $masked The text without the brackets in its markup.
 * @param string $tag    The name of the shortcode.
 * @param int    $from   The place after which it is.
 * @param array  $closes The last result for each name, so that no part of the text is searched twice.
 * @return int|false Its place, or false.
 */
function find_close( string $masked, string $tag, int $from, array &$closes ) {
	if ( ! array_key_exists( $tag, $closes ) || ( false !== $closes[ $tag ] && $closes[ $tag ] < $from ) ) {
		$closes[ $tag ] = strpos( $masked, "[/$tag]", $from );
	}
	return $closes[ $tag ];
}

/**
 * Returns why a shortcode cannot be replaced exactly.
 *
 * @param string      $attributes The text of its attributes.
 * @param string|null $inner      Its content.
 * @param int         $start      Its place.
 * @param array[]     $codes      The places of code, in order.
 * @return string A problem, or an empty string.
 */
function get_problem( string $attributes, ?string $inner, int $start, array $codes ): string {
	if ( false !== strpos( $attributes, '[' ) || false !== strpos( (string) $inner, '[' ) ) {
		return 'nested';
	}
	foreach ( $codes as list( $from, $to ) ) {
		if ( $start >= $from && $start < $to ) {
			return 'code';
		}
	}
	return preg_match( '//u', $attributes . $inner ) ? '' : 'encoding';
}

/**
 * Finds the shortcodes in the attributes of HTML and of blocks, and in comments.
 *
 * @param string[] $pieces The text, of which each second piece is an element or a comment.
 * @param array[]  $blocks The blocks of the other plugins, which are no such comments.
 * @return array[] Entries of find(), all with a problem.
 */
function find_in_markup( array $pieces, array $blocks ): array {
	$found  = array();
	$starts = array_fill_keys( array_column( $blocks, 'start' ), true );
	$place  = 0;
	foreach ( $pieces as $number => $piece ) {
		if ( 1 === $number % 2 && ! isset( $starts[ $place ] ) && count( $found ) <= MAX_FOUND && preg_match_all( get_start_pattern(), $piece, $tags, PREG_OFFSET_CAPTURE | PREG_SET_ORDER ) ) {
			$problem = 0 === strpos( $piece, '<!--' ) ? 'comment' : 'attribute';
			foreach ( $tags as list( list( , $offset ), list( $tag ) ) ) {
				$length  = strcspn( $piece, ']', $offset ) + 1;
				$found[] = create( 'shortcode', $tag, $place + $offset, substr( $piece, $offset, $length ), $problem );
			}
		}
		$place += strlen( $piece );
	}
	return $found;
}

/**
 * Finds the blocks in a text.
 *
 * @param string   $content The text.
 * @param string[] $pieces  The text, of which each second piece is an element or a comment.
 * @param string[] $plugins Keys of MigrationMap\PLUGINS.
 * @return array[] Entries of find().
 */
function find_blocks( string $content, array $pieces, array $plugins ): array {
	$found = array();
	$open  = null;
	$place = 0;
	foreach ( $pieces as $number => $piece ) {
		$start  = $place;
		$place += strlen( $piece );
		if ( 1 !== $number % 2 || 0 !== strpos( $piece, '<!--' ) || ! preg_match( BLOCK, $piece, $parts ) || ! in_array( MigrationMap\BLOCKS[ $parts[2] ][0] ?? '', $plugins, true ) ) {
			continue;
		}
		$name = $parts[2];
		if ( '' !== $parts[1] ) {
			if ( $open && $open['name'] === $name && 0 === --$open['depth'] ) {
				$found[] = create( 'block', $name, $open['start'], substr( $content, $open['start'], $place - $open['start'] ), $open['problem'], $open['attributes'], substr( $content, $open['end'], $start - $open['end'] ) );
				$open    = null;
			}
			continue;
		}
		if ( $open ) {
			// Another block of these plugins in it is a part of it.
			$open['depth'] += $open['name'] === $name && '' === ( $parts[4] ?? '' ) ? 1 : 0;
			continue;
		}
		$json       = $parts[3] ?? '';
		$attributes = '' === $json ? array() : json_decode( $json, true );
		$problem    = is_array( $attributes ) ? '' : 'markup';
		$attributes = is_array( $attributes ) ? $attributes : array();
		if ( '' !== ( $parts[4] ?? '' ) ) {
			$found[] = create( 'block', $name, $start, $piece, $problem, $attributes );
		} else {
			$open = compact( 'name', 'start', 'attributes', 'problem' ) + array(
				'end'   => $place,
				'depth' => 1,
			);
		}
	}
	return $open ? array_merge( $found, array( create( 'block', $open['name'], $open['start'], substr( $content, $open['start'], $open['end'] - $open['start'] ), 'markup', $open['attributes'] ) ) ) : $found;
}
