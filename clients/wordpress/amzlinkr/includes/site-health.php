<?php
/**
 * Tests in Tools → Site Health, based on stored data without a service call.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\SiteHealth;

use AmzLinkr\Accounts;
use AmzLinkr\Box;
use AmzLinkr\Connection;
use AmzLinkr\LinkOnly;
use AmzLinkr\ListLabels;
use AmzLinkr\PageCaches;
use AmzLinkr\Sentences;
use AmzLinkr\Sync;
use AmzLinkr\SyncProblems;
use AmzLinkr\Tables;

defined( 'ABSPATH' ) || exit;

add_filter( 'site_status_tests', __NAMESPACE__ . '\add_tests' );

/**
 * Adds the tests to Site Health.
 *
 * @param array $tests The tests of Site Health.
 */
function add_tests( array $tests ): array {
	$tests['direct']['amzlinkr']             = array(
		'label' => __( 'AmzLinkr', 'amzlinkr' ),
		'test'  => __NAMESPACE__ . '\run_test',
	);
	$tests['direct']['amzlinkr_secret_keys'] = array(
		'label' => __( 'AmzLinkr: secret keys of WordPress', 'amzlinkr' ),
		'test'  => __NAMESPACE__ . '\run_secret_keys_test',
	);
	return $tests;
}

/**
 * Runs the test.
 *
 * @return array A result in the format of the filter `site_status_test_result`.
 */
function run_test(): array {
	$problems    = get_problems();
	$is_critical = Connection\is_connected() && ( Connection\has_moved() || get_lost_connection_problem() || Tables\find_lost() );
	$success     = LinkOnly\get_marketplaces() ? __( 'The service is connected. Not all Amazon accounts have access to the API yet.', 'amzlinkr' ) : __( 'The service is connected, and all Amazon accounts work.', 'amzlinkr' );
	$sentences   = $problems ? $problems : array( $success );
	return array(
		'label'       => $problems ? __( 'Amazon prices need your attention', 'amzlinkr' ) : __( 'Amazon prices are up to date', 'amzlinkr' ),
		'status'      => $is_critical ? 'critical' : ( $problems ? 'recommended' : 'good' ),
		'badge'       => array(
			'label' => __( 'AmzLinkr', 'amzlinkr' ),
			'color' => 'blue',
		),
		'description' => '<ul><li>' . implode( '</li><li>', array_map( 'esc_html', $sentences ) ) . '</li></ul>',
		'actions'     => sprintf( '<p><a href="%s">%s</a></p>', esc_url( admin_url( 'admin.php?page=amzlinkr-settings' ) ), esc_html__( 'Open the settings', 'amzlinkr' ) ),
		'test'        => 'amzlinkr',
	);
}

/**
 * Returns all current problems.
 *
 * @return string[] A description of each problem.
 */
function get_problems(): array {
	if ( ! Connection\is_connected() ) {
		return array( __( 'This site is not connected to a service.', 'amzlinkr' ) );
	}
	if ( Connection\has_moved() ) {
		return array( __( 'The address of this site has changed since it was connected.', 'amzlinkr' ) );
	}
	$problems        = Tables\get_problems();
	$lost_connection = get_lost_connection_problem();
	if ( $lost_connection ) {
		$problems[] = $lost_connection;
	}
	$sync_problem = Sync\get_problem();
	if ( $sync_problem && ! $lost_connection ) {
		$problems[] = Sentences\join( $sync_problem['detail'], $sync_problem['action'] );
	}
	$problems = array_merge( $problems, get_overdue_sync_problems(), get_reimport_problems(), get_page_cache_problems(), ListLabels\get_pending_problems( Sync\get_state()['pending_lists'] ) );
	if ( ! Accounts\get_all() ) {
		$problems[] = __( 'No Amazon account is connected.', 'amzlinkr' );
	}
	foreach ( Accounts\get_all() as $account ) {
		// A tag without keys is a choice of the owner: the settings show what follows.
		if ( ! Accounts\is_healthy( $account ) && LinkOnly\STATE !== $account['state'] ) {
			$problems[] = Sentences\join( $account['marketplace'] . ': ' . Accounts\get_state_label( $account['state'] ), Accounts\get_action( $account ) );
		}
	}
	return array_merge( $problems, array_values( SyncProblems\describe_unconnected() ), SyncProblems\name_lists() );
}

/**
 * Returns the problem if the API key cannot be decrypted or the service rejects it.
 *
 * @return string A description, or an empty string.
 */
