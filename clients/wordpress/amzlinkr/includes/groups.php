<?php
/**
 * Several boxes in a grid or a numbered list, with the texts that they have in common below them.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Groups;

use AmzLinkr\Box;
use AmzLinkr\ListBlock;
use AmzLinkr\Template;

defined( 'ABSPATH' ) || exit;

/** The texts that several boxes print once. */
const COMMON_TEXTS = array( 'as_of', 'disclaimer', 'statement' );

/**
 * Renders products as a grid or a list.
 *
 * @param array[] $views    Results of Display\get_view().
 * @param array   $options  The result of DisplayOptions\parse().
 * @param int     $until    The Unix time at which the whole group expires; 0 if each box expires on its own.
 * @param string  $fallback The text that takes the place of an expired group.
 * @return string HTML, or an empty string without products.
 */
function render( array $views, array $options, int $until = 0, string $fallback = '' ): string {
	$boxes = array_column( array_filter( $views, static fn( $view ) => ! $view['is_link'] ), 'box' );
	if ( ! $boxes ) {
		return implode( '', array_column( $views, 'link' ) );
	}
	wp_enqueue_style( ListBlock\ASSET_HANDLE );
	$common = get_common_texts( $boxes );
	$blank  = array_fill_keys( array_keys( array_filter( $common, 'strlen' ) ), '' );
	$items  = array();
	foreach ( $views as $view ) {
		$items[] = $view['is_link'] ? $view['link'] : Box\render_template( $blank + $view['box'] );
	}
	return Template\render(
		'list' === $options['display'] ? 'list' : 'grid',
		array(
			'items'    => $items,
			'layout'   => $options['layout'],
			'style'    => $options['style'],
			'columns'  => $options['columns'],
			'until'    => $until,
			'fallback' => $fallback,
		) + $common
	);
}

/**
 * Returns the texts that boxes have in common.
 *
 * @param array[] $boxes The data of boxes.
 * @return string[] The texts of COMMON_TEXTS; empty if they are shown once only, or if there are different ones.
 */
function get_common_texts( array $boxes ): array {
	$common = array();
	foreach ( COMMON_TEXTS as $name ) {
		$shown           = array_filter( array_map( static fn( $box ) => get_text( $box, $name ), $boxes ), 'strlen' );
		$common[ $name ] = count( $shown ) > 1 && 1 === count( array_unique( $shown ) ) ? (string) reset( $shown ) : '';
	}
	// A disclaimer refers to the time that is indicated. Both are printed in the same place.
	if ( '' === $common['disclaimer'] ) {
		$common['as_of'] = '';
	}
	return $common;
}

/**
 * Returns a text that a box shows.
 *
 * @param array  $box  The data of a box.
 * @param string $name One of COMMON_TEXTS.
 * @return string The text. The time is empty without a price and an availability.
 */
function get_text( array $box, string $name ): string {
	return 'as_of' === $name && '' === $box['price'] . $box['availability'] ? '' : $box[ $name ];
}
