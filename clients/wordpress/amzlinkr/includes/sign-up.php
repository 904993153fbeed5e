<?php
/**
 * Sign-up and site verification: the service fetches a token from this site and then issues the API key.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\SignUp;

use AmzLinkr\Connection;
use AmzLinkr\Products;
use AmzLinkr\Service;
use AmzLinkr\Sync;
use AmzLinkr\VerificationHelp;
use WP_Error;

defined( 'ABSPATH' ) || exit;

const CHALLENGE_OPTION = 'amzlinkr_challenge';
const EXPIRE_HOOK      = 'amzlinkr_sign_up_expired';

/** IDs, tokens, secrets and API keys: each is a part of a path or header, or served as text. */
const IDENTIFIER = '^[\w-]{1,100}\z';

add_action( 'init', __NAMESPACE__ . '\serve_challenge', 0 );
add_action( EXPIRE_HOOK, __NAMESPACE__ . '\forget' );

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
	$body    = array_filter(
		array(
			'site_url' => Connection\get_current_url(),
			'email'    => $email,
			'invite'   => $invite,
		)
	);
	$pending = get_pending( $service_url, $body );
	if ( ! $pending ) {
		$pending = start( $service_url, $body );
	}
	if ( is_wp_error( $pending ) ) {
		return $pending;
	}
	$verified = verify( $service_url, $pending );
	if ( is_wp_error( $verified ) ) {
		return VerificationHelp\explain( $verified );
	}
	Connection\save( $service_url, $verified['site_id'], $email, $verified['api_key'] );
	Sync\request_restart( true );
	Sync\refresh_accounts();
	return true;
}

/**
 * Returns the pending sign-up with the same input, so that the next attempt verifies it again.
 *
 * @param string $service_url The URL of the service.
 * @param array  $body        The body of the sign-up.
 * @return array|null
 */
function get_pending( string $service_url, array $body ): ?array {
	$pending = get_option( CHALLENGE_OPTION );
	$is_same = is_array( $pending ) && array( $service_url, $body ) === array( $pending['service_url'] ?? '', $pending['body'] ?? null );
	return $is_same && time() < $pending['expires'] ? $pending : null;
}

/**
 * Starts a sign-up and stores its token, which this site serves, and its secret.
 *
 * @param string $service_url The URL of the service.
 * @param array  $body        The body of the sign-up.
 * @return array|WP_Error The pending sign-up.
 */
function start( string $service_url, array $body ) {
	$signup = Service\send( $service_url, 'POST', '/signup', array( 'body' => $body ) );
	if ( is_wp_error( $signup ) ) {
		return $signup;
	}
	$challenge = is_array( $signup['challenge'] ?? null ) ? $signup['challenge'] : array();
	$pending   = array(
		'service_url' => $service_url,
		'body'        => $body,
		'signup_id'   => Products\sanitize_identifier( $signup, 'signup_id', IDENTIFIER ),
		'secret'      => Products\sanitize_identifier( $signup, 'signup_secret', IDENTIFIER ),
		'token'       => Products\sanitize_identifier( $challenge, 'token', IDENTIFIER ),
		'expires'     => Products\parse_time( Products\sanitize_text( $signup, 'expires_at' ) ),
	);
	if ( in_array( '', $pending, true ) || 0 === $pending['expires'] ) {
		return Service\unreachable_error( 'signup' );
	}
	update_option( CHALLENGE_OPTION, $pending, false );
	wp_unschedule_hook( EXPIRE_HOOK );
	wp_schedule_single_event( $pending['expires'], EXPIRE_HOOK );
	return $pending;
}

/**
 * Makes the service fetch the token. After a lost response or a failure that may pass, verifies once more.
 *
 * The sign-up stays pending only if another attempt makes sense.
 *
 * @param string $service_url The URL of the service.
 * @param array  $pending     The pending sign-up.
 * @return array|WP_Error The `site_id` and the `api_key`.
 */
function verify( string $service_url, array $pending ) {
	$path     = '/signup/' . rawurlencode( $pending['signup_id'] ) . '/verify';
	$options  = array( 'body' => array( 'signup_secret' => $pending['secret'] ) );
	$verified = Service\send( $service_url, 'POST', $path, $options );
	if ( is_repeatable( $verified ) && 'rate_limited' !== $verified->get_error_code() ) {
		$verified = Service\send( $service_url, 'POST', $path, $options );
	}
	if ( ! is_repeatable( $verified ) ) {
		forget();
	}
	if ( is_wp_error( $verified ) ) {
		return $verified;
	}
	$found = array(
		'site_id' => Products\sanitize_identifier( $verified, 'site_id', IDENTIFIER ),
		'api_key' => Products\sanitize_identifier( $verified, 'api_key', IDENTIFIER ),
	);
	return in_array( '', $found, true ) ? Service\unreachable_error( 'api_key' ) : $found;
}

/**
 * Returns whether a verification failed in a way that another attempt may not.
 *
 * @param array|WP_Error $verified The result of a verification.
 */
function is_repeatable( $verified ): bool {
	return is_wp_error( $verified ) && ! empty( $verified->get_error_data()['retryable'] );
}

/**
 * Deletes the pending sign-up with its secret.
 */
function forget(): void {
	delete_option( CHALLENGE_OPTION );
	wp_unschedule_hook( EXPIRE_HOOK );
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
 * Parses the sign-up ID in the path or query of a request. Proxies add a slash to paths, and parameters to queries.
 *
 * @param string $request_uri The path and query of the request.
 * @return string The sign-up ID, or an empty string.
 */
function parse_signup_id( string $request_uri ): string {
	if ( preg_match( '~^/\.well-known/amzlinkr/([\w-]{1,100})/?(?:\?.*)?\z~s', $request_uri, $found ) ) {
		return $found[1];
	}
	return preg_match( '~\?(?:.*&)?amzlinkr_challenge=([\w-]{1,100})/?(?:&.*)?\z~s', $request_uri, $found ) ? $found[1] : '';
}
