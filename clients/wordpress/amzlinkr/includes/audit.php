<?php
/**
 * Security events of this site at the service: a stored copy for the settings, and an e-mail about new events.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Audit;

use AmzLinkr\Box;
use AmzLinkr\Connection;
use AmzLinkr\Options;
use AmzLinkr\Products;
use AmzLinkr\Service;
use AmzLinkr\Sync;
use WP_Error;

defined( 'ABSPATH' ) || exit;

const OPTION        = 'amzlinkr_audit';
const SENT_OPTION   = 'amzlinkr_audit_sent';
const NOTIFY_OPTION = 'amzlinkr_audit_mail';
const LOCK          = 'amzlinkr_audit_lock';
const HOOK          = 'amzlinkr_audit_run';

/** The number of events in one response of the service. Only these are stored. */
const MAX_EVENTS = 100;

/** The number of pages that one run reads if all their events are new. */
const MAX_PAGES = 10;

/** Events that are older than this are not new, and their hashes are not kept. */
const MAX_KNOWN_SECONDS = 30 * DAY_IN_SECONDS;

/** The number of events that the settings show. */
const MAX_SHOWN = 20;

/** The shortest time between two requests by WP-Cron. */
const INTERVAL_SECONDS = HOUR_IN_SECONDS - MINUTE_IN_SECONDS;

/** Events before the first request are new if they are not older than this. An e-mail about earlier ones is useless. */
const MAX_AGE_OF_NEW_SECONDS = DAY_IN_SECONDS;

/** A page waits no longer than this for the service. */
const MAX_PAGE_SECONDS = 5;

add_action( 'init', __NAMESPACE__ . '\schedule' );
add_action( HOOK, __NAMESPACE__ . '\run', 10, 0 );

/**
 * Schedules the run if the site is connected. It is an event apart from the sync, so that a sync that ends early does not stop it.
 */
function schedule(): void {
	if ( Connection\is_connected() && ! wp_next_scheduled( HOOK ) ) {
		wp_schedule_event( time() + 2 * MINUTE_IN_SECONDS, 'amzlinkr', HOOK );
	}
}

/**
 * Sends an e-mail if the service rejects the API key, and once an hour about new events.
 */
function run(): void {
	$lock = Connection\is_connected() ? Sync\acquire_lock( LOCK ) : '';
	if ( '' === $lock ) {
		return;
	}
	try {
		array_map( 'AmzLinkr\Options\get_uncached', array( OPTION, SENT_OPTION ) );
		$problem = Sync\get_problem()['code'] ?? '';
		if ( 'api_key_rejected' !== $problem && get_sent()['ran_at'] <= time() - INTERVAL_SECONDS ) {
			$refreshed = refresh();
			$events    = is_wp_error( $refreshed ) ? $refreshed : read_new_events( $refreshed );
			// Other problems are not reported here: if the service cannot be reached, the sync has reported that.
			if ( is_wp_error( $events ) ) {
				$problem = $events->get_error_code();
			} else {
				send_new_events( $events );
			}
		}
		report_api_key( $problem );
	} finally {
		Options\delete_row( LOCK, $lock );
	}
}

/**
 * Sends one e-mail if the service rejects the API key: its own revocation is an event that this site cannot load.
 *
 * @param string $problem The code of the current problem, or an empty string after a success, which permits another
 *                        e-mail.
 */
function report_api_key( string $problem ): void {
	$sent = get_sent();
	if ( 'api_key_rejected' === $problem && ! $sent['is_key_reported'] ) {
		$is_reported = ! is_notifying() || send_mail( get_rejection_text() );
	} elseif ( '' === $problem && $sent['is_key_reported'] ) {
		$is_reported = false;
	} else {
		return;
	}
	update_option( SENT_OPTION, array( 'is_key_reported' => $is_reported ) + $sent, false );
}

/**
 * Returns the text of the e-mail about a rejected API key.
 *
 * @return string[] Paragraphs.
 */
function get_rejection_text(): array {
	return array(
		/* translators: %s: the address of a site */
		sprintf( __( 'The AmzLinkr service rejects the API key of %s. It was revoked: with another API key, by a report that it has leaked, or by a new sign-up of the site. Prices on the site are no longer updated.', 'amzlinkr' ), Connection\get_current_url() ),
		__( 'If this was you or another administrator, connect the site again. If not, connect it again, which ends all other API keys, and replace your Amazon keys. The connection is in the settings:', 'amzlinkr' ),
	);
}

/**
 * Loads the newest events from the service and stores them.
 *
 * @param int $seconds The timeout.
 * @return array|WP_Error The page of read_page(); an empty one if the service is too old for security events.
 */
