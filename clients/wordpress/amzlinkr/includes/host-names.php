<?php
/**
 * Further addresses of the connected site, such as a second host name in wp-config.php.
 *
 * A copy of the site has its own database. So two addresses lead to the same site if both read the same row.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\HostNames;

use AmzLinkr\Connection;
use AmzLinkr\Options;

defined( 'ABSPATH' ) || exit;

/** Hashes of the addresses that lead to this site. A search-and-replace in the database of a copy does not change them. */
const OPTION = 'amzlinkr_hosts';

/** The row with the token that proves that an address reads this database. */
const TOKEN = 'amzlinkr_same_site';

/** The parameter with the hash of the token. Only a visitor who has the hash can read the token. */
const PARAMETER = 'amzlinkr_same_site';

const MAX_ADDRESSES = 50;
const MAX_SECONDS   = 5;

/** After this time an address that does not lead to this site is checked again. */
const RETRY_SECONDS = HOUR_IN_SECONDS;

add_action( 'init', __NAMESPACE__ . '\serve_token', 0 );

/**
 * Returns whether an address leads to the connected site. At most one request in an hour tests that.
 *
 * @param string $address A normalized site URL.
 */
function is_same_site( string $address ): bool {
	$transient = 'amzlinkr_not_same_' . substr( get_hash( $address ), 0, 20 );
	if ( is_known( $address ) ) {
		return true;
	}
	if ( get_transient( $transient ) || ! read_same_row( Connection\get_connected_url() ) ) {
		set_transient( $transient, '1', RETRY_SECONDS );
		return false;
	}
	add( $address );
	return true;
}

/**
 * Returns whether an address was added.
 *
 * @param string $address A normalized site URL.
 */
function is_known( string $address ): bool {
	return in_array( get_hash( $address ), (array) get_option( OPTION, array() ), true );
}

/**
 * Adds an address that leads to this site.
 *
 * @param string $address A normalized site URL.
 */
function add( string $address ): void {
	$known = (array) get_option( OPTION, array() );
	update_option( OPTION, array_slice( array_values( array_unique( array_merge( $known, array( get_hash( $address ) ) ) ) ), -MAX_ADDRESSES ), false );
}

/**
 * Forgets all addresses.
 */
function reset(): void {
	delete_option( OPTION );
}

/**
 * Returns whether the site at a URL reads the same database as this one.
 *
 * @param string $url A site URL.
 */
function read_same_row( string $url ): bool {
	$token = wp_generate_password( 40, false );
	Options\write_row( TOKEN, $token, true );
	$response = wp_remote_get(
		add_query_arg( PARAMETER, get_hash( $token ), trailingslashit( $url ) ),
		array(
			'timeout'     => MAX_SECONDS,
			'redirection' => 3,
		)
	);
	Options\delete_row( TOKEN, $token );
	return hash_equals( $token, trim( wp_remote_retrieve_body( $response ) ) );
}

/**
 * Serves the token to a request that names its hash, and exits.
 */
function serve_token(): void {
	$hash = isset( $_GET[ PARAMETER ] ) && is_string( $_GET[ PARAMETER ] ) ? sanitize_key( $_GET[ PARAMETER ] ) : ''; // phpcs:ignore WordPress.Security -- only compared.
	if ( '' === $hash ) {
		return;
	}
	$token = (string) Options\get_row( TOKEN );
	if ( '' === $token || ! hash_equals( get_hash( $token ), $hash ) ) {
		return;
	}
	nocache_headers();
	header( 'Content-Type: text/plain; charset=utf-8' );
	echo esc_html( $token );
	exit;
}

/**
 * Returns the hash of an address or token.
 *
 * @param string $text The address or token.
 */
function get_hash( string $text ): string {
	return hash( 'sha256', $text );
}
