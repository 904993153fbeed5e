<?php
/**
 * The shortcodes and blocks of other plugins as displays of this plugin, while no other plugin has registered them.
 *
 * An administrator switches it on for each plugin. The posts are not changed.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\MigrationRender;

use AmzLinkr\Box;
use AmzLinkr\DisplayOptions;
use AmzLinkr\MigrationConvert;
use AmzLinkr\MigrationLabels;
use AmzLinkr\MigrationMap;
use AmzLinkr\MigrationPlaces;
use AmzLinkr\MigrationSources;
use AmzLinkr\MigrationText;
use WP_Block_Type_Registry;

defined( 'ABSPATH' ) || exit;

/** The plugins that are switched on: keys of MigrationMap\PLUGINS. */
const OPTION = 'amzlinkr_migration_render';

/** The maximum number of blocks in a block that is shown as a display. Blocks can contain thousands of others. */
const MAX_INNER_BLOCKS = 100;

/** The maximum number of bytes of a block that is searched for links. */
const MAX_BLOCK_BYTES = 65536;

/** The maximum number of bytes of all blocks that are searched in one request. Each of nested blocks contains the others. */
const MAX_SEARCHED_BYTES = 1000000;

// Other plugins register their shortcodes and blocks before.
add_action( 'init', __NAMESPACE__ . '\register_shortcodes', PHP_INT_MAX );
add_filter( 'render_block', __NAMESPACE__ . '\render_block', 10, 2 );

/**
 * Returns the plugins that are switched on.
 *
 * @return string[] Keys of MigrationMap\PLUGINS.
 */
function get_plugins(): array {
	$plugins = get_option( OPTION );
	return is_array( $plugins ) ? array_values( array_intersect( array_keys( MigrationMap\PLUGINS ), $plugins ) ) : array();
}

/**
 * Switches plugins on, and all others off.
 *
 * @param string[] $plugins Keys of MigrationMap\PLUGINS.
 */
function set_plugins( array $plugins ): void {
	update_option( OPTION, array_values( array_intersect( array_keys( MigrationMap\PLUGINS ), $plugins ) ), true );
}

/**
 * Registers the known shortcodes of the plugins that are switched on, except those that another plugin has registered.
 */
function register_shortcodes(): void {
	foreach ( get_plugins() as $plugin ) {
		foreach ( MigrationMap\get_tags( $plugin ) as $tag ) {
			if ( ! shortcode_exists( $tag ) ) {
				add_shortcode( $tag, __NAMESPACE__ . '\render_shortcode' );
			}
		}
	}
}

/**
 * Returns whether another plugin has registered a shortcode or block of a plugin.
 *
 * @param string $plugin A key of MigrationMap\PLUGINS.
 */
function is_active( string $plugin ): bool {
	global $shortcode_tags;
	foreach ( MigrationMap\get_tags( $plugin ) as $tag ) {
		if ( shortcode_exists( $tag ) && __NAMESPACE__ . '\render_shortcode' !== $shortcode_tags[ $tag ] ) {
			return true;
		}
	}
	return (bool) array_filter( MigrationMap\get_blocks( $plugin ), array( WP_Block_Type_Registry::get_instance(), 'is_registered' ) );
}

/**
 * Renders a shortcode. One that is not supported leaves the text in it.
 *
 * @param array|string $attributes Its attributes.
 * @param string|null  $inner      Its content; an empty string if it has none.
 * @param string       $tag        Its name.
 */
function render_shortcode( $attributes, $inner, string $tag ): string {
	$inner = (string) $inner;
	return render( create( $attributes, $inner, $tag ), isset( MigrationMap\SHORTCODES[ $tag ][1][ MigrationMap\CONTENT ] ) ? '' : $inner );
}

/**
 * Returns whether a shortcode is registered here, and shown as a display that cannot stand in a paragraph.
 *
 * @param string $attributes The text of its attributes.
 * @param string $inner      Its content.
 * @param string $tag        Its name.
 */
function is_block( string $attributes, string $inner, string $tag ): bool {
	$result = MigrationConvert\convert( create( shortcode_parse_atts( $attributes ), $inner, $tag ) );
	return '' === $result['problem'] && ! in_array( $result['attributes'][0]['display'] ?? '', DisplayOptions\INLINE, true );
}

/**
 * Returns the names of the shortcodes that are registered here.
 *
 * @return string[]
 */
function get_shortcodes(): array {
	global $shortcode_tags;
	return array_keys( $shortcode_tags, __NAMESPACE__ . '\render_shortcode', true );
}

/**
 * Returns a shortcode as MigrationText\find() returns it.
 *
 * @param array|string $attributes Its attributes.
 * @param string       $inner      Its content; an empty string if it has none.
 * @param string       $tag        Its name.
 */
function create( $attributes, string $inner, string $tag ): array {
	return MigrationText\create( 'shortcode', $tag, 0, '', '', (array) $attributes, '' === $inner ? null : $inner );
}

