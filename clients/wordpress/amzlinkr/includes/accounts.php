<?php
/**
 * The Amazon accounts as the service sees them, and Amazon's marketplaces; both kept for pages.
 */

namespace AmzLinkr\Accounts;

use AmzLinkr\Service;
use WP_Error;

defined( 'ABSPATH' ) || exit;

const OPTION       = 'amzlinkr_accounts';
const MARKETPLACES = 'amzlinkr_marketplaces';

/**
 * The accounts, as `GET /v1/connections` describes them.
 */
function all(): array {
	return kept()['accounts'] ?? array();
}

/**
 * The marketplace that is meant where none is named, like `US`.
 */
function primary(): string {
	return (string) ( kept()['primary'] ?? '' );
}

/**
 * The Associate tag for a marketplace, or an empty string.
 */
function tag_for( string $marketplace ): string {
	foreach ( all() as $account ) {
		if ( $account['marketplace'] === $marketplace ) {
			return (string) $account['partner_tag'];
		}
	}
	return '';
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
	$kept = array(
		'accounts'   => $site['connections'],
		// Boxes that name no marketplace mean this one, also while no account is connected.
		'primary'    => (string) ( $site['primary_marketplace'] ?? primary() ),
		'checked_at' => kept()['checked_at'] ?? array(),
	);
	update_option( OPTION, $kept, true );
	return $kept['accounts'];
}

/**
 * Take over what the change feed tells: the states, and since when each marketplace is checked.
 *
 * @param array $checked_at RFC 3339 times by marketplace.
 */
function take_over( array $states, array $checked_at ): void {
	$kept               = kept();
	$kept['checked_at'] = $checked_at;
	foreach ( $kept['accounts'] ?? array() as $place => $account ) {
		$told = $states[ $account['marketplace'] ] ?? null;
		if ( is_array( $told ) ) {
			$kept['accounts'][ $place ]['state']         = $told['state'];
			$kept['accounts'][ $place ]['since']         = $told['since'];
			$kept['accounts'][ $place ]['next_probe_at'] = $told['next_probe_at'];
			$kept['accounts'][ $place ]['action']        = $told['action'];
		}
	}
	update_option( OPTION, $kept, true );
}

/**
 * Until when, at least, all products of a marketplace were seen at Amazon; a Unix time, or 0.
 */
function checked_at( string $marketplace ): int {
	return (int) strtotime( kept()['checked_at'][ $marketplace ] ?? '' );
}

function is_fine( array $account ): bool {
	return 'valid' === $account['state'];
}

/**
 * The marketplaces, as `GET /v1/marketplaces` describes them, by code.
 */
function marketplaces(): array {
	$kept = get_option( MARKETPLACES );
	return is_array( $kept ) ? $kept : array();
}

/**
 * Ask the service for the marketplaces. What is known stays if it does not answer.
 */
function refresh_marketplaces(): void {
	$found = Service\call( 'GET', '/marketplaces' );
	if ( ! is_wp_error( $found ) ) {
		update_option( MARKETPLACES, array_column( $found['marketplaces'], null, 'code' ), true );
	}
}

function forget(): void {
	delete_option( OPTION );
	delete_option( MARKETPLACES );
}

function kept(): array {
	$kept = get_option( OPTION );
	return is_array( $kept ) ? $kept : array();
}

/**
 * A state in words.
 */
function in_words( string $state ): string {
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
