<?php
/**
 * REST routes of the migration: a slice of the search, and the products to import. Neither calls the service.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\MigrationRest;

use AmzLinkr\MigrationFindings;
use AmzLinkr\MigrationSearch;
use AmzLinkr\Rest;
use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

add_action( 'rest_api_init', __NAMESPACE__ . '\register_routes' );

/**
 * Registers the routes.
 */
function register_routes(): void {
	$restart = array(
		'type'              => 'boolean',
		'default'           => false,
		'validate_callback' => 'rest_validate_request_arg',
	);
	register_rest_route(
		Rest\API_NAMESPACE,
		'/migration/search',
		array(
			'methods'             => 'POST',
			'args'                => array( 'restart' => $restart ),
			'permission_callback' => static fn() => current_user_can( Rest\CAPABILITY_EDIT ),
			'callback'            => __NAMESPACE__ . '\search',
		)
	);
	register_rest_route(
		Rest\API_NAMESPACE,
		'/migration/products',
		array(
			'methods'             => 'GET',
			'permission_callback' => static fn() => current_user_can( Rest\CAPABILITY_EDIT ) && current_user_can( Rest\CAPABILITY_IMPORT ),
			'callback'            => static fn() => array( 'items' => MigrationFindings\get_entries() ),
		)
	);
}

/**
 * Runs a slice of the search.
 *
 * @param WP_REST_Request $request Whether a new search begins.
 * @return array `phase`, `found` (the number of places with findings) and `is_done`.
 */
function search( WP_REST_Request $request ): array {
	if ( rest_sanitize_boolean( $request['restart'] ) || ! MigrationSearch\get_state() ) {
		MigrationSearch\begin();
	}
	$state = MigrationSearch\run_slice();
	return array(
		'phase'   => (string) ( $state['phase'] ?? '' ),
		'found'   => (int) ( $state['found'] ?? 0 ),
		'is_done' => 'done' === ( $state['phase'] ?? '' ),
	);
}
