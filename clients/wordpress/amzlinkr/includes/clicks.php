<?php
/**
 * Counts of clicks on links to Amazon, by day, product and post, without any data about visitors. Off by default.
 *
 * The counts contain ASINs and IDs of posts only, so that Amazon's time limits do not apply to them.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Clicks;

use AmzLinkr\Options;
use WP_Post;

defined( 'ABSPATH' ) || exit;

const OPTION        = 'amzlinkr_clicks';
const TABLE_VERSION = 1;

/** Counts are deleted after this number of days. */
const RETENTION_DAYS = 400;

/** A stranger can send clicks that no visitor has made. These limits bound their number and the size of the table. */
const MAX_PER_MINUTE   = 120;
const MAX_ROWS_PER_DAY = 5000;

const MINUTE_COUNTER = 'amzlinkr_clicks_per_minute';
const DELETE_BATCH   = 1000;

add_action( 'plugins_loaded', __NAMESPACE__ . '\create_table' );
add_filter( 'wpmu_drop_tables', static fn( $tables ) => array_merge( $tables, array( get_table_name() ) ) );
add_action( 'deleted_post', __NAMESPACE__ . '\delete_of_post' );

/**
 * Returns the name of the table.
 */
function get_table_name(): string {
	global $wpdb;
	return $wpdb->prefix . 'amzlinkr_clicks';
}

/**
 * Returns the stored option.
 *
 * @return array `is_on`, and `table`, the version of the table or 0.
 */
function load(): array {
	$option = get_option( OPTION );
	return ( is_array( $option ) ? $option : array() ) + array(
		'is_on' => false,
		'table' => 0,
	);
}

/**
 * Returns whether clicks are counted.
 */
function is_on(): bool {
	return load()['is_on'] && TABLE_VERSION === load()['table'];
}

/**
 * Returns whether there is a table with counts.
 */
function has_table(): bool {
	return TABLE_VERSION === load()['table'];
}

/**
 * Starts or ends the counting. The counts stay.
 *
 * @param bool $is_on Whether clicks are counted.
 */
function switch_on( bool $is_on ): void {
	update_option( OPTION, compact( 'is_on' ) + load(), true );
	create_table();
}

/**
 * Creates the table when the counting is on.
 */
function create_table(): void {
	if ( ! load()['is_on'] || has_table() ) {
		return;
	}
	global $wpdb;
	require_once ABSPATH . 'wp-admin/includes/upgrade.php';
	$table = get_table_name();
	dbDelta(
		"CREATE TABLE $table (
			day date NOT NULL,
			marketplace char(2) NOT NULL,
			asin char(10) NOT NULL,
			post_id bigint unsigned NOT NULL,
			clicks int unsigned NOT NULL DEFAULT 0,
			PRIMARY KEY  (day, marketplace, asin, post_id),
			KEY post_id (post_id)
		) {$wpdb->get_charset_collate()};"
	);
	// dbDelta() reports no errors. Store the version only if the table exists.
	$suppressed = $wpdb->suppress_errors();
	if ( in_array( 'clicks', $wpdb->get_col( "SHOW COLUMNS FROM $table" ), true ) ) { // phpcs:ignore WordPress.DB -- the name of the table is a constant.
		update_option( OPTION, array( 'table' => TABLE_VERSION ) + load(), true );
	}
	$wpdb->suppress_errors( $suppressed );
}

/**
 * Counts a click, within the limits.
 *
 * @param string $asin        The ASIN of a known product.
 * @param string $marketplace Its marketplace code.
 * @param int    $post_id     The ID of a post.
 * @return bool Whether it was counted.
 */
