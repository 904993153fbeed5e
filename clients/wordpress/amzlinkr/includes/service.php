<?php
/**
 * Calls to the AmzLinkr service. Never made while a visitor waits for a page.
 */

namespace AmzLinkr\Service;

use AmzLinkr\Connection;
use AmzLinkr\ServiceTexts;
use WP_Error;

use const AmzLinkr\VERSION;

defined( 'ABSPATH' ) || exit;

/**
 * One call with the site's API key, a path like `/search`.
 *
 * @param array $given `query`, `body` (sent as JSON), `headers`, and `seconds` to wait at most.
 * @return array|WP_Error What was answered; else the service's problem, see error_from_problem().
 */
function call( string $method, string $path, array $given = array() ) {
	$connection = Connection\get();
	if ( ! $connection ) {
		return new WP_Error( 'not_connected', __( 'This site is not connected yet.', 'amzlinkr' ) );
	}
	if ( Connection\has_moved() ) {
		return new WP_Error(
			'site_moved',
			__( 'The address of this site has changed since it was connected.', 'amzlinkr' ),
			array( 'action' => __( 'Say on the AmzLinkr page whether it was moved or copied.', 'amzlinkr' ) )
		);
	}
	$api_key = Connection\get_api_key();
	if ( is_wp_error( $api_key ) ) {
		return $api_key;
	}
	$given['headers'] = array( 'Authorization' => "Bearer $api_key" ) + ( $given['headers'] ?? array() );
	return send( $connection['service_url'], $method, $path, $given );
}

/**
 * One call without a key, to a service this site may not be connected to yet.
 *
 * @return array|WP_Error As call().
 */
function send( string $service_url, string $method, string $path, array $given = array() ) {
	$query  = array_filter( $given['query'] ?? array(), static fn( $value ) => '' !== $value && null !== $value );
	$asked  = array(
		'method'             => $method,
		'timeout'            => $given['seconds'] ?? 30,
		'redirection'        => 0,
		'user-agent'         => 'AmzLinkr/' . VERSION,
		// Not to machines of the host's own network, but for this one.
		'reject_unsafe_urls' => ! is_local_url( $service_url ),
		'headers'            => array( 'Accept' => 'application/json' ) + ( $given['headers'] ?? array() ),
	);
	if ( isset( $given['body'] ) ) {
		$asked['headers']['Content-Type'] = 'application/json';
		$asked['body']                    = wp_json_encode( $given['body'] );
	}
	$url    = untrailingslashit( $service_url ) . $path . ( $query ? '?' . http_build_query( $query ) : '' );
	$answer = wp_remote_request( $url, $asked );
	if ( is_wp_error( $answer ) ) {
		return unreachable_error( $answer->get_error_message() );
	}
	$status = (int) wp_remote_retrieve_response_code( $answer );
	$found  = json_decode( wp_remote_retrieve_body( $answer ), true );
	if ( $status >= 200 && $status < 300 ) {
		return is_array( $found ) || 204 === $status ? (array) $found : unreachable_error( "HTTP $status" );
	}
	return is_array( $found ) && isset( $found['code'], $found['detail'] ) ? error_from_problem( $found ) : unreachable_error( "HTTP $status" );
}

/**
 * The service's problem+json as an error: its code, its detail, and as data the whole problem.
 */
function error_from_problem( array $found ): WP_Error {
	$action = ServiceTexts\translate_text( (string) ( $found['action'] ?? '' ) );
	return new WP_Error( (string) $found['code'], ServiceTexts\translate_text( (string) $found['detail'] ), compact( 'action' ) + $found );
}

function unreachable_error( string $why ): WP_Error {
	return new WP_Error(
		'service_unreachable',
		/* translators: %s: a technical reason, in English */
		sprintf( __( 'The AmzLinkr service could not be reached (%s).', 'amzlinkr' ), $why ),
		array(
			'action'    => __( 'Try again in a minute. If it stays like this, check the service URL, and ask your host whether PHP may call other servers.', 'amzlinkr' ),
			'retryable' => true,
		)
	);
}

/**
 * Whether a service is on this very machine.
 */
function is_local_url( string $url ): bool {
	return in_array( wp_parse_url( $url, PHP_URL_HOST ), array( 'localhost', '127.0.0.1' ), true );
}

/**
 * A service's address as it is typed, without a slash at the end; https, but for this machine's own.
 *
 * @return string|WP_Error
 */
function parse_service_url( string $typed ) {
	$url   = untrailingslashit( trim( $typed ) );
	$parts = wp_parse_url( $url );
	$host  = is_array( $parts ) ? (string) ( $parts['host'] ?? '' ) : '';
	$plain = is_array( $parts ) && ! isset( $parts['user'] ) && ! isset( $parts['query'] ) && ! isset( $parts['fragment'] );
	if ( '' === $host || ! $plain || ! in_array( $parts['scheme'] ?? '', is_local_url( $url ) ? array( 'https', 'http' ) : array( 'https' ), true ) ) {
		return new WP_Error(
			'service_url',
			__( 'This is not the address of a service.', 'amzlinkr' ),
			array( 'action' => __( 'Enter the address you were given. It begins with https:// and ends with /v1.', 'amzlinkr' ) )
		);
	}
	return $url;
}
