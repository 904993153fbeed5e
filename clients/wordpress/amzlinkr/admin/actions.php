<?php
/**
 * What the forms of the pages do. Each needs its nonce and an owner, and ends on a page with a notice.
 */

namespace AmzLinkr\Actions;

use AmzLinkr\Box;
use AmzLinkr\Connection;
use AmzLinkr\Leaving;
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
			if ( ! current_user_can( Rest\FOR_OWNERS ) ) {
				wp_die( esc_html__( 'You may not do this.', 'amzlinkr' ), 403 );
			}
			( __NAMESPACE__ . "\\$amzlinkr_action" )();
		}
	);
}

/**
 * The beginning of a form for one of these actions.
 */
function form( string $action ): void {
	printf( '<form method="post" action="%s" class="amzlinkr-form">', esc_url( admin_url( 'admin-post.php' ) ) );
	printf( '<input type="hidden" name="action" value="%s">', esc_attr( "amzlinkr_$action" ) );
	// Not by wp_nonce_field(): there may be several of these forms on a page, and their fields need no id.
	printf( '<input type="hidden" name="_wpnonce" value="%s">', esc_attr( wp_create_nonce( "amzlinkr_$action" ) ) );
}

/**
 * A field of the form, as it was typed.
 */
function typed( string $field ): string {
	return sanitize_text_field( wp_unslash( $_POST[ $field ] ?? '' ) ); // phpcs:ignore WordPress.Security.NonceVerification -- checked before any action.
}

function connect(): void {
	if ( '' === typed( 'consent' ) ) {
		finish(
			new WP_Error(
				'consent',
				__( 'Nothing was sent.', 'amzlinkr' ),
				array( 'action' => __( 'Tick the box if you agree to what is sent where.', 'amzlinkr' ) )
			),
			'amzlinkr'
		);
	}
	$leave_old = '' !== typed( 'leave_old' ) && Connection\is_made() ? Leaving\leaving_of_old_address() : null;
	$connected = SignUp\connect( typed( 'service_url' ), typed( 'email' ), typed( 'invite' ) );
	if ( is_wp_error( $connected ) ) {
		finish( $connected, 'amzlinkr' );
	}
	$left = $leave_old ? $leave_old() : true;
	if ( is_wp_error( $left ) ) {
		/* translators: %s: why, in a sentence */
		$text = sprintf( __( 'This site is connected, but the service still holds what it has under the old address. %s', 'amzlinkr' ), $left->get_error_message() );
		finish( new WP_Error( $left->get_error_code(), $text, $left->get_error_data() ), 'amzlinkr-settings' );
	}
	finish( __( 'This site is connected. Now enter your Amazon keys.', 'amzlinkr' ), 'amzlinkr-settings' );
}

function disconnect(): void {
	$how = typed( 'how' );
	if ( 'leave' === $how ) {
		$done = Leaving\leave();
	} elseif ( 'here' === $how ) {
		Leaving\forget();
		$done = true;
	} else {
		$done = Leaving\disconnect();
	}
	if ( is_wp_error( $done ) ) {
		finish( $done, 'amzlinkr-settings&tab=connection' );
	}
	finish( __( 'This site is disconnected.', 'amzlinkr' ), 'amzlinkr' );
}

/**
 * This site is a copy of the connected one: it forgets the connection, and nobody is told.
 */
function keep_as_copy(): void {
	Leaving\forget();
	finish( __( 'This copy is not connected any more. The original is left as it was.', 'amzlinkr' ), 'amzlinkr' );
}

function save_display(): void {
	update_option( Box\DISPLAY, array( 'statement' => typed( 'statement' ) ), true );
	finish( __( 'Saved.', 'amzlinkr' ), 'amzlinkr-settings&tab=display' );
}

/**
 * Go to a page and say there how it ended.
 *
 * @param string|WP_Error $result
 * @return never
 */
function finish( $result, string $page ): void {
	Notices\leave( $result );
	wp_safe_redirect( admin_url( "admin.php?page=$page" ) );
	exit;
}