function count_click( string $asin, string $marketplace, int $post_id ): bool {
	global $wpdb;
	$day   = (string) wp_date( 'Y-m-d' );
	$table = get_table_name();
	if ( ! Options\add_in_window( MINUTE_COUNTER, 1, MAX_PER_MINUTE, MINUTE_IN_SECONDS ) ) {
		return false;
	}
	$key = array( $day, $marketplace, $asin, $post_id );
	// phpcs:disable WordPress.DB -- the plugin's own table; its name is a constant.
	if ( 0 < $wpdb->query( $wpdb->prepare( "UPDATE $table SET clicks = clicks + 1 WHERE day = %s AND marketplace = %s AND asin = %s AND post_id = %d", $key ) ) ) {
		return true;
	}
	if ( (int) $wpdb->get_var( $wpdb->prepare( "SELECT COUNT(*) FROM $table WHERE day = %s", $day ) ) >= MAX_ROWS_PER_DAY ) {
		return false;
	}
	delete_old();
	if ( false !== $wpdb->query( $wpdb->prepare( "INSERT INTO $table (day, marketplace, asin, post_id, clicks) VALUES (%s, %s, %s, %d, 1) ON DUPLICATE KEY UPDATE clicks = clicks + 1", $key ) ) ) {
		return true;
	}
	// phpcs:enable WordPress.DB
	// The table may be lost, such as after an incomplete move: then the next request creates it again.
	update_option( OPTION, array( 'table' => 0 ) + load(), true );
	return false;
}

/**
 * Returns the sums of the clicks since a day, the largest first.
 *
 * @param string $by    `product` or `post`.
 * @param int    $days  The number of days, of which today is the last.
 * @param int    $limit The maximum number of rows.
 * @return array[] Rows with `clicks`, and either `asin` and `marketplace` or `post_id`.
 */
function get_sums( string $by, int $days, int $limit ): array {
	global $wpdb;
	if ( ! has_table() ) {
		return array();
	}
	$columns = 'post' === $by ? 'post_id' : 'marketplace, asin';
	$table   = get_table_name();
	// phpcs:ignore WordPress.DB -- the plugin's own table; the columns are literals.
	$rows = $wpdb->get_results( $wpdb->prepare( "SELECT $columns, SUM(clicks) AS clicks FROM $table WHERE day >= %s GROUP BY $columns ORDER BY clicks DESC, $columns LIMIT %d", get_first_day( $days ), $limit ), ARRAY_A );
	foreach ( (array) $rows as $index => $row ) {
		$rows[ $index ]['clicks'] = (int) $row['clicks'];
	}
	return (array) $rows;
}

/**
 * Returns the sum of all clicks since a day.
 *
 * @param int $days The number of days, of which today is the last.
 */
function get_total( int $days ): int {
	global $wpdb;
	$table = get_table_name();
	return has_table() ? (int) $wpdb->get_var( $wpdb->prepare( "SELECT SUM(clicks) FROM $table WHERE day >= %s", get_first_day( $days ) ) ) : 0; // phpcs:ignore WordPress.DB -- the plugin's own table.
}

/**
 * Returns the first of a number of days, in the time zone of the site.
 *
 * @param int $days The number of days, of which today is the last.
 */
function get_first_day( int $days ): string {
	return (string) wp_date( 'Y-m-d', time() - ( $days - 1 ) * DAY_IN_SECONDS );
}

/**
 * Deletes counts that are older than RETENTION_DAYS.
 */
function delete_old(): void {
	global $wpdb;
	$table = get_table_name();
	$wpdb->query( $wpdb->prepare( "DELETE FROM $table WHERE day < %s LIMIT %d", get_first_day( RETENTION_DAYS ), DELETE_BATCH ) ); // phpcs:ignore WordPress.DB -- the plugin's own table.
}

/**
 * Deletes all counts.
 */
function delete_all(): void {
	global $wpdb;
	$table = get_table_name();
	if ( has_table() ) {
		$wpdb->query( "TRUNCATE TABLE $table" ); // phpcs:ignore WordPress.DB -- the plugin's own table.
	}
}

/**
 * Deletes the counts of a post that was deleted.
 *
 * @param int $post_id The ID of the post.
 */
function delete_of_post( int $post_id ): void {
	global $wpdb;
	if ( has_table() ) {
		$wpdb->delete( get_table_name(), array( 'post_id' => $post_id ) ); // phpcs:ignore WordPress.DB -- the plugin's own table.
	}
}

/**
 * Returns whether visitors can see a post.
 *
 * @param int $post_id The ID of a post.
 */
function is_public_post( int $post_id ): bool {
	$post = get_post( $post_id );
	return $post instanceof WP_Post && 'publish' === $post->post_status && is_post_publicly_viewable( $post );
}
