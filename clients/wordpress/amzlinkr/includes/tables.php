<?php
/**
 * The repair of the plugin's tables when one is lost, such as after an incomplete migration or restore.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Tables;

use AmzLinkr\Connection;
use AmzLinkr\Lists;
use AmzLinkr\Options;
use AmzLinkr\Products;
use AmzLinkr\Rest;
use AmzLinkr\Sync;

defined( 'ABSPATH' ) || exit;

/** A version that no table has. */
const OLD_VERSION = -1;

/** The Unix time at which a table was lost. */
const REPAIRED_OPTION = 'amzlinkr_table_repaired';

add_action( 'admin_init', __NAMESPACE__ . '\repair_for_admin' );

/**
 * Creates the tables when the plugin is activated, also if an earlier activation has created them.
 */
function activate(): void {
	repair();
	Products\create_table();
	Lists\create_table();
	Options\create();
}

/**
 * Creates lost tables, and options that an update of the plugin added, when an administrator opens a page.
 */
function repair_for_admin(): void {
	if ( ! wp_doing_ajax() && current_user_can( Rest\CAPABILITY_MANAGE ) ) {
		repair();
		Options\create();
	}
}

/**
 * Creates lost tables, and requests that the next sync reads all products and lists from the service.
 *
 * @return bool Whether no table is lost now.
 */
function repair(): bool {
	$lost = find_lost();
	if ( ! $lost ) {
		return true;
	}
	update_option( REPAIRED_OPTION, time(), false );
	foreach ( array_keys( $lost ) as $option ) {
		// Not 0: an older version than the current one also requests a full read, even if the table can only be created later.
		update_option( $option, OLD_VERSION, true );
	}
	Products\create_table();
	Lists\create_table();
	if ( find_lost() ) {
		return false;
	}
	if ( Connection\is_connected() ) {
		Sync\request_restart();
		wp_schedule_single_event( time(), Sync\CONTINUE_HOOK );
	}
	return true;
}

/**
 * Finds the tables that were created once and do not exist any more.
 *
 * @return string[] Their names, by the option with the version of each.
 */
function find_lost(): array {
	global $wpdb;
	$tables = array(
		Products\VERSION_OPTION => Products\get_table_name(),
		Lists\VERSION_OPTION    => Lists\get_table_name(),
	);
	$found  = $wpdb->get_col( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $wpdb->prefix . 'amzlinkr_' ) . '%' ) ); // phpcs:ignore WordPress.DB -- requires the current tables.
	// Some systems store the names of tables in lower case.
	$found = array_map( 'strtolower', $found );
	// The first activation creates tables that are not lost.
	$was_created = static fn( $option ) => Connection\is_connected() || get_option( $option );
	return array_filter( $tables, static fn( $table, $option ) => $was_created( $option ) && ! in_array( strtolower( $table ), $found, true ), ARRAY_FILTER_USE_BOTH );
}

/**
 * Returns the problem of a lost table until the sync has read its content again.
 *
 * @return string[] At most one description.
 */
function get_problems(): array {
	$lost = find_lost();
	if ( $lost ) {
		/* translators: %s: names of database tables */
		return array( sprintf( __( 'The database table %s is missing and could not be created. Ask your host to permit the database user of WordPress to create tables, or restore the table from a backup.', 'amzlinkr' ), implode( ', ', $lost ) ) );
	}
	$repaired_at = (int) get_option( REPAIRED_OPTION );
	return $repaired_at && Connection\is_connected() && Sync\get_state()['succeeded_at'] < $repaired_at
		? array( __( 'A database table of the plugin was missing, such as after an incomplete migration. It was created again. The next sync loads your products and lists from the service.', 'amzlinkr' ) )
		: array();
}
