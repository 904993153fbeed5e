<?php
/**
 * Sign-up: the service gives a token, fetches it from this site, and then gives the API key.
 */

namespace AmzLinkr\SignUp;

use AmzLinkr\Accounts;
use AmzLinkr\Connection;
use AmzLinkr\Service;
use AmzLinkr\Sync;
use WP_Error;

defined( 'ABSPATH' ) || exit;

const CHALLENGE_OPTION = 'amzlinkr_challenge';

add_action( 'init', __NAMESPACE__ . '\serve_challenge', 0 );

/**
 * Connect this site, from nothing to the key.
 *
 * @return true|WP_Error
 */
function connect( string $service_url, string $email, string $invite ) {
	$service_url = Service\parse_service_url( $service_url );
	if ( is_wp_error( $service_url ) ) {
		return $service_url;
	}
	$asked   = array_filter(
		array(
			'site_url' => Connection\get_current_url(),
			'email'    => $email,
			'invite'   => $invite,
		)
	);
	$started = Service\send( $service_url, 'POST', '/signup', array( 'body' => $asked ) );
	if ( is_wp_error( $started ) ) {
		return $started;
	}
	$signup_id = (string) $started['signup_id'];
	update_option(
		CHALLENGE_OPTION,
		array(
			'signup_id' => $signup_id,
			'token'     => (string) $started['challenge']['token'],
		),
		false
	);
	$done = Service\send( $service_url, 'POST', '/signup/' . rawurlencode( $signup_id ) . '/verify' );
	delete_option( CHALLENGE_OPTION );
	if ( is_wp_error( $done ) ) {
		return $done;
	}
	Connection\save( $service_url, (string) $done['site_id'], $email, (string) $done['api_key'] );
	Sync\request_restart( true );
	Accounts\refresh();
	Accounts\refresh_marketplaces();
	return true;
}

/**
 * Show the token to the service: below /.well-known, else as a query of the site's front page,
 * for hosts where unknown paths do not reach WordPress.
 */
function serve_challenge(): void {
	$asked = parse_signup_id( (string) wp_unslash( $_SERVER['REQUEST_URI'] ?? '' ) ); // phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- compared only.
	if ( '' === $asked ) {
		return;
	}
	$challenge = get_option( CHALLENGE_OPTION );
	if ( ! is_array( $challenge ) || ! hash_equals( (string) $challenge['signup_id'], $asked ) ) {
		return;
	}
	nocache_headers();
	header( 'Content-Type: text/plain; charset=utf-8' );
	echo $challenge['token']; // phpcs:ignore WordPress.Security.EscapeOutput -- plain text, not HTML.
	exit;
}

/**
 * The sign-up a request's path or query asks for, or an empty string.
 */
function parse_signup_id( string $request_uri ): string {
	if ( preg_match( '~^/\.well-known/amzlinkr/([\w-]{1,100})$~', $request_uri, $found ) ) {
		return $found[1];
	}
	return preg_match( '~[?&]amzlinkr_challenge=([\w-]{1,100})$~', $request_uri, $found ) ? $found[1] : '';
}