/**
 * Renders a block in place of its content, if the plugin is switched on. One that is not supported leaves its content.
 *
 * @param string $html  The content.
 * @param array  $block The parsed block.
 * @return string
 */
function render_block( $html, $block ) {
	$name   = (string) ( $block['blockName'] ?? '' );
	$plugin = MigrationMap\BLOCKS[ $name ][0] ?? '';
	if ( '' === $plugin || ! in_array( $plugin, get_plugins(), true ) || WP_Block_Type_Registry::get_instance()->is_registered( $name ) ) {
		return $html;
	}
	// The links in the blocks of other plugins are not read.
	$text = 'affiliatex' === $plugin ? serialize_small_block( $block ) : '';
	return null === $text ? $html : render( MigrationText\create( 'block', $name, 0, $text, '', (array) $block['attrs'] ), (string) $html );
}

/**
 * Returns the text of a block that is small enough to be searched, as long as few bytes were searched in this request.
 *
 * @param array $block A parsed block.
 * @return string|null The text, or null if the block is not searched.
 */
function serialize_small_block( array $block ): ?string {
	static $searched = 0;
	$left            = MAX_INNER_BLOCKS;
	$bytes           = min( MAX_BLOCK_BYTES, MAX_SEARCHED_BYTES - $searched );
	if ( ! is_small( $block, $left ) || ! has_few_bytes( $block, $bytes ) ) {
		return null;
	}
	$text      = serialize_block( $block );
	$searched += strlen( $text );
	return $text;
}

/**
 * Returns whether the texts in a value are short. Their bytes are counted only as long as they are, without a copy of them.
 *
 * @param mixed $value A parsed block, or a part of it.
 * @param int   $left  How many bytes they may have. Reduced by their number.
 */
function has_few_bytes( $value, int &$left ): bool {
	if ( ! is_array( $value ) ) {
		$left -= is_string( $value ) ? strlen( $value ) : 1;
		return $left >= 0;
	}
	foreach ( $value as $name => $part ) {
		$left -= strlen( (string) $name );
		// The content of a block in pieces is the same as its HTML.
		if ( 'innerContent' !== $name && ! has_few_bytes( $part, $left ) ) {
			return false;
		}
	}
	return $left >= 0;
}

/**
 * Returns whether a block contains few blocks. All of them are counted only if they are few.
 *
 * @param array $block A parsed block.
 * @param int   $left  How many blocks it may contain. Reduced by their number.
 */
function is_small( array $block, int &$left ): bool {
	foreach ( $block['innerBlocks'] as $inner ) {
		if ( --$left < 0 || ! is_small( $inner, $left ) ) {
			return false;
		}
	}
	return true;
}

/**
 * Renders the display in place of a shortcode or block.
 *
 * @param array  $found    An entry of MigrationText\find().
 * @param string $fallback The HTML in place of one that is not supported. Users who can edit posts also see a note.
 */
function render( array $found, string $fallback ): string {
	$result = MigrationConvert\convert( $found );
	if ( '' !== $result['problem'] ) {
		/* translators: 1: the name of a shortcode or block of another plugin, 2: a reason, a sentence */
		return $fallback . Box\render_note( sprintf( __( 'AmzLinkr: “%1$s” is not shown. %2$s', 'amzlinkr' ), $found['name'], MigrationLabels\get_reason( $result['problem'] ) ), 'span' );
	}
	// Further attributes are those of more products than one display shows.
	return Box\render_shortcode( $result['attributes'][0] );
}

/**
 * Finds the products in the shortcodes and blocks of the plugins that are switched on.
 *
 * @param string   $content The content of a post or widget.
 * @param int|null $left    How many products, shortcodes and blocks are read at most; null for MigrationText\MAX_FOUND
 *                          shortcodes and blocks. Reduced by those that were read.
 * @return array[] Products with `asin` and `marketplace`.
 */
function find_products( string $content, ?int &$left = null ): array {
	$plugins = get_plugins();
	if ( ! $plugins || ! MigrationPlaces\may_contain( $content, MigrationMap\get_texts( $plugins ) ) ) {
		return array();
	}
	$all = MigrationText\find( $content, $plugins, $left ?? MigrationText\MAX_FOUND );
	MigrationSources\load_lasso_links( $all );
	$products = array();
	foreach ( $all as $found ) {
		if ( null !== $left && $left <= 0 ) {
			break;
		}
		// What is stored for a post is not known here, so it is not shown as a box either.
		$named = MigrationConvert\convert( $found )['products'];
		array_push( $products, ...$named );
		$left = null === $left ? null : $left - max( 1, count( $named ) );
	}
	return array_map( 'AmzLinkr\Placements\parse_product', $products );
}

/**
 * Returns the texts of which each content with a product contains at least one.
 *
 * @return string[]
 */
function get_texts(): array {
	return MigrationMap\get_texts( get_plugins() );
}
