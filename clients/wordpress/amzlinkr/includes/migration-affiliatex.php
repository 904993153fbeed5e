<?php
/**
 * The blocks of AffiliateX. Their products are those that their links lead to.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\MigrationAffiliatex;

use AmzLinkr\MigrationConvert;
use AmzLinkr\MigrationLinks;
use AmzLinkr\MigrationSources;
use AmzLinkr\ProductNames;
use AmzLinkr\Uses;

defined( 'ABSPATH' ) || exit;

/** The attributes of single products without an equivalent. Prices that authors enter would not stay correct. */
const LOST = array( 'productSubTitle', 'ribbonText', 'ratings', 'ratingContent', 'productPrice', 'productSalePrice', 'productImageExternal', 'ImgUrl' );

/** The tables: the attribute with the products, and the fields of each with the title, the badge and the links. */
const TABLES = array(
	'affiliatex/product-comparison' => array( 'productComparisonTable', 'title', 'ribbonText', array( 'buttonURL' ) ),
	'affiliatex/product-table'      => array( 'productTable', 'name', 'ribbon', array( 'button1URL', 'button2URL' ) ),
);

/** The fields of products in tables without an equivalent. */
const LOST_IN_TABLES = array( 'imageUrl', 'price', 'offerPrice', 'regularPrice', 'rating', 'button', 'button1', 'button2' );

/**
 * Reads a block.
 *
 * @param array $found An entry of MigrationText\find().
 * @return array As MigrationConvert\read_shortcode() returns it.
 */
function read( array $found ): array {
	if ( isset( TABLES[ $found['name'] ] ) ) {
		return read_table( $found );
	}
	$products = find_products( $found['text'] );
	$displays = array(
		'affiliatex/single-product' => 'box',
		'affiliatex/buttons'        => 'button',
	);
	$result   = array(
		'products' => $products,
		'display'  => $displays[ $found['name'] ] ?? 'text',
	) + MigrationConvert\get_problem( '' );
	if ( 'text' !== $result['display'] && count( $products ) > 1 ) {
		return array( 'problem' => 'several' ) + $result;
	}
	return ( 'box' === $result['display'] ? get_content( $found['attributes'] ) : get_label( $found['attributes'] ) ) + $result;
}

/**
 * Finds the products that the links in a text lead to.
 *
 * @param string $text A text, such as a block.
 * @return array[] Products with `asin` and `marketplace`.
 */
function find_products( string $text ): array {
	// The JSON of blocks encodes some characters of URLs.
	$links = MigrationLinks\find( str_replace( array( '\u0026', '\/' ), array( '&', '/' ), $text ) );
	$found = array();
	foreach ( $links as $link ) {
		if ( 'link' === $link['kind'] ) {
			$found[ Uses\get_key( $link ) ] = MigrationSources\get_product( $link );
		}
	}
	return array_values( $found );
}

/**
 * Returns the author's own content of a single product.
 *
 * @param array $attributes The attributes of the block.
 * @return array `own` and `lost`, as in MigrationConvert\convert().
 */
function get_content( array $attributes ): array {
	$text = get_string( $attributes, 'productContent' );
	if ( 'list' === ( $attributes['productContentType'] ?? '' ) ) {
		$text = implode( '<br>', get_items( $attributes['productContentList'] ?? null ) );
	}
	$own = array(
		'title' => MigrationConvert\to_line( get_string( $attributes, 'productTitle' ) ),
		'text'  => MigrationConvert\to_text( $text ),
	);
	return array(
		'own'  => array_filter( $own, 'strlen' ),
		'lost' => array_values( array_intersect( LOST, array_map( 'strval', array_keys( $attributes ) ) ) ),
	);
}

/**
 * Returns the label of a button.
 *
 * @param array $attributes The attributes of the block.
 * @return array `own`, as in MigrationConvert\convert().
 */
function get_label( array $attributes ): array {
	return array( 'own' => array_filter( array( 'button' => MigrationConvert\to_line( get_string( $attributes, 'buttonLabel' ) ) ), 'strlen' ) );
}

/**
 * Reads a table of products.
 *
 * @param array $found An entry of MigrationText\find().
 * @return array As MigrationConvert\read_shortcode() returns it.
 */
