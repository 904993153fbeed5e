<?php
/**
 * The Amazon accounts as the service sees them, and Amazon's marketplaces; both kept for pages.
 */

namespace AmzLinkr\Accounts;

use AmzLinkr\Options;
use AmzLinkr\Service;
use AmzLinkr\ServiceTexts;
use WP_Error;

defined( 'ABSPATH' ) || exit;

const OPTION       = 'amzlinkr_accounts';
const CHECKED_AT_OPTION      = 'amzlinkr_checked';
const MARKETPLACES_OPTION = 'amzlinkr_marketplaces';

/**
 * The accounts, as `GET /v1/connections` describes them.
 */
function get_all(): array {
	return load()['accounts'] ?? array();
}

/**
 * The marketplace that is meant where none is named, like `US`.
 */
function get_primary_marketplace(): string {
	return (string) ( load()['primary'] ?? '' );
}

/**
 * The Associate tag for a marketplace, or an empty string. It outlives the account: links go on earning.
 */
function get_tag( string $marketplace ): string {
	return (string) ( load()['tags'][ $marketplace ] ?? '' );
}

/**
 * Ask the service for the accounts' states.
 *
 * @return array|WP_Error The accounts.
 */
function refresh() {
	$site = Service\call( 'GET', '/site' );
	if ( is_wp_error( $site ) ) {
		return $site;
	}
	Options\get_uncached( OPTION );
	$kept = array(
		'accounts' => $site['connections'],
		// Boxes that name no marketplace mean this one, also while no account is connected.
		'primary'  => (string) ( $site['primary_marketplace'] ?? get_primary_marketplace() ),
		'tags'     => array_column( $site['connections'], 'partner_tag', 'marketplace' ) + ( load()['tags'] ?? array() ),
	);
	update_option( OPTION, $kept, true );
	return $kept['accounts'];
}

/**
 * Take over what the change feed tells: the states, and since when each marketplace is checked.
 *
 * @param array $checked_at RFC 3339 times by marketplace.
 * @param int   $feed_generation    Which reading of the feed they vouch for.
 */
function update_states( array $states, array $checked_at, int $feed_generation ): void {
	update_option( CHECKED_AT_OPTION, compact( 'feed_generation', 'checked_at' ), true );
	Options\get_uncached( OPTION );
	$kept = load();
	foreach ( $kept['accounts'] ?? array() as $place => $account ) {
		$told = $states[ $account['marketplace'] ] ?? null;
		if ( is_array( $told ) ) {
			$kept['accounts'][ $place ]['state']         = $told['state'];
			$kept['accounts'][ $place ]['since']         = $told['since'];
			$kept['accounts'][ $place ]['next_probe_at'] = $told['next_probe_at'];
			$kept['accounts'][ $place ]['action']        = $told['action'];
		}
	}
	if ( $kept ) {
		update_option( OPTION, $kept, true );
	}
}

/**
 * Until when, at least, all products of a marketplace were seen at Amazon that came by one reading of the
 * feed; a Unix time, or 0. Of others the service knows nothing, and vouches for none.
 */
function get_checked_at( string $marketplace, int $feed_generation ): int {
	$kept = get_option( CHECKED_AT_OPTION );
	return is_array( $kept ) && $kept['feed_generation'] === $feed_generation ? (int) strtotime( $kept['checked_at'][ $marketplace ] ?? '' ) : 0;
}

/**
 * What the service vouches for since a moment: by which reading of the feed, in which marketplaces.
 *
 * @return array `feed_generation`, and `marketplaces`, one of which is none.
 */
function get_confirmed_marketplaces( int $moment ): array {
	$feed_generation = (int) ( get_option( CHECKED_AT_OPTION )['feed_generation'] ?? 0 );
	$checked = array_keys( get_option( CHECKED_AT_OPTION )['checked_at'] ?? array() );
	return array(
		'feed_generation'      => $feed_generation,
		'marketplaces' => array_merge( array( '' ), array_filter( $checked, static fn( $one ) => get_checked_at( $one, $feed_generation ) > $moment ) ),
	);
}

function is_healthy( array $account ): bool {
	return 'valid' === $account['state'];
}

/**
 * What the owner should do about an account; an empty string if nothing.
 */
function get_action( array $account ): string {
	return ServiceTexts\translate_text( (string) ( $account['problem']['action'] ?? $account['action'] ?? '' ) );
}

/**
 * The marketplaces, as `GET /v1/marketplaces` describes them, by code.
 */
function get_marketplaces(): array {
	$kept = get_option( MARKETPLACES_OPTION );
	return is_array( $kept ) ? $kept : array();
}

/**
 * Ask the service for the marketplaces. What is known stays if it does not answer.
 */
function refresh_marketplaces(): void {
	$found = Service\call( 'GET', '/marketplaces' );
	if ( ! is_wp_error( $found ) ) {
		update_option( MARKETPLACES_OPTION, array_column( $found['marketplaces'], null, 'code' ), true );
	}
}

/**
 * Forget the accounts. What links are made of stays: the tags, and which marketplace is meant.
 */
function reset(): void {
	delete_option( CHECKED_AT_OPTION );
	update_option( OPTION, array_intersect_key( load(), array( 'primary' => 1, 'tags' => 1 ) ), true );
}

function load(): array {
	$kept = get_option( OPTION );
	return is_array( $kept ) ? $kept : array();
}

/**
 * A state in words.
 */
function get_state_label( string $state ): string {
	$words = array(
		'valid'         => __( 'Connected', 'amzlinkr' ),
		'throttled'     => __( 'Waiting: Amazon’s limit is reached', 'amzlinkr' ),
		'not_eligible'  => __( 'Not eligible yet: too few sales', 'amzlinkr' ),
		'access_denied' => __( 'No access to Amazon’s API', 'amzlinkr' ),
		'keys_rejected' => __( 'Amazon rejects the keys', 'amzlinkr' ),
		'tag_rejected'  => __( 'Amazon rejects the Associate tag', 'amzlinkr' ),
		'retired'       => __( 'PA-API has ended: new keys are needed', 'amzlinkr' ),
	);
	return $words[ $state ] ?? $state;
}
