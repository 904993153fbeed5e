<?php
/**
 * The products that the attributes of a block or shortcode name: ASINs and Amazon URLs, one or several.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\ProductNames;

use AmzLinkr\Accounts;

defined( 'ABSPATH' ) || exit;

/** The maximum number of products in one block. */
const MAX_PRODUCTS = 50;

/** The maximum number of entries that are read, with those that are repeated or name no product. */
const MAX_ENTRIES = 200;

/** The text between two entries. An address contains no spaces, and a comma only behind its ASIN. */
const SEPARATORS = '~[\s,;|]+~';

/** An address of a page of Amazon: its host, and the ASIN behind a known part of the path. */
const ADDRESS = '~^(?:https?://)?((?:[a-z0-9-]+\.)*amazon\.[a-z.]{2,6})/(?:[^\s?#]*/)?(?:dp|product|aw/d|asin|d|product-reviews|offer-listing)/(?:[^/?#]+/dp/)?([a-z0-9]{10})(?=[/?\#&]|$)~i';

/**
 * Returns the products that attributes name, each once and in their order.
 *
 * @param array $attributes `asin`: one or several ASINs and Amazon URLs, with commas or spaces between them; and
 *                          `marketplace`, by default the primary one. The host of a URL comes first.
 * @return array[] At most MAX_PRODUCTS products with `asin` and `marketplace`.
 */
function parse( array $attributes ): array {
	$found = array();
	foreach ( split( $attributes ) as $entry ) {
		$product = parse_entry( $entry, $attributes );
		if ( '' !== $product['asin'] ) {
			$found[ "{$product['marketplace']}:{$product['asin']}" ] = $product;
		}
	}
	return array_slice( array_values( $found ), 0, MAX_PRODUCTS );
}

/**
 * Returns the entries that name no product.
 *
 * @param array $attributes The attributes of parse().
 * @return string[] Texts.
 */
function find_unreadable( array $attributes ): array {
	return array_values( array_filter( split( $attributes ), static fn( $entry ) => '' === parse_entry( $entry, $attributes )['asin'] ) );
}

/**
 * Returns the first entries of the attribute `asin`, at most MAX_ENTRIES.
 *
 * @param array $attributes The attributes of parse().
 * @return string[] Texts that are not empty.
 */
function split( array $attributes ): array {
	$asin = $attributes['asin'] ?? '';
	// The JSON of a block may contain values of any type.
	return array_slice( preg_split( SEPARATORS, is_scalar( $asin ) ? (string) $asin : '', MAX_ENTRIES + 1, PREG_SPLIT_NO_EMPTY ), 0, MAX_ENTRIES );
}

/**
 * Parses one entry.
 *
 * @param string $entry      An ASIN or an Amazon URL.
 * @param array  $attributes `marketplace`.
 * @return array `asin`, empty if the entry names no product, and `marketplace`.
 */
function parse_entry( string $entry, array $attributes ): array {
	$marketplace = parse_marketplace( $attributes );
	$asin        = strtoupper( $entry );
	if ( preg_match( ADDRESS, $entry, $parts ) ) {
		$marketplace = find_marketplace( strtolower( $parts[1] ) );
		$asin        = '' === $marketplace ? '' : strtoupper( $parts[2] );
	}
	return array(
		'asin'        => preg_match( '~^[A-Z0-9]{10}\z~', $asin ) ? $asin : '',
		'marketplace' => '' === $marketplace ? parse_marketplace( $attributes ) : $marketplace,
	);
}

/**
 * Returns the marketplace that attributes name, or the primary one.
 *
 * @param array $attributes `marketplace`.
 */
function parse_marketplace( array $attributes ): string {
	$marketplace = $attributes['marketplace'] ?? '';
	$marketplace = strtoupper( trim( is_scalar( $marketplace ) ? (string) $marketplace : '' ) );
	return preg_match( '~^[A-Z]{2}\z~', $marketplace ) ? $marketplace : Accounts\get_primary_marketplace();
}

/**
 * Returns the marketplace of a host.
 *
 * @param string $host A host name in lower case, such as `www.amazon.de` or `smile.amazon.de`.
 * @return string A marketplace code, or an empty string.
 */
function find_marketplace( string $host ): string {
	foreach ( Accounts\get_marketplaces() as $code => $marketplace ) {
		$domain = (string) preg_replace( '~^www\.~', '', $marketplace['domain'] );
		if ( $host === $domain || ".$domain" === substr( $host, -strlen( ".$domain" ) ) ) {
			return (string) $code;
		}
	}
	return '';
}

/**
 * Returns whether products contain a product.
 *
 * @param array[] $products Products with `asin` and `marketplace`.
 * @param array   $product  A product with `asin` and `marketplace`.
 */
function contains( array $products, array $product ): bool {
	return in_array( array( $product['asin'], $product['marketplace'] ), array_map( 'array_values', $products ), true );
}

/**
 * Returns the value of the attribute `asin` of a block or shortcode with several products, or with a URL.
 *
 * @param array $attributes The parsed attributes.
 * @param array $old        The product to replace.
 * @param array $new        The product in its place.
 * @return string The value, or an empty string if the attribute is one ASIN.
 */
function get_names( array $attributes, array $old, array $new ): string {
	if ( 1 === preg_match( '~^[a-z0-9]{10}\z~i', trim( (string) $attributes['asin'] ) ) ) {
		return '';
	}
	$entry = parse_marketplace( $attributes ) === $new['marketplace'] ? $new['asin'] : get_address( $new );
	return replace( (string) $attributes['asin'], $attributes, $old, $entry );
}

/**
 * Replaces a product in the attribute `asin`. All other entries and the text between them stay.
 *
 * @param string $value      The value of the attribute `asin`.
 * @param array  $attributes All attributes.
 * @param array  $old        The `asin` and `marketplace` of the product to replace.
 * @param string $entry      The text in its place.
 */
function replace( string $value, array $attributes, array $old, string $entry ): string {
	$replace = static function ( array $found ) use ( $attributes, $old, $entry ): string {
		$product = parse_entry( $found[0], $attributes );
		return $product['asin'] === $old['asin'] && $product['marketplace'] === $old['marketplace'] ? $entry : $found[0];
	};
	return (string) preg_replace_callback( '~[^\s,;|]+~', $replace, $value );
}

/**
 * Returns an entry for a product of a marketplace that the attributes do not name.
 *
 * @param array $product The `asin` and `marketplace` of a product.
 * @return string A URL, or an empty string if the marketplace is not known.
 */
function get_address( array $product ): string {
	$domain = Accounts\get_marketplaces()[ $product['marketplace'] ]['domain'] ?? '';
	return '' === $domain ? '' : "https://$domain/dp/{$product['asin']}";
}
