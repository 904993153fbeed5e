<?php
/**
 * The product box visitors see, by block and by shortcode. Made from the table alone: no page waits
 * for the service.
 */

namespace AmzLinkr\Box;

use AmzLinkr\Accounts;
use AmzLinkr\Placements;
use AmzLinkr\Products;

use const AmzLinkr\FILE;
use const AmzLinkr\VERSION;

defined( 'ABSPATH' ) || exit;

const DISPLAY = 'amzlinkr_display';
const STYLE   = 'amzlinkr-product-box';

add_shortcode( 'amzlinkr', __NAMESPACE__ . '\shortcode' );
add_action(
	'init',
	static function () {
		wp_register_style( STYLE, plugins_url( 'assets/product-box.css', FILE ), array(), VERSION );
		wp_register_script( STYLE, plugins_url( 'assets/product-box.js', FILE ), array(), VERSION, true );
	}
);

/**
 * `[amzlinkr asin="B0…" marketplace="DE"]`
 *
 * @param array|string $attributes
 */
function shortcode( $attributes ): string {
	wp_enqueue_style( STYLE );
	return render( (array) $attributes );
}

/**
 * The box of the product that attributes name. Visitors see nothing of a product that is not imported. What
 * reads a feed keeps it for as long as it likes: there a box is a link, and nothing of Amazon's.
 */
function render( array $attributes ): string {
	$named   = Placements\named( $attributes );
	$product = $named['asin'] ? Products\find( $named['asin'], $named['marketplace'] ) : null;
	if ( ! $product ) {
		return missing( $named );
	}
	wp_enqueue_script( STYLE );
	add_action( 'wp_footer', __NAMESPACE__ . '\content_notice' );
	$box      = facts( is_feed() ? Products\bare( $product ) : $product );
	$template = locate_template( 'amzlinkr/product-box.php' );
	ob_start();
	include $template ? $template : dirname( FILE ) . '/templates/product-box.php';
	// What Amazon sent is text: a title may hold no shortcode, and lines may not become paragraphs.
	$html = (string) preg_replace( '~\s*[\r\n]\s*~', ' ', trim( (string) ob_get_clean() ) );
	return str_replace( array( '[', ']' ), array( '&#91;', '&#93;' ), $html );
}

/**
 * What those who write posts see in place of a product that is not imported.
 */
function missing( array $named ): string {
	if ( ! current_user_can( 'edit_posts' ) ) {
		return '';
	}
	$note = $named['asin']
		/* translators: 1: an ASIN, 2: a marketplace like US */
		? sprintf( __( 'AmzLinkr: the product %1$s (%2$s) is not imported. Visitors see nothing here.', 'amzlinkr' ), $named['asin'], $named['marketplace'] )
		: __( 'AmzLinkr: choose a product by its ASIN. Visitors see nothing here.', 'amzlinkr' );
	return '<p class="amzlinkr-missing">' . esc_html( $note ) . '</p>';
}

/**
 * What may be said of a product now, as plain text and checked addresses. Not escaped.
 *
 * @param array $product As Products\find() gives it, or a cleaned one.
 */
function facts( array $product ): array {
	$current = 'current' === $product['price_status'] && '' !== $product['price'];
	$old     = 'expired' === $product['price_status'];
	$offer   = $current || '' !== availability( $product );
	return array(
		'asin'            => $product['asin'],
		'marketplace'     => $product['marketplace'],
		'title'           => $product['title'],
		'brand'           => $product['brand'],
		'url'             => '' !== $product['url'] ? $product['url'] : link_by_asin( $product ),
		'image'           => $product['image'],
		'image_width'     => $product['image_width'],
		'image_height'    => $product['image_height'],
		'price'           => $current ? $product['price'] : '',
		'list_price'      => $current ? $product['list_price'] : '',
		'savings_percent' => $current ? $product['savings_percent'] : 0,
		'availability'    => availability( $product ),
		'as_of'           => $old ? '' : in_local_time( $product['seen_at'] ),
		'shown_until'     => $old ? 0 : $product['seen_at'] + Products\SHOWN_FOR,
		'disclaimer'      => $offer ? disclaimer( $product ) : '',
		'statement'       => statement(),
	);
}

/**
 * A link from what may be kept for ever: the ASIN and the site's own tag.
 */
function link_by_asin( array $product ): string {
	$marketplace = Accounts\marketplaces()[ $product['marketplace'] ] ?? null;
	if ( ! $marketplace ) {
		return '';
	}
	$tag = Accounts\tag_for( $product['marketplace'] );
	$url = 'https://' . $marketplace['domain'] . '/dp/' . $product['asin'];
	return Products\web_address( '' === $tag ? $url : "$url?tag=" . rawurlencode( $tag ) );
}

function availability( array $product ): string {
	$words = array(
		'out_of_stock' => __( 'Out of stock', 'amzlinkr' ),
		'preorder'     => __( 'Available for pre-order', 'amzlinkr' ),
	);
	return $words[ $product['availability'] ] ?? '';
}

/**
 * A moment in the site's time zone and form, like “November 24, 2026 12:05 pm UTC”.
 */
function in_local_time( int $moment ): string {
	$shown = $moment ? (string) wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ) . ' T', $moment ) : '';
	return str_replace( 'GMT+0000', 'UTC', $shown );
}

/**
 * What has to stand beside prices and availability. The service tells it in English.
 */
function disclaimer( array $product ): string {
	if ( '' !== $product['disclaimer'] && 0 === strpos( determine_locale(), 'en' ) ) {
		return $product['disclaimer'];
	}
	$shop = Accounts\marketplaces()[ $product['marketplace'] ]['domain'] ?? 'Amazon';
	/* translators: %s: an Amazon site like www.amazon.de */
	return sprintf( __( 'Product prices and availability are accurate as of the date/time indicated and are subject to change. Any price and availability information displayed on %s at the time of purchase will apply to the purchase of this product.', 'amzlinkr' ), $shop );
}

/**
 * The notice that Amazon's licence asks of a site that shows its content, once on a page with boxes.
 */
function content_notice(): void {
	printf( '<p class="amzlinkr-content-notice">%s</p>', esc_html__( 'CERTAIN CONTENT THAT APPEARS ON THIS SITE COMES FROM AMAZON. THIS CONTENT IS PROVIDED “AS IS” AND IS SUBJECT TO CHANGE OR REMOVAL AT ANY TIME.', 'amzlinkr' ) );
}

/**
 * The statement that the Associates Program Operating Agreement asks of every site.
 */
function statement(): string {
	$display = get_option( DISPLAY );
	$own     = is_array( $display ) ? (string) $display['statement'] : '';
	return '' !== $own ? $own : __( 'As an Amazon Associate I earn from qualifying purchases.', 'amzlinkr' );
}
