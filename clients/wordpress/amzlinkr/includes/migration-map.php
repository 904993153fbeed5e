<?php
/**
 * The shortcodes and blocks of other plugins, and their attributes. To support another one, add a line here.
 *
 * The sources of the names and attributes are in docs/migration.md.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\MigrationMap;

defined( 'ABSPATH' ) || exit;

/** The other plugins, and the beginnings of the names of all their shortcodes. */
const PLUGINS = array(
	'aawp'        => array( 'AAWP', array( 'aawp' ) ),
	'asa2'        => array( 'ASA2, AmazonSimpleAdmin', array( 'asa2', 'asa_' ) ),
	'easyazon'    => array( 'EasyAzon', array( 'easyazon', 'simpleazon' ) ),
	'aalb'        => array( 'Amazon Associates Link Builder', array( 'amazon_link', 'amazon_textlink' ) ),
	'affiliatex'  => array( 'AffiliateX', array( 'affiliatex' ) ),
	'content_egg' => array( 'Content Egg', array( 'content-egg' ) ),
	'lasso'       => array( 'Lasso', array( 'lasso' ) ),
);

/** In place of the name of an attribute: the products are between the opening and the closing shortcode. */
const CONTENT = '';

const AAWP_PRODUCTS = array(
	'box'        => 'box',
	'link'       => 'link',
	'fields'     => 'field',
	'table'      => 'table',
	'bestseller' => 'search',
	'new'        => 'search',
);
const EASYAZON      = array( 'easyazon', array( 'marketplace' => 'locale' ) );
const AAWP_OWN      = array(
	'title'   => 'title',
	'text'    => 'description',
	'button'  => 'button_text',
	'size'    => 'image_size',
	'columns' => 'grid',
	'hide'    => 'price button',
);
const LASSO_OWN     = array(
	'title'  => 'title',
	'text'   => 'description',
	'badge'  => 'badge',
	'button' => 'primary_text',
);

/**
 * The known shortcodes: the plugin, the attributes with products and the display of each, and the attributes with the
 * marketplace, the author's own content, and options. A text that no attribute gives is between the shortcodes. `hide`
 * names attributes that hide a part with the value "none".
 */
const SHORTCODES = array(
	'amazon'              => array( 'aawp', AAWP_PRODUCTS, AAWP_OWN ),
	'aawp'                => array( 'aawp', AAWP_PRODUCTS, AAWP_OWN ),
	'asa'                 => array( 'asa2', array( CONTENT => 'box' ), array( 'marketplace' => 'country_code' ) ),
	'asa2'                => array( 'asa2', array( CONTENT => 'box' ), array( 'marketplace' => 'country_code' ) ),
	'asa2_textlink'       => array(
		'asa2',
		array( 'asin' => 'link' ),
		array(
			'marketplace' => 'country_code',
			'title'       => CONTENT,
		),
	),
	'asa_collection'      => array( 'asa2', array( CONTENT => 'collection' ), array() ),
	'asa2_collection'     => array( 'asa2', array( CONTENT => 'collection' ), array() ),
	'easyazon_infoblock'  => array( EASYAZON[0], array( 'identifier' => 'box', 'asin' => 'box' ), EASYAZON[1] ),
	'easyazon_block'      => array( EASYAZON[0], array( 'identifier' => 'box', 'asin' => 'box' ), EASYAZON[1] ),
	'easyazon-block'      => array( EASYAZON[0], array( 'identifier' => 'box', 'asin' => 'box' ), EASYAZON[1] ),
	'easyazon_cta'        => array( EASYAZON[0], array( 'identifier' => 'button', 'asin' => 'button' ), EASYAZON[1] ),
	'easyazon-cta'        => array( EASYAZON[0], array( 'identifier' => 'button', 'asin' => 'button' ), EASYAZON[1] ),
	'easyazon_image'      => array( EASYAZON[0], array( 'identifier' => 'image', 'asin' => 'image' ), EASYAZON[1] ),
	'easyazon-image'      => array( EASYAZON[0], array( 'identifier' => 'image', 'asin' => 'image' ), EASYAZON[1] ),
	'easyazon-image-link' => array( EASYAZON[0], array( 'identifier' => 'image', 'asin' => 'image' ), EASYAZON[1] ),
	'simpleazon-image'    => array( EASYAZON[0], array( 'identifier' => 'image', 'asin' => 'image' ), EASYAZON[1] ),
	'easyazon_link'       => array( EASYAZON[0], array( 'identifier' => 'link', 'asin' => 'link', 'keywords' => 'search' ), EASYAZON[1] + array( 'title' => CONTENT ) ),
	'easyazon-link'       => array( EASYAZON[0], array( 'identifier' => 'link', 'asin' => 'link', 'keywords' => 'search' ), EASYAZON[1] + array( 'title' => CONTENT ) ),
	'simpleazon-link'     => array( EASYAZON[0], array( 'identifier' => 'link', 'asin' => 'link', 'keywords' => 'search' ), EASYAZON[1] + array( 'title' => CONTENT ) ),
	'amazon_link'         => array( 'aalb', array( 'asins' => 'box', 'asin' => 'box' ), array( 'marketplace' => 'marketplace' ) ),
	'amazon_textlink'     => array( 'aalb', array( 'asin' => 'link', 'asins' => 'link' ), array( 'marketplace' => 'marketplace', 'title' => 'text' ) ),
	'content-egg'         => array( 'content_egg', array( 'products' => 'box', 'product' => 'box', 'module' => 'box' ), array() ),
	'content-egg-block'   => array( 'content_egg', array( 'products' => 'box', 'product' => 'box', 'modules' => 'box' ), array() ),
	'lasso'               => array( 'lasso', array( 'amazon_url' => 'box', 'id' => 'box', 'category' => 'group', 'categories' => 'group' ), LASSO_OWN ),
);

