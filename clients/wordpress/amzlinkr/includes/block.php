<?php
/**
 * The block “Amazon product”: registration, editor data and rendering.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Block;

use AmzLinkr\Accounts;
use AmzLinkr\Display;
use AmzLinkr\DisplayDefaults;
use AmzLinkr\Languages;
use AmzLinkr\LinkOnly;
use AmzLinkr\Rest;

use const AmzLinkr\FILE;
use const AmzLinkr\VERSION;

defined( 'ABSPATH' ) || exit;

const EDITOR_HANDLE = 'amzlinkr-product-editor';

/** The scripts of the settings, which other blocks can use too, and the scripts that each requires. */
const CONTROL_SCRIPTS = array(
	'product-texts'    => array(),
	'product-picker'   => array(),
	'own-content'      => array( 'amzlinkr-product-texts' ),
	'display-controls' => array( 'amzlinkr-product-texts' ),
);

add_action( 'init', __NAMESPACE__ . '\register_block', 20 );
add_action( 'enqueue_block_editor_assets', __NAMESPACE__ . '\add_marketplace_data' );

/**
 * Registers the block and its editor script.
 */
function register_block(): void {
	$controls = array( 'wp-block-editor', 'wp-components', 'wp-element', 'wp-i18n' );
	$handles  = array();
	foreach ( CONTROL_SCRIPTS as $name => $required ) {
		$handles[] = "amzlinkr-$name";
		register_script( "amzlinkr-$name", "assets/$name.js", array_merge( $controls, $required ) );
	}
	register_script( EDITOR_HANDLE, 'blocks/product/editor.js', array_merge( $controls, $handles, array( 'wp-api-fetch', 'wp-blocks', 'wp-server-side-render' ) ) );
	register_styles( 'amzlinkr/product' );
	register_styles( 'amzlinkr/list' );
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
 * Registers the styles of a block. The class of each is in the style sheet of the box.
 *
 * @param string $block The name of the block.
 */
function register_styles( string $block ): void {
	foreach ( DisplayDefaults\get_labels()['style'] as $name => $label ) {
		register_block_style( $block, compact( 'name', 'label' ) + array( 'is_default' => DisplayDefaults\get()['style'] === $name ) );
	}
}

/**
 * Registers a script with its translations.
 *
 * @param string   $handle       The handle of the script.
 * @param string   $path         The path of its file in the plugin.
 * @param string[] $dependencies The handles of other scripts.
 */
function register_script( string $handle, string $path, array $dependencies ): void {
	wp_register_script( $handle, plugins_url( $path, FILE ), $dependencies, VERSION, true );
	wp_set_script_translations( $handle, 'amzlinkr', dirname( FILE ) . '/languages' );
}

/**
 * Passes to the block's script the marketplaces, those without a search, and whether the user may import.
 */
function add_marketplace_data(): void {
	$data = array(
		'all'           => array_column( Accounts\get_all(), 'marketplace' ),
		'domains'       => (object) wp_list_pluck( Accounts\get_marketplaces(), 'domain' ),
		'primary'       => Accounts\get_primary_marketplace(),
		'isByLanguage'  => array() !== Languages\get_map(),
		'linkOnly'      => LinkOnly\get_marketplaces(),
		'noAccessCodes' => LinkOnly\NO_ACCESS_CODES,
		'mayImport'     => current_user_can( Rest\CAPABILITY_IMPORT ),
	);
	wp_add_inline_script( 'amzlinkr-display-controls', 'var amzlinkrDisplayDefaults = ' . wp_json_encode( DisplayDefaults\get(), JSON_HEX_TAG | JSON_HEX_AMP ) . ';', 'before' );
	wp_add_inline_script( EDITOR_HANDLE, 'var amzlinkrMarketplaces = ' . wp_json_encode( $data, JSON_HEX_TAG | JSON_HEX_AMP ) . ';', 'before' );
}

/**
 * Renders the block.
 *
 * @param array $attributes The attributes in block.json, and those of the block's supports.
 */
function render( array $attributes ): string {
	$html = Display\render( $attributes );
	return '' === $html ? '' : '<div ' . get_block_wrapper_attributes() . ">$html</div>";
}
