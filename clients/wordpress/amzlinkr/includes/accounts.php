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
const CHECKED      = 'amzlinkr_checked';
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
 * The Associate tag for a marketplace, or an empty string. It outlives the account: links go on earning.
 */
function tag_for( string $marketplace ): string {
	return (string) ( kept()['tags'][ $marketplace ] ?? '' );
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
	Options\fresh( OPTION );
	$kept = array(
		'accounts' => $site['connections'],
		// Boxes that name no marketplace mean this one, also while no account is connected.
		'primary'  => (string) ( $site['primary_marketplace'] ?? primary() ),
		'tags'     => array_column( $site['connections'], 'partner_tag', 'marketplace' ) + ( kept()['tags'] ?? array() ),
	);
	update_option( OPTION, $kept, true );
	return $kept['accounts'];
}

/**
 * Take over what the change feed tells: the states, and since when each marketplace is checked.
 *
 * @param array $checked_at RFC 3339 times by marketplace.
 * @param int   $lineage    Which reading of the feed they vouch for.
 */
function take_over( array $states, array $checked_at, int $lineage ): void {
	update_option( CHECKED, compact( 'lineage', 'checked_at' ), true );
	Options\fresh( OPTION );
	$kept = kept();
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
function checked_at( string $marketplace, int $lineage ): int {
	$kept = get_option( CHECKED );
	return is_array( $kept ) && $kept['lineage'] === $lineage ? (int) strtotime( $kept['checked_at'][ $marketplace ] ?? '' ) : 0;
}

/**
 * What the service vouches for since a moment: by which reading of the feed, in which marketplaces.
 *
 * @return array `lineage`, and `marketplaces`, one of which is none.
 */
function vouched_for( int $moment ): array {
	$lineage = (int) ( get_option( CHECKED )['lineage'] ?? 0 );
	$checked = array_keys( get_option( CHECKED )['checked_at'] ?? array() );
	return array(
		'lineage'      => $lineage,
		'marketplaces' => array_merge( array( '' ), array_filter( $checked, static fn( $one ) => checked_at( $one, $lineage ) > $moment ) ),
	);
}

function is_fine( array $account ): bool {
	return 'valid' === $account['state'];
}

/**
 * What the owner should do about an account; an empty string if nothing.
 */
function action( array $account ): string {
	return ServiceTexts\in_local_words( (string) ( $account['problem']['action'] ?? $account['action'] ?? '' ) );
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

/**
 * Forget the accounts. What links are made of stays: the tags, and which marketplace is meant.
 */
function forget(): void {
	delete_option( CHECKED );
	update_option( OPTION, array_intersect_key( kept(), array( 'primary' => 1, 'tags' => 1 ) ), true );
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