/** The blocks: the plugin, and the attribute with a shortcode, or an empty string. */
const BLOCKS = array(
	'aawp/aawp-block'               => array( 'aawp', '' ),
	'affiliatex/single-product'     => array( 'affiliatex', '' ),
	'affiliatex/product-table'      => array( 'affiliatex', '' ),
	'affiliatex/product-comparison' => array( 'affiliatex', '' ),
	'affiliatex/buttons'            => array( 'affiliatex', '' ),
	'affiliatex/cta'                => array( 'affiliatex', '' ),
	'affiliate-plugin/lasso'        => array( 'lasso', 'short_code' ),
	'amazon-associates-link-builder/aalb-gutenberg-block' => array( 'aalb', 'shortCodeContent' ),
);

/** Attributes without an effect on the display. Their loss needs no note. */
const INTERNAL = array( 'link_id', 'ref', 'anchor_id', 'look', 'asin', 'keywords', 'module', 'modules', 'value', 'value_attr', 'block_id' );

/** Other codes of marketplaces. */
const MARKETPLACES = array( 'GB' => 'UK' );

/**
 * Returns the plugin that a shortcode belongs to.
 *
 * @param string $tag The name of the shortcode.
 * @return string A key of PLUGINS, or an empty string.
 */
function get_plugin( string $tag ): string {
	if ( isset( SHORTCODES[ $tag ] ) ) {
		return SHORTCODES[ $tag ][0];
	}
	foreach ( PLUGINS as $plugin => list( , $beginnings ) ) {
		foreach ( $beginnings as $beginning ) {
			if ( 0 === strpos( $tag, $beginning ) ) {
				return $plugin;
			}
		}
	}
	return '';
}

/**
 * Returns the name of a plugin.
 *
 * @param string $plugin A key of PLUGINS.
 */
function get_name( string $plugin ): string {
	return PLUGINS[ $plugin ][0] ?? $plugin;
}

/**
 * Returns the known shortcodes of a plugin.
 *
 * @param string $plugin A key of PLUGINS.
 * @return string[] Their names.
 */
function get_tags( string $plugin ): array {
	return array_keys( array_filter( SHORTCODES, static fn( $rule ) => $plugin === $rule[0] ) );
}

/**
 * Returns the known blocks of a plugin.
 *
 * @param string $plugin A key of PLUGINS.
 * @return string[] Their names.
 */
function get_blocks( string $plugin ): array {
	return array_keys( array_filter( BLOCKS, static fn( $rule ) => $plugin === $rule[0] ) );
}

/**
 * Returns the texts of which a content with a shortcode or block of these plugins contains at least one.
 *
 * @param string[] $plugins Keys of PLUGINS.
 * @return string[]
 */
function get_texts( array $plugins ): array {
	$texts = array();
	foreach ( $plugins as $plugin ) {
		$beginnings = array_merge( get_tags( $plugin ), PLUGINS[ $plugin ][1] );
		$texts      = array_merge( $texts, array_map( static fn( $tag ) => "[$tag", $beginnings ), array_map( static fn( $block ) => "wp:$block", get_blocks( $plugin ) ) );
	}
	return array_values( array_filter( $texts, static fn( $text ) => ! array_filter( $texts, static fn( $other ) => $other !== $text && 0 === strpos( $text, $other ) ) ) );
}
