<?php
/**
 * The block “Amazon product”, and its search in the editor.
 */

namespace AmzLinkr\Block;

use AmzLinkr\Accounts;
use AmzLinkr\Box;

use const AmzLinkr\FILE;
use const AmzLinkr\VERSION;

defined( 'ABSPATH' ) || exit;

const EDITOR_HANDLE = 'amzlinkr-product-editor';

add_action( 'init', __NAMESPACE__ . '\register_block', 20 );
add_action( 'enqueue_block_editor_assets', __NAMESPACE__ . '\add_locale_data' );

function register_block(): void {
	wp_register_script(
		EDITOR_HANDLE,
		plugins_url( 'blocks/product/editor.js', FILE ),
		array( 'wp-api-fetch', 'wp-block-editor', 'wp-blocks', 'wp-components', 'wp-element', 'wp-i18n', 'wp-server-side-render' ),
		VERSION,
		true
	);
	wp_set_script_translations( EDITOR_HANDLE, 'amzlinkr', dirname( FILE ) . '/languages' );
	register_block_type(
		dirname( FILE ) . '/blocks/product',
		array(
			// The editor of WordPress 6.3 and newer lives in a frame if every block can.
			'api_version'     => version_compare( get_bloginfo( 'version' ), '6.3', '>=' ) ? 3 : 2,
			'render_callback' => __NAMESPACE__ . '\render',
		)
	);
}

/**
 * Tell the block's search where it may search.
 */
function add_locale_data(): void {
	$locales = array(
		'all'     => array_column( Accounts\get_all(), 'marketplace' ),
		'primary' => Accounts\get_primary_marketplace(),
	);
	wp_add_inline_script( EDITOR_HANDLE, 'var amzlinkrLocales = ' . wp_json_encode( $locales, JSON_HEX_TAG | JSON_HEX_AMP ) . ';', 'before' );
}

/**
 * @param array $attributes `asin` and `marketplace`, and what the block's supports add.
 */
function render( array $attributes ): string {
	$box = Box\render( $attributes );
	return '' === $box ? '' : '<div ' . get_block_wrapper_attributes() . ">$box</div>";
}
