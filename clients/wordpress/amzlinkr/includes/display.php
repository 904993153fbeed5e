<?php
/**
 * The displays of the block and the shortcode, rendered from the plugin's table without a service call.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Display;

use AmzLinkr\Box;
use AmzLinkr\DisplayOptions;
use AmzLinkr\Footer;
use AmzLinkr\Groups;
use AmzLinkr\Languages;
use AmzLinkr\KeptHtml;
use AmzLinkr\OwnContent;
use AmzLinkr\PageBudget;
use AmzLinkr\ProductNames;
use AmzLinkr\Products;
use AmzLinkr\Table;
use AmzLinkr\Template;

defined( 'ABSPATH' ) || exit;

/** The templates of the displays in a sentence, and the field without which a link takes their place. */
const INLINE_TEMPLATES = array(
	'link'    => array( 'text-link', 'title' ),
	'image'   => array( 'image-link', 'picture' ),
	'button'  => array( 'button', 'link' ),
	'price'   => array( 'price', 'price' ),
	'title'   => array( 'title', 'title' ),
	'savings' => array( 'savings', 'savings' ),
);

/**
 * Renders the products that attributes name.
 *
 * Of a product without data that may be shown, a display consists of the author's own content, without any of Amazon's.
 * HTML that is kept without its page, such as a feed, contains links only, and so does the rest of a page with very many
 * products.
 *
 * @param array $attributes `asin`, `marketplace`, the author's own `title`, `text`, `bullets`, `pros`, `cons`, `badge` and
 *                          `image`, and the options of DisplayOptions\parse().
 * @return string HTML, or an empty string if visitors see nothing.
 */
function render( array $attributes ): string {
	$attributes = Languages\apply( $attributes );

	$named   = ProductNames\parse( $attributes );
	$options = DisplayOptions\parse( $attributes, count( $named ) );
	$is_text = in_array( $options['display'], DisplayOptions\INLINE, true );
	Products\load( array_column( $named, 'asin' ) );
	$views = array();
	$notes = array_filter( array( get_name_note( $attributes, $named ) ) );

	$options['only_links'] = KeptHtml\is_kept();
	if ( ! $options['only_links'] && ! PageBudget\take( count( $named ) ) ) {
		$options['only_links'] = true;
		$notes[]               = PageBudget\get_note();
	}
	foreach ( $named as $index => $name ) {
		$view    = get_view( $name, OwnContent\parse( $attributes, $index, count( $named ) ), $options );
		$notes[] = $view['note'];
		if ( $view['box'] ) {
			$views[ $index ] = $view;
		}
	}
	$html = $is_text ? implode( ' ', array_filter( array_map( static fn( $view ) => render_inline( $view, $options ), $views ) ) ) : render_block( $views, $options );
	foreach ( array_filter( $notes ) as $note ) {
		$html .= Box\render_note( $note, $is_text ? 'span' : 'p' );
	}
	return $html;
}

/**
 * Returns the data of one product for all displays.
 *
 * @param array $name    The `asin` and `marketplace` of the product.
 * @param array $own     The result of OwnContent\parse().
 * @param array $options The result of DisplayOptions\parse(), and `only_links`: whether links take the place of displays.
 * @return array `box`, or null if the product is not imported; `note`, for users who can edit posts; `is_link`: whether a
 *               link takes the place of the display; and `link`: the HTML of this link, empty if there is nothing to link.
 */
function get_view( array $name, array $own, array $options ): array {
	$product = Products\find( $name['asin'], $name['marketplace'] );
	if ( ! $product ) {
		return array(
			'box'  => null,
			'note' => Box\get_unknown_note( $name ),
		);
	}
	$is_withheld = Products\is_withheld( $product ) || '' === $own['title'] . $product['title'];
	$shown       = $is_withheld ? Products\strip_to_asin( $product ) : $product;
	$box         = DisplayOptions\apply( $options, OwnContent\add( $own, Box\get_template_data( $shown, $own['title'] ) ) );
	return array(
		'box'     => $box,
		'note'    => $is_withheld ? Box\get_withheld_note( $product, OwnContent\is_given( $own ) ) : '',
		'is_link' => $options['only_links'] || ( $is_withheld && ! OwnContent\is_given( $own ) ),
		'link'    => Box\render_link( $box, $product, $own['title'] ),
	);
}

/**
 * Returns the note about entries that name no product.
 *
 * @param array   $attributes The attributes.
 * @param array[] $named      The products that they name.
 * @return string A text, or an empty string.
 */
function get_name_note( array $attributes, array $named ): string {
	$unreadable = ProductNames\find_unreadable( $attributes );
	if ( ! $named && ! $unreadable ) {
		return Box\get_unknown_note( array( 'asin' => '' ) );
	}
	/* translators: %s: a list of texts */
	return $unreadable ? sprintf( __( 'AmzLinkr: These entries name no product: %s. Use ASINs or the URLs of product pages on Amazon.', 'amzlinkr' ), implode( ', ', $unreadable ) ) : '';
}

/**
 * Renders a display that stands alone.
 *
 * @param array[] $views   Results of get_view(), by the index of the product.
 * @param array   $options The result of DisplayOptions\parse().
 */
function render_block( array $views, array $options ): string {
	$views = array_filter( $views, static fn( $view ) => ! $view['is_link'] || '' !== $view['link'] );
	if ( 'table' === $options['display'] ) {
		return Table\render( $views, $options );
	}
	if ( 'box' !== $options['display'] ) {
		return Groups\render( $views, $options );
	}
	return implode( '', array_map( __NAMESPACE__ . '\render_box', $views ) );
}

/**
 * Renders the box of a product, or the link in its place.
 *
 * @param array $view A result of get_view().
 */
function render_box( array $view ): string {
	return $view['is_link'] ? $view['link'] : Box\render_template( $view['box'] );
}

/**
 * Renders a display that can stand in a sentence.
 *
 * @param array $view    A result of get_view().
 * @param array $options The options of get_view(). Their display is one of DisplayOptions\INLINE.
 */
function render_inline( array $view, array $options ): string {
	$display                  = $options['display'];
	list( $template, $field ) = INLINE_TEMPLATES[ $display ];
	$box                      = $view['box'];
	$has_field                = 'picture' === $field ? Template\has_picture( $box ) : '' !== $box[ $field ];
	if ( 'button' === $display && '' === $view['link'] ) {
		return '';
	}
	Footer\require_statement();
	if ( $has_field && ! $options['only_links'] ) {
		Box\enqueue_script( $box );
		// A space before the end would stand before the next sign of the sentence.
		return (string) preg_replace( '~(?<!\s)\s++(?=</span>\z)~', '', Template\render( $template, $box ) );
	}
	// Savings are not known, or not public. A link would not stand for them.
	return '' === $view['link'] || 'savings' === $display ? '' : Box\render_inline_link( $box );
}
