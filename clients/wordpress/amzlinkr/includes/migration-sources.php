<?php
/**
 * The products that shortcodes and blocks of other plugins name: in attributes, or in the stored data of the plugin.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\MigrationSources;

use AmzLinkr\MigrationConvert;
use AmzLinkr\MigrationLinks;
use AmzLinkr\PostLookup;

defined( 'ABSPATH' ) || exit;

/** The posts in which Lasso stores its links, and their fields with an ASIN or a link. */
const LASSO_TYPES  = array( 'lasso-urls', 'surl' );
const LASSO_FIELDS = array( 'amazon_product_id', '_surl_redirect', 'lasso_custom_redirect' );

/** The modules of Content Egg with products of Amazon, and the field of posts in which each stores them. */
const CONTENT_EGG_FIELDS = array(
	'Amazon'      => '_cegg_data_Amazon',
	'AmazonNoApi' => '_cegg_data_AmazonNoApi',
);

/** The attributes of Content Egg that select some of the stored products. */
const CONTENT_EGG_SELECTORS = array( 'limit', 'offset', 'next', 'groups', 'group', 'keyword', 'ean', 'locale', 'sort', 'post_id' );

/**
 * Reads the products of a shortcode.
 *
 * @param string   $plugin      A key of MigrationMap\PLUGINS.
 * @param string   $key         The name of the attribute with the products; empty for the content, or if there is none.
 * @param string   $value       Its value.
 * @param string   $marketplace The marketplace, or an empty string.
 * @param string[] $attributes  All attributes of the shortcode.
 * @param int      $post        The ID of the post that contains the shortcode, or 0.
 * @return array[] Products with `asin` and `marketplace`. Empty if one of them cannot be read.
 */
function read( string $plugin, string $key, string $value, string $marketplace, array $attributes, int $post ): array {
	if ( 'content_egg' === $plugin ) {
		return 0 === strpos( $key, 'module' ) ? read_stored_by_content_egg( $value, $attributes, $post ) : read_content_egg( $value );
	}
	if ( 'lasso' === $plugin && 'id' === $key ) {
		return read_lasso( (int) $value );
	}
	if ( 'lasso' === $plugin ) {
		return read_link( $value );
	}
	// With a vertical bar, each marketplace has its own products. The first one is the default.
	return read_asins( 'aalb' === $plugin ? (string) strtok( $value, '|' ) : $value, $marketplace );
}

/**
 * Reads a list of ASINs.
 *
 * @param string $list        ASINs with commas between them.
 * @param string $marketplace The marketplace, or an empty string.
 * @return array[] Products. Empty if one of them is no ASIN.
 */
function read_asins( string $list, string $marketplace ): array {
	$products = array();
	foreach ( array_filter( array_map( 'trim', explode( ',', $list ) ), 'strlen' ) as $asin ) {
		$asin = strtoupper( $asin );
		if ( ! preg_match( '~^' . MigrationLinks\ASIN . '\z~', $asin ) ) {
			return array();
		}
		$products[ $asin ] = compact( 'asin', 'marketplace' );
	}
	return array_values( $products );
}

/**
 * Reads the products of Content Egg: the marketplace and the ASIN with a hyphen between them.
 *
 * @param string $list Products with commas between them.
 */
function read_content_egg( string $list ): array {
	$products = array();
	foreach ( array_filter( array_map( 'trim', explode( ',', $list ) ), 'strlen' ) as $product ) {
		if ( ! preg_match( '~^([a-z]{2})-(' . MigrationLinks\ASIN . ')\z~i', $product, $parts ) ) {
			return array();
		}
		$asin        = strtoupper( $parts[2] );
		$marketplace = MigrationConvert\get_marketplace( $parts[1] );

		$products[ "$marketplace:$asin" ] = compact( 'asin', 'marketplace' );
	}
	return array_values( $products );
}

/**
 * Reads the products that Content Egg has stored for a post.
 *
 * @param string   $modules    The modules, with commas between them.
 * @param string[] $attributes All attributes of the shortcode.
 * @param int      $post       The ID of the post.
 */
function read_stored_by_content_egg( string $modules, array $attributes, int $post ): array {
	$list = array();
	foreach ( array_unique( array_map( 'trim', explode( ',', $modules ) ) ) as $module ) {
		if ( $post <= 0 || ! isset( CONTENT_EGG_FIELDS[ $module ] ) || array_intersect_key( $attributes, array_flip( CONTENT_EGG_SELECTORS ) ) ) {
			return array();
		}
		$stored = get_post_meta( $post, CONTENT_EGG_FIELDS[ $module ], true );
		$list   = array_merge( $list, array_map( 'strval', array_keys( is_array( $stored ) ? $stored : array() ) ) );
	}
	return read_content_egg( implode( ',', $list ) );
}

/**
 * Loads the stored links of Lasso, many with each query.
 *
 * @param array[] $all Entries of MigrationText\find().
 */
function load_lasso_links( array $all ): void {
	PostLookup\load( array_map( static fn( $found ) => 'lasso' === $found['name'] ? (int) ( $found['attributes']['id'] ?? 0 ) : 0, $all ) );
}

/**
 * Reads the product of a stored link of Lasso.
 *
 * @param int $id The ID of the link.
 */
function read_lasso( int $id ): array {
	$post = PostLookup\find( $id );
	if ( ! $post || ! in_array( $post->post_type, LASSO_TYPES, true ) || 'trash' === $post->post_status ) {
		return array();
	}
	foreach ( array_reverse( LASSO_FIELDS ) as $field ) {
		$value    = get_post_meta( $id, $field, true );
		$products = is_string( $value ) ? read_link( $value ) : array();
		if ( ! $products && is_string( $value ) && 'amazon_product_id' === $field ) {
			$products = read_asins( $value, '' );
		}
		if ( $products ) {
			return $products;
		}
	}
	return array();
}

/**
 * Reads the product that a link leads to.
 *
 * @param string $url The link.
 */
function read_link( string $url ): array {
	$links = MigrationLinks\find( $url );
	return 1 === count( $links ) && 'link' === $links[0]['kind'] ? array( get_product( $links[0] ) ) : array();
}

/**
 * Returns the product of a link.
 *
 * @param array $link An entry of MigrationLinks\find() with a product.
 */
function get_product( array $link ): array {
	return array(
		'asin'        => $link['asin'],
		'marketplace' => $link['marketplace'],
	);
}
