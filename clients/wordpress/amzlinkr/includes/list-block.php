<?php
/**
 * The block “Amazon list” and its shortcode: a numbered list of boxes, rendered from the plugin's table.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\ListBlock;

use AmzLinkr\Accounts;
use AmzLinkr\Box;
use AmzLinkr\DisplayOptions;
use AmzLinkr\Groups;
use AmzLinkr\KeptHtml;
use AmzLinkr\LinkOnly;
use AmzLinkr\ListLabels;
use AmzLinkr\ListPlacements;
use AmzLinkr\Lists;
use AmzLinkr\OwnContent;
use AmzLinkr\PageBudget;
use AmzLinkr\Products;
use AmzLinkr\Rest;
use AmzLinkr\Table;

use const AmzLinkr\FILE;
use const AmzLinkr\VERSION;

defined( 'ABSPATH' ) || exit;

const EDITOR_HANDLE = 'amzlinkr-list-editor';
const ASSET_HANDLE  = 'amzlinkr-product-list';

add_shortcode( 'amzlinkr_list', __NAMESPACE__ . '\render_shortcode' );
add_action( 'init', __NAMESPACE__ . '\register_block', 20 );
add_action( 'enqueue_block_editor_assets', __NAMESPACE__ . '\add_editor_data' );

/**
 * Registers the block, its editor script, and its style and script.
 */
function register_block(): void {
	wp_register_style( ASSET_HANDLE, plugins_url( 'assets/product-list.css', FILE ), array( Box\ASSET_HANDLE ), VERSION );
	wp_register_script( ASSET_HANDLE, plugins_url( 'assets/product-list.js', FILE ), array(), VERSION, true );
	wp_register_script(
		EDITOR_HANDLE,
		plugins_url( 'blocks/list/editor.js', FILE ),
		array( 'amzlinkr-display-controls', 'wp-api-fetch', 'wp-block-editor', 'wp-blocks', 'wp-components', 'wp-element', 'wp-i18n', 'wp-server-side-render' ),
		VERSION,
		true
	);
	wp_set_script_translations( EDITOR_HANDLE, 'amzlinkr', dirname( FILE ) . '/languages' );
	register_block_type(
		dirname( FILE ) . '/blocks/list',
		array(
			// As for the block “Amazon product”.
			'api_version'     => version_compare( get_bloginfo( 'version' ), '6.3', '>=' ) ? 3 : 2,
			'render_callback' => __NAMESPACE__ . '\render_block',
		)
	);
}

/**
 * Passes the marketplaces and the capabilities of the user to the block's script.
 */
function add_editor_data(): void {
	$data = array(
		'marketplaces'  => array_column( Accounts\get_all(), 'marketplace' ),
		'primary'       => Accounts\get_primary_marketplace(),
		'decimals'      => (object) array_column( Accounts\get_marketplaces(), 'decimals', 'code' ),
		'maxSize'       => Lists\MAX_SIZE,
		'maySave'       => current_user_can( Rest\CAPABILITY_IMPORT ),
		'mayChange'     => current_user_can( Rest\CAPABILITY_EDIT ),
		'noAccessCodes' => LinkOnly\NO_ACCESS_CODES,
	);
	wp_add_inline_script( EDITOR_HANDLE, 'var amzlinkrLists = ' . wp_json_encode( $data, JSON_HEX_TAG | JSON_HEX_AMP ) . ';', 'before' );
}

/**
 * Renders the block.
 *
 * @param array $attributes `name`, `limit` and `fallback`, and the attributes of the block's supports.
 */
function render_block( array $attributes ): string {
	$html = render( $attributes );
	return '' === $html ? '' : '<div ' . get_block_wrapper_attributes() . ">$html</div>";
}

/**
 * Renders the shortcode `[amzlinkr_list name="…" limit="5" fallback="…"]`.
 *
 * @param array|string $attributes `name`, `limit` and `fallback`.
 */
function render_shortcode( $attributes ): string {
	wp_enqueue_style( ASSET_HANDLE );
	return render( (array) $attributes );
}

/**
 * Renders the list that the attributes name.
 *
 * A list without products that may be shown is the author's own text, or nothing. HTML that is kept without
 * its page, such as a feed, contains a link to the post only. So does the rest of a page with very many products, unless
 * there is a text of the author.
 *
 * @param array $attributes `name`; `limit`, the maximum number of products; and `fallback`, a text.
 * @return string HTML, or an empty string if visitors see nothing.
 */
