<?php
/**
 * The comparison table: products as columns, and the rows that the author chooses.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Table;

use AmzLinkr\Box;
use AmzLinkr\DisplayOptions;
use AmzLinkr\Groups;
use AmzLinkr\ListBlock;
use AmzLinkr\OwnContent;
use AmzLinkr\ProductNames;
use AmzLinkr\Template;

defined( 'ABSPATH' ) || exit;

/** The rows without the author's choice. */
const DEFAULT_ROWS = 'price;availability';

/** The maximum number of rows. Each of them has a cell for each product. */
const MAX_ROWS = 50;

/** The maximum number of characters of an author's own value. */
const MAX_VALUE_CHARS = 500;

/** The rows that belong to an offer, and end with its deal. */
const OFFER_ROWS = array( 'price', 'savings', 'deal', 'unit', 'condition' );

/** The rows of the author's own words. */
const OWN_ROWS = array( 'bullets', 'pros', 'cons' );

/** The field of a product that each row shows. */
const FIELDS = array(
	'price'        => 'price',
	'savings'      => 'savings',
	'deal'         => 'deal',
	'unit'         => 'unit_price',
	'condition'    => 'condition',
	'availability' => 'availability',
	'quantity'     => 'order_quantity',
	'brand'        => 'brand',
	'bullets'      => 'bullets',
	'pros'         => 'pros',
	'cons'         => 'cons',
	'as_of'        => 'as_of',
);

/**
 * Returns the labels of the rows that the plugin fills.
 *
 * @return string[] Labels by the name of the row.
 */
function get_labels(): array {
	return array(
		'price'        => __( 'Price', 'amzlinkr' ),
		'savings'      => __( 'Savings', 'amzlinkr' ),
		'deal'         => __( 'Deal', 'amzlinkr' ),
		'unit'         => __( 'Unit price', 'amzlinkr' ),
		'condition'    => __( 'Condition', 'amzlinkr' ),
		'availability' => __( 'Availability', 'amzlinkr' ),
		'quantity'     => __( 'Order quantity', 'amzlinkr' ),
		'brand'        => __( 'Brand', 'amzlinkr' ),
		'bullets'      => __( 'Features', 'amzlinkr' ),
		'pros'         => __( 'Pros', 'amzlinkr' ),
		'cons'         => __( 'Cons', 'amzlinkr' ),
	);
}

/**
 * Parses the rows that an author chooses.
 *
 * A row is the name of a field with the number of the best product, such as `price *2`, or a label with a value for each
 * product, such as `Weight: 300 g | *250 g`. An asterisk marks the best value. There are lines or, in one line,
 * semicolons between the rows. A field is a row once.
 *
 * @param string $text The rows, or an empty string for DEFAULT_ROWS.
 * @return array[] At most MAX_ROWS rows with `name` (empty for values of the author), `label`, `values`, and `best`: the index of a product, or -1.
 */
function parse_rows( string $text ): array {
	$rows   = array();
	$labels = get_labels();
	foreach ( OwnContent\split( '' === trim( $text ) ? DEFAULT_ROWS : $text ) as $line ) {
		if ( count( $rows ) >= MAX_ROWS ) {
			break;
		}
		if ( preg_match( '~^([a-z]+)\s*(?:\*\s*(\d{1,2}))?\z~', $line, $found ) && isset( $labels[ $found[1] ] ) ) {
			$rows[ $found[1] ] = $rows[ $found[1] ] ?? array(
				'name'   => $found[1],
				'label'  => $labels[ $found[1] ],
				'values' => array(),
				'best'   => (int) ( $found[2] ?? 0 ) - 1,
			);
			continue;
		}
		list( $label, $values ) = array_map( 'trim', explode( ':', $line, 2 ) ) + array( '', '' );
		$values                 = '' === $values ? array() : array_map( 'trim', array_slice( explode( '|', $values ), 0, ProductNames\MAX_PRODUCTS ) );
		$best                   = array_keys( array_filter( $values, static fn( $value ) => '*' === ( $value[0] ?? '' ) ) );
		$rows[]                 = array(
			'name'   => '',
			'label'  => OwnContent\shorten( $label, OwnContent\MAX_LABEL_CHARS ),
			'values' => array_map( static fn( $value ) => OwnContent\shorten( trim( ltrim( $value, '*' ) ), MAX_VALUE_CHARS ), $values ),
			'best'   => $best ? $best[0] : -1,
		);
	}
	return array_values( $rows );
}

