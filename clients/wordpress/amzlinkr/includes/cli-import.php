<?php
/**
 * The import of `wp amzlinkr import`: reads the entries, waits for the jobs of the service, and shows the progress.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\CLI;

use AmzLinkr\RouteCalls;
use WP_CLI;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/** The maximum number of entries in one import request of the service. */
const MAX_IMPORT_ITEMS = 1000;

const POLL_SECONDS = 1;
const MAX_RETRIES  = 10;

/** The states of a job that is not done. */
const RUNNING = array( 'queued', 'running' );

/**
 * Reads the entries to import.
 *
 * @param string[] $args The entries in the command.
 * @param string   $file The path of a file, a hyphen for standard input, or an empty string.
 * @return string[] The entries.
 */
function read_entries( array $args, string $file ): array {
	$lines = array();
	if ( '' !== $file ) {
		$path  = '-' === $file ? 'php://stdin' : $file;
		$lines = '-' === $file || is_readable( $file ) ? file( $path, FILE_IGNORE_NEW_LINES ) : false;
		if ( false === $lines ) {
			/* translators: %s: the path of a file */
			WP_CLI::error( sprintf( __( 'The file %s cannot be read. Check its path and permissions.', 'amzlinkr' ), make_plain( $file ) ) );
		}
	}
	$entries = array_map( 'trim', array_merge( $args, $lines ) );
	$entries = array_values( array_filter( $entries, static fn( $entry ) => '' !== $entry && '#' !== $entry[0] ) );
	if ( ! $entries ) {
		WP_CLI::error( __( 'There is nothing to import. Enter ASINs or Amazon URLs, or a file with --file.', 'amzlinkr' ) );
	}
	return $entries;
}

/**
 * Imports any number of entries.
 *
 * @param string[] $entries       ASINs or Amazon URLs.
 * @param string   $marketplace   The marketplace of the ASINs, or an empty string for the primary one.
 * @param bool     $with_progress Whether a progress bar is shown.
 * @return array[] The results, in the order of the entries.
 */
function import_entries( array $entries, string $marketplace, bool $with_progress ): array {
	$progress = $with_progress ? WP_CLI\Utils\make_progress_bar( __( 'Importing', 'amzlinkr' ), count( $entries ) ) : null;
	$results  = array();
	foreach ( array_chunk( $entries, MAX_IMPORT_ITEMS ) as $batch ) {
		$done = 0;
		$tick = static function ( int $number ) use ( $progress, &$done ): void {
			if ( $progress && $number > $done ) {
				$progress->tick( $number - $done );
			}
			$done = max( $done, $number );
		};
		array_push( $results, ...import_batch( $batch, $marketplace, $tick ) );
		$tick( count( $batch ) );
	}
	if ( $progress ) {
		$progress->finish();
	}
	return $results;
}

/**
 * Imports the entries of one request, and waits for its job.
 *
 * @param string[] $items       The entries.
 * @param string   $marketplace A marketplace code, or an empty string.
 * @param callable $tick        A function that receives the number of entries that are done.
 * @return array[] The results.
 */
function import_batch( array $items, string $marketplace, callable $tick ): array {
	$started = RouteCalls\call( 'import', 'POST', compact( 'items', 'marketplace' ) + array( 'idempotency_key' => wp_generate_uuid4() ) );
	if ( is_wp_error( $started ) ) {
		fail( $started );
	}
	if ( ! isset( $started['job_id'] ) ) {
		return $started['results'];
	}
	do {
		$job  = call_job( $started['job_id'], array( 'limit' => 1 ) );
		$runs = in_array( $job['status'] ?? '', RUNNING, true );
		$tick( min( count( $items ), (int) ( $job['done'] ?? 0 ) ) );
		sleep( $runs ? POLL_SECONDS : 0 );
	} while ( $runs );
	$results = array();
	$cursor  = '';
	do {
		$page   = call_job( $started['job_id'], array( 'limit' => 100 ) + array_filter( compact( 'cursor' ) ) );
		$cursor = is_string( $page['next_cursor'] ?? null ) ? $page['next_cursor'] : '';
		array_push( $results, ...$page['results'] );
	} while ( '' !== $cursor );
	return $results;
}

/**
 * Reads the state of a job, again after an error that may end: the job continues at the service.
 *
 * @param string $job    The ID of the job.
 * @param array  $fields The `limit` and the `cursor`.
 * @return array The job, with `results`.
 */
function call_job( string $job, array $fields ): array {
	for ( $retries = MAX_RETRIES; ; $retries-- ) {
		$result = RouteCalls\call( 'get_import_job', 'GET', $fields, compact( 'job' ) );
		if ( ! is_wp_error( $result ) ) {
			return $result;
		}
		if ( ! $retries || empty( $result->get_error_data()['retryable'] ) ) {
			$action = __( 'The import continues at the service, and the next sync brings its products to this site.', 'amzlinkr' );
			fail( new WP_Error( $result->get_error_code(), $result->get_error_message(), compact( 'action' ) ) );
		}
		sleep( POLL_SECONDS );
	}
}

/**
 * Returns the row of an import result.
 *
 * @param array $result A result of Rest\prepare_result().
 */
function make_result_row( array $result ): array {
	return array(
		'input'       => $result['input'],
		'asin'        => $result['asin'],
		'marketplace' => $result['marketplace'],
		'status'      => $result['status'],
		'detail'      => trim( "{$result['detail']} {$result['action']}" ),
		'title'       => $result['product']['title'] ?? '',
	);
}
