<?php
/**
 * Options that several processes write at the same time: the sync, a page in wp-admin, an import.
 */

namespace AmzLinkr\Options;

defined( 'ABSPATH' ) || exit;

/**
 * An option as the database has it now: another process may have written it since this one looked.
 *
 * @return mixed
 */
function get_uncached( string $name ) {
	foreach ( array( 'alloptions', 'notoptions', $name ) as $cached ) {
		wp_cache_delete( $cached, 'options' );
	}
	return get_option( $name );
}

/**
 * A row of the options past all caches, or null. For rows that are taken and left by one atomic step each.
 */
function get_row( string $name ): ?string {
	global $wpdb;
	return $wpdb->get_var( $wpdb->prepare( "SELECT option_value FROM $wpdb->options WHERE option_name = %s", $name ) ); // phpcs:ignore WordPress.DB -- past all caches.
}

/**
 * Write such a row.
 *
 * @return bool Whether it was written; not if it is there already, unless it may be replaced.
 */
function write_row( string $name, string $value, bool $replace = false ): bool {
	global $wpdb;
	$how = $replace ? 'REPLACE' : 'INSERT IGNORE';
	return (bool) $wpdb->query( $wpdb->prepare( "$how INTO $wpdb->options (option_name, option_value, autoload) VALUES (%s, %s, 'no')", $name, $value ) ); // phpcs:ignore WordPress.DB -- past all caches.
}

/**
 * Take such a row away, if nobody has written it anew.
 */
function delete_row( string $name, string $value ): void {
	global $wpdb;
	$wpdb->delete( $wpdb->options, array( 'option_name' => $name, 'option_value' => $value ) ); // phpcs:ignore WordPress.DB -- past all caches.
}