/**
 * Renders a comparison table. Without any value to compare, there are links only.
 *
 * @param array[] $views    Results of Display\get_view(), by the index of the product.
 * @param array   $options  The options of Display\get_view(); those of a list have no `only_links`.
 * @param int     $until    The Unix time at which the whole table expires; 0 if each product expires on its own.
 * @param string  $fallback The text that takes the place of an expired table.
 * @return string HTML, or an empty string without products.
 */
function render( array $views, array $options, int $until = 0, string $fallback = '' ): string {
	$boxes = array_map( static fn( $view ) => $view['box'] + DisplayOptions\DEFAULTS, $views );
	$texts = get_texts( $boxes );
	$rows  = parse_rows( $options['rows'] );
	if ( '' === $texts['as_of'] ) {
		$rows[] = array( 'name' => 'as_of', 'label' => __( 'As of', 'amzlinkr' ), 'values' => array(), 'best' => -1 );
	}
	$rows = array_map( static fn( $row ) => fill( $row, $boxes ), $rows );
	$rows = array_values( array_filter( $rows, static fn( $row ) => (bool) array_filter( $row['cells'] ) ) );
	if ( ! empty( $options['only_links'] ) || ! $rows ) {
		return implode( '', array_map( 'AmzLinkr\Display\render_box', $views ) );
	}
	wp_enqueue_style( ListBlock\ASSET_HANDLE );
	array_map( 'AmzLinkr\Box\enqueue_script', $boxes );
	return Template\render(
		'table',
		array(
			'style'       => $options['style'],
			'until'       => $until,
			'fallback'    => $fallback,
			'products'    => $boxes,
			'rows'        => $rows,
			'has_buttons' => ! in_array( 'button', $options['hide'], true ),
		) + $texts
	);
}

/**
 * Adds the values of the products to a row.
 *
 * @param array   $row   A row of parse_rows().
 * @param array[] $boxes The data of the products, by their index.
 * @return array The row with `cells`, texts or lists of texts by the index of the product; `is_own` and `is_offer`.
 */
function fill( array $row, array $boxes ): array {
	$cells = array();
	foreach ( $boxes as $index => $box ) {
		$has_time        = 'as_of' !== $row['name'] || '' !== $box['price'] . $box['availability'];
		$cells[ $index ] = '' === $row['name'] ? $row['values'][ $index ] ?? '' : ( $has_time ? $box[ FIELDS[ $row['name'] ] ] : '' );
	}
	return array(
		'cells'    => $cells,
		'is_own'   => '' === $row['name'] || in_array( $row['name'], OWN_ROWS, true ),
		'is_offer' => in_array( $row['name'], OFFER_ROWS, true ),
	) + $row;
}

/**
 * Returns the texts below a table. Different disclaimers follow each other.
 *
 * @param array[] $boxes The data of the products.
 * @return string[] `as_of`, `disclaimer` and `statement`. Different times are in the cells, and `as_of` is empty.
 */
function get_texts( array $boxes ): array {
	$times = array_unique( array_filter( array_map( static fn( $box ) => Groups\get_text( $box, 'as_of' ), $boxes ), 'strlen' ) );
	return array(
		'as_of'      => 1 === count( $times ) ? (string) reset( $times ) : '',
		'disclaimer' => implode( ' ', array_unique( array_filter( array_column( $boxes, 'disclaimer' ), 'strlen' ) ) ),
		'statement'  => Box\get_statement(),
	);
}
