<?php
/**
 * The product box of the block and the shortcode, rendered from the plugin's table without a service call.
 *
 * @package AmzLinkr
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
 * Renders the shortcode `[amzlinkr asin="B0…" marketplace="DE"]`.
 *
 * @param array|string $attributes `asin` and `marketplace`.
 */
function render_shortcode( $attributes ): string {
	wp_enqueue_style( ASSET_HANDLE );
	return render( (array) $attributes );
}

/**
 * Renders the box of the product that the attributes name.
 *
 * A box in a feed contains a link only, because feed readers may store prices for longer than 24 hours.
 *
 * @param array $attributes `asin` and `marketplace`.
 * @return string HTML, or an empty string if the visitor may not see the note about an unknown product.
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
	// WordPress runs wpautop and do_shortcode on this HTML later. Without line breaks it adds no paragraphs, and
	// with encoded brackets a title from Amazon cannot contain a shortcode.
	$html = (string) preg_replace( '~\s*[\r\n]\s*~', ' ', trim( (string) ob_get_clean() ) );
	return str_replace( array( '[', ']' ), array( '&#91;', '&#93;' ), $html );
}

/**
 * Renders the note about an unknown product, for users who can edit posts.
 *
 * @param array $named The `asin` and `marketplace` of the block or shortcode.
 */
function render_unknown( array $named ): string {
	if ( ! current_user_can( 'edit_posts' ) ) {
		return '';
	}
	$note = $named['asin']
		/* translators: 1: an ASIN, 2: a marketplace like US */
		? sprintf( __( 'AmzLinkr: The product %1$s (%2$s) is not imported, and visitors see nothing here. Import it under AmzLinkr → Import.', 'amzlinkr' ), $named['asin'], $named['marketplace'] )
		: __( 'AmzLinkr: This box names no product, and visitors see nothing here. Add an ASIN.', 'amzlinkr' );
	return '<p class="amzlinkr-missing">' . esc_html( $note ) . '</p>';
}

/**
 * Returns the data that a template may show of a product now. The values are not escaped.
 *
 * @param array $product A product of Products\find() or Products\sanitize_product().
 * @return array Plain text and checked URLs by field; templates/product-box.php lists the fields.
 */
function get_template_data( array $product ): array {
	$has_price    = 'current' === $product['price_status'] && '' !== $product['price'];
	$is_expired   = 'expired' === $product['price_status'];
	$availability = get_availability_label( $product );
	return array(
		'asin'            => $product['asin'],
		'marketplace'     => $product['marketplace'],
		'title'           => $product['title'],
		'brand'           => $product['brand'],
		'url'             => '' !== $product['url'] ? $product['url'] : get_asin_url( $product ),
		'image'           => $product['image'],
		'image_width'     => $product['image_width'],
		'image_height'    => $product['image_height'],
		'price'           => $has_price ? $product['price'] : '',
		'list_price'      => $has_price ? $product['list_price'] : '',
		'savings_percent' => $has_price ? $product['savings_percent'] : 0,
		'availability'    => $availability,
		'as_of'           => $is_expired ? '' : format_local_time( $product['seen_at'] ),
		'shown_until'     => $is_expired ? 0 : $product['seen_at'] + Products\MAX_AGE_SECONDS,
		'disclaimer'      => $has_price || '' !== $availability ? get_disclaimer( $product ) : '',
		'statement'       => get_statement(),
	);
}

/**
 * Returns a link made of the ASIN and the site's tag, which may be kept without a time limit.
 *
 * @param array $product A product.
 * @return string A URL, or an empty string if the marketplace is not known.
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

/**
 * Returns the label of a product's availability.
 *
 * @param array $product A product.
 * @return string A label, or an empty string if the product is in stock or its availability is not known.
 */
function get_availability_label( array $product ): string {
	$labels = array(
		'out_of_stock' => __( 'Out of stock', 'amzlinkr' ),
		'preorder'     => __( 'Available for pre-order', 'amzlinkr' ),
	);
	return $labels[ $product['availability'] ] ?? '';
}

/**
 * Formats a time in the site's time zone and format, such as “November 24, 2026 12:05 pm UTC”.
 *
 * @param int $time A Unix time, or 0.
 * @return string The formatted time, or an empty string for 0.
 */
function format_local_time( int $time ): string {
	$text = $time ? (string) wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ) . ' T', $time ) : '';
	return str_replace( 'GMT+0000', 'UTC', $text );
}

/**
 * Returns the disclaimer that Amazon requires beside prices and availability.
 *
 * The service sends it in English only. On pages in other languages the plugin uses its translation.
 *
 * @param array $product A product.
 */
function get_disclaimer( array $product ): string {
	if ( '' !== $product['disclaimer'] && 0 === strpos( determine_locale(), 'en' ) ) {
		return $product['disclaimer'];
	}
	$domain = Accounts\get_marketplaces()[ $product['marketplace'] ]['domain'] ?? 'Amazon';
	/* translators: %s: an Amazon site like www.amazon.de */
	return sprintf( __( 'Product prices and availability are accurate as of the date/time indicated and are subject to change. Any price and availability information displayed on %s at the time of purchase will apply to the purchase of this product.', 'amzlinkr' ), $domain );
}

/**
 * Prints the notice that Amazon's license requires on a page with product boxes.
 */
function print_content_notice(): void {
	printf( '<p class="amzlinkr-content-notice">%s</p>', esc_html__( 'CERTAIN CONTENT THAT APPEARS ON THIS SITE COMES FROM AMAZON. THIS CONTENT IS PROVIDED “AS IS” AND IS SUBJECT TO CHANGE OR REMOVAL AT ANY TIME.', 'amzlinkr' ) );
}

/**
 * Returns the statement that the Associates Program Operating Agreement requires of every site.
 *
 * @return string The text from the settings, or Amazon's default text.
 */
function get_statement(): string {
	$display = get_option( DISPLAY_OPTION );
	$custom  = is_array( $display ) ? (string) $display['statement'] : '';
	return '' !== $custom ? $custom : __( 'As an Amazon Associate I earn from qualifying purchases.', 'amzlinkr' );
}
