<?php
/**
 * Disconnecting, and removing everything.
 */

namespace AmzLinkr\Disconnect;

use AmzLinkr\Accounts;
use AmzLinkr\Connection;
use AmzLinkr\Placements;
use AmzLinkr\Products;
use AmzLinkr\Service;
use AmzLinkr\Sync;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * Have the service forget the Amazon keys, end the API key, so that nobody can use it, and forget the
 * connection. The service keeps the rest, for when this site connects again.
 *
 * @return true|WP_Error
 */
function disconnect() {
	$accounts = Service\call( 'GET', '/connections' );
	$held     = is_wp_error( $accounts ) ? $accounts : Service\call( 'GET', '/keys' );
	if ( is_wp_error( $held ) ) {
		return $held;
	}
	$ends = array_map( static fn( $account ) => "/connections/{$account['marketplace']}", $accounts['connections'] );
	foreach ( $held['keys'] as $key ) {
		if ( $key['current'] ) {
			$ends[] = "/keys/{$key['kid']}";
		}
	}
	foreach ( $ends as $path ) {
		$ended = Service\call( 'DELETE', $path );
		if ( is_wp_error( $ended ) ) {
			return $ended;
		}
	}
	disconnect_locally();
	return true;
}

/**
 * Have the service delete everything it holds of this site, and forget the connection.
 *
 * @return true|WP_Error
 */
function delete_site() {
	$left = request_site_deletion( static fn( ...$call ) => Service\call( ...$call ) );
	if ( is_wp_error( $left ) ) {
		return $left;
	}
	disconnect_locally();
	return true;
}

/**
 * What has the service delete the site this one was before it moved; to be called once it is another.
 *
 * @return callable Takes nothing; returns as request_site_deletion() does.
 */
function get_old_site_deleter(): callable {
	$service_url = Connection\get()['service_url'];
	$api_key     = Connection\get_api_key();
	return static fn() => is_wp_error( $api_key ) ? $api_key : request_site_deletion(
		static fn( string $method, string $path, array $given = array() ) => Service\send(
			$service_url,
			$method,
			$path,
			array( 'headers' => array( 'Authorization' => "Bearer $api_key" ) ) + $given
		)
	);
}

/**
 * Have the service delete everything it holds of a site.
 *
 * @param callable $call As Service\call(), with the site's key.
 * @return array|WP_Error
 */
function request_site_deletion( callable $call ) {
	$site = $call( 'GET', '/site' );
	if ( is_wp_error( $site ) ) {
		return $site;
	}
	$host = (string) preg_replace( '~^https?://~', '', $site['site_url'] );
	return $call( 'DELETE', '/site', array( 'query' => array( 'confirm' => $host ) ) );
}

/**
 * Forget the connection here, and tell nobody: the key may be another site's, if this one is a copy.
 * Boxes in posts stay, and link to Amazon; what came from Amazon goes at once, as nobody keeps it right.
 */
function disconnect_locally(): void {
	Sync\reset();
	Connection\delete();
	Accounts\reset();
	Placements\purge_post_caches( Products\purge_all() );
}

/**
 * The plugin is switched off: nobody keeps what came from Amazon right. The connection stays, and brings it
 * back when the plugin is switched on again.
 */
function deactivate( bool $network_wide ): void {
	$sites = $network_wide ? get_sites( array( 'fields' => 'ids', 'number' => 0 ) ) : array( get_current_blog_id() );
	foreach ( $sites as $site ) {
		if ( is_multisite() ) {
			switch_to_blog( $site );
		}
		if ( get_option( Products\VERSION_OPTION ) ) {
			Sync\unschedule();
			Sync\request_restart();
			Placements\purge_post_caches( Products\purge_all() );
		}
		if ( is_multisite() ) {
			restore_current_blog();
		}
	}
}
