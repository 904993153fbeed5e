<?php
/**
 * Removes the tables, options, fields of posts, screen options and scheduled events of the plugin. Boxes in posts stay and show nothing.
 *
 * @package AmzLinkr
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

$amzlinkr_remove = static function () {
	global $wpdb;
	$wpdb->query( "DROP TABLE IF EXISTS {$wpdb->prefix}amzlinkr_products, {$wpdb->prefix}amzlinkr_lists, {$wpdb->prefix}amzlinkr_clicks" ); // phpcs:ignore WordPress.DB -- the plugin's own tables.
	$options = $wpdb->get_col( "SELECT option_name FROM $wpdb->options WHERE option_name LIKE 'amzlinkr\_%' OR option_name LIKE '\_transient\_amzlinkr\_%' OR option_name LIKE '\_transient\_timeout\_amzlinkr\_%'" ); // phpcs:ignore WordPress.DB -- runs once.
	array_map( 'delete_option', $options );
	delete_post_meta_by_key( '_amzlinkr_migrated' );
	array_map( 'wp_unschedule_hook', array( 'amzlinkr_sync', 'amzlinkr_sync_go_on', 'amzlinkr_daily', 'amzlinkr_audit_run', 'amzlinkr_attention', 'amzlinkr_sign_up_expired' ) );
};

// The screen options of users, which belong to all sites of a network.
foreach ( array( 'amzlinkr_products_per_page', 'managetoplevel_page_amzlinkrcolumnshidden' ) as $amzlinkr_option ) {
	delete_metadata( 'user', 0, $amzlinkr_option, '', true );
}
if ( is_multisite() ) {
	$amzlinkr_sites = get_sites(
		array(
			'fields' => 'ids',
			'number' => 0,
		)
	);
	foreach ( $amzlinkr_sites as $amzlinkr_site ) {
		switch_to_blog( $amzlinkr_site );
		$amzlinkr_remove();
		restore_current_blog();
	}
} else {
	$amzlinkr_remove();
}
