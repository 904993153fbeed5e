<?php
/**
 * The attributes of this plugin's shortcode or block in place of one of another plugin.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\MigrationAttributes;

use AmzLinkr\DisplayOptions;
use AmzLinkr\MigrationDisplays;
use AmzLinkr\ProductNames;

defined( 'ABSPATH' ) || exit;

/** The fields of the author's own content that belong to one product. */
const OWN_OF_ONE = array( 'title', 'text', 'badge' );

/** The fields that a display in a sentence shows. */
const OWN_OF_INLINE = array( 'title', 'button', 'size' );

/**
 * Returns whether a display stands in a sentence.
 *
 * @param string[] $display An entry of MigrationDisplays\DISPLAYS.
 */
function is_inline( array $display ): bool {
	return in_array( $display['display'] ?? '', DisplayOptions\INLINE, true );
}

/**
 * Adds the attributes of the shortcodes or blocks to a result.
 *
 * @param array $result  A result of MigrationConvert\read_shortcode() or read_block().
 * @param array $display Further attributes of the display.
 */
function add( array $result, array $display ): array {
	$count = count( $result['products'] );
	if ( 1 === $count ) {
		$display = array_diff( $display, array( 'box', 'grid' ) );
		unset( $result['own']['columns'] );
	} elseif ( isset( $result['own']['columns'] ) && ! is_inline( $display ) ) {
		$display = MigrationDisplays\DISPLAYS['grid'];
	}
	$keep           = is_inline( $display ) ? OWN_OF_INLINE : array_keys( $result['own'] );
	$keep           = $count > 1 && ! $result['is_of_each'] ? array_diff( $keep, OWN_OF_ONE ) : $keep;
	$own            = array_intersect_key( $result['own'], array_flip( $keep ) );
	$result['lost'] = array_merge( array_keys( array_diff_key( $result['own'], $own ) ), $result['lost'] );
	foreach ( array_chunk( $result['products'], ProductNames\MAX_PRODUCTS ) as $products ) {
		$first = $products[0]['marketplace'];
		$names = array_map( static fn( $product ) => $product['marketplace'] === $first ? $product['asin'] : ProductNames\get_address( $product ), $products );
		$named = array(
			'asin'        => implode( ',', $names ),
			'marketplace' => $first,
		);

		$result['attributes'][] = array_filter( $named, 'strlen' ) + $display + $own;
	}
	return $result;
}
