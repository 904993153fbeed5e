<?php
/**
 * Sign-up and site verification: the service fetches a token from this site and then issues the API key.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\SignUp;

use AmzLinkr\Connection;
use AmzLinkr\Service;
use AmzLinkr\Sync;
use WP_Error;

defined( 'ABSPATH' ) || exit;

const CHALLENGE_OPTION = 'amzlinkr_challenge';

add_action( 'init', __NAMESPACE__ . '\serve_challenge', 0 );

/**
 * Signs this site up at a service and stores the connection.
 *
 * @param string $service_url The URL of the service, from the form.
 * @param string $email       The owner's e-mail address.
 * @param string $invite      An invite, or an empty string.
 * @return true|WP_Error
 */
function connect( string $service_url, string $email, string $invite ) {
	$service_url = Service\parse_service_url( $service_url );
	if ( is_wp_error( $service_url ) ) {
		return $service_url;
	}
	$body   = array_filter(
		array(
			'site_url' => Connection\get_current_url(),
			'email'    => $email,
			'invite'   => $invite,
		)
	);
	$signup = Service\send( $service_url, 'POST', '/signup', array( 'body' => $body ) );
	if ( is_wp_error( $signup ) ) {
		return $signup;
	}
	$signup_id = (string) $signup['signup_id'];
	update_option(
		CHALLENGE_OPTION,
		array(
			'signup_id' => $signup_id,
			'token'     => (string) $signup['challenge']['token'],
		),
		false
	);
	$verified = Service\send( $service_url, 'POST', '/signup/' . rawurlencode( $signup_id ) . '/verify' );
	delete_option( CHALLENGE_OPTION );
	if ( is_wp_error( $verified ) ) {
		return $verified;
	}
	Connection\save( $service_url, (string) $verified['site_id'], $email, (string) $verified['api_key'] );
	Sync\request_restart( true );
	Sync\refresh_accounts();
	return true;
}

/**
 * Serves the token of a pending sign-up and exits.
 *
 * The token is served below /.well-known, and as a query of the home page for hosts that do not pass unknown
 * paths to WordPress.
 */
function serve_challenge(): void {
	$signup_id = parse_signup_id( (string) wp_unslash( $_SERVER['REQUEST_URI'] ?? '' ) ); // phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- only compared.
	if ( '' === $signup_id ) {
		return;
	}
	$challenge = get_option( CHALLENGE_OPTION );
	if ( ! is_array( $challenge ) || ! hash_equals( (string) $challenge['signup_id'], $signup_id ) ) {
		return;
	}
	nocache_headers();
	header( 'Content-Type: text/plain; charset=utf-8' );
	echo $challenge['token']; // phpcs:ignore WordPress.Security.EscapeOutput -- plain text, not HTML.
	exit;
}

/**
 * Parses the sign-up ID in the path or query of a request.
 *
 * @param string $request_uri The path and query of the request.
 * @return string The sign-up ID, or an empty string.
 */
function parse_signup_id( string $request_uri ): string {
	if ( preg_match( '~^/\.well-known/amzlinkr/([\w-]{1,100})$~', $request_uri, $found ) ) {
		return $found[1];
	}
	return preg_match( '~[?&]amzlinkr_challenge=([\w-]{1,100})$~', $request_uri, $found ) ? $found[1] : '';
}
