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

/**
 * Returns the attribute of a display that names its post, and enqueues the script.
 *
 * Users who edit posts do not count their own clicks.
 *
 * @return string The attribute with a space before it. Empty if clicks on the display are not counted.
 */
function get_attribute(): string {
	$post_id = is_on() && ! KeptHtml\is_kept() ? find_post() : 0;
	if ( ! $post_id ) {
		return '';
	}
	if ( ! current_user_can( Rest\CAPABILITY_SEARCH ) && ! wp_script_is( SCRIPT_HANDLE ) ) {
		wp_enqueue_script( SCRIPT_HANDLE, plugins_url( 'assets/clicks.js', FILE ), array(), VERSION, true );
		wp_localize_script( SCRIPT_HANDLE, 'amzlinkrClicks', array( 'url' => rest_url( Rest\API_NAMESPACE . ROUTE ) ) );
	}
	return sprintf( ' data-amzlinkr-post="%d"', $post_id );
}

/**
 * Returns the ID of the post that contains the display that is rendered now.
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
