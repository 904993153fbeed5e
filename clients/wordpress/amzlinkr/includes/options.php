<?php
/**
 * Reads and writes of options that several processes change at the same time.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Options;

use AmzLinkr\Clicks;
use AmzLinkr\DisplayDefaults;
use AmzLinkr\Languages;
use AmzLinkr\MigrationRender;

defined( 'ABSPATH' ) || exit;

/**
 * Creates the options that pages for visitors read. Those that exist stay.
 *
 * WordPress reads all that exist with one query, and each of the others with another query.
 */
function create(): void {
	foreach ( array( Clicks\OPTION, DisplayDefaults\OPTION, Languages\OPTION, MigrationRender\OPTION ) as $name ) {
		add_option( $name, array() );
	}
}

/**
 * Returns an option from the database, because another process may have changed it since the last read.
 *
 * @param string $name The name of the option.
 * @return mixed The value, or false.
 */
function get_uncached( string $name ) {
	foreach ( array( 'alloptions', 'notoptions', $name ) as $cache_key ) {
		wp_cache_delete( $cache_key, 'options' );
	}
	return get_option( $name );
}

/**
 * Returns the value of a row that is written and deleted in single atomic statements, without any cache.
 *
 * @param string $name The name of the option.
 */
function get_row( string $name ): ?string {
	global $wpdb;
	return $wpdb->get_var( $wpdb->prepare( "SELECT option_value FROM $wpdb->options WHERE option_name = %s", $name ) ); // phpcs:ignore WordPress.DB -- bypasses all caches.
}

/**
 * Writes such a row.
 *
 * @param string $name    The name of the option.
 * @param string $value   The value.
 * @param bool   $replace Whether an existing row is replaced.
 * @return bool Whether the row was written.
 */
function write_row( string $name, string $value, bool $replace = false ): bool {
	global $wpdb;
	$statement = $replace ? 'REPLACE' : 'INSERT IGNORE';
	return (bool) $wpdb->query( $wpdb->prepare( "$statement INTO $wpdb->options (option_name, option_value, autoload) VALUES (%s, %s, 'no')", $name, $value ) ); // phpcs:ignore WordPress.DB -- bypasses all caches.
}

/**
 * Deletes such a row if its value has not changed.
 *
 * @param string $name  The name of the option.
 * @param string $value The expected value.
 */
function delete_row( string $name, string $value ): void {
	global $wpdb;
	$where = array(
		'option_name'  => $name,
		'option_value' => $value,
	);
	$wpdb->delete( $wpdb->options, $where ); // phpcs:ignore WordPress.DB -- bypasses all caches.
}

/**
 * Adds to a number that starts over in each hour, unless it would exceed a maximum.
 *
 * @param string $name   The name of the option.
 * @param int    $amount The amount to add, at least 1.
 * @param int    $max    The maximum.
 * @return bool Whether the amount was added.
 */
function add_in_hour( string $name, int $amount, int $max ): bool {
	return add_in_window( $name, $amount, $max, HOUR_IN_SECONDS );
}

/**
 * Adds to a number that starts over in each window of time, unless it would exceed a maximum.
 *
 * One statement reads and writes the row, because requests can arrive together. The value is the number of the window
 * and the sum.
 *
 * @param string $name    The name of the option.
 * @param int    $amount  The amount to add, at least 1.
 * @param int    $max     The maximum.
 * @param int    $seconds The length of the window.
 * @return bool Whether the amount was added.
 */
function add_in_window( string $name, int $amount, int $max, int $seconds ): bool {
	global $wpdb;
	if ( $amount > $max ) {
		return false;
	}
	$window = (string) intdiv( time(), $seconds );
	$first  = "$window $amount";
	// phpcs:disable WordPress.DB -- one atomic statement without any cache.
	return 0 < $wpdb->query(
		$wpdb->prepare(
			"INSERT INTO $wpdb->options (option_name, option_value, autoload) VALUES (%s, %s, 'no')
			ON DUPLICATE KEY UPDATE option_value = CASE
				WHEN SUBSTRING_INDEX(option_value, ' ', 1) <> %s THEN %s
				WHEN SUBSTRING_INDEX(option_value, ' ', -1) + %d <= %d THEN CONCAT(%s, ' ', SUBSTRING_INDEX(option_value, ' ', -1) + %d)
				ELSE option_value END",
			array( $name, $first, $window, $first, $amount, $max, $window, $amount )
		)
	);
	// phpcs:enable WordPress.DB
}
