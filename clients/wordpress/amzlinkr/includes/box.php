<?php
/**
 * The product box: its data, the links and notes in its place, and the texts that Amazon requires.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Box;

use AmzLinkr\Accounts;
use AmzLinkr\Clicks;
use AmzLinkr\Display;
use AmzLinkr\DisplayDefaults;
use AmzLinkr\DisplayOptions;
use AmzLinkr\KeptHtml;
use AmzLinkr\Labels;
use AmzLinkr\Products;
use AmzLinkr\Template;

use const AmzLinkr\FILE;
use const AmzLinkr\VERSION;

defined( 'ABSPATH' ) || exit;

const ASSET_HANDLE = 'amzlinkr-product-box';

add_shortcode( 'amzlinkr', __NAMESPACE__ . '\render_shortcode' );
add_action(
	'init',
	static function () {
		wp_register_style( ASSET_HANDLE, plugins_url( 'assets/product-box.css', FILE ), array(), VERSION );
		wp_register_script( ASSET_HANDLE, plugins_url( 'assets/product-box.js', FILE ), array(), VERSION, true );
	}
);

/**
 * Renders the shortcode `[amzlinkr asin="B0…" display="box" title="…"]`. Display\render() lists the attributes.
 *
 * @param array|string $attributes The attributes.
 */
function render_shortcode( $attributes ): string {
	wp_enqueue_style( ASSET_HANDLE );
	return Display\render( (array) $attributes );
}

/**
 * Renders a box with the template of the theme or of the plugin.
 *
 * @param array $box The data of get_template_data().
 */
function render_template( array $box ): string {
	enqueue_script( $box );
	return Template\render( 'product-box', $box + DisplayOptions\DEFAULTS );
}

/**
 * Loads the script and prints the notice on a page that contains data from Amazon, and not the author's own content alone.
 *
 * @param array $box The data of get_template_data().
 */
function enqueue_script( array $box ): void {
	if ( $box['shown_until'] ) {
		wp_enqueue_script( ASSET_HANDLE );
		add_action( 'wp_footer', __NAMESPACE__ . '\print_content_notice' );
	}
}

/**
 * Protects HTML from the filters that WordPress applies to content.
 *
 * WordPress runs wpautop and do_shortcode on this HTML later. Without line breaks it adds no paragraphs, and with
 * encoded brackets a title from Amazon cannot contain a shortcode.
 *
 * @param string $html The HTML.
 */
function protect( string $html ): string {
	// Each run of spaces is read once.
	$html = (string) preg_replace( '~(?<!\s)[^\S\r\n]*+[\r\n]\s*+~', ' ', trim( $html ) );
	return str_replace( array( '[', ']' ), array( '&#91;', '&#93;' ), $html );
}

/**
 * Renders the link that takes the place of a box without data that may be shown.
 *
 * Amazon's page of a missing product may not exist any more, so its link requires a name by the author.
 *
 * @param array  $box     The data of the box.
 * @param array  $product The product.
 * @param string $title   The author's own name of the product, or an empty string.
 * @return string HTML, or an empty string if there is nothing to link.
 */
function render_link( array $box, array $product, string $title ): string {
	if ( '' === $box['link'] || ( '' === $title && 'missing' === $product['price_status'] ) ) {
		return '';
	}
	return protect(
		sprintf(
			'<p class="amzlinkr-link"%s data-asin="%s"><a href="%s" rel="sponsored nofollow noopener" target="_blank">%s</a> <small class="amzlinkr-link__statement">%s</small></p>',
			Clicks\get_attribute(),
			esc_attr( $box['asin'] ),
			esc_url( $box['link'], array( 'https' ) ),
			esc_html( $box['link_text'] ),
			esc_html( $box['statement'] )
		)
	);
}

/**
 * Renders a link like render_link() for a sentence. The page has the Associate statement at its end.
 *
 * @param array $box The data of the box.
 */
function render_inline_link( array $box ): string {
	return protect(
		sprintf(
			'<span class="amzlinkr-link"%s data-asin="%s"><a href="%s" rel="sponsored nofollow noopener" target="_blank">%s</a></span>',
			Clicks\get_attribute(),
			esc_attr( $box['asin'] ),
			esc_url( $box['link'], array( 'https' ) ),
			esc_html( $box['link_text'] )
		)
	);
}

/**
 * Renders a note for users who can edit posts.
 *
 * @param string $note The text, or an empty string.
 * @param string $tag  The name of the element; `span` in a sentence.
 */
function render_note( string $note, string $tag = 'p' ): string {
	return '' !== $note && ! KeptHtml\is_kept() && current_user_can( 'edit_posts' ) ? sprintf( '<%1$s class="amzlinkr-missing">%2$s</%1$s>', tag_escape( $tag ), esc_html( $note ) ) : '';
}

/**
 * Returns the note about a product that is not imported.
 *
 * @param array $named The `asin` and `marketplace` of the block or shortcode.
 */
function get_unknown_note( array $named ): string {
	return $named['asin']
		/* translators: 1: an ASIN, 2: a marketplace like US */
		? sprintf( __( 'AmzLinkr: The product %1$s (%2$s) is not imported, and visitors see nothing here. Import it under AmzLinkr → Import.', 'amzlinkr' ), $named['asin'], $named['marketplace'] )
		: __( 'AmzLinkr: This box names no product, and visitors see nothing here. Add an ASIN.', 'amzlinkr' );
}

