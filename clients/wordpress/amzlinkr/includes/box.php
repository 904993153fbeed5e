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

const DISPLAY_OPTION = 'amzlinkr_display';
const ASSET_HANDLE   = 'amzlinkr-product-box';

add_shortcode( 'amzlinkr', __NAMESPACE__ . '\render_shortcode' );
add_action(
	'init',
	static function () {
		wp_register_style( ASSET_HANDLE, plugins_url( 'assets/product-box.css', FILE ), array(), VERSION );
		wp_register_script( ASSET_HANDLE, plugins_url( 'assets/product-box.js', FILE ), array(), VERSION, true );
	}
);

/**
 * `[amzlinkr asin="B0…" marketplace="DE"]`
 *
 * @param array|string $attributes
 */
function render_shortcode( $attributes ): string {
	wp_enqueue_style( ASSET_HANDLE );
	return render( (array) $attributes );
}

/**
 * The box of the product that attributes name. Visitors see nothing of a product that is not imported. What
 * reads a feed keeps it for as long as it likes: there a box is a link, and nothing of Amazon's.
 */
function render( array $attributes ): string {
	$named   = Placements\parse_product( $attributes );
	$product = $named['asin'] ? Products\find( $named['asin'], $named['marketplace'] ) : null;
	if ( ! $product ) {
		return render_unknown( $named );
	}
	wp_enqueue_script( ASSET_HANDLE );
	add_action( 'wp_footer', __NAMESPACE__ . '\print_content_notice' );
	$box      = get_template_data( is_feed() ? Products\strip_to_asin( $product ) : $product );
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
function render_unknown( array $named ): string {
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
function get_template_data( array $product ): array {
	$current = 'current' === $product['price_status'] && '' !== $product['price'];
	$old     = 'expired' === $product['price_status'];
	$offer   = $current || '' !== get_availability_label( $product );
	return array(
		'asin'            => $product['asin'],
		'marketplace'     => $product['marketplace'],
		'title'           => $product['title'],
		'brand'           => $product['brand'],
		'url'             => '' !== $product['url'] ? $product['url'] : get_asin_url( $product ),
		'image'           => $product['image'],
		'image_width'     => $product['image_width'],
		'image_height'    => $product['image_height'],
		'price'           => $current ? $product['price'] : '',
		'list_price'      => $current ? $product['list_price'] : '',
		'savings_percent' => $current ? $product['savings_percent'] : 0,
		'availability'    => get_availability_label( $product ),
		'as_of'           => $old ? '' : format_local_time( $product['seen_at'] ),
		'shown_until'     => $old ? 0 : $product['seen_at'] + Products\MAX_AGE_SECONDS,
		'disclaimer'      => $offer ? get_disclaimer( $product ) : '',
		'statement'       => get_statement(),
	);
}

/**
 * A link from what may be kept for ever: the ASIN and the site's own tag.
 */
function get_asin_url( array $product ): string {
	$marketplace = Accounts\get_marketplaces()[ $product['marketplace'] ] ?? null;
	if ( ! $marketplace ) {
		return '';
	}
	$tag = Accounts\get_tag( $product['marketplace'] );
	$url = 'https://' . $marketplace['domain'] . '/dp/' . $product['asin'];
	return Products\sanitize_url( '' === $tag ? $url : "$url?tag=" . rawurlencode( $tag ) );
}

function get_availability_label( array $product ): string {
	$words = array(
		'out_of_stock' => __( 'Out of stock', 'amzlinkr' ),
		'preorder'     => __( 'Available for pre-order', 'amzlinkr' ),
	);
	return $words[ $product['availability'] ] ?? '';
}

/**
 * A moment in the site's time zone and form, like “November 24, 2026 12:05 pm UTC”.
 */
function format_local_time( int $moment ): string {
	$shown = $moment ? (string) wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ) . ' T', $moment ) : '';
	return str_replace( 'GMT+0000', 'UTC', $shown );
}

/**
 * What has to stand beside prices and availability. The service tells it in English.
 */
function get_disclaimer( array $product ): string {
	if ( '' !== $product['disclaimer'] && 0 === strpos( determine_locale(), 'en' ) ) {
		return $product['disclaimer'];
	}
	$shop = Accounts\get_marketplaces()[ $product['marketplace'] ]['domain'] ?? 'Amazon';
	/* translators: %s: an Amazon site like www.amazon.de */
	return sprintf( __( 'Product prices and availability are accurate as of the date/time indicated and are subject to change. Any price and availability information displayed on %s at the time of purchase will apply to the purchase of this product.', 'amzlinkr' ), $shop );
}

/**
 * The notice that Amazon's licence asks of a site that shows its content, once on a page with boxes.
 */
function print_content_notice(): void {
	printf( '<p class="amzlinkr-content-notice">%s</p>', esc_html__( 'CERTAIN CONTENT THAT APPEARS ON THIS SITE COMES FROM AMAZON. THIS CONTENT IS PROVIDED “AS IS” AND IS SUBJECT TO CHANGE OR REMOVAL AT ANY TIME.', 'amzlinkr' ) );
}

/**
 * The statement that the Associates Program Operating Agreement asks of every site.
 */
function get_statement(): string {
	$display = get_option( DISPLAY_OPTION );
	$own     = is_array( $display ) ? (string) $display['statement'] : '';
	return '' !== $own ? $own : __( 'As an Amazon Associate I earn from qualifying purchases.', 'amzlinkr' );
}
