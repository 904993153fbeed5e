<?php
/**
 * Local copy of the Amazon account states and the marketplaces of the service.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Accounts;

use AmzLinkr\LinkOnly;
use AmzLinkr\Options;
use AmzLinkr\Products;
use AmzLinkr\Rest;
use AmzLinkr\Service;
use AmzLinkr\ServiceTexts;
use WP_Error;

defined( 'ABSPATH' ) || exit;

const OPTION              = 'amzlinkr_accounts';
const CHECKED_AT_OPTION   = 'amzlinkr_checked';
const MARKETPLACES_OPTION = 'amzlinkr_marketplaces';

/** The ends of the domains of Amazon's marketplaces, as a part of a regular expression. The service has the same ones. */
const TOP_LEVEL_DOMAINS = 'com|ca|com\.mx|com\.br|co\.uk|de|fr|it|es|nl|com\.be|ie|pl|se|com\.tr|ae|sa|eg|in|co\.jp|com\.au|sg';

/** The domain of a marketplace. */
const DOMAIN = '^www\.amazon\.(?:' . TOP_LEVEL_DOMAINS . ')\z';

/**
 * Returns the connected Amazon accounts.
 *
 * @return array[] The `connections` of `GET /v1/site`.
 */
function get_all(): array {
	return load()['accounts'] ?? array();
}

/**
 * Returns whether an Amazon account of the site has ever answered a call.
 */
function has_had_access(): bool {
	$worked = static fn( $account ) => 'valid' === ( $account['state'] ?? '' ) || '' !== ( $account['last_ok_at'] ?? '' );
	return array() !== array_filter( get_all(), $worked );
}

/**
 * Returns the default marketplace of blocks and shortcodes.
 *
 * @return string A marketplace code such as `US`, or an empty string.
 */
function get_primary_marketplace(): string {
	return (string) ( load()['primary'] ?? '' );
}

/**
 * Returns the Associate tag for a marketplace. Tags stay after an account is removed, so that links keep them.
 *
 * @param string $marketplace A marketplace code.
 * @return string The tag, or an empty string.
 */
function get_tag( string $marketplace ): string {
	return (string) ( load()['tags'][ $marketplace ] ?? '' );
}

/**
 * Loads the account states from the service and stores them.
 *
 * @return array[]|WP_Error The accounts.
 */
function refresh() {
	$site = Service\call( 'GET', '/site', array( 'requires' => array( 'connections' ) ) );
	if ( is_wp_error( $site ) ) {
		return $site;
	}
	Options\get_uncached( OPTION );
	$accounts = array_map( __NAMESPACE__ . '\sanitize_account', $site['connections'] );
	$accounts = array_values( array_filter( $accounts, static fn( $account ) => '' !== $account['marketplace'] ) );
	$primary  = Products\sanitize_identifier( $site, 'primary_marketplace', Rest\URL_PARAMETERS['marketplace'] );
	$option   = array(
		'accounts' => $accounts,
		// Boxes without a marketplace use this one, also while no account is connected.
		'primary'  => '' === $primary ? get_primary_marketplace() : $primary,
		'tags'     => array_column( $accounts, 'partner_tag', 'marketplace' ) + ( load()['tags'] ?? array() ),
	);
	update_option( OPTION, $option, true );
	return $option['accounts'];
}

/**
 * Converts an account to the stored format: each field is a text.
 *
 * @param array $account An entry of the `connections` of `GET /v1/site`.
 */
function sanitize_account( array $account ): array {
	$problem  = is_array( $account['problem'] ?? null ) ? $account['problem'] : array();
	$upstream = is_array( $problem['upstream'] ?? null ) ? $problem['upstream'] : array();
	$fields   = array( 'api', 'partner_tag', 'key_hint', 'last_ok_at', 'warning' );
	return array_combine( $fields, array_map( static fn( $field ) => Products\sanitize_text( $account, $field ), $fields ) ) + array(
		'marketplace' => Products\sanitize_identifier( $account, 'marketplace', Rest\URL_PARAMETERS['marketplace'] ),
		'amazon_code' => Products\sanitize_text( $upstream, 'code' ),
	) + sanitize_state( isset( $problem['action'] ) ? array( 'action' => $problem['action'] ) + $account : $account );
}

/**
 * Converts the state of an account to the stored format: each field is a text.
 *
 * @param array $state A state of `GET /v1/changes`, or an account.
 */
function sanitize_state( array $state ): array {
	$fields = array( 'state', 'since', 'next_probe_at', 'action' );
	return array_combine( $fields, array_map( static fn( $field ) => Products\sanitize_text( $state, $field ), $fields ) );
}

/**
 * Stores the account states and the check times of a change feed page. Values of other types are dropped.
 *
 * @param array $states          Account states by marketplace code.
 * @param array $checked_at      RFC 3339 times by marketplace code.
 * @param int   $feed_generation The generation of the products that the check times cover.
 */
function update_states( array $states, array $checked_at, int $feed_generation ): void {
	$times = array(
		'feed_generation' => $feed_generation,
		'checked_at'      => array_filter( $checked_at, 'is_string' ),
	);
	update_option( CHECKED_AT_OPTION, $times, true );
	// An admin page may have changed the accounts while this process waited for the service.
	Options\get_uncached( OPTION );
	$option = load();
	foreach ( $option['accounts'] ?? array() as $index => $account ) {
		$state = $states[ $account['marketplace'] ] ?? null;
		if ( is_array( $state ) ) {
			$option['accounts'][ $index ] = sanitize_state( $state ) + $account;
		}
	}
	if ( $option ) {
		update_option( OPTION, $option, true );
	}
}

