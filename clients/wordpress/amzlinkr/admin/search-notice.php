<?php
/**
 * The notice of a page that has not searched or checked all posts because the time was over.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Uses;

defined( 'ABSPATH' ) || exit;

/**
 * Prints the notice.
 *
 * @param string $url     The URL of the page that searches the other posts, if there is one.
 * @param float  $seconds The time of the search, if it is shorter than that of other searches.
 */
function print_search_notice( string $url = '', float $seconds = INF ): void {
	/* translators: %d: a number */
	$text = sprintf( __( 'Not all posts were searched: the time for this page was over after %d seconds. Posts can be missing here. Very long posts take most of the time.', 'amzlinkr' ), (int) min( $seconds, Uses\get_max_seconds() ) );
	$link = '' === $url ? '' : sprintf( '</p><p><a class="button" href="%s">%s</a>', esc_url( $url ), esc_html__( 'Search the other posts', 'amzlinkr' ) );
	printf( '<div class="notice notice-warning inline"><p>%s%s</p></div>', esc_html( $text ), $link ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped above.
}