function render( array $attributes ): string {
	$attributes = array_filter( $attributes, 'is_scalar' );
	$name       = ListPlacements\parse_name( $attributes );
	$fallback   = sanitize_text_field( (string) ( $attributes['fallback'] ?? '' ) );
	$list       = Lists\find( $name );
	$display    = empty( $attributes['display'] ) ? 'list' : $attributes['display'];
	$options    = DisplayOptions\parse( array( 'display' => $display ) + $attributes, Lists\MAX_SIZE );
	$views      = $list ? get_views( $list, (int) ( $attributes['limit'] ?? 0 ), $options ) : array();
	if ( ! $views ) {
		return render_fallback( $fallback ) . Box\render_note( get_note( $name, $list, $fallback ) );
	}
	if ( KeptHtml\is_kept() ) {
		return render_post_link();
	}
	if ( ! PageBudget\take( count( $views ) ) ) {
		return ( '' === $fallback ? render_post_link() : render_fallback( $fallback ) ) . Box\render_note( PageBudget\get_note() );
	}
	return render_list( $list, $views, $options, $fallback ) . Box\render_note( get_refresh_note( $list ) );
}

/**
 * Returns the products of a list, for Groups\render(). A product without a title is omitted.
 *
 * @param array $list    A list of Lists\find().
 * @param int   $limit   The maximum number of products; 0 for all.
 * @param array $options The result of DisplayOptions\parse().
 * @return array[] As Display\get_view() returns them.
 */
function get_views( array $list, int $limit, array $options ): array {
	$views = array();
	foreach ( $list['items'] as $product ) {
		$box = OwnContent\add( OwnContent\parse( array() ), Box\get_template_data( $product ) );
		if ( '' !== $box['title'] && ( $limit < 1 || count( $views ) < $limit ) ) {
			$views[] = array(
				'box'     => DisplayOptions\apply( $options, $box ),
				'is_link' => false,
				'link'    => '',
			);
		}
	}
	return $views;
}

/**
 * Renders a list of products. It expires as a whole, because its products were seen together.
 *
 * @param array   $list     The list.
 * @param array[] $views    Its products, at least one.
 * @param array   $options  The result of DisplayOptions\parse(): a list, a grid or a table.
 * @param string  $fallback The text that takes the place of the list when it expires in an open page.
 */
function render_list( array $list, array $views, array $options, string $fallback ): string {
	wp_enqueue_script( ASSET_HANDLE );
	$until = $list['seen_at'] + Products\MAX_AGE_SECONDS;
	return 'table' === $options['display'] ? Table\render( $views, $options, $until, $fallback ) : Groups\render( $views, $options, $until, $fallback );
}

/**
 * Renders the author's text in place of a list.
 *
 * @param string $fallback The text, or an empty string.
 */
function render_fallback( string $fallback ): string {
	return '' === $fallback ? '' : Box\protect( '<p class="amzlinkr-list__fallback">' . esc_html( $fallback ) . '</p>' );
}

/**
 * Renders the link to the post with the list, for feeds and other HTML that is kept without its page.
 *
 * @return string HTML, or an empty string outside of a post.
 */
function render_post_link(): string {
	$post = get_permalink();
	return $post ? sprintf( '<p><a href="%s">%s</a></p>', esc_url( $post ), esc_html__( 'See the list of products on the page', 'amzlinkr' ) ) : '';
}

/**
 * Returns the note for users who can edit posts about a list that is shown and not refreshed.
 *
 * @param array $list The list.
 * @return string The note, or an empty string if Amazon does not refuse its search.
 */
function get_refresh_note( array $list ): string {
	$reason = ListLabels\get_reason( $list );
	/* translators: 1: the name of a list, 2: the reason, in sentences */
	return '' === $reason ? '' : sprintf( __( 'AmzLinkr: The list “%1$s” is not refreshed, and is shown for 24 hours after its last refresh. %2$s', 'amzlinkr' ), $list['name'], $reason );
}

/**
 * Returns the note for users who can edit posts about a list that is not shown.
 *
 * @param string     $name     The name, or an empty string if it is not valid.
 * @param array|null $list     The list; null if the site has no list of this name.
 * @param string     $fallback The author's text.
 */
function get_note( string $name, ?array $list, string $fallback ): string {
	if ( '' === $name ) {
		return __( 'AmzLinkr: This block names no list. The name of a list consists of lowercase letters, digits and hyphens.', 'amzlinkr' );
	}
	$reason = $list ? ListLabels\get_reason( $list ) : '';
	$reason = '' === $reason ? __( 'Amazon sends no titles of its products.', 'amzlinkr' ) : $reason;
	$shown  = '' === $fallback ? __( 'Visitors see nothing here.', 'amzlinkr' ) : __( 'Visitors see your text instead.', 'amzlinkr' );
	if ( ! $list ) {
		/* translators: 1: the name of a list, 2: what visitors see, a sentence */
		return sprintf( __( 'AmzLinkr: This site has no list “%1$s”. Create it in the editor, with the block “Amazon list”. %2$s', 'amzlinkr' ), $name, $shown );
	}
	/* translators: 1: the name of a list, 2: the reason, in sentences, 3: what visitors see, a sentence */
	return sprintf( __( 'AmzLinkr: The list “%1$s” is not shown. %2$s %3$s', 'amzlinkr' ), $name, $reason, $shown );
}
