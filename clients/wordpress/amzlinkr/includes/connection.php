<?php
/**
 * What this site knows of its service: where it is, as which site, and the sealed API key.
 */

namespace AmzLinkr\Connection;

use WP_Error;

defined( 'ABSPATH' ) || exit;

const OPTION  = 'amzlinkr_connection';
const API_KEY_OPTION = 'amzlinkr_api_key';

/**
 * The connection, or null: `service_url`, `site_id`, `email`, `connected_at` and `home`.
 */
function get(): ?array {
	$connection = get_option( OPTION );
	return is_array( $connection ) ? $connection : null;
}

function is_connected(): bool {
	return null !== get();
}

/**
 * Keep a new connection; the key is sealed before it is stored, and not loaded with every page.
 */
function save( string $service_url, string $site_id, string $email, string $api_key ): void {
	update_option( API_KEY_OPTION, encrypt( $api_key ), false );
	update_option(
		OPTION,
		array(
			'service_url'  => $service_url,
			'site_id'      => $site_id,
			'email'        => $email,
			'connected_at' => time(),
			// Encoded, so that a search-and-replace over the database of a clone does not touch it.
			'home'         => base64_encode( get_current_url() ), // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- see above.
		)
	);
}

function delete(): void {
	delete_option( OPTION );
	delete_option( API_KEY_OPTION );
}

/**
 * The address of this site, as it is set; home_url() may be another one on each page of a site in several languages.
 */
function get_current_url(): string {
	return untrailingslashit( (string) get_option( 'home' ) );
}

/**
 * The address this site had when it was connected.
 */
function get_connected_url(): string {
	$connection = get();
	return $connection ? (string) base64_decode( $connection['home'] ) : ''; // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- see save().
}

/**
 * Whether the site's address is another than when it was connected: it was moved, or is a copy.
 */
function has_moved(): bool {
	return is_connected() && normalize_url( get_connected_url() ) !== normalize_url( get_current_url() );
}

/**
 * The part of an address that tells sites apart: http and https are the same site.
 */
function normalize_url( string $url ): string {
	return strtolower( untrailingslashit( (string) preg_replace( '~^https?://~i', '', $url ) ) );
}

/**
 * The API key.
 *
 * @return string|WP_Error The error `key_unreadable` if the site's salts have changed.
 */
function get_api_key() {
	$sealed = base64_decode( (string) get_option( API_KEY_OPTION ) ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- binary in a text column.
	$nonce  = substr( $sealed, 0, SODIUM_CRYPTO_SECRETBOX_NONCEBYTES );
	$opened = strlen( $nonce ) === SODIUM_CRYPTO_SECRETBOX_NONCEBYTES
		? sodium_crypto_secretbox_open( substr( $sealed, strlen( $nonce ) ), $nonce, get_encryption_key() )
		: false;
	if ( false === $opened ) {
		return new WP_Error(
			'key_unreadable',
			__( 'The stored API key cannot be read any more: the secret keys in wp-config.php have changed.', 'amzlinkr' ),
			array( 'action' => __( 'Connect this site again, and enter the Amazon keys once more. Your products are kept.', 'amzlinkr' ) )
		);
	}
	return $opened;
}

function encrypt( string $api_key ): string {
	$nonce = random_bytes( SODIUM_CRYPTO_SECRETBOX_NONCEBYTES );
	return base64_encode( $nonce . sodium_crypto_secretbox( $api_key, $nonce, get_encryption_key() ) ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- binary in a text column.
}

function get_encryption_key(): string {
	return hash( 'sha256', 'amzlinkr api key' . wp_salt( 'auth' ), true );
}
