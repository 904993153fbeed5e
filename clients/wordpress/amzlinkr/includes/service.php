<?php
/**
 * HTTP client of the AmzLinkr service. Pages for visitors never call it.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Service;

use AmzLinkr\Connection;
use AmzLinkr\Products;
use AmzLinkr\ServiceTexts;
use WP_Error;
use WP_HTTP_Proxy;

use const AmzLinkr\VERSION;

defined( 'ABSPATH' ) || exit;

/** One segment of a path before it is encoded: no dots in a row, no delimiter, no control character, nothing encoded. */
const SEGMENT = '~^(?!.*\.\.)[^/\\\\?#%\x00-\x1f\x7f]{1,200}\z~s';

/** An encoded path: no segment begins with a dot, and no dot, slash or control character is encoded. */
const PATH = '#^(?!.*\.\.)(?:/(?!\.)(?:[a-z0-9_.~-]|%(?!2e|2f|5c|[01][0-9a-f]|7f)[0-9a-f]{2})+)+\z#i';

/** Networks that are not reachable on the internet. WordPress refuses some of them only. */
const PRIVATE_NETWORKS = array( '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.168.0.0/16', '198.18.0.0/15', '224.0.0.0/3' );

/** The members of responses of which each entry is an object. Entries of other types are dropped. */
const LISTS = array( 'changes', 'connections', 'events', 'items', 'keys', 'marketplaces', 'products', 'results', 'steps' );

/** The addresses of NAT64 without their last four bytes, in hexadecimal digits. */
const NAT64_PREFIX = '0064ff9b0000000000000000';

/** Global unicast addresses in hexadecimal digits, without Teredo, 6to4 and documentation. */
const PUBLIC_IPV6 = '~^(?!2002|20010000|20010db8)[23]~';

const MAX_HOST_CHARS = 253;

/** The maximum size of a response. Those of the service have at most 6 MB. */
const MAX_RESPONSE_BYTES = 8 * MB_IN_BYTES;

/** The maximum numbers of objects and arrays, and of commas, in a response: decoded ones take many times their bytes. */
const MAX_RESPONSE_PARTS  = 100000;
const MAX_RESPONSE_COMMAS = 1000000;

/** The service URL that the connect form shows first. `make plugin SERVICE_URL=…` sets it in the archive. */
const PRESET_URL = '';

/** The ports that WordPress permits in URLs that users enter. */
const ALLOWED_PORTS = array( 443, 8080 );