function refresh( int $seconds = 30 ) {
	$page         = read_page( '', $seconds );
	$is_supported = ! is_wp_error( $page ) || 'not_found' !== $page->get_error_code();
	if ( is_wp_error( $page ) && $is_supported ) {
		return $page;
	}
	if ( ! $is_supported ) {
		$page = array(
			'events'      => array(),
			'next_cursor' => '',
		);
	}
	update_option( OPTION, compact( 'is_supported' ) + array( 'events' => $page['events'] ), false );
	return $page;
}

/**
 * Reads a page of events.
 *
 * @param string $cursor  The cursor of the page; empty for the first one.
 * @param int    $seconds The timeout.
 * @return array|WP_Error `events` of sanitize_event(), newest first, and `next_cursor`, empty at the end.
 */
function read_page( string $cursor, int $seconds ) {
	$options = array(
		'query'    => array(
			'limit'  => MAX_EVENTS,
			'cursor' => $cursor,
		),
		'seconds'  => $seconds,
		'requires' => array( 'events' ),
	);
	$page    = Service\call( 'GET', '/audit', $options );
	return is_wp_error( $page ) ? $page : array(
		'events'      => array_values( array_filter( array_map( __NAMESPACE__ . '\sanitize_event', array_slice( $page['events'], 0, MAX_EVENTS ) ) ) ),
		'next_cursor' => Products\sanitize_text( $page, 'next_cursor' ),
	);
}

/**
 * Reads further pages until one has an event that is not new. A new key could hide behind many later events.
 *
 * @param array $page The first page, of read_page().
 * @return array[]|WP_Error The events of all pages.
 */
function read_new_events( array $page ) {
	$events = $page['events'];
	for ( $pages = 1; $pages < MAX_PAGES && '' !== $page['next_cursor'] && find_new( $page['events'] ) === $page['events']; $pages++ ) {
		$page = read_page( $page['next_cursor'], MAX_PAGE_SECONDS );
		if ( is_wp_error( $page ) ) {
			return $page;
		}
		$events = array_merge( $events, $page['events'] );
	}
	return $events;
}

/**
 * Finds the events that no e-mail has contained and that are not too old for one.
 *
 * @param array[] $events Events.
 */
function find_new( array $events ): array {
	$sent   = get_sent();
	$oldest = max( $sent['since'], time() - MAX_KNOWN_SECONDS );
	return array_filter( $events, static fn( $event ) => $event['at'] >= $oldest && ! isset( $sent['hashes'][ get_hash( $event ) ] ) );
}

/**
 * Returns the stored events.
 *
 * @return array `events` of sanitize_event(), newest first, and `is_supported`, whether the service has such events.
 */
function load(): array {
	$option = get_option( OPTION );
	return ( is_array( $option ) ? $option : array() ) + array(
		'events'       => array(),
		'is_supported' => false,
	);
}

/**
 * Returns which events are not new any more. Only run() changes this, because it holds the lock.
 *
 * @return array `hashes` with the times of events that an e-mail contained or that were not to be sent, `since`, the Unix time before
 *               which events are not new, `ran_at`, the Unix time of the last run, or 0, and `is_key_reported`,
 *               whether an e-mail about the rejected API key was sent.
 */
function get_sent(): array {
	$option = get_option( SENT_OPTION );
	return ( is_array( $option ) ? $option : array() ) + array(
		'hashes'          => array(),
		'since'           => time() - MAX_AGE_OF_NEW_SECONDS,
		'ran_at'          => 0,
		'is_key_reported' => false,
	);
}

/**
 * Deletes the stored events when the connection ends.
 */
function reset(): void {
	array_map( 'delete_option', array( OPTION, SENT_OPTION, LOCK ) );
}

/**
 * Sanitizes an event of the service.
 *
 * @param array $event `at`, `event`, `actor` and `detail`.
 * @return array|null The event as plain text, with `at` as a Unix time; null if it has no time or no name.
 */
function sanitize_event( array $event ): ?array {
	$at   = (int) strtotime( Products\sanitize_text( $event, 'at' ) );
	$name = Products\sanitize_text( $event, 'event' );
	if ( $at <= 0 || ! preg_match( '~^[a-z_]{1,64}\z~', $name ) ) {
		return null;
	}
	$actor = Products\sanitize_text( $event, 'actor' );
	return array(
		'at'     => $at,
		'event'  => $name,
		'actor'  => preg_match( '~^[\w-]{1,40}\z~', $actor ) ? $actor : '',
		'detail' => mb_substr( Products\sanitize_text( $event, 'detail' ), 0, 300 ),
	);
}

/**
 * Returns whether the site's administrator receives an e-mail about new events. This is the default.
 */
function is_notifying(): bool {
	return 'no' !== get_option( NOTIFY_OPTION );
}

/**
 * Saves whether the site's administrator receives an e-mail about new events.
 *
 * @param bool $notify Whether an e-mail is sent.
 */
function set_notifying( bool $notify ): void {
	update_option( NOTIFY_OPTION, $notify ? 'yes' : 'no', false );
}

