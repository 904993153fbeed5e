<?php
/**
 * The functions of the REST routes of lists. rest.php registers the routes.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Rest;

use AmzLinkr\Accounts;
use AmzLinkr\Box;
use AmzLinkr\ListLabels;
use AmzLinkr\ListPlacements;
use AmzLinkr\Lists;
use AmzLinkr\ListSync;
use AmzLinkr\Service;
use AmzLinkr\Sync;
use AmzLinkr\SyncProblems;
use AmzLinkr\SyncReport;
use AmzLinkr\UserLimits;
use WP_Error;
use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/**
 * Returns the lists of this site, without a call to the service.
 *
 * @return array `lists`.
 */
function get_lists(): array {
	return array( 'lists' => array_map( __NAMESPACE__ . '\prepare_list', Lists\get_all() ) );
}

/**
 * Reads a list from the service, for an editor in which it was created.
 *
 * @param WP_REST_Request $request The name.
 * @return array|WP_Error The list.
 */
function get_list( WP_REST_Request $request ) {
	$refused = UserLimits\count_call();
	if ( $refused ) {
		return $refused;
	}
	$list = ListSync\fetch( get_url_parameter( $request, 'name' ) );
	if ( is_wp_error( $list ) ) {
		return $list;
	}
	if ( prepare_list( $list )['is_awaited'] ) {
		// Amazon may have refused the search of the list in the meantime.
		SyncReport\refresh();
	}
	return prepare_list( $list );
}

/**
 * Creates or replaces a list, and schedules a run of the sync for its products.
 *
 * Posts of others may show a list that exists. So only users who may edit those posts change what it finds.
 *
 * @param WP_REST_Request $request The name, the search and the size.
 * @return array|WP_Error The list.
 */
function put_list( WP_REST_Request $request ) {
	$query = array();
	foreach ( LIST_FIELDS as $field ) {
		$query[ $field ] = $request[ $field ];
	}
	$target  = array(
		'marketplace' => '' !== (string) $request['marketplace'] ? $request['marketplace'] : Accounts\get_primary_marketplace(),
		'size'        => (int) $request['size'],
	);
	$query   = Lists\sanitize_query( $query );
	$known   = Lists\find( get_url_parameter( $request, 'name' ) );
	$refused = $known && ! current_user_can( CAPABILITY_EDIT ) && ! Lists\is_same_definition( $known, $target + array( 'query' => $query ) )
		? ListLabels\get_exists_error( $known['name'] )
		: UserLimits\count_list( (int) $request['size'] );
	if ( $refused ) {
		return $refused;
	}
	$list = ListSync\fetch( get_url_parameter( $request, 'name' ), array_filter( $target ) + $query );
	if ( is_wp_error( $list ) ) {
		return ListLabels\explain_error( $list );
	}
	SyncReport\forget_list( $list['name'] );
	// The service refreshes a list soon after it was saved. The argument has the same reason as in refresh().
	wp_schedule_single_event( time() + MINUTE_IN_SECONDS, Sync\CONTINUE_HOOK, array( 'list' ) );
	return prepare_list( $list );
}

/**
 * Deletes a list from the service and from this site.
 *
 * The posts of a list that neither of them has are not searched.
 *
 * @param WP_REST_Request $request The name.
 * @return array|WP_Error The `name` of the list.
 */
function delete_list( WP_REST_Request $request ) {
	$refused = UserLimits\count_call();
	if ( $refused ) {
		return $refused;
	}
	$name    = get_url_parameter( $request, 'name' );
	$deleted = Service\call( 'DELETE', '/lists/{name}', array( 'path' => array( 'name' => $name ) ) );
	if ( is_wp_error( $deleted ) && 'not_found' !== $deleted->get_error_code() ) {
		return $deleted;
	}
	$known   = Lists\find( $name );
	$removed = $known ? Lists\remove( array( $known ) ) : true;
	if ( $known || ! is_wp_error( $deleted ) ) {
		ListPlacements\purge_post_caches( array( $name ) );
	}
	return is_wp_error( $removed ) ? $removed : array( 'name' => $name );
}

/**
 * Prepares a list for an admin page or the editor.
 *
 * @param array $list A list of Lists\find() or Lists\get_all().
 */
function prepare_list( array $list ): array {
	$state   = Lists\get_state( $list );
	$problem = SyncProblems\describe_list( $list );
	return array(
		'name'        => $list['name'],
		'marketplace' => $list['marketplace'],
		'size'        => $list['size'],
		'query'       => (object) $list['query'],
		'search'      => ListLabels\describe_query( $list ),
		'count'       => count( $list['items'] ),
		'state'       => $state,
		'problem'     => $problem,
		'is_awaited'  => 'unfilled' === $state && '' === $problem && ListLabels\is_account_callable( $list['marketplace'] ),
		'refreshed'   => Box\format_local_time( $list['refreshed_at'] ),
	);
}
