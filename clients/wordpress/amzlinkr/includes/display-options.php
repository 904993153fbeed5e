<?php
/**
 * The options of a display: its kind, layout, style, picture size, columns, labels, and hidden parts.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\DisplayOptions;

use AmzLinkr\DisplayDefaults;
use AmzLinkr\OwnContent;

defined( 'ABSPATH' ) || exit;

/** The displays that are blocks. */
const BLOCKS = array( 'box', 'grid', 'list', 'table' );

/** The displays that can stand in a sentence. */
const INLINE = array( 'link', 'image', 'button', 'price', 'title', 'savings' );

const LAYOUTS = array( 'horizontal', 'vertical', 'compact' );
const STYLES  = array( 'clean', 'card', 'minimal' );
const SIZES   = array( 'small', 'medium', 'large' );

/** The maximum number of columns of a grid. */
const MAX_COLUMNS = 6;

/** The parts that a box without them still describes correctly. The terms of an offer belong to its price. */
const PARTS = array( 'image', 'title', 'brand', 'text', 'badge', 'deal', 'price', 'savings', 'unit', 'availability', 'quantity', 'button' );

/** The parts that the compact layout has no room for. */
const PARTS_OF_LARGER_BOXES = array( 'brand', 'unit', 'availability', 'quantity' );

/** The fields of a box that each part consists of, with their empty values. */
const FIELDS = array(
	'image'        => array(
		'image'     => '',
		'own_image' => 0,
	),
	'brand'        => array( 'brand' => '' ),
	'text'         => array(
		'own_text' => array(),
		'bullets'  => array(),
		'pros'     => array(),
		'cons'     => array(),
	),
	'badge'        => array( 'badge' => '' ),
	'deal'         => array(
		'deal'     => '',
		'deal_end' => '',
	),
	'price'        => array(
		'price'            => '',
		'price_access'     => '',
		'list_price'       => '',
		'list_price_label' => '',
		'savings_percent'  => 0,
		'savings'          => '',
		'unit_price'       => '',
		'condition'        => '',
	),
	'savings'      => array(
		'list_price'       => '',
		'list_price_label' => '',
		'savings_percent'  => 0,
		'savings'          => '',
	),
	'unit'         => array( 'unit_price' => '' ),
	'availability' => array( 'availability' => '' ),
	'quantity'     => array( 'order_quantity' => '' ),
);

/** The fields that a box has in addition to those of Box\get_template_data() and OwnContent\add(). */
const DEFAULTS = array(
	'layout'       => 'horizontal',
	'style'        => '',
	'size'         => '',
	'badge'        => '',
	'bullets'      => array(),
	'pros'         => array(),
	'cons'         => array(),
	'savings'      => '',
	'button'       => '',
	'hides_title'  => false,
	'hides_button' => false,
);

/**
 * Parses the attributes of a block or shortcode.
 *
 * @param array $attributes `display`, `layout`, `style`, `size`, `columns`, `hide`, `button`, `rows`, and the `className`
 *                          that WordPress gives a block with a style.
 * @param int   $count      The number of products.
 * @return array The options. Values that are not known are replaced by the default.
 */
function parse( array $attributes, int $count ): array {
	// The JSON of a block may contain values of any type.
	$attributes = array_filter( $attributes, 'is_scalar' );
	$defaults   = DisplayDefaults\get();
	$display    = choose( $attributes, 'display', array_merge( BLOCKS, INLINE ), $count > 1 ? $defaults['several'] : 'box' );
	$layouts    = array(
		'box'  => $defaults['layout'],
		'grid' => 'vertical',
	);
	$button     = OwnContent\shorten( sanitize_text_field( (string) ( $attributes['button'] ?? '' ) ), OwnContent\MAX_LABEL_CHARS );
	if ( preg_match( '~\bis-style-([a-z]+)~', (string) ( $attributes['className'] ?? '' ), $style ) ) {
		$attributes['style'] = $style[1];
	}
	return array(
		'display' => $display,
		'layout'  => choose( $attributes, 'layout', LAYOUTS, $layouts[ $display ] ?? 'horizontal' ),
		// The first style has no class.
		'style'   => choose( $attributes, 'style', STYLES, STYLES[0] === $defaults['style'] ? '' : $defaults['style'] ),
		'size'    => choose( $attributes, 'size', SIZES, '' ),
		'columns' => max( 0, min( MAX_COLUMNS, (int) ( $attributes['columns'] ?? 0 ) ) ),
		'hide'    => array_values( array_intersect( PARTS, (array) preg_split( '~[\s,;|]+~', strtolower( (string) ( $attributes['hide'] ?? '' ) ) ) ) ),
		'button'  => '' === $button ? $defaults['button'] : $button,
		'rows'    => sanitize_textarea_field( (string) ( $attributes['rows'] ?? '' ) ),
	);
}

/**
 * Returns an attribute if it is one of the known values.
 *
 * @param array    $attributes The attributes.
 * @param string   $name       The name of the attribute.
 * @param string[] $values     The known values.
 * @param string   $fallback   The value in place of others.
 */
function choose( array $attributes, string $name, array $values, string $fallback ): string {
	$value = strtolower( trim( (string) ( $attributes[ $name ] ?? '' ) ) );
	return in_array( $value, $values, true ) ? $value : $fallback;
}

/**
 * Adds options to the data of a box, and removes the hidden parts.
 *
 * The disclaimer and the time stay as long as there is a price or an availability. At least one link stays.
 *
 * @param array $options The result of parse().
 * @param array $box     The data of Box\get_template_data(), with own content.
 */
function apply( array $options, array $box ): array {
	$box['savings'] = format_savings( $box['savings_percent'] );
	$hide           = 'compact' === $options['layout'] ? array_merge( $options['hide'], PARTS_OF_LARGER_BOXES ) : $options['hide'];
	foreach ( array_intersect_key( FIELDS, array_flip( $hide ) ) as $fields ) {
		$box = $fields + $box;
	}
	if ( '' === $box['price'] && '' === $box['availability'] ) {
		$box['disclaimer'] = '';
	}
	$has_image = $box['own_image'] || '' !== $box['image'];
	$box      += array(
		'layout'       => $options['layout'],
		'style'        => $options['style'],
		'size'         => $options['size'],
		'button'       => $options['button'],
		'hides_title'  => in_array( 'title', $hide, true ),
		'hides_button' => in_array( 'button', $hide, true ) && ( $has_image || ! in_array( 'title', $hide, true ) ),
	);
	return $box + DEFAULTS;
}

/**
 * Formats savings, such as “−28%”.
 *
 * @param int $percent The percentage, or 0.
 * @return string A text, or an empty string for 0.
 */
function format_savings( int $percent ): string {
	/* translators: %d: a number. The text is shown from left to right in all languages. */
	return $percent ? sprintf( __( '−%d%%', 'amzlinkr' ), $percent ) : '';
}
