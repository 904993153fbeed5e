<?php
/**
 * The block “Amazon product”: registration, editor data and rendering.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Block;

use AmzLinkr\Accounts;
use AmzLinkr\Box;

use const AmzLinkr\FILE;
use const AmzLinkr\VERSION;

defined( 'ABSPATH' ) || exit;

const EDITOR_HANDLE = 'amzlinkr-product-editor';

add_action( 'init', __NAMESPACE__ . '\register_block', 20 );
add_action( 'enqueue_block_editor_assets', __NAMESPACE__ . '\add_marketplace_data' );

/**
 * Registers the block and its editor script.
 */
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
			// WordPress 6.3 and newer show the editor in a frame only if all blocks have version 3.
			'api_version'     => version_compare( get_bloginfo( 'version' ), '6.3', '>=' ) ? 3 : 2,
			'render_callback' => __NAMESPACE__ . '\render',
		)
	);
}

/**
 * Passes the marketplaces that can be searched to the block's script.
 */
function add_marketplace_data(): void {
	$data = array(
		'all'     => array_column( Accounts\get_all(), 'marketplace' ),
		'primary' => Accounts\get_primary_marketplace(),
	);
	wp_add_inline_script( EDITOR_HANDLE, 'var amzlinkrMarketplaces = ' . wp_json_encode( $data, JSON_HEX_TAG | JSON_HEX_AMP ) . ';', 'before' );
}

/**
 * Renders the block.
 *
 * @param array $attributes `asin`, `marketplace` and `title`, and the attributes of the block's supports.
 */
function render( array $attributes ): string {
	$box = Box\render( $attributes );
	return '' === $box ? '' : '<div ' . get_block_wrapper_attributes() . ">$box</div>";
}
