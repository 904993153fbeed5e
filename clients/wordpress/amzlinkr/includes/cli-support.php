<?php
/**
 * What the commands of WP-CLI share: permissions, requests, rows and errors. It prints no keys and no credentials.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\CLI;

use AmzLinkr\Accounts;
use AmzLinkr\Attention;
use AmzLinkr\Connection;
use AmzLinkr\Lists;
use AmzLinkr\Products;
use AmzLinkr\Rest;
use AmzLinkr\Sync;
use AmzLinkr\SyncProblems;
use WP_CLI;
use WP_Error;

defined( 'ABSPATH' ) || exit;

// Without --user, the person who runs the command can read and change the database anyway: an administrator.
add_filter( 'amzlinkr_hourly_limit', static fn( $limit, $user ) => $user->exists() ? $limit : -1, 5, 2 );

/**
 * Ends the command if the user of --user may not do this in the dashboard.
 *
 * @param string $capability A capability.
 */
function require_capability( string $capability ): void {
	if ( is_user_logged_in() && ! current_user_can( $capability ) ) {
		/* translators: 1: the name of a user, 2: the name of a capability */
		WP_CLI::error( sprintf( __( 'The user %1$s may not do this. Run the command without --user, or as a user with the capability %2$s.', 'amzlinkr' ), wp_get_current_user()->user_login, $capability ) );
	}
}

/**
 * Prints an error with its remedy and ends the command.
 *
 * @param WP_Error $error An error of the plugin.
 * @return never
 */
function fail( WP_Error $error ): void {
	$error = 'not_connected' === $error->get_error_code() ? get_connection_error() : $error;
	$data  = (array) $error->get_error_data();
	$parts = array( $error->get_error_message(), $data['action'] ?? '' );
	if ( 'invalid_fields' === $error->get_error_code() ) {
		$parts[] = __( 'Run the command with “wp help” before it to see the accepted values.', 'amzlinkr' );
	}
	foreach ( array( 'amazon_code', 'request_id' ) as $field ) {
		$parts[] = empty( $data[ $field ] ) ? '' : "($field: {$data[ $field ]})";
	}
	WP_CLI::error( make_plain( implode( ' ', array_filter( $parts ) ) ) );
}

/**
 * Returns the error for a site that is not connected.
 */
function get_connection_error(): WP_Error {
	return new WP_Error(
		'not_connected',
		__( 'This site is not connected to a service.', 'amzlinkr' ),
		array( 'action' => __( 'Connect it under AmzLinkr in the dashboard.', 'amzlinkr' ) )
	);
}

/**
 * Prints rows with the formatter of WP-CLI.
 *
 * @param array[]  $rows    The rows.
 * @param string[] $columns The columns by default.
 * @param string[] $options The options, of which `format` and `fields` are used.
 * @param string   $id      The column for the format `ids`.
 */
function print_rows( array $rows, array $columns, array $options, string $id = '' ): void {
	$rows      = array_map( static fn( $row ) => array_map( __NAMESPACE__ . '\make_plain', $row ), array_values( $rows ) );
	$options   = array_intersect_key( $options, array_flip( array( 'format', 'fields' ) ) );
	$is_ids    = 'ids' === ( $options['format'] ?? '' );
	$formatter = new WP_CLI\Formatter( $options, $columns );
	$formatter->display_items( $is_ids ? array_column( $rows, $id ) : $rows );
}

/**
 * Returns a value without characters that could control a terminal.
 *
 * @param mixed $value A text, or another value that stays.
 * @return mixed
 */
function make_plain( $value ) {
	return is_string( $value ) ? trim( (string) preg_replace( '~\p{C}+~u', ' ', wp_check_invalid_utf8( $value, true ) ) ) : $value;
}

/**
 * Returns the state of the connection, the accounts and the stored data.
 *
 * @return array[] Rows with `name` and `value`.
 */
function get_status(): array {
	$connection = Connection\get();
	$values     = array( 'connected' => $connection ? 'yes' : 'no' );
	if ( $connection ) {
		$values['service_url'] = $connection['service_url'];
		$values['site_id']     = $connection['site_id'];
	}
	foreach ( Accounts\get_all() as $account ) {
		$values[ "account_{$account['marketplace']}" ] = trim( "{$account['state']} {$account['partner_tag']}" );
	}
	$succeeded_at            = Sync\get_state()['succeeded_at'];
	$values['last_sync']     = $succeeded_at ? gmdate( 'Y-m-d\TH:i:s\Z', $succeeded_at ) : 'never';
	$values['products']      = Products\count_all();
	$values                 += Attention\count_by_kind();
	$values['lists']         = count( Lists\get_all() );
	$values['refused_lists'] = count( SyncProblems\describe_lists() );
	foreach ( SyncProblems\find_current() as $marketplace => $problem ) {
		$values[ "not_refreshed_$marketplace" ] = $problem['code'];
	}
	$rows = array();
	foreach ( $values as $name => $value ) {
		$rows[] = compact( 'name', 'value' );
	}
	return $rows;
}

/**
 * Takes the event that would continue the sync, so that this command continues it.
 *
 * @return bool Whether the sync is not complete.
 */
function take_continuation(): bool {
	$time = wp_next_scheduled( Sync\CONTINUE_HOOK );
	return $time && $time <= time() && true === wp_unschedule_event( $time, Sync\CONTINUE_HOOK );
}

/**
 * Returns the row of a product that a search found.
 *
 * @param array $product A product of Rest\prepare_product().
 */
function make_product_row( array $product ): array {
	$columns = array( 'asin', 'marketplace', 'title', 'brand', 'price', 'list_price', 'availability', 'url' );
	return array_intersect_key( $product, array_flip( $columns ) ) + array(
		'imported' => Products\find( $product['asin'], $product['marketplace'] ) ? 'yes' : 'no',
	);
}
