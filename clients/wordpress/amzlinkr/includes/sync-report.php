<?php
/**
 * The problems that `GET /v1/sync` reports: why marketplaces are not refreshed, and the lists that Amazon refuses.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\SyncReport;

use AmzLinkr\ListLabels;
use AmzLinkr\Lists;
use AmzLinkr\Options;
use AmzLinkr\Products;
use AmzLinkr\Rest;
use AmzLinkr\Service;

defined( 'ABSPATH' ) || exit;

const OPTION = 'amzlinkr_sync_report';

/** The service repeats a refused search every hour. */
const MAX_AGE_SECONDS = HOUR_IN_SECONDS;

/** The sync of this site waits for the report at its end. */
const MAX_READ_SECONDS = 5;

/** The number of problems of each kind that are stored. */
const MAX_PROBLEMS = 100;

/**
 * Returns the stored report.
 *
 * @return array {
 *     @type int     $read_at       The Unix time at which it was read, or 0.
 *     @type array[] $problems      The `code` and `action` by marketplace code, in the words of the service.
 *     @type array[] $list_problems The `code`, `detail` and `action`, and `at` (a Unix time), by the name of the list.
 * }
 */
function load(): array {
	$report = get_option( OPTION );
	return ( is_array( $report ) ? $report : array() ) + array(
		'read_at'       => 0,
		'problems'      => array(),
		'list_problems' => array(),
	);
}

/**
 * Reads the report if the stored one is too old, or if a list waits for its first products.
 */
function refresh_if_due(): void {
	if ( load()['read_at'] <= time() - MAX_AGE_SECONDS || is_list_awaited() ) {
		refresh();
	}
}

/**
 * Returns whether a list without a known problem waits for its first products.
 */
function is_list_awaited(): bool {
	$known = load()['list_problems'];
	foreach ( Lists\get_rows( 'refreshed_at = %d', array( 0 ) ) as $list ) {
		if ( ! isset( $known[ $list['name'] ] ) && ListLabels\is_account_callable( $list['marketplace'] ) ) {
			return true;
		}
	}
	return false;
}

/**
 * Reads the report from the service. If that fails, the stored one stays.
 */
function refresh(): void {
	$report = Service\call( 'GET', '/sync', array( 'seconds' => MAX_READ_SECONDS ) );
	if ( ! is_wp_error( $report ) ) {
		save( $report );
	}
}

/**
 * Stores a report. Members of other types are dropped.
 *
 * @param array $report A response of `GET /v1/sync` or `POST /v1/sync`.
 */
function save( array $report ): void {
	$problems      = sanitize( $report['problems'] ?? null, Rest\URL_PARAMETERS['marketplace'], array( 'code', 'action' ) );
	$list_problems = sanitize( $report['list_problems'] ?? null, Rest\URL_PARAMETERS['name'], array( 'code', 'detail', 'action', 'at' ) );
	foreach ( $list_problems as $name => $problem ) {
		$list_problems[ $name ]['at'] = (int) strtotime( $problem['at'] );
	}
	$read_at = time();
	update_option( OPTION, compact( 'read_at', 'problems', 'list_problems' ), false );
}

/**
 * Returns the problems of a report in the stored format.
 *
 * @param mixed    $problems Problems of the service by marketplace code or name.
 * @param string   $pattern  The pattern of the codes or names.
 * @param string[] $fields   The fields of a problem.
 * @return array[] Texts by field, by code or name. Those without a code are dropped.
 */
function sanitize( $problems, string $pattern, array $fields ): array {
	$found = array();
	foreach ( array_filter( is_array( $problems ) ? $problems : array(), 'is_array' ) as $key => $problem ) {
		$texts = array();
		foreach ( $fields as $field ) {
			$texts[ $field ] = Products\sanitize_text( $problem, $field );
		}
		if ( '' !== $texts['code'] && preg_match( "~$pattern~", (string) $key ) && count( $found ) < MAX_PROBLEMS ) {
			$found[ $key ] = $texts;
		}
	}
	return $found;
}

/**
 * Removes the problem of a list of which the search was replaced.
 *
 * @param string $name The name of the list.
 */
function forget_list( string $name ): void {
	Options\get_uncached( OPTION );
	$report = load();
	if ( isset( $report['list_problems'][ $name ] ) ) {
		unset( $report['list_problems'][ $name ] );
		update_option( OPTION, $report, false );
	}
}

/**
 * Deletes the report when the connection ends.
 */
function reset(): void {
	delete_option( OPTION );
}
