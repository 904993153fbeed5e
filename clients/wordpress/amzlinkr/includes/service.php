<?php
/**
 * HTTP client of the AmzLinkr service. Pages for visitors never call it.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Service;

use AmzLinkr\Connection;
use AmzLinkr\ServiceTexts;
use WP_Error;

use const AmzLinkr\VERSION;

defined( 'ABSPATH' ) || exit;

/**
 * Sends a request with the site's API key.
 *
 * @param string $method  The HTTP method.
 * @param string $path    A path such as `/search`.
 * @param array  $options `query`, `body` (sent as JSON), `headers`, and `seconds` (the timeout).
 * @return array|WP_Error The decoded response, or the service's problem; see error_from_problem().
 */
function call( string $method, string $path, array $options = array() ) {
	$connection = Connection\get();
	if ( ! $connection ) {
		return new WP_Error( 'not_connected', __( 'This site is not connected to a service.', 'amzlinkr' ) );
	}
	if ( Connection\has_moved() ) {
		return new WP_Error(
			'site_moved',
			__( 'The address of this site has changed since it was connected.', 'amzlinkr' ),
			array( 'action' => __( 'Open the AmzLinkr page and choose whether the site was moved or copied.', 'amzlinkr' ) )
		);
	}
	$api_key = Connection\get_api_key();
	if ( is_wp_error( $api_key ) ) {
		return $api_key;
	}
	$options['headers'] = array( 'Authorization' => "Bearer $api_key" ) + ( $options['headers'] ?? array() );
	return send( $connection['service_url'], $method, $path, $options );
}

/**
 * Sends a request to a service that this site may not be connected to.
 *
 * @param string $service_url The URL of the service.
 * @param string $method      The HTTP method.
 * @param string $path        A path such as `/signup`.
 * @param array  $options     The options of call().
 * @return array|WP_Error The result of call().
 */
function send( string $service_url, string $method, string $path, array $options = array() ) {
	$query   = array_filter( $options['query'] ?? array(), static fn( $value ) => '' !== $value && null !== $value );
	$request = array(
		'method'             => $method,
		'timeout'            => $options['seconds'] ?? 30,
		'redirection'        => 0,
		'user-agent'         => 'AmzLinkr/' . VERSION,
		// WordPress then refuses private addresses. A service on this machine is the only exception.
		'reject_unsafe_urls' => ! is_local_url( $service_url ),
		'headers'            => array( 'Accept' => 'application/json' ) + ( $options['headers'] ?? array() ),
	);
	if ( isset( $options['body'] ) ) {
		$request['headers']['Content-Type'] = 'application/json';
		$request['body']                    = wp_json_encode( $options['body'] );
	}
	$url      = untrailingslashit( $service_url ) . $path . ( $query ? '?' . http_build_query( $query ) : '' );
	$response = wp_remote_request( $url, $request );
	if ( is_wp_error( $response ) ) {
		return unreachable_error( $response->get_error_message() );
	}
	$status = (int) wp_remote_retrieve_response_code( $response );
	$body   = json_decode( wp_remote_retrieve_body( $response ), true );
	if ( $status >= 200 && $status < 300 ) {
		return is_array( $body ) || 204 === $status ? (array) $body : unreachable_error( "HTTP $status" );
	}
	return is_array( $body ) && isset( $body['code'], $body['detail'] ) ? error_from_problem( $body ) : unreachable_error( "HTTP $status" );
}

/**
 * Converts a problem of the service to an error.
 *
 * @param array $problem The decoded `application/problem+json` body.
 * @return WP_Error An error with the problem's code, its translated detail, and the whole problem as data.
 */
function error_from_problem( array $problem ): WP_Error {
	$action = ServiceTexts\translate_text( (string) ( $problem['action'] ?? '' ) );
	return new WP_Error( (string) $problem['code'], ServiceTexts\translate_text( (string) $problem['detail'] ), compact( 'action' ) + $problem );
}

/**
 * Returns the error for a service that did not respond as documented.
 *
 * @param string $reason A technical reason, in English.
 */
function unreachable_error( string $reason ): WP_Error {
	return new WP_Error(
		'service_unreachable',
		/* translators: %s: a technical reason, in English */
		sprintf( __( 'The AmzLinkr service could not be reached (%s).', 'amzlinkr' ), $reason ),
		array(
			'action'    => __( 'Try again in a minute. If the problem persists, check the service URL, and ask your host whether PHP can connect to other servers.', 'amzlinkr' ),
			'retryable' => true,
		)
	);
}

/**
 * Returns whether a URL points to this machine.
 *
 * @param string $url A URL.
 */
function is_local_url( string $url ): bool {
	return in_array( wp_parse_url( $url, PHP_URL_HOST ), array( 'localhost', '127.0.0.1' ), true );
}

/**
 * Validates a service URL and removes a slash at its end. Only services on this machine may use http.
 *
 * @param string $input The text from the form.
 * @return string|WP_Error The URL.
 */
function parse_service_url( string $input ) {
	$url      = untrailingslashit( trim( $input ) );
	$parts    = wp_parse_url( $url );
	$host     = is_array( $parts ) ? (string) ( $parts['host'] ?? '' ) : '';
	$is_plain = is_array( $parts ) && ! isset( $parts['user'] ) && ! isset( $parts['query'] ) && ! isset( $parts['fragment'] );
	$schemes  = is_local_url( $url ) ? array( 'https', 'http' ) : array( 'https' );
	if ( '' === $host || ! $is_plain || ! in_array( $parts['scheme'] ?? '', $schemes, true ) ) {
		return new WP_Error(
			'service_url',
			__( 'This is not a valid service URL.', 'amzlinkr' ),
			array( 'action' => __( 'Enter the URL that you received from the operator of the service. It begins with https:// and ends with /v1.', 'amzlinkr' ) )
		);
	}
	return $url;
}
