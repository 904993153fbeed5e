<?php
/**
 * Remove everything the plugin stored. Boxes in posts stay in their text, and show nothing.
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

$amzlinkr_remove = static function () {
	global $wpdb;
	$wpdb->query( "DROP TABLE IF EXISTS {$wpdb->prefix}amzlinkr_products" ); // phpcs:ignore WordPress.DB -- the plugin's own table.
	$stored = $wpdb->get_col( "SELECT option_name FROM $wpdb->options WHERE option_name LIKE 'amzlinkr\_%' OR option_name LIKE '\_transient\_%amzlinkr\_%'" ); // phpcs:ignore WordPress.DB -- once.
	array_map( 'delete_option', $stored );
	array_map( 'wp_unschedule_hook', array( 'amzlinkr_sync', 'amzlinkr_sync_go_on', 'amzlinkr_daily' ) );
};

if ( is_multisite() ) {
	foreach ( get_sites( array( 'fields' => 'ids', 'number' => 0 ) ) as $amzlinkr_site ) {
		switch_to_blog( $amzlinkr_site );
		$amzlinkr_remove();
		restore_current_blog();
	}
} else {
	$amzlinkr_remove();
}