function read_table( array $found ): array {
	list( $field, $title, $badge, $links ) = TABLES[ $found['name'] ];

	$rows   = is_array( $found['attributes'][ $field ] ?? null ) ? array_values( array_filter( $found['attributes'][ $field ], 'is_array' ) ) : array();
	$result = array(
		'products' => find_products( $found['text'] ),
		'display'  => 'comparison',
	) + MigrationConvert\get_problem( '' );
	$named  = array();
	foreach ( $rows as $row ) {
		$products = find_products( implode( ' ', array_map( static fn( $link ) => get_string( $row, $link ), $links ) ) );
		if ( 1 !== count( $products ) || isset( $named[ Uses\get_key( $products[0] ) ] ) ) {
			return array( 'problem' => $result['products'] ? 'row' : 'no_product' ) + $result;
		}
		$named[ Uses\get_key( $products[0] ) ] = $products[0];
	}
	$own = array(
		'title'   => join_parts( get_strings( $rows, $title ) ),
		'badge'   => join_parts( get_strings( $rows, $badge ) ),
		'bullets' => join_parts( array_map( __NAMESPACE__ . '\get_bullets', $rows ) ),
		'rows'    => get_rows( $found['attributes']['comparisonSpecs'] ?? null, count( $rows ) ),
	);
	if ( '' !== $own['bullets'] ) {
		$own['rows'] .= "\nbullets";
	}
	return array(
		'products'   => array_values( $named ),
		'own'        => array_filter( $own, 'strlen' ),
		'is_of_each' => true,
		'lost'       => array_values( array_intersect( LOST_IN_TABLES, array_map( 'strval', array_keys( array_merge( array(), ...$rows ) ) ) ) ),
	) + $result;
}

/**
 * Returns a field of each row.
 *
 * @param array[] $rows The rows.
 * @param string  $name The name of the field.
 * @return string[] Texts.
 */
function get_strings( array $rows, string $name ): array {
	return array_map( static fn( $row ) => get_string( $row, $name ), $rows );
}

/**
 * Returns the features of a product in a table, one per line.
 *
 * @param array $row The product.
 */
function get_bullets( array $row ): string {
	$items = get_items( $row['featuresList'] ?? null );
	return $items ? implode( '<br>', $items ) : get_string( $row, 'features' );
}

/**
 * Returns the attribute `rows` of a comparison table: the price, and the author's own rows.
 *
 * @param mixed $specs The attribute `comparisonSpecs`: arrays with a `title` and the values as `specs`.
 * @param int   $count The number of products. One display shows at most ProductNames\MAX_PRODUCTS.
 */
function get_rows( $specs, int $count ): string {
	$lines = array( 'price' );
	foreach ( is_array( $specs ) ? array_filter( $specs, 'is_array' ) : array() as $spec ) {
		$given  = is_array( $spec['specs'] ?? null ) ? $spec['specs'] : array();
		$values = array_map( static fn( $index ) => ltrim( to_value( get_string( $given, $index ) ), '* ' ), range( 0, max( 0, min( $count, ProductNames\MAX_PRODUCTS ) - 1 ) ) );
		$label  = trim( str_replace( ':', ' ', to_value( get_string( $spec, 'title' ) ) ) );
		if ( array_filter( $values, 'strlen' ) ) {
			$lines[] = "$label: " . implode( ' | ', $values );
		}
	}
	return implode( "\n", $lines );
}

/**
 * Joins the texts of several products. A vertical bar separates them.
 *
 * @param string[] $texts Texts, possibly with HTML.
 * @return string The texts; empty if all of them are.
 */
function join_parts( array $texts ): string {
	$parts = array_map( __NAMESPACE__ . '\to_part', $texts );
	return array_filter( $parts, 'strlen' ) ? implode( '|', $parts ) : '';
}

/**
 * Returns a text without HTML and without the separators of several products and of items.
 *
 * @param string $html A text, possibly with HTML.
 */
function to_part( string $html ): string {
	return '' === $html ? '' : str_replace( array( '|', ';' ), array( '/', ',' ), MigrationConvert\to_text( $html ) );
}

/**
 * Returns a text like to_part() as one line.
 *
 * @param string $html A text, possibly with HTML.
 */
function to_value( string $html ): string {
	return str_replace( "\n", ' ', to_part( $html ) );
}

/**
 * Returns the items of a list: texts, or arrays with a text as `list`.
 *
 * @param mixed $items The list.
 * @return string[]
 */
function get_items( $items ): array {
	$items = array_map( static fn( $item ) => is_array( $item ) ? $item['list'] ?? '' : $item, is_array( $items ) ? $items : array() );
	return array_values( array_filter( $items, 'is_string' ) );
}

/**
 * Returns an attribute if it is a text.
 *
 * @param array      $attributes The attributes.
 * @param string|int $name       The name of the attribute.
 */
function get_string( array $attributes, $name ): string {
	return is_string( $attributes[ $name ] ?? null ) ? $attributes[ $name ] : '';
}
