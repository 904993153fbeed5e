<?php
/**
 * The block “Amazon product”, and its search in the editor.
 */

namespace AmzLinkr\Block;

use AmzLinkr\Box;

use const AmzLinkr\FILE;
use const AmzLinkr\VERSION;

defined( 'ABSPATH' ) || exit;

const EDITOR = 'amzlinkr-product-editor';

add_action( 'init', __NAMESPACE__ . '\register', 20 );

function register(): void {
	wp_register_script(
		EDITOR,
		plugins_url( 'blocks/product/editor.js', FILE ),
		array( 'wp-api-fetch', 'wp-block-editor', 'wp-blocks', 'wp-components', 'wp-element', 'wp-i18n', 'wp-server-side-render' ),
		VERSION,
		true
	);
	wp_set_script_translations( EDITOR, 'amzlinkr', dirname( FILE ) . '/languages' );
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
 * @param array $attributes `asin` and `marketplace`, and what the block's supports add.
 */
function render( array $attributes ): string {
	$box = Box\render( $attributes );
	return '' === $box ? '' : '<div ' . get_block_wrapper_attributes() . ">$box</div>";
}