function get_lost_connection_problem(): string {
	$api_key = Connection\get_api_key();
	$problem = Sync\get_problem();
	if ( is_wp_error( $api_key ) ) {
		return Sentences\describe( $api_key );
	}
	return $problem && 'api_key_rejected' === $problem['code']
		? __( 'The service rejected the API key of this site. Connect this site again. If the service has deleted your Amazon keys, enter them again. Your products are kept.', 'amzlinkr' )
		: '';
}

/**
 * Returns the problem if no sync has finished for an hour and the last run recorded no error.
 *
 * @return string[] At most one description.
 */
function get_overdue_sync_problems(): array {
	$state    = Sync\get_state();
	$last_run = max( $state[ Sync\get_problem() ? 'ran_at' : 'succeeded_at' ], Connection\get()['connected_at'] );
	if ( $last_run > time() - HOUR_IN_SECONDS ) {
		return array();
	}
	/* translators: %s: a date and time */
	return array( sprintf( __( 'No sync has finished since %s, because WordPress does not run its scheduled events or they end early. Ask your host to call wp-cron.php every ten minutes (a “cron job”). Until then, prices older than a day are hidden.', 'amzlinkr' ), Box\format_local_time( $last_run ) ) );
}

/**
 * Returns the marketplaces with products that must be imported again, such as after a move.
 *
 * @return string[] A description for each marketplace.
 */
function get_reimport_problems(): array {
	$problems = array();
	foreach ( Sync\get_state()['pending_reimports'] as $marketplace => $reason ) {
		/* translators: 1: a marketplace like US, 2: the reason, in sentences */
		$problems[] = trim( sprintf( __( '%1$s: Some products must be imported again and show no prices until then. %2$s', 'amzlinkr' ), $marketplace, $reason ) );
	}
	return $problems;
}

/**
 * Returns the problem if the purge of a page cache has failed within a day.
 *
 * @return string[] At most one description.
 */
function get_page_cache_problems(): array {
	$failure = get_option( PageCaches\FAILURE_OPTION );
	if ( ! is_array( $failure ) || $failure[1] < time() - DAY_IN_SECONDS ) {
		return array();
	}
	/* translators: 1: a date and time, 2: the name of a plugin or hook */
	return array( sprintf( __( 'The purge of a page cache failed at %1$s (%2$s), so visitors may see old pages. Update the caching plugin, or ask its authors.', 'amzlinkr' ), Box\format_local_time( $failure[1] ), $failure[0] ) );
}

/**
 * Runs the test of the secret keys with which the API key is encrypted.
 *
 * @return array A result in the format of the filter `site_status_test_result`.
 */
function run_secret_keys_test(): array {
	$names = find_secret_keys_in_database();
	$text  = $names
		/* translators: %s: names of PHP constants */
		? sprintf( __( 'WordPress keeps its secret keys (%s) in the database, because wp-config.php does not define them, or defines them with a default or repeated value. The database of a connected site also contains its encrypted API key, so a copy of the database can be enough to decrypt it.', 'amzlinkr' ), implode( ', ', $names ) )
		: __( 'The secret keys are defined in wp-config.php. A copy of the database is not enough to decrypt the API key of this site.', 'amzlinkr' );
	$todo = __( 'Define all secret keys of WordPress in wp-config.php, each with a different random value. This ends all logins. If this site is connected, connect it again then under AmzLinkr → Settings → Connection, and enter the Amazon keys again.', 'amzlinkr' );
	return array(
		'label'       => $names ? __( 'The API key of AmzLinkr can be decrypted with the database', 'amzlinkr' ) : __( 'The API key of AmzLinkr is encrypted with secret keys outside the database', 'amzlinkr' ),
		'status'      => $names ? 'recommended' : 'good',
		'badge'       => array(
			'label' => __( 'Security', 'amzlinkr' ),
			'color' => 'blue',
		),
		'description' => '<p>' . esc_html( $text ) . '</p>',
		'actions'     => $names ? '<p>' . esc_html( $todo ) . '</p>' : '',
		'test'        => 'amzlinkr_secret_keys',
	);
}

/**
 * Finds the secret keys of the API key's encryption that WordPress reads from the database.
 *
 * @return string[] Names of constants that wp-config.php should define.
 */
function find_secret_keys_in_database(): array {
	$salt  = wp_salt( 'auth' );
	$names = array();
	foreach ( array( 'auth_key', 'auth_salt' ) as $option ) {
		// WordPress creates the options when it uses them, and leaves them when wp-config.php replaces them later.
		$stored = (string) get_site_option( $option );
		if ( '' !== $stored && false !== strpos( $salt, $stored ) ) {
			$names[] = strtoupper( $option );
		}
	}
	return $names;
}