/**
 * Sends one e-mail about the events that no e-mail has contained.
 *
 * If the e-mail cannot be sent, the next run tries again.
 *
 * @param array[] $events Events, newest first.
 */
function send_new_events( array $events ): void {
	$sent = get_sent();
	$new  = find_new( $events );
	if ( ! $new || ! is_notifying() || send_mail( get_events_text( $new ) ) ) {
		// A page without events, or a service that does not know them for a while, does not make them new again.
		$hashes         = array_combine( array_map( __NAMESPACE__ . '\get_hash', $events ), array_column( $events, 'at' ) ) + $sent['hashes'];
		$known          = array_filter( $hashes, static fn( $at ) => $at >= time() - MAX_KNOWN_SECONDS );
		$sent['hashes'] = array_slice( $known, 0, 2 * MAX_PAGES * MAX_EVENTS, true );
	}
	update_option( SENT_OPTION, array( 'ran_at' => time() ) + $sent, false );
}

/**
 * Returns a short text that identifies an event. The service sends no IDs.
 *
 * @param array $event An event.
 */
function get_hash( array $event ): string {
	return md5( wp_json_encode( $event ) );
}

/**
 * Returns the text of the e-mail about events.
 *
 * It contains the kind and the actor of events, the time of the newest, and their number. The details stay in the settings: an e-mail is not
 * encrypted, and is kept by others.
 *
 * @param array[] $events Events, newest first.
 * @return string[] Paragraphs.
 */
function get_events_text( array $events ): array {
	$groups = array();
	foreach ( $events as $event ) {
		$groups[ "{$event['event']} {$event['actor']}" ][] = $event;
	}
	$lines = array();
	foreach ( $groups as $group ) {
		/* translators: %d: a number, 2 or more */
		$times   = count( $group ) > 1 ? sprintf( __( '%d times', 'amzlinkr' ), count( $group ) ) : '';
		$lines[] = '- ' . implode( ' · ', array_filter( array( Box\format_local_time( $group[0]['at'] ), get_label( $group[0]['event'] ), get_actor( $group[0]['actor'] ), $times ) ) );
	}
	return array(
		/* translators: %s: the address of a site */
		sprintf( __( 'The AmzLinkr service reports security events of %s:', 'amzlinkr' ), Connection\get_current_url() ),
		implode( "\n", $lines ),
		__( 'If this was you or another administrator, there is nothing to do. If not, disconnect the site and connect it again, which ends all API keys, and replace your Amazon keys. The details are in the settings:', 'amzlinkr' ),
	);
}

/**
 * Sends an e-mail to the site's administration address.
 *
 * @param string[] $paragraphs The text. The address of the settings follows it.
 * @return bool Whether WordPress handed the e-mail over.
 */
function send_mail( array $paragraphs ): bool {
	$site = wp_specialchars_decode( (string) get_option( 'blogname' ), ENT_QUOTES );
	array_push( $paragraphs, admin_url( 'admin.php?page=amzlinkr-settings&tab=connection' ), __( 'You can switch these e-mails off there.', 'amzlinkr' ) );
	/* translators: %s: the name of a site */
	return wp_mail( get_option( 'admin_email' ), sprintf( __( '[%s] AmzLinkr security events', 'amzlinkr' ), $site ), implode( "\n\n", $paragraphs ) . "\n" );
}

/**
 * Returns the label of an event.
 *
 * @param string $event An event of the service.
 */
function get_label( string $event ): string {
	$labels = array(
		'signed_up_again'      => __( 'The site was signed up again. All earlier API keys ended.', 'amzlinkr' ),
		'key_created'          => __( 'An API key was created.', 'amzlinkr' ),
		'key_revoked'          => __( 'An API key was revoked.', 'amzlinkr' ),
		'credentials_replaced' => __( 'Amazon keys were replaced.', 'amzlinkr' ),
		'connection_deleted'   => __( 'Amazon keys were deleted.', 'amzlinkr' ),
		'settings_changed'     => __( 'Settings at the service were changed.', 'amzlinkr' ),
		'suspended'            => __( 'The operator suspended the site.', 'amzlinkr' ),
		'resumed'              => __( 'The operator ended the suspension of the site.', 'amzlinkr' ),
	);
	/* translators: %s: the name of an event, in English */
	return $labels[ $event ] ?? sprintf( __( 'Another event: %s', 'amzlinkr' ), $event );
}

/**
 * Returns the description of an actor.
 *
 * @param string $actor `sign-up`, `operator`, the ID of an API key, or an empty string.
 */
function get_actor( string $actor ): string {
	$labels = array(
		''         => '',
		'sign-up'  => __( 'by a sign-up', 'amzlinkr' ),
		'operator' => __( 'by the operator of the service', 'amzlinkr' ),
	);
	/* translators: %s: the ID of an API key */
	return $labels[ $actor ] ?? sprintf( __( 'with the API key %s', 'amzlinkr' ), $actor );
}