/**
 * Returns the time since which every current product of a marketplace was seen at Amazon.
 *
 * The time covers products of one feed generation only. The service confirms no other products.
 *
 * @param string $marketplace     A marketplace code.
 * @param int    $feed_generation The generation of the product.
 * @return int A Unix time, or 0.
 */
function get_checked_at( string $marketplace, int $feed_generation ): int {
	$option = get_option( CHECKED_AT_OPTION );
	return is_array( $option ) && $option['feed_generation'] === $feed_generation
		? (int) strtotime( $option['checked_at'][ $marketplace ] ?? '' )
		: 0;
}

/**
 * Returns the marketplaces with products that the service has confirmed since a time.
 *
 * @param int $time A Unix time.
 * @return array `feed_generation`, and `marketplaces` with an empty string as its first code, so that it is
 *               never empty in an SQL list.
 */
function get_confirmed_marketplaces( int $time ): array {
	$option          = get_option( CHECKED_AT_OPTION );
	$feed_generation = (int) ( $option['feed_generation'] ?? 0 );
	$codes           = array_keys( $option['checked_at'] ?? array() );
	$confirmed       = array_filter( $codes, static fn( $code ) => get_checked_at( $code, $feed_generation ) > $time );
	return array(
		'feed_generation' => $feed_generation,
		'marketplaces'    => array_merge( array( '' ), $confirmed ),
	);
}

/**
 * Returns whether Amazon accepts the keys of an account.
 *
 * @param array $account An account.
 */
function is_healthy( array $account ): bool {
	return 'valid' === $account['state'];
}

/**
 * Returns the CSS class of the state of an account.
 *
 * @param array $account An account.
 */
function get_state_class( array $account ): string {
	$other = LinkOnly\STATE === $account['state'] ? 'is-waiting' : 'is-broken';
	return is_healthy( $account ) ? 'is-healthy' : $other;
}

/**
 * Returns what the owner must do about an account.
 *
 * @param array $account An account.
 * @return string A sentence, or an empty string.
 */
function get_action( array $account ): string {
	return LinkOnly\STATE === $account['state'] ? LinkOnly\get_next_step() : ServiceTexts\translate_text( $account['action'] ?? '' );
}

/**
 * Returns Amazon's marketplaces.
 *
 * @return array[] The entries of `GET /v1/marketplaces` by code.
 */
function get_marketplaces(): array {
	$option = get_option( MARKETPLACES_OPTION );
	return is_array( $option ) ? $option : array();
}

/**
 * Loads the marketplaces from the service and stores them. If that fails, the stored list stays.
 */
function refresh_marketplaces(): void {
	$found = Service\call( 'GET', '/marketplaces', array( 'requires' => array( 'marketplaces' ) ) );
	if ( ! is_wp_error( $found ) ) {
		$marketplaces = array_map( __NAMESPACE__ . '\sanitize_marketplace', $found['marketplaces'] );
		$marketplaces = array_filter( $marketplaces, static fn( $marketplace ) => '' !== $marketplace['code'] && '' !== $marketplace['domain'] );
		update_option( MARKETPLACES_OPTION, array_column( $marketplaces, null, 'code' ), true );
	}
}

/**
 * Converts a marketplace to the stored format.
 *
 * @param array $marketplace An entry of `GET /v1/marketplaces`.
 */
function sanitize_marketplace( array $marketplace ): array {
	return array(
		'code'     => Products\sanitize_identifier( $marketplace, 'code', Rest\URL_PARAMETERS['marketplace'] ),
		'domain'   => Products\sanitize_identifier( $marketplace, 'domain', DOMAIN ),
		'name'     => Products\sanitize_text( $marketplace, 'name' ),
		'decimals' => Products\sanitize_count( $marketplace, 'decimals' ),
	);
}

/**
 * Deletes the accounts. The tags and the primary marketplace stay, because links use them.
 */
function reset(): void {
	delete_option( CHECKED_AT_OPTION );
	$kept = array(
		'primary' => 1,
		'tags'    => 1,
	);
	update_option( OPTION, array_intersect_key( load(), $kept ), true );
}

/**
 * Returns the stored option.
 *
 * @return array `accounts`, `primary` and `tags`; empty before the first refresh.
 */
function load(): array {
	$option = get_option( OPTION );
	return is_array( $option ) ? $option : array();
}

/**
 * Returns the label of an account state.
 *
 * @param string $state A state of the service.
 */
function get_state_label( string $state ): string {
	$labels = array(
		'valid'         => __( 'Connected', 'amzlinkr' ),
		'throttled'     => __( 'Paused: Amazon’s request limit is reached', 'amzlinkr' ),
		'not_eligible'  => __( 'Not eligible: too few qualified sales', 'amzlinkr' ),
		'access_denied' => __( 'No access to Amazon’s API', 'amzlinkr' ),
		'keys_rejected' => __( 'Amazon rejects the keys', 'amzlinkr' ),
		'tag_rejected'  => __( 'Amazon rejects the Associate tag', 'amzlinkr' ),
		'retired'       => __( 'PA-API has ended: enter Creators API keys', 'amzlinkr' ),
		'link_only'     => __( 'Tag only, no API access yet', 'amzlinkr' ),
	);
	return $labels[ $state ] ?? $state;
}
