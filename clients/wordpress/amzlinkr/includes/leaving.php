<?php
/**
 * Disconnecting, and removing everything.
 */

namespace AmzLinkr\Leaving;

use AmzLinkr\Accounts;
use AmzLinkr\Connection;
use AmzLinkr\Service;
use AmzLinkr\Sync;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * End the key, so that nobody can use it, and forget the connection. The service keeps the rest, for
 * when this site connects again.
 *
 * @return true|WP_Error
 */
function disconnect() {
	$held = Service\call( 'GET', '/keys' );
	if ( is_wp_error( $held ) ) {
		return $held;
	}
	foreach ( $held['keys'] as $key ) {
		$ended = $key['current'] ? Service\call( 'DELETE', "/keys/{$key['kid']}" ) : true;
		if ( is_wp_error( $ended ) ) {
			return $ended;
		}
	}
	forget();
	return true;
}

/**
 * Have the service delete everything it holds of this site, and forget the connection.
 *
 * @return true|WP_Error
 */
function leave() {
	$site = Service\call( 'GET', '/site' );
	if ( is_wp_error( $site ) ) {
		return $site;
	}
	$host = (string) preg_replace( '~^https?://~', '', $site['site_url'] );
	$left = Service\call( 'DELETE', '/site', array( 'query' => array( 'confirm' => $host ) ) );
	if ( is_wp_error( $left ) ) {
		return $left;
	}
	forget();
	return true;
}

/**
 * Forget the connection here, and tell nobody: the key may be another site's, if this one is a copy.
 * Boxes in posts stay; without new prices they show none, a day from now.
 */
function forget(): void {
	Sync\unschedule();
	Connection\forget();
	delete_option( Sync\STATE );
	delete_option( Sync\LOCK );
}
