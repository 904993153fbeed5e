<?php
/**
 * The stored connection to the service: service URL, site ID and the encrypted API key.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Connection;

use AmzLinkr\HostNames;
use AmzLinkr\Options;
use WP_Error;

defined( 'ABSPATH' ) || exit;

const OPTION         = 'amzlinkr_connection';
const API_KEY_OPTION = 'amzlinkr_api_key';

/**
 * Returns the connection.
 *
 * @return array|null `service_url`, `site_id`, `email`, `connected_at` (a Unix time), `home` (the site URL) and
 *                    `database_home` (the site URL in the database), both in Base64; null if the site is not connected.
 */
function get(): ?array {
	$connection = get_option( OPTION );
	return is_array( $connection ) ? $connection : null;
}

/**
 * Returns whether the site is connected to a service.
 */
function is_connected(): bool {
	return null !== get();
}

/**
 * Stores a new connection. The API key is encrypted and not autoloaded.
 *
 * @param string $service_url The URL of the service.
 * @param string $site_id     The ID of this site at the service.
 * @param string $email       The owner's e-mail address.
 * @param string $api_key     The API key.
 */
function save( string $service_url, string $site_id, string $email, string $api_key ): void {
	update_option( API_KEY_OPTION, encrypt( $api_key ), false );
	update_option(
		OPTION,
		array(
			'service_url'   => $service_url,
			'site_id'       => $site_id,
			'email'         => $email,
			'connected_at'  => time(),
			// In Base64, so that a search-and-replace in the database of a clone does not change it.
			'home'          => base64_encode( get_current_url() ), // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- see above.
			'database_home' => base64_encode( get_database_url() ), // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- see above.
		)
	);
}

/**
 * Deletes the connection and the API key.
 */
function delete(): void {
	delete_option( OPTION );
	delete_option( API_KEY_OPTION );
	HostNames\reset();
}

/**
 * Returns the current URL of this site.
 *
 * Multilingual plugins filter home_url() per page, so this reads the option.
 */
function get_current_url(): string {
	return untrailingslashit( (string) get_option( 'home' ) );
}

/**
 * Returns the URL of this site in the database. wp-config.php can replace it, even with a different one for each host name.
 */
function get_database_url(): string {
	return untrailingslashit( (string) Options\get_row( 'home' ) );
}

/**
 * Returns the URL that this site had when it was connected.
 *
 * @return string A URL, or an empty string if the site is not connected.
 */
function get_connected_url(): string {
	$connection = get();
	return $connection ? (string) base64_decode( $connection['home'] ) : ''; // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- see save().
}

/**
 * Returns whether the site was moved or copied since it was connected.
 *
 * If only wp-config.php or another plugin gives it another URL, that can be a second host name of the same site.
 */
function has_moved(): bool {
	$current = normalize_url( get_current_url() );
	// On the command line, a site with a URL from the request has none.
	if ( ! is_connected() || '' === $current || normalize_url( get_connected_url() ) === $current ) {
		return false;
	}
	return is_database_moved() || ! HostNames\is_same_site( $current );
}

/**
 * Returns whether the site URL in the database has changed since the site was connected.
 */
function is_database_moved(): bool {
	$connection = get();
	$before     = $connection ? base64_decode( $connection['database_home'] ?? $connection['home'] ) : ''; // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- see save().
	return $connection && normalize_url( $before ) !== normalize_url( get_database_url() );
}

/**
 * Returns a URL without its scheme and `www.`, in lower case: changes of these are not a move.
 *
 * @param string $url A site URL.
 */
function normalize_url( string $url ): string {
	return strtolower( untrailingslashit( (string) preg_replace( '~^https?:/*(?:www\.)?~i', '', $url ) ) );
}

/**
 * Returns the decrypted API key.
 *
 * @return string|WP_Error The API key, or the error `key_unreadable` if the site's salts have changed.
 */
function get_api_key() {
	$encrypted = base64_decode( (string) get_option( API_KEY_OPTION ) ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- binary data in a text column.
	$nonce     = substr( $encrypted, 0, SODIUM_CRYPTO_SECRETBOX_NONCEBYTES );
	$api_key   = strlen( $nonce ) === SODIUM_CRYPTO_SECRETBOX_NONCEBYTES
		? sodium_crypto_secretbox_open( substr( $encrypted, strlen( $nonce ) ), $nonce, get_encryption_key() )
		: false;
	if ( false === $api_key ) {
		return new WP_Error(
			'key_unreadable',
			__( 'The stored API key cannot be decrypted, because the secret keys in wp-config.php have changed.', 'amzlinkr' ),
			array( 'action' => __( 'Connect this site again and enter the Amazon keys again. Your products are kept.', 'amzlinkr' ) )
		);
	}
	return $api_key;
}

/**
 * Encrypts the API key for the database.
 *
 * @param string $api_key The API key.
 * @return string The nonce and the ciphertext, in Base64.
 */
function encrypt( string $api_key ): string {
	$nonce = random_bytes( SODIUM_CRYPTO_SECRETBOX_NONCEBYTES );
	return base64_encode( $nonce . sodium_crypto_secretbox( $api_key, $nonce, get_encryption_key() ) ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- binary data in a text column.
}

/**
 * Returns the encryption key, derived from the site's auth salt.
 */
function get_encryption_key(): string {
	return hash( 'sha256', 'amzlinkr api key' . wp_salt( 'auth' ), true );
}
