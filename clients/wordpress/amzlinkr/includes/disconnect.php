<?php
/**
 * Disconnection, deletion of the site at the service, and deactivation of the plugin.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Disconnect;

use AmzLinkr\Accounts;
use AmzLinkr\AttentionMail;
use AmzLinkr\Audit;
use AmzLinkr\Connection;
use AmzLinkr\ListPlacements;
use AmzLinkr\Lists;
use AmzLinkr\Placements;
use AmzLinkr\Products;
use AmzLinkr\Service;
use AmzLinkr\SignUp;
use AmzLinkr\Sync;
use AmzLinkr\SyncReport;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * Deletes the Amazon keys at the service, revokes the API key and removes the connection.
 *
 * The service keeps the list of products for a later connection.
 *
 * @return true|WP_Error
 */
function disconnect() {
	$accounts = Service\call( 'GET', '/connections', array( 'requires' => array( 'connections' ) ) );
	$api_keys = is_wp_error( $accounts ) ? $accounts : Service\call( 'GET', '/keys', array( 'requires' => array( 'keys' ) ) );
	if ( is_wp_error( $api_keys ) ) {
		return $api_keys;
	}
	$calls = array_map( static fn( $account ) => array( '/connections/{marketplace}', array( 'marketplace' => $account['marketplace'] ?? null ) ), $accounts['connections'] );
	// The current API key comes last: without it the other calls would be rejected.
	foreach ( $api_keys['keys'] as $api_key ) {
		if ( ! empty( $api_key['current'] ) ) {
			$calls[] = array( '/keys/{kid}', array( 'kid' => $api_key['kid'] ?? null ) );
		}
	}
	foreach ( $calls as list( $path, $values ) ) {
		$deleted = Service\call( 'DELETE', $path, array( 'path' => $values ) );
		if ( is_wp_error( $deleted ) ) {
			return $deleted;
		}
	}
	disconnect_locally();
	return true;
}

/**
 * Deletes all data of this site at the service and removes the connection.
 *
 * @return true|WP_Error
 */
function delete_site() {
	$deleted = request_site_deletion( static fn( ...$arguments ) => Service\call( ...$arguments ) );
	if ( is_wp_error( $deleted ) ) {
		return $deleted;
	}
	disconnect_locally();
	return true;
}

/**
 * Returns a function that deletes the service's data of the site URL before a move.
 *
 * It captures the old API key, because the new connection replaces it.
 *
 * @return callable A function without parameters that returns the result of request_site_deletion().
 */
function get_old_site_deleter(): callable {
	$service_url = Connection\get()['service_url'];
	$api_key     = Connection\get_api_key();
	return static fn() => is_wp_error( $api_key ) ? $api_key : request_site_deletion(
		static fn( string $method, string $path, array $options = array() ) => Service\send(
			$service_url,
			$method,
			$path,
			array( 'headers' => array( 'Authorization' => "Bearer $api_key" ) ) + $options
		)
	);
}

/**
 * Deletes all data of a site at the service.
 *
 * @param callable $call A function like Service\call() that sends the site's API key.
 * @return array|WP_Error
 */
function request_site_deletion( callable $call ) {
	$site = $call( 'GET', '/site' );
	if ( is_wp_error( $site ) ) {
		return $site;
	}
	$host = (string) preg_replace( '~^https?://~', '', Products\sanitize_text( $site, 'site_url' ) );
	return $call( 'DELETE', '/site', array( 'query' => array( 'confirm' => $host ) ) );
}

/**
 * Removes the connection from this site without a call to the service.
 *
 * If this site is a copy, the API key belongs to the original, so it is not revoked. Boxes stay in posts and link
 * to Amazon. Amazon's content is deleted, because no sync keeps it correct after this.
 */
function disconnect_locally(): void {
	Sync\reset();
	Connection\delete();
	Accounts\reset();
	Audit\reset();
	SyncReport\reset();
	AttentionMail\reset();
	purge_content();
}

/**
 * Deletes Amazon's content of products and lists, and purges the caches of their posts.
 */
function purge_content(): void {
	Placements\purge_post_caches( Products\purge_all() );
	ListPlacements\purge_post_caches( array_column( Lists\purge_all(), 'name' ) );
}

/**
 * Stops the sync, and deletes Amazon's content and a pending sign-up when the plugin is deactivated.
 *
 * The connection stays. After a new activation the sync reads the content again.
 *
 * @param bool $network_wide Whether the plugin is deactivated on all sites of a network.
 */
function deactivate( bool $network_wide ): void {
	$all_sites = array(
		'fields' => 'ids',
		'number' => 0,
	);
	$sites     = $network_wide ? get_sites( $all_sites ) : array( get_current_blog_id() );
	foreach ( $sites as $site ) {
		if ( is_multisite() ) {
			switch_to_blog( $site );
		}
		if ( get_option( Products\VERSION_OPTION ) ) {
			Sync\unschedule();
			SignUp\forget();
			Sync\request_restart();
			purge_content();
		}
		if ( is_multisite() ) {
			restore_current_blog();
		}
	}
}
