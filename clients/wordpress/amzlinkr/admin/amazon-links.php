<?php
/**
 * Links from the admin pages to Amazon. They open in a new tab, which screen readers announce.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\AssociatesCentral;

defined( 'ABSPATH' ) || exit;

/**
 * Returns a link to a page of Amazon.
 *
 * @param string $url   An https URL.
 * @param string $label The text of the link.
 * @param string $more  HTML behind the text.
 * @return string HTML.
 */
function get_amazon_link( string $url, string $label, string $more = '' ): string {
	return sprintf(
		'<a class="amzlinkr-external" href="%s" target="_blank" rel="noopener noreferrer">%s%s<span class="screen-reader-text"> %s</span></a>',
		esc_url( $url, array( 'https' ) ),
		esc_html( $label ),
		$more,
		esc_html__( '(opens in a new tab)', 'amzlinkr' )
	);
}

/**
 * Prints the link to Associates Central. settings.js changes it with the marketplace of the form.
 *
 * @param string $marketplace A marketplace code, or an empty string for the first one.
 */
function print_associates_link( string $marketplace ): void {
	$links = AssociatesCentral\get_links();
	$link  = $links[ $marketplace ] ?? reset( $links );
	if ( $link ) {
		echo '<span id="amzlinkr-associates">' . get_amazon_link( $link['url'], $link['text'] ) . '</span>. '; // phpcs:ignore WordPress.Security.EscapeOutput -- escaped in the function.
		esc_html_e( 'It lists your tags, and your keys under Tools → Creators API.', 'amzlinkr' );
	}
}
