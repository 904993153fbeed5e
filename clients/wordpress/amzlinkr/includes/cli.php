<?php
/**
 * The commands `wp amzlinkr …` of WP-CLI. Each calls the functions of the admin page of the same name.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\CLI;

use AmzLinkr\Connection;
use AmzLinkr\Lists;
use AmzLinkr\Products;
use AmzLinkr\Rest;
use AmzLinkr\SiteHealth;
use AmzLinkr\Sync;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/cli-support.php';
require_once __DIR__ . '/cli-import.php';
require_once __DIR__ . '/cli-search.php';

/** The runs of one command. A run ends after 15 seconds and continues where the one before ended. */
const MAX_SYNC_RUNS = 100;

/**
 * Manages the Amazon products of this site.
 *
 * Without --user, the commands may do everything. With it, they may do what this user may do in the dashboard.
 */
class Commands {

	use Search_Command;

	/**
	 * Shows the connection, the Amazon accounts, the last sync and the number of products.
	 *
	 * Each problem that needs attention is a warning on standard error. The exit code is then 1.
	 *
	 * ## OPTIONS
	 *
	 * [--format=<format>]
	 * : The format of the output.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - csv
	 *   - json
	 *   - yaml
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     # Send an e-mail if something needs attention.
	 *     $ wp amzlinkr status > /dev/null || mail -s "AmzLinkr" owner@example.com < /dev/null
	 *
	 * @param string[] $args    Not used.
	 * @param string[] $options The options.
	 */
	public function status( array $args, array $options ): void {
		require_capability( Rest\CAPABILITY_MANAGE );
		print_rows( get_status(), array( 'name', 'value' ), $options );
		$problems = SiteHealth\get_problems();
		foreach ( $problems as $problem ) {
			WP_CLI::warning( make_plain( $problem ) );
		}
		if ( $problems ) {
			WP_CLI::halt( 1 );
		}
	}

	/**
	 * Reads the changes of products and lists from the service until there are no more.
	 *
	 * ## OPTIONS
	 *
	 * [--refresh]
	 * : First request new prices from Amazon, as “Refresh now” does. They arrive some minutes later, with a later sync.
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp amzlinkr sync
	 *     Success: Synced. Products: 120, lists: 3.
	 *
	 * @param string[] $args    Not used.
	 * @param array    $options The options.
	 */
	public function sync( array $args, array $options ): void {
		require_capability( Rest\CAPABILITY_EDIT );
		$result = empty( $options['refresh'] ) ? Sync\run() : Rest\refresh();
		for ( $runs = 1; ! is_wp_error( $result ) && $runs < MAX_SYNC_RUNS && take_continuation(); $runs++ ) {
			$result = Sync\run();
		}
		if ( is_wp_error( $result ) ) {
			fail( $result );
		}
		/* translators: 1: a number of products, 2: a number of lists */
		WP_CLI::success( sprintf( __( 'Synced. Products: %1$d, lists: %2$d.', 'amzlinkr' ), Products\count_all(), count( Lists\get_all() ) ) );
	}

	/**
	 * Imports products by their ASINs or Amazon URLs.
	 *
	 * The exit code is 1 if an entry was not imported. Products that wait for access to Amazon’s API count as imported.
	 *
	 * ## OPTIONS
	 *
	 * [<entry>...]
	 * : ASINs or Amazon URLs.
	 *
	 * [--file=<file>]
	 * : A file with one entry per line, or - for standard input. Empty lines and lines with # at their start are skipped.
	 *
	 * [--marketplace=<code>]
	 * : The marketplace of the ASINs, such as US. By default the primary one. URLs name their own.
	 *
	 * [--fields=<fields>]
	 * : The columns, of input, asin, marketplace, status, detail and title.
	 *
	 * [--format=<format>]
	 * : The format of the output. The ids are the ASINs of the imported products.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - csv
	 *   - json
	 *   - yaml
	 *   - ids
	 *   - count
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp amzlinkr import B0DEMO0001 https://www.amazon.de/dp/B0DEMO0002
	 *     $ wp amzlinkr import --file=asins.txt --marketplace=DE --format=csv
	 *
	 * @param string[] $args    The entries.
	 * @param string[] $options The options.
	 */
	public function import( array $args, array $options ): void {
		require_capability( Rest\CAPABILITY_IMPORT );
		$entries = read_entries( $args, $options['file'] ?? '' );
		$results = import_entries( $entries, strtoupper( $options['marketplace'] ?? '' ), 'table' === ( $options['format'] ?? 'table' ) );
		$rows    = array_map( __NAMESPACE__ . '\make_result_row', $results );
		$is_done = static fn( $row ) => in_array( $row['status'], array( 'imported', 'waiting' ), true );
		$is_ids  = 'ids' === ( $options['format'] ?? '' );
		print_rows( $is_ids ? array_filter( $rows, $is_done ) : $rows, array( 'input', 'asin', 'marketplace', 'status', 'detail' ), $options, 'asin' );
		$failed = count( $rows ) - count( array_filter( $rows, $is_done ) );
		if ( $failed ) {
			/* translators: 1: a number of entries, 2: the number of all entries */
			WP_CLI::error( sprintf( __( '%1$d of %2$d entries were not imported. The column “detail” states why.', 'amzlinkr' ), $failed, count( $rows ) ) );
		}
	}

	/**
	 * Shows the lists of this site: saved searches with their products.
	 *
	 * ## OPTIONS
	 *
	 * [--fields=<fields>]
	 * : The columns, of name, marketplace, search, size, count, state, refreshed and problem.
	 *
	 * [--format=<format>]
	 * : The format of the output. The ids are the names of the lists.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - csv
	 *   - json
	 *   - yaml
	 *   - ids
	 *   - count
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp amzlinkr lists --format=csv --fields=name,state
	 *
	 * @param string[] $args    Not used.
	 * @param string[] $options The options.
	 */
	public function lists( array $args, array $options ): void {
		require_capability( Rest\CAPABILITY_SEARCH );
		if ( ! Connection\is_connected() ) {
			fail( get_connection_error() );
		}
		$rows = array();
		foreach ( Rest\get_lists()['lists'] as $list ) {
			$rows[] = array_diff_key( $list, array_flip( array( 'query', 'is_awaited' ) ) );
		}
		print_rows( $rows, array( 'name', 'marketplace', 'search', 'size', 'count', 'state', 'refreshed' ), $options, 'name' );
	}
}

WP_CLI::add_command( 'amzlinkr', new Commands() );