/**
 * Returns the note about a product of which no data is shown.
 *
 * @param array $product The product.
 * @param bool  $has_own Whether visitors see the author's own content in place of Amazon's.
 */
function get_withheld_note( array $product, bool $has_own ): string {
	$reason = Products\is_withheld( $product ) ? Labels\get_withheld_reason( $product['price_status'] ) : __( 'Amazon sends no title', 'amzlinkr' );
	if ( $has_own ) {
		/* translators: 1: an ASIN, 2: a marketplace like US, 3: a reason */
		return sprintf( __( 'AmzLinkr: Amazon’s data of the product %1$s (%2$s) is not shown: %3$s. Visitors see your own content and a link with your tag.', 'amzlinkr' ), $product['asin'], $product['marketplace'], $reason );
	}
	return 'missing' === $product['price_status']
		/* translators: 1: an ASIN, 2: a marketplace like US, 3: a reason */
		? sprintf( __( 'AmzLinkr: The product %1$s (%2$s) is not shown: %3$s. Visitors see a box only if you give the product a title, a text or a picture, otherwise nothing.', 'amzlinkr' ), $product['asin'], $product['marketplace'], $reason )
		/* translators: 1: an ASIN, 2: a marketplace like US, 3: a reason */
		: sprintf( __( 'AmzLinkr: The data of the product %1$s (%2$s) is not shown: %3$s. Visitors see this link instead.', 'amzlinkr' ), $product['asin'], $product['marketplace'], $reason );
}

/**
 * Returns the data that a template may show of a product now. The values are not escaped.
 *
 * A price for an unknown group of customers is not shown, because visitors would not pay it.
 *
 * @param array  $product A product of Products\find() or Products\sanitize_product().
 * @param string $title   The author's own name of the product, which is shown in place of Amazon's title.
 * @return array Plain text and checked URLs by field; templates/product-box.php lists the fields.
 */
function get_template_data( array $product, string $title = '' ): array {
	$is_public    = in_array( $product['deal_access'], array_merge( array( '', 'all' ), Labels\PRIME_ACCESS ), true );
	$has_price    = 'current' === $product['price_status'] && '' !== $product['price'] && $is_public;
	$is_withheld  = Products\is_withheld( $product );
	$availability = Labels\get_availability( $product );
	$asin_url     = get_asin_url( $product );
	return array(
		'asin'             => $product['asin'],
		'marketplace'      => $product['marketplace'],
		'title'            => '' !== $title ? $title : $product['title'],
		'brand'            => $product['brand'],
		'url'              => '' !== $product['url'] ? $product['url'] : $asin_url,
		'image'            => $product['image'],
		'image_width'      => $product['image_width'],
		'image_height'     => $product['image_height'],
		'price'            => $has_price ? $product['price'] : '',
		'price_access'     => $has_price ? Labels\get_price_access( $product ) : '',
		'list_price'       => $has_price ? $product['list_price'] : '',
		'list_price_label' => $has_price && '' !== $product['list_price'] ? Labels\get_reference_price( $product ) : '',
		'savings_percent'  => $has_price && '' !== $product['list_price'] ? $product['savings_percent'] : 0,
		'unit_price'       => $has_price ? $product['unit_price'] : '',
		'condition'        => $has_price ? Labels\get_condition( $product ) : '',
		'deal'             => $has_price ? Labels\get_deal( $product ) : '',
		'deal_end'         => $has_price ? Labels\get_deal_end( $product ) : '',
		'availability'     => $availability,
		'order_quantity'   => '' !== $availability ? Labels\get_order_quantity( $product ) : '',
		'as_of'            => $is_withheld ? '' : format_local_time( $product['seen_at'] ),
		'shown_until'      => $is_withheld ? 0 : $product['seen_at'] + Products\MAX_AGE_SECONDS,
		'offer_until'      => $has_price ? $product['offer_until'] : 0,
		'disclaimer'       => $has_price || '' !== $availability ? get_disclaimer( $product ) : '',
		'statement'        => get_statement(),
		'link'             => $asin_url,
		'link_text'        => '' !== $title ? $title : get_link_text( $product ),
		'has_own_title'    => '' !== $title,
		'own_text'         => array(),
		'own_image'        => 0,
		'own_image_alt'    => '',
	);
}

/**
 * Returns the text of the link to a product without a name. It names the Amazon site.
 *
 * @param array $product A product.
 */
function get_link_text( array $product ): string {
	$domain = Accounts\get_marketplaces()[ $product['marketplace'] ]['domain'] ?? 'amazon';
	/* translators: %s: an Amazon site like Amazon.de */
	return sprintf( __( 'See price on %s', 'amzlinkr' ), ucfirst( (string) preg_replace( '~^www\.~', '', $domain ) ) );
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
	$custom = DisplayDefaults\get()['statement'];
	return '' !== $custom ? $custom : __( 'As an Amazon Associate I earn from qualifying purchases.', 'amzlinkr' );
}
