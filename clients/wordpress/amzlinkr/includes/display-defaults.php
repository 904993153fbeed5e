<?php
/**
 * The defaults of displays that Settings → Display sets: the style, the layout, the display of several products, and the
 * label of buttons.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\DisplayDefaults;

use AmzLinkr\DisplayOptions;

defined( 'ABSPATH' ) || exit;

/** The option with the defaults and the Associate statement. */
const OPTION = 'amzlinkr_display';

/** The values that each default can have. The first one applies without the owner's choice. */
const CHOICES = array(
	'style'   => DisplayOptions\STYLES,
	'layout'  => DisplayOptions\LAYOUTS,
	'several' => array( 'grid', 'list', 'table', 'box' ),
);

/**
 * Returns the settings.
 *
 * @return string[] `style`, `layout` (of a box), `several` (the display of several products), `button` (the label, or an
 *                  empty string), and `statement` (the Associate statement, or an empty string).
 */
function get(): array {
	$stored = get_option( OPTION );
	return sanitize( is_array( $stored ) ? $stored : array() );
}

/**
 * Replaces values that are not known by the default.
 *
 * @param array $stored Values of get(), or others.
 * @return string[] The values of get().
 */
function sanitize( array $stored ): array {
	$stored = array_filter( $stored, 'is_string' );
	$values = array(
		'button'    => $stored['button'] ?? '',
		'statement' => $stored['statement'] ?? '',
	);
	foreach ( CHOICES as $name => $choices ) {
		$values[ $name ] = DisplayOptions\choose( $stored, $name, $choices, $choices[0] );
	}
	return $values;
}

/**
 * Saves the settings.
 *
 * @param string[] $values The values of get().
 */
function save( array $values ): void {
	update_option( OPTION, sanitize( $values ), true );
}

/**
 * Returns the labels of the values of CHOICES.
 *
 * @return array[] By the name of the default, labels by value.
 */
function get_labels(): array {
	return array(
		'style'   => array(
			'clean'   => __( 'Clean', 'amzlinkr' ),
			'card'    => __( 'Card', 'amzlinkr' ),
			'minimal' => __( 'Minimal', 'amzlinkr' ),
		),
		'layout'  => array(
			'horizontal' => __( 'Picture beside the text', 'amzlinkr' ),
			'vertical'   => __( 'Picture above the text', 'amzlinkr' ),
			'compact'    => __( 'Compact', 'amzlinkr' ),
		),
		'several' => array(
			'grid'  => __( 'Grid', 'amzlinkr' ),
			'list'  => __( 'Numbered list', 'amzlinkr' ),
			'table' => __( 'Comparison table', 'amzlinkr' ),
			'box'   => __( 'Boxes below each other', 'amzlinkr' ),
		),
	);
}
