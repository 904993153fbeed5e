<?php
/**
 * What the forms of the pages do. Each needs its nonce and an owner, and ends on a page with a notice.
 */

namespace AmzLinkr\Actions;

use AmzLinkr\Box;
use AmzLinkr\Connection;
use AmzLinkr\Disconnect;
use AmzLinkr\Notices;
use AmzLinkr\Rest;
use AmzLinkr\SignUp;
use WP_Error;

defined( 'ABSPATH' ) || exit;

foreach ( array( 'connect', 'disconnect', 'keep_as_copy', 'save_display' ) as $amzlinkr_action ) {
	add_action(
		"admin_post_amzlinkr_$amzlinkr_action",
		static function () use ( $amzlinkr_action ) {
			check_admin_referer( "amzlinkr_$amzlinkr_action" );
			if ( ! current_user_can( Rest\CAPABILITY_MANAGE ) ) {
				wp_die( esc_html__( 'You may not do this.', 'amzlinkr' ), 403 );
			}
			( __NAMESPACE__ . "\\$amzlinkr_action" )();
		}
	);
}

/**
 * The beginning of a form for one of these actions.
 */
function print_form_start( string $action ): void {
	printf( '<form method="post" action="%s" class="amzlinkr-form">', esc_url( admin_url( 'admin-post.php' ) ) );
	printf( '<input type="hidden" name="action" value="%s">', esc_attr( "amzlinkr_$action" ) );
	// Not by wp_nonce_field(): there may be several of these forms on a page, and their fields need no id.
	printf( '<input type="hidden" name="_wpnonce" value="%s">', esc_attr( wp_create_nonce( "amzlinkr_$action" ) ) );
}

/**
 * A field of the form, as it was typed.
 */
function get_field( string $field ): string {
	return sanitize_text_field( wp_unslash( $_POST[ $field ] ?? '' ) ); // phpcs:ignore WordPress.Security.NonceVerification -- checked before any action.
}

function connect(): void {
	if ( '' === get_field( 'consent' ) ) {
		redirect_with_notice(
			new WP_Error(
				'consent',
				__( 'Nothing was sent.', 'amzlinkr' ),
				array( 'action' => __( 'Tick the box if you agree to what is sent where.', 'amzlinkr' ) )
			),
			'amzlinkr'
		);
	}
	$leave_old = '' !== get_field( 'leave_old' ) && Connection\is_connected() ? Disconnect\get_old_site_deleter() : null;
	$connected = SignUp\connect( get_field( 'service_url' ), get_field( 'email' ), get_field( 'invite' ) );
	if ( is_wp_error( $connected ) ) {
		redirect_with_notice( $connected, 'amzlinkr' );
	}
	$left = $leave_old ? $leave_old() : true;
	if ( is_wp_error( $left ) ) {
		/* translators: %s: why, in a sentence */
		$text = sprintf( __( 'This site is connected, but the service still holds what it has under the old address. %s', 'amzlinkr' ), $left->get_error_message() );
		redirect_with_notice( new WP_Error( $left->get_error_code(), $text, $left->get_error_data() ), 'amzlinkr-settings' );
	}
	redirect_with_notice( __( 'This site is connected. Now enter your Amazon keys.', 'amzlinkr' ), 'amzlinkr-settings' );
}

function disconnect(): void {
	$how = get_field( 'how' );
	if ( 'leave' === $how ) {
		$done = Disconnect\delete_site();
	} elseif ( 'here' === $how ) {
		Disconnect\disconnect_locally();
		$done = true;
	} else {
		$done = Disconnect\disconnect();
	}
	if ( is_wp_error( $done ) ) {
		redirect_with_notice( $done, 'amzlinkr-settings&tab=connection' );
	}
	redirect_with_notice( __( 'This site is disconnected.', 'amzlinkr' ), 'amzlinkr' );
}

/**
 * This site is a copy of the connected one: it forgets the connection, and nobody is told.
 */
function keep_as_copy(): void {
	Disconnect\disconnect_locally();
	redirect_with_notice( __( 'This copy is not connected any more. The original is left as it was.', 'amzlinkr' ), 'amzlinkr' );
}

function save_display(): void {
	update_option( Box\DISPLAY_OPTION, array( 'statement' => get_field( 'statement' ) ), true );
	redirect_with_notice( __( 'Saved.', 'amzlinkr' ), 'amzlinkr-settings&tab=display' );
}

/**
 * Go to a page and say there how it ended.
 *
 * @param string|WP_Error $result
 * @return never
 */
function redirect_with_notice( $result, string $page ): void {
	Notices\save_notice( $result );
	wp_safe_redirect( admin_url( "admin.php?page=$page" ) );
	exit;
}
