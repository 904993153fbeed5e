<?php
/**
 * Names the post in the HTML of displays, and adds the script that sends clicks. Links stay unaltered.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Clicks;

use AmzLinkr\KeptHtml;
use AmzLinkr\Rest;

use const AmzLinkr\FILE;
use const AmzLinkr\VERSION;

defined( 'ABSPATH' ) || exit;

const SCRIPT_HANDLE = 'amzlinkr-clicks';

add_filter( 'do_shortcode_tag', __NAMESPACE__ . '\mark' );
add_filter( 'render_block', __NAMESPACE__ . '\mark' );

/**
 * Adds the ID of the post to the displays of products in the HTML of a block or shortcode, and enqueues the script.
 *
 * Users who edit posts do not count their own clicks.
 *
 * @param string $html The HTML.
 * @return string The HTML.
 */
function mark( $html ) {
	if ( ! is_on() || ! is_string( $html ) || false === strpos( $html, ' data-asin="' ) || false !== strpos( $html, 'data-amzlinkr-post' ) || KeptHtml\is_kept() ) {
		return $html;
	}
	$post_id = find_post();
	if ( ! $post_id ) {
		return $html;
	}
	if ( ! current_user_can( Rest\CAPABILITY_SEARCH ) && ! wp_script_is( SCRIPT_HANDLE ) ) {
		wp_enqueue_script( SCRIPT_HANDLE, plugins_url( 'assets/clicks.js', FILE ), array(), VERSION, true );
		wp_localize_script( SCRIPT_HANDLE, 'amzlinkrClicks', array( 'url' => rest_url( Rest\API_NAMESPACE . ROUTE ) ) );
	}
	return (string) preg_replace( '~ (?=data-asin="|class="amzlinkr-list[ "])~', " data-amzlinkr-post=\"$post_id\" ", $html );
}

/**
 * Returns the ID of the post that contains the HTML.
 *
 * In a widget, this is the post of the page. A widget on a page of several posts belongs to none.
 *
 * @return int The ID, or 0.
 */
function find_post(): int {
	if ( doing_filter( 'the_content' ) ) {
		return (int) get_the_ID();
	}
	return is_singular() ? (int) get_queried_object_id() : 0;
}