/**
 * Sends a request with the site's API key.
 *
 * @param string $method  The HTTP method.
 * @param string $path    A path such as `/products/{asin}`.
 * @param array  $options {
 *     @type string[] $path     The values of the placeholders in the path.
 *     @type array    $query    The query.
 *     @type array    $body     The body, which is sent as JSON.
 *     @type string[] $headers  Further headers.
 *     @type int      $seconds  The timeout.
 *     @type string[] $requires The members of the response that must be arrays.
 * }
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
	$path    = build_path( $path, $options['path'] ?? array() );
	$refused = is_wp_error( $path ) ? $path : find_url_problem( $service_url );
	if ( $refused ) {
		return $refused;
	}
	$query   = array_filter( $options['query'] ?? array(), static fn( $value ) => '' !== $value && null !== $value );
	$request = array(
		'method'              => $method,
		'timeout'             => $options['seconds'] ?? 30,
		'redirection'         => 0,
		'user-agent'          => 'AmzLinkr/' . VERSION,
		// WordPress then resolves the host again and refuses private addresses.
		'reject_unsafe_urls'  => ! is_trusted_url( $service_url ),
		// The rest of a longer response is not read.
		'limit_response_size' => MAX_RESPONSE_BYTES,
		'headers'             => array( 'Accept' => 'application/json' ) + ( $options['headers'] ?? array() ),
	);
	if ( isset( $options['body'] ) ) {
		$request['headers']['Content-Type'] = 'application/json';
		$request['body']                    = wp_json_encode( $options['body'] );
	}
	$url       = untrailingslashit( $service_url ) . $path . ( $query ? '?' . http_build_query( $query ) : '' );
	$addresses = is_trusted_url( $service_url ) ? array() : resolve( (string) wp_parse_url( $service_url, PHP_URL_HOST ) );
	if ( ! $addresses && ! is_trusted_url( $service_url ) && ! uses_proxy( $url ) ) {
		return unreachable_error( 'no connection' );
	}
	$response = request_at( $addresses, $url, $request );
	if ( is_wp_error( $response ) ) {
		// Errors of the connection describe the network of the server. Only its owner may see them.
		return 'private_service_url' === $response->get_error_code() ? $response : unreachable_error( is_trusted_url( $service_url ) ? $response->get_error_message() : 'no connection' );
	}
	$status = (int) wp_remote_retrieve_response_code( $response );
	$text   = wp_remote_retrieve_body( $response );
	if ( is_too_large( $text ) ) {
		return unreachable_error( 'response too large' );
	}
	$body = json_decode( $text, true );
	if ( $status < 200 || $status >= 300 ) {
		return is_array( $body ) && is_string( $body['code'] ?? null ) && is_string( $body['detail'] ?? null ) && '' !== $body['code'] ? error_from_problem( $body ) : unreachable_error( "HTTP $status" );
	}
	$is_complete = 204 === $status || is_array( $body );
	foreach ( $options['requires'] ?? array() as $member ) {
		$is_complete = $is_complete && is_array( $body[ $member ] ?? null );
	}
	foreach ( $is_complete ? array_intersect( $options['requires'] ?? array(), LISTS ) : array() as $member ) {
		$body[ $member ] = array_filter( $body[ $member ], 'is_array' );
	}
	return $is_complete ? (array) $body : unreachable_error( "HTTP $status" );
}

/**
 * Returns whether a response is too long, or would take too much memory when it is decoded.
 *
 * @param string $text The text of the response.
 */
function is_too_large( string $text ): bool {
	return strlen( $text ) >= MAX_RESPONSE_BYTES
		|| substr_count( $text, '{' ) + substr_count( $text, '[' ) > MAX_RESPONSE_PARTS
		|| substr_count( $text, ',' ) > MAX_RESPONSE_COMMAS;
}

/**
 * Sends a request to addresses that were checked: its host may resolve to others when curl resolves it again.
 *
 * @param string[] $addresses The addresses; empty for a trusted URL, and for a host that only a proxy can resolve.
 * @param string   $url       The URL.
 * @param array    $request   The arguments of wp_remote_request().
 * @return array|WP_Error The response.
 */
