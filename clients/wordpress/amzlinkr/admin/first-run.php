<?php
/**
 * The pointer to the first step: a notice for administrators on the dashboard and on the page of plugins.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\FirstRun;

use AmzLinkr\Actions;
use AmzLinkr\Connection;
use AmzLinkr\Rest;

defined( 'ABSPATH' ) || exit;

/** The screens that show the pointer. */
const SCREENS = array( 'dashboard', 'plugins' );

add_action( 'admin_notices', __NAMESPACE__ . '\print_pointer' );
Actions\add( 'dismiss_first_run', Rest\CAPABILITY_MANAGE, __NAMESPACE__ . '\dismiss' );

/**
 * Prints the pointer until the site is connected or the pointer is dismissed.
 */
function print_pointer(): void {
	if ( ! is_pending() || ! current_user_can( Rest\CAPABILITY_MANAGE ) ) {
		return;
	}
	if ( Connection\is_connected() ) {
		finish();
		return;
	}
	$screen = get_current_screen();
	if ( ! $screen || ! in_array( $screen->id, SCREENS, true ) ) {
		return;
	}
	echo '<div class="notice notice-info amzlinkr-first-run"><p><strong>' . esc_html__( 'AmzLinkr is active.', 'amzlinkr' ) . '</strong> ';
	echo esc_html__( 'Next, connect this site to your AmzLinkr service. Nothing is sent before you agree.', 'amzlinkr' ) . '</p>';
	Actions\print_form_start( 'dismiss_first_run' );
	printf( '<p><a class="button button-primary" href="%s">%s</a> ', esc_url( admin_url( 'admin.php?page=amzlinkr' ) ), esc_html__( 'Connect this site', 'amzlinkr' ) );
	submit_button( __( 'Do not show this again', 'amzlinkr' ), 'secondary', 'dismiss', false );
	echo '</p></form></div>';
}

/**
 * Dismisses the pointer for all administrators of this site.
 *
 * @return never
 */
function dismiss(): void {
	finish();
	$page = wp_get_referer();
	wp_safe_redirect( $page ? $page : admin_url() );
	exit;
}
