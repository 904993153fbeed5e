<?php
/**
 * The templates of the displays, from the theme or the plugin.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Template;

use AmzLinkr\Box;
use AmzLinkr\Clicks;

use const AmzLinkr\FILE;

defined( 'ABSPATH' ) || exit;

/** The relation of all links to Amazon. */
const REL = 'sponsored nofollow noopener';

/**
 * Renders a template of the theme (`amzlinkr/<name>.php`) or, without one, of the plugin.
 *
 * @param string $name The name of the template, such as `product-box`.
 * @param array  $box  Its data: of one product or, in templates for several, of all of them.
 * @return string HTML.
 */
function render( string $name, array $box ): string {
	ob_start();
	print_part( $name, $box );
	return Box\protect( (string) ob_get_clean() );
}

/**
 * Prints a template inside of another one.
 *
 * @param string $name The name of the template, such as `parts/price`.
 * @param array  $box  Its data. The template reads this variable.
 */
function print_part( string $name, array $box ): void {
	static $templates = array();
	$key              = get_stylesheet() . "/$name";
	if ( ! isset( $templates[ $key ] ) ) {
		$found             = locate_template( "amzlinkr/$name.php" );
		$templates[ $key ] = $found ? $found : dirname( FILE ) . "/templates/$name.php";
	}
	include $templates[ $key ];
}

/**
 * Prints the attributes of an element that contains data from Amazon. The script product-box.js reads them.
 *
 * @param array $box       The data of a product.
 * @param bool  $has_offer Whether the element is a part of the offer, and is removed when its deal ends.
 * @param bool  $has_link  Whether a link takes the place of the element.
 */
function print_expiry( array $box, bool $has_offer = false, bool $has_link = true ): void {
	$until = $has_offer && $box['offer_until'] ? min( $box['offer_until'], $box['shown_until'] ) : $box['shown_until'];
	print_post();
	printf( ' data-asin="%s"', esc_attr( $box['asin'] ) );
	if ( $until ) {
		printf( ' data-until="%d"', (int) $until );
	}
	if ( $has_link ) {
		printf( ' data-link="%s" data-link-text="%s"', esc_url( $box['link'], array( 'https' ) ), esc_attr( $box['link_text'] ) );
	}
}

/**
 * Prints the attribute that names the post of a display. The script clicks.js reads it.
 */
function print_post(): void {
	echo Clicks\get_attribute(); // phpcs:ignore WordPress.Security.EscapeOutput -- its value is an integer.
}

/**
 * Prints the attributes of a link to Amazon.
 *
 * @param array $box The data of a product.
 */
function print_link( array $box ): void {
	printf( ' href="%s" rel="%s" target="_blank"', esc_url( $box['url'], array( 'https' ) ), esc_attr( REL ) );
}

/**
 * Prints a picture: the author's own one, or Amazon's. Its size is known before it is loaded.
 *
 * @param array $box The data of a product.
 */
function print_picture( array $box ): void {
	if ( $box['own_image'] ) {
		echo wp_get_attachment_image( $box['own_image'], 'medium', false, array( 'alt' => $box['own_image_alt'] ) );
	} elseif ( '' !== $box['image'] ) {
		printf(
			'<img src="%s" alt="%s" width="%s" height="%s" loading="lazy">',
			esc_url( $box['image'], array( 'https' ) ),
			esc_attr( $box['title'] ),
			esc_attr( $box['image_width'] ),
			esc_attr( $box['image_height'] )
		);
	}
}

/**
 * Returns whether a product has a picture and a link for it.
 *
 * @param array $box The data of a product.
 */
function has_picture( array $box ): bool {
	return ( $box['own_image'] || '' !== $box['image'] ) && '' !== $box['url'];
}

/**
 * Returns the label of the button: the author's own one, or one that depends on the price.
 *
 * @param array $box       The data of a product.
 * @param bool  $has_price Whether the price is shown beside the button.
 */
function get_button_label( array $box, bool $has_price ): string {
	if ( '' !== $box['button'] ) {
		return $box['button'];
	}
	return $has_price ? __( 'Buy on Amazon', 'amzlinkr' ) : __( 'See price on Amazon', 'amzlinkr' );
}