function request_at( array $addresses, string $url, array $request ) {
	if ( count( array_filter( $addresses, __NAMESPACE__ . '\is_public_address' ) ) < count( $addresses ) ) {
		return private_url_error();
	}
	$host  = wp_parse_url( $url, PHP_URL_HOST ) . ':' . ( wp_parse_url( $url, PHP_URL_PORT ) ?? 443 );
	$pin   = static fn( $handle ) => curl_setopt( $handle, CURLOPT_RESOLVE, array( "$host:" . implode( ',', $addresses ) ) ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- WordPress has no option for it.
	$added = $addresses && add_action( 'http_api_curl', $pin );
	try {
		return wp_remote_request( $url, $request );
	} finally {
		if ( $added ) {
			remove_action( 'http_api_curl', $pin );
		}
	}
}

/**
 * Returns whether WordPress requests a URL through a proxy, which resolves the host itself.
 *
 * @param string $url The URL.
 */
function uses_proxy( string $url ): bool {
	$proxy = new WP_HTTP_Proxy();
	return $proxy->is_enabled() && $proxy->send_through_proxy( $url );
}

/**
 * Resolves a host to its IPv4 and IPv6 addresses.
 *
 * @param string $host A host or an IPv4 address.
 * @return string[] The addresses; empty if it cannot be resolved.
 */
function resolve( string $host ): array {
	$addresses = gethostbynamel( $host );
	$records   = filter_var( $host, FILTER_VALIDATE_IP ) ? array() : @dns_get_record( $host, DNS_AAAA ); // phpcs:ignore WordPress.PHP.NoSilencedErrors -- it warns of hosts without records.
	return array_merge( $addresses ? $addresses : array(), array_column( $records ? $records : array(), 'ipv6' ) );
}

/**
 * Builds a path of the service. This is the only place where values become a part of a path.
 *
 * @param string $template A path with placeholders, such as `/products/{asin}`.
 * @param array  $values   The value of each placeholder: one segment of the path.
 * @return string|WP_Error The path, or the error `invalid_path`.
 */
function build_path( string $template, array $values ) {
	$segments = array();
	foreach ( $values as $name => $value ) {
		if ( ! is_string( $value ) || ! preg_match( SEGMENT, $value ) ) {
			return invalid_path_error();
		}
		$segments[ '{' . $name . '}' ] = rawurlencode( $value );
	}
	$path = strtr( $template, $segments );
	return preg_match( PATH, $path ) ? $path : invalid_path_error();
}

/**
 * Returns the error for a value that cannot be a segment of a path.
 */
function invalid_path_error(): WP_Error {
	return new WP_Error(
		'invalid_path',
		__( 'This request names something that cannot exist at the service. Nothing was sent.', 'amzlinkr' ),
		array( 'action' => __( 'Reload the page and try again.', 'amzlinkr' ) )
	);
}

/**
 * Converts a problem of the service to an error.
 *
 * @param array $problem The decoded `application/problem+json` body.
 * @return WP_Error An error with the problem's code, its translated detail, and its other known members as data.
 */
function error_from_problem( array $problem ): WP_Error {
	$upstream = is_array( $problem['upstream'] ?? null ) ? $problem['upstream'] : array();
	$texts    = array();
	foreach ( array( 'code', 'detail', 'action', 'field', 'request_id' ) as $field ) {
		$texts[ $field ] = Products\sanitize_text( $problem, $field );
	}
	$data = array(
		'action'      => ServiceTexts\translate_text( $texts['action'] ),
		'status'      => Products\sanitize_count( $problem, 'status' ),
		'retryable'   => ! empty( $problem['retryable'] ),
		'retry_after' => Products\sanitize_count( $problem, 'retry_after' ),
		'amazon_code' => Products\sanitize_text( $upstream, 'code' ),
	);
	return new WP_Error( $texts['code'], ServiceTexts\translate_text( $texts['detail'] ), $data + $texts );
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
 * Returns whether the owner of the server permits a URL that other users may not enter.
 *
 * On a network, the administrator of one site may enter a service URL, but must not reach the server's own ports or
 * its private network through it.
 *
 * @param string $url A service URL.
 */
function is_trusted_url( string $url ): bool {
	$is_configured = defined( 'AMZLINKR_SERVICE_URL' ) && untrailingslashit( AMZLINKR_SERVICE_URL ) === untrailingslashit( $url );
	$is_loopback   = in_array( wp_parse_url( $url, PHP_URL_HOST ), array( 'localhost', '127.0.0.1' ), true );
	return $is_configured || ( $is_loopback && 'local' === wp_get_environment_type() );
}

/**
 * Finds out why a service URL may not be requested: its port or an address of its host.
 *
 * A host that cannot be resolved has no problem here, so that its URL can be entered. send() then sends nothing.
 *
 * @param string $url A service URL.
 * @return WP_Error|null The problem, or null if there is none.
 */
function find_url_problem( string $url ): ?WP_Error {
	if ( is_trusted_url( $url ) ) {
		return null;
	}
	$host      = (string) wp_parse_url( $url, PHP_URL_HOST );
	$is_public = strlen( $host ) <= MAX_HOST_CHARS && in_array( wp_parse_url( $url, PHP_URL_PORT ) ?? 443, ALLOWED_PORTS, true );
	// No top-level domain begins with a digit. Other notations of addresses, such as 0x7f.1, are not resolved alike.
	$is_public = $is_public && ( ! preg_match( '~(?:^|\.)\d[^.]*\.?\z~', $host ) || filter_var( $host, FILTER_VALIDATE_IP, FILTER_FLAG_IPV4 ) );
	$is_public = $is_public && ! preg_match( '~[\[\]:]~', $host );
	foreach ( $is_public ? resolve( $host ) : array() as $address ) {
		$is_public = $is_public && is_public_address( $address );
	}
	return $is_public ? null : private_url_error();
}

/**
 * Returns the error for a URL that leads to a private network.
 */
function private_url_error(): WP_Error {
	return new WP_Error(
		'private_service_url',
		__( 'This service URL leads to this server, to a private network, or to a port that is not permitted.', 'amzlinkr' ),
		/* translators: %s: PHP code */
		array( 'action' => sprintf( __( 'Check the service URL. If it is right, the owner of this server must add it to wp-config.php: %s', 'amzlinkr' ), "define( 'AMZLINKR_SERVICE_URL', 'https://…/v1' );" ) )
	);
}

/**
 * Returns the error for a URL with http that the owner of the server has not permitted.
 *
 * @param string $url The URL.
 */
function insecure_url_error( string $url ): WP_Error {
	$code = sprintf( "define( 'AMZLINKR_SERVICE_URL', '%s' );", preg_replace( '~[^\w.:/-]~', '', $url ) );
	return new WP_Error(
		'service_url',
		__( 'This service URL begins with http://, so your keys would be sent unencrypted.', 'amzlinkr' ),
		/* translators: %s: PHP code */
		array( 'action' => sprintf( __( 'Enter a URL that begins with https://. If the service runs on this server, in Docker or in your own private network, the owner of this server can permit the URL in wp-config.php: %s Other computers in this network can then read the keys.', 'amzlinkr' ), $code ) )
	);
}

/**
 * Returns whether an address is reachable on the internet.
 *
 * @param string $address An IPv4 or IPv6 address.
 */
function is_public_address( string $address ): bool {
	$bytes = (string) inet_pton( $address );
	if ( 16 === strlen( $bytes ) ) {
		$hex = bin2hex( $bytes );
		// A server without IPv4 reaches IPv4 addresses through NAT64, in these addresses.
		return 0 === strpos( $hex, NAT64_PREFIX ) ? is_public_address( inet_ntop( substr( $bytes, 12 ) ) ) : (bool) preg_match( PUBLIC_IPV6, $hex );
	}
	foreach ( PRIVATE_NETWORKS as $network ) {
		list( $first, $bits ) = explode( '/', $network );
		if ( ( ip2long( $address ) ^ ip2long( $first ) ) >> ( 32 - (int) $bits ) === 0 ) {
			return false;
		}
	}
	return true;
}

/**
 * Validates a service URL and removes a slash at its end. Only URLs that the owner of the server permits may use http.
 *
 * @param string $input The text from the form.
 * @return string|WP_Error The URL.
 */
function parse_service_url( string $input ) {
	$url      = untrailingslashit( trim( $input ) );
	$parts    = wp_parse_url( $url );
	$host     = is_array( $parts ) ? (string) ( $parts['host'] ?? '' ) : '';
	$is_plain = is_array( $parts ) && ! isset( $parts['user'] ) && ! isset( $parts['query'] ) && ! isset( $parts['fragment'] );
	$schemes  = is_trusted_url( $url ) ? array( 'https', 'http' ) : array( 'https' );
	if ( '' !== $host && $is_plain && 'http' === ( $parts['scheme'] ?? '' ) && ! in_array( 'http', $schemes, true ) ) {
		return insecure_url_error( $url );
	}
	if ( '' === $host || strlen( $host ) > MAX_HOST_CHARS || ! $is_plain || ! in_array( $parts['scheme'] ?? '', $schemes, true ) ) {
		return new WP_Error(
			'service_url',
			__( 'This is not a valid service URL.', 'amzlinkr' ),
			array( 'action' => __( 'Enter the URL that you received from the operator of the service. It begins with https:// and ends with /v1.', 'amzlinkr' ) )
		);
	}
	return find_url_problem( $url ) ?? $url;
}
