<?php
/**
 * The marketplace of each language, on sites with WPML or Polylang, through their public functions and filters.
 *
 * A product without a marketplace is then shown with the data of the marketplace of the page's language, if it is
 * imported there.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Languages;

use AmzLinkr\Accounts;
use AmzLinkr\ProductNames;
use AmzLinkr\Products;

defined( 'ABSPATH' ) || exit;

const OPTION = 'amzlinkr_languages';

/**
 * Returns the languages of the site.
 *
 * @return string[] Names by language code, such as `de`; empty without WPML, Polylang and a filter.
 */
function get_all(): array {
	$languages = array();
	if ( function_exists( 'pll_languages_list' ) ) {
		$languages = array_combine( pll_languages_list( array( 'fields' => 'slug' ) ), pll_languages_list( array( 'fields' => 'name' ) ) );
	} elseif ( has_filter( 'wpml_active_languages' ) ) {
		$languages = array_column( (array) apply_filters( 'wpml_active_languages', null, 'skip_missing=0' ), 'native_name', 'language_code' ); // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- WPML's filter.
	}
	/**
	 * Filters the languages of the site, for a multilingual plugin other than WPML and Polylang.
	 *
	 * @param string[] $languages Names by language code.
	 */
	return array_filter( (array) apply_filters( 'amzlinkr_languages', $languages ), 'is_string' );
}

/**
 * Returns the language of the current page.
 *
 * @return string A language code, or an empty string.
 */
function get_current(): string {
	$language = function_exists( 'pll_current_language' ) ? pll_current_language( 'slug' ) : apply_filters( 'wpml_current_language', null ); // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- WPML's filter.
	/**
	 * Filters the language of the current page, for a multilingual plugin other than WPML and Polylang.
	 *
	 * @param string $language A language code, or an empty string.
	 */
	$language = apply_filters( 'amzlinkr_current_language', is_string( $language ) ? $language : '' );
	return is_string( $language ) ? $language : '';
}

/**
 * Returns the marketplaces of languages.
 *
 * @return string[] Marketplace codes by language code. A language without one uses the primary marketplace.
 */
function get_map(): array {
	$map = get_option( OPTION );
	return is_array( $map ) ? array_filter( $map, 'is_string' ) : array();
}

/**
 * Stores the marketplaces of languages. Unknown languages and marketplaces are dropped.
 *
 * @param array $map Marketplace codes by language code.
 */
function save( array $map ): void {
	$known = array_intersect_key( array_filter( $map, 'is_string' ), get_all() );
	update_option( OPTION, array_intersect( $known, array_keys( Accounts\get_marketplaces() ) ), true );
}

/**
 * Names the marketplace of the page's language in attributes that name none.
 *
 * Products that are not imported in this marketplace stay in the primary one.
 *
 * @param array $attributes The attributes of a block or shortcode.
 * @return array The attributes, with Amazon URLs in place of ASINs of another marketplace.
 */
function apply( array $attributes ): array {
	$map         = get_map();
	$marketplace = $map ? $map[ get_current() ] ?? '' : '';
	$named       = $attributes['marketplace'] ?? '';
	if ( '' === $marketplace || Accounts\get_primary_marketplace() === $marketplace || ( is_scalar( $named ) && '' !== trim( (string) $named ) ) ) {
		return $attributes;
	}
	$entries = ProductNames\split( $attributes );
	Products\load( array_map( 'strtoupper', $entries ) );
	foreach ( $entries as $index => $entry ) {
		$product = array(
			'asin'        => strtoupper( $entry ),
			'marketplace' => $marketplace,
		);
		if ( 1 === preg_match( '~^[A-Z0-9]{10}\z~', $product['asin'] ) && Products\find( $product['asin'], $marketplace ) ) {
			$address           = ProductNames\get_address( $product );
			$entries[ $index ] = '' === $address ? $entry : $address;
		}
	}
	return array( 'asin' => implode( ',', $entries ) ) + $attributes;
}

/**
 * Adds to products of the primary marketplace those that take their place in other languages.
 *
 * The caches of a post are purged when one of them changes, because the language of the post is not known then.
 *
 * @param array[] $products Products with `asin` and `marketplace`.
 * @return array[] The same products, followed by others.
 */
function add_variants( array $products ): array {
	$primary = Accounts\get_primary_marketplace();
	$others  = array_unique( array_diff( get_map(), array( $primary ) ) );
	$added   = array();
	foreach ( $others ? $products : array() as $product ) {
		foreach ( $product['marketplace'] === $primary ? $others : array() as $marketplace ) {
			$added[] = array(
				'asin'        => $product['asin'],
				'marketplace' => $marketplace,
			);
		}
	}
	return array_merge( $products, $added );
}
