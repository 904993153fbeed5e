<?php
/**
 * The blocks of other plugins in a text, and their shortcodes in attributes of HTML and in comments.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\MigrationMarkup;

use AmzLinkr\MigrationMap;
use AmzLinkr\MigrationText;

defined( 'ABSPATH' ) || exit;

/** A comment that opens or closes a block. */
const BLOCK = '~^<!--\s+(/)?wp:([a-z][a-z0-9_-]*+/[a-z][a-z0-9_-]*+)(?:\s+(\{.*\}))?\s+(/)?-->\z~s';

/**
 * Finds the shortcodes in the attributes of HTML and of blocks, and in comments.
 *
 * @param string[] $pieces The text, of which each second piece is an element or a comment.
 * @param array[]  $blocks The blocks of the other plugins, which are no such comments.
 * @param int      $max    The number after which no more are read.
 * @return array[] Entries of MigrationText\find(), all with a problem.
 */
function find_shortcodes( array $pieces, array $blocks, int $max ): array {
	$pattern = MigrationText\get_start_pattern();
	$found   = array();
	$starts  = array_fill_keys( array_column( $blocks, 'start' ), true );
	$place   = 0;
	foreach ( $pieces as $number => $piece ) {
		$end = 1 === $number % 2 && ! isset( $starts[ $place ] ) ? 0 : strlen( $piece );
		// One in the attributes of another one is a part of it.
		while ( count( $found ) <= $max && preg_match( $pattern, $piece, $tag, PREG_OFFSET_CAPTURE, $end ) ) {
			list( list( , $start ), list( $name ) ) = $tag;

			$text    = substr( $piece, $start, strcspn( $piece, ']', $start ) + 1 );
			$end     = $start + strlen( $text );
			$found[] = MigrationText\create( 'shortcode', $name, $place + $start, $text, 0 === strpos( $piece, '<!--' ) ? 'comment' : 'attribute' );
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
 * @param int      $max     The number after which no more are read.
 * @return array[] Entries of MigrationText\find().
 */
function find_blocks( string $content, array $pieces, array $plugins, int $max ): array {
	$found = array();
	$open  = null;
	$place = 0;
	foreach ( $pieces as $number => $piece ) {
		$start  = $place;
		$place += strlen( $piece );
		if ( count( $found ) > $max ) {
			break;
		}
		if ( 1 !== $number % 2 || 0 !== strpos( $piece, '<!--' ) || ! preg_match( BLOCK, $piece, $parts ) || ! in_array( MigrationMap\BLOCKS[ $parts[2] ][0] ?? '', $plugins, true ) ) {
			continue;
		}
		$name = $parts[2];
		if ( '' !== $parts[1] ) {
			if ( $open && $open['name'] === $name && 0 === --$open['depth'] ) {
				$found[] = MigrationText\create( 'block', $name, $open['start'], substr( $content, $open['start'], $place - $open['start'] ), $open['problem'], $open['attributes'], substr( $content, $open['end'], $start - $open['end'] ) );
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
			$found[] = MigrationText\create( 'block', $name, $start, $piece, $problem, $attributes );
		} else {
			$open = compact( 'name', 'start', 'attributes', 'problem' ) + array(
				'end'   => $place,
				'depth' => 1,
			);
		}
	}
	return $open ? array_merge( $found, array( MigrationText\create( 'block', $open['name'], $open['start'], substr( $content, $open['start'], $open['end'] - $open['start'] ), 'markup', $open['attributes'] ) ) ) : $found;
}
