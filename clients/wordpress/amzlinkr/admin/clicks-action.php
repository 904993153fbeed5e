<?php
/**
 * The menu entry of the counted clicks, and the form actions that switch the counting and delete the counts.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Actions;
use AmzLinkr\Clicks;
use AmzLinkr\Connection;
use AmzLinkr\Rest;

defined( 'ABSPATH' ) || exit;

add_action( 'admin_menu', __NAMESPACE__ . '\add_clicks_page', 11 );
foreach ( array( 'save_clicks', 'delete_clicks' ) as $amzlinkr_action ) {
	Actions\add( $amzlinkr_action, Rest\CAPABILITY_MANAGE, __NAMESPACE__ . "\\$amzlinkr_action" );
}

/**
 * Adds the page to the menu once clicks have been counted.
 */
function add_clicks_page(): void {
	if ( Connection\is_connected() && Clicks\has_table() ) {
		$title = __( 'Clicks', 'amzlinkr' );
		add_submenu_page( 'amzlinkr', "$title – AmzLinkr", $title, Rest\CAPABILITY_EDIT, 'amzlinkr-clicks', get_page_renderer( 'clicks' ), 5 );
	}
}

/**
 * Starts or ends the counting.
 */
function save_clicks(): void {
	Clicks\switch_on( '' !== Actions\get_field( 'clicks' ) );
	Actions\redirect_with_notice( __( 'Saved.', 'amzlinkr' ), 'amzlinkr-settings&tab=display' );
}

/**
 * Deletes all counts.
 */
function delete_clicks(): void {
	Clicks\delete_all();
	Actions\redirect_with_notice( __( 'All counts of clicks were deleted.', 'amzlinkr' ), 'amzlinkr-clicks' );
}
