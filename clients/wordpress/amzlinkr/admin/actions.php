<?php
/**
 * The form actions of the admin pages. Each requires a nonce and the manage capability, and ends with a redirect.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Actions;

use AmzLinkr\AttentionMail;
use AmzLinkr\Audit;
use AmzLinkr\Connection;
use AmzLinkr\Disconnect;
use AmzLinkr\DisplayDefaults;
use AmzLinkr\HostNames;
use AmzLinkr\Notices;
use AmzLinkr\Rest;
use AmzLinkr\SignUp;
use WP_Error;

defined( 'ABSPATH' ) || exit;

foreach ( array( 'connect', 'disconnect', 'keep_as_copy', 'add_host_name', 'save_display', 'save_notifications', 'save_attention_mail' ) as $amzlinkr_action ) {
	add( $amzlinkr_action, Rest\CAPABILITY_MANAGE, __NAMESPACE__ . "\\$amzlinkr_action" );
}

/**
 * Adds a form action. It requires the nonce of print_form_start() and a capability.
 *
 * @param string   $action     The name of the action without prefix.
 * @param string   $capability The capability.
 * @param callable $handler    The function that the action calls. It ends with a redirect.
 */
function add( string $action, string $capability, callable $handler ): void {
	add_action(
		"admin_post_amzlinkr_$action",
		static function () use ( $action, $capability, $handler ) {
			check_admin_referer( "amzlinkr_$action" );
			if ( ! current_user_can( $capability ) ) {
				wp_die( esc_html__( 'You are not allowed to do this. Ask an administrator of this site.', 'amzlinkr' ), 403 );
			}
			$handler();
		}
	);
}

/**
 * Prints the start of a form with its hidden fields.
 *
 * @param string $action The name of an action without prefix.
 */
function print_form_start( string $action ): void {
	printf( '<form method="post" action="%s" class="amzlinkr-form">', esc_url( admin_url( 'admin-post.php' ) ) );
	printf( '<input type="hidden" name="action" value="%s">', esc_attr( "amzlinkr_$action" ) );
	// wp_nonce_field() adds an id, which would not be unique on a page with several forms.
	printf( '<input type="hidden" name="_wpnonce" value="%s">', esc_attr( wp_create_nonce( "amzlinkr_$action" ) ) );
}

/**
 * Returns a field of the submitted form.
 *
 * @param string $field The name of the field.
 * @return string The sanitized text, or an empty string.
 */
function get_field( string $field ): string {
	return sanitize_text_field( wp_unslash( $_POST[ $field ] ?? '' ) ); // phpcs:ignore WordPress.Security.NonceVerification -- verified before each action.
}

/**
 * Connects the site and, after a move, deletes the data of the old site URL if the owner chose that.
 */
function connect(): void {
	if ( '' === get_field( 'consent' ) ) {
		redirect_with_notice(
			new WP_Error(
				'consent',
				__( 'Nothing was sent.', 'amzlinkr' ),
				array( 'action' => __( 'Check the box to agree to what is sent to the service, then try again.', 'amzlinkr' ) )
			),
			'amzlinkr'
		);
	}
	$delete_old_site = '' !== get_field( 'delete_old' ) && Connection\is_connected() ? Disconnect\get_old_site_deleter() : null;
	$connected       = SignUp\connect( get_field( 'service_url' ), get_field( 'email' ), get_field( 'invite' ) );
	if ( is_wp_error( $connected ) ) {
		redirect_with_notice( $connected, 'amzlinkr' );
	}
	$deleted = $delete_old_site ? $delete_old_site() : true;
	if ( is_wp_error( $deleted ) ) {
		/* translators: %s: the reason, in a sentence */
		$text = sprintf( __( 'This site is connected, but the data of the old address was not deleted from the service. %s', 'amzlinkr' ), $deleted->get_error_message() );
		redirect_with_notice( new WP_Error( $deleted->get_error_code(), $text, $deleted->get_error_data() ), 'amzlinkr-settings' );
	}
	redirect_with_notice( __( 'This site is connected. Now enter your Amazon keys, or your Associate tag if you have no keys yet.', 'amzlinkr' ), 'amzlinkr-settings' );
}

/**
 * Disconnects the site in the way that the owner chose.
 */
function disconnect(): void {
	$mode = get_field( 'mode' );
	if ( 'delete' === $mode ) {
		$result = Disconnect\delete_site();
	} elseif ( 'local' === $mode ) {
		Disconnect\disconnect_locally();
		$result = true;
	} else {
		$result = Disconnect\disconnect();
	}
	if ( is_wp_error( $result ) ) {
		redirect_with_notice( $result, 'amzlinkr-settings&tab=connection' );
	}
	redirect_with_notice( __( 'This site is disconnected.', 'amzlinkr' ), 'amzlinkr' );
}

/**
 * Removes the connection from a copy of the site, without a call to the service.
 *
 * The form may have been submitted at a second host name of the original site, which would then lose its connection.
 */
function keep_as_copy(): void {
	if ( '' === get_field( 'is_copy' ) ) {
		redirect_with_notice(
			new WP_Error(
				'not_confirmed',
				__( 'Nothing was changed.', 'amzlinkr' ),
				array( 'action' => __( 'If this site is a copy, check the box beside the button, then try again.', 'amzlinkr' ) )
			),
			'amzlinkr'
		);
	}
	if ( HostNames\read_same_row( Connection\get_connected_url() ) ) {
		HostNames\add( Connection\normalize_url( Connection\get_current_url() ) );
		/* translators: %s: the address of the site */
		redirect_with_notice( new WP_Error( 'same_site', sprintf( __( 'This is not a copy: %s leads to this site, too. Nothing was changed.', 'amzlinkr' ), Connection\get_connected_url() ) ), 'amzlinkr' );
	}
	Disconnect\disconnect_locally();
	redirect_with_notice( __( 'This copy is disconnected. The original site was not changed.', 'amzlinkr' ), 'amzlinkr' );
}

/**
 * Adds the current address as a further one of the connected site.
 */
function add_host_name(): void {
	HostNames\add( Connection\normalize_url( Connection\get_current_url() ) );
	redirect_with_notice( __( 'Saved.', 'amzlinkr' ), 'amzlinkr' );
}

/**
 * Saves the display settings.
 */
function save_display(): void {
	$names = array_merge( array_keys( DisplayDefaults\CHOICES ), array( 'button', 'statement' ) );
	DisplayDefaults\save( array_combine( $names, array_map( __NAMESPACE__ . '\get_field', $names ) ) );
	redirect_with_notice( __( 'Saved.', 'amzlinkr' ), 'amzlinkr-settings&tab=display' );
}

/**
 * Saves whether new security events are sent by e-mail.
 */
function save_notifications(): void {
	Audit\set_notifying( '' !== get_field( 'audit' ) );
	redirect_with_notice( __( 'Saved.', 'amzlinkr' ), 'amzlinkr-settings&tab=connection' );
}

/**
 * Saves whether the weekly e-mail about products is sent.
 */
function save_attention_mail(): void {
	AttentionMail\switch_on( '' !== get_field( 'attention' ) );
	redirect_with_notice( __( 'Saved.', 'amzlinkr' ), 'amzlinkr-settings&tab=connection' );
}

/**
 * Saves a notice and redirects to a page that shows it.
 *
 * @param string|WP_Error $result The result of an action.
 * @param string          $page   The slug of a page, with further query arguments.
 * @return never
 */
function redirect_with_notice( $result, string $page ): void {
	Notices\save_notice( $result );
	wp_safe_redirect( admin_url( "admin.php?page=$page" ) );
	exit;
}
