<?php
/**
 * What the pages in wp-admin and the editor ask this site, which asks the service with its key.
 */

namespace AmzLinkr\Rest;

use AmzLinkr\Accounts;
use AmzLinkr\Box;
use AmzLinkr\Placements;
use AmzLinkr\Products;
use AmzLinkr\Service;
use AmzLinkr\ServiceTexts;
use AmzLinkr\Sync;
use WP_Error;
use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

const API_NAMESPACE          = 'amzlinkr/v1';
/** The service plans every five minutes; then it takes a while. */
const SYNC_RUN_SECONDS         = 6 * MINUTE_IN_SECONDS;
const CAPABILITY_MANAGE    = 'manage_options';
const CAPABILITY_EDIT   = 'edit_others_posts';
const CAPABILITY_IMPORT   = 'publish_posts';
const CAPABILITY_SEARCH   = 'edit_posts';
const SEARCH_FIELDS = array( 'keywords', 'marketplace', 'category', 'page', 'sort', 'brand', 'min_price', 'max_price', 'min_saving', 'in_stock' );
const KEY_FIELDS    = array(
	'paapi5'   => array( 'access_key', 'secret_key' ),
	'creators' => array( 'credential_id', 'credential_secret', 'credential_version' ),
);
/** Which fields each story takes. */
const ACCEPTED_FIELDS         = array(
	'validate' => array( 'api', 'access_key', 'secret_key', 'credential_id', 'credential_secret', 'credential_version', 'partner_tag', 'marketplace' ),
	'run_diagnostics' => array( 'marketplace' ),
	'search'   => SEARCH_FIELDS,
	'import'   => array( 'items', 'marketplace', 'idempotency_key' ),
	'get_import_job'      => array( 'limit', 'cursor' ),
);

add_action( 'rest_api_init', __NAMESPACE__ . '\register_routes' );

function register_routes(): void {
	$routes = array(
		array( 'POST', '/accounts', CAPABILITY_MANAGE, 'validate' ),
		array( 'GET', '/accounts', CAPABILITY_MANAGE, 'get_accounts' ),
		array( 'DELETE', '/accounts/(?P<marketplace>[A-Z]{2})', CAPABILITY_MANAGE, 'delete_account' ),
		array( 'GET', '/diagnostics', CAPABILITY_MANAGE, 'run_diagnostics' ),
		array( 'GET', '/search', CAPABILITY_SEARCH, 'search' ),
		array( 'POST', '/import', CAPABILITY_IMPORT, 'import' ),
		array( 'GET', '/import/(?P<job>[\w-]+)', CAPABILITY_IMPORT, 'get_import_job' ),
		array( 'DELETE', '/products/(?P<marketplace>[A-Z]{2})/(?P<asin>[A-Z0-9]{10})', CAPABILITY_EDIT, 'remove_product' ),
		array( 'POST', '/refresh', CAPABILITY_EDIT, 'refresh' ),
	);
	foreach ( $routes as list( $method, $path, $capability, $story ) ) {
		register_rest_route(
			API_NAMESPACE,
			$path,
			array(
				'methods'             => $method,
				'args'                => array_intersect_key( get_field_schemas(), array_flip( ACCEPTED_FIELDS[ $story ] ?? array() ) ),
				'permission_callback' => static fn() => current_user_can( $capability ),
				'callback'            => static fn( WP_REST_Request $request ) => to_rest_response( ( __NAMESPACE__ . "\\$story" )( $request ) ),
			)
		);
	}
}

/**
 * What each field may be. Whether it makes sense, the service says.
 */
function get_field_schemas(): array {
	$text  = array(
		'type'      => 'string',
		'maxLength' => 1000,
	);
	$count = array(
		'type'    => 'integer',
		'minimum' => 1,
	);
	return array(
		'api'             => array( 'enum' => array_keys( KEY_FIELDS ) ) + $text,
		'marketplace'     => array( 'pattern' => '^([A-Z]{2})?\z' ) + $text,
		'category'        => array( 'pattern' => '^[A-Za-z]*\z' ) + $text,
		'sort'            => array( 'pattern' => '^[A-Za-z:]*\z' ) + $text,
		'in_stock'        => array( 'enum' => array( '', 'true', 'false' ) ) + $text,
		'page'            => $count,
		'min_price'       => $count,
		'max_price'       => $count,
		'min_saving'      => array( 'maximum' => 99 ) + $count,
		'limit'           => array( 'maximum' => 100 ) + $count,
		'items'           => array(
			'type'     => 'array',
			'items'    => array( 'maxLength' => 2000 ) + $text,
			'minItems' => 1,
			'maxItems' => 1000,
			'required' => true,
		),
		'idempotency_key' => array( 'pattern' => '^[A-Za-z0-9_-]{1,64}\z' ) + $text,
	) + array_fill_keys( array_merge( array( 'partner_tag', 'keywords', 'brand', 'cursor' ), ...array_values( KEY_FIELDS ) ), $text );
}

/**
 * What WordPress's REST API answers. A refusal of the service's is never told as one of this site's:
 * whatever was not understood is a 422, whatever else did not work a 424.
 *
 * @param array|WP_Error $found
 */
function to_rest_response( $found ) {
	if ( ! is_wp_error( $found ) ) {
		return rest_ensure_response( $found );
	}
	$problem = (array) $found->get_error_data();
	return new WP_Error(
		$found->get_error_code(),
		$found->get_error_message(),
		array(
			'status'      => 422 === ( $problem['status'] ?? 0 ) ? 422 : 424,
			'action'      => (string) ( $problem['action'] ?? '' ),
			'field'       => (string) ( $problem['field'] ?? '' ),
			'retry_after' => (int) ( $problem['retry_after'] ?? 0 ),
			'amazon_code' => (string) ( $problem['upstream']['code'] ?? '' ),
			'request_id'  => (string) ( $problem['request_id'] ?? '' ),
		)
	);
}

/**
 * Hand the typed Amazon keys to the service, which tries and seals them. They are kept nowhere here.
 *
 * @return array|WP_Error
 */
function validate( WP_REST_Request $request ) {
	$api  = (string) $request['api'];
	$keys = array( 'api' => $api );
	foreach ( array_merge( KEY_FIELDS[ $api ] ?? array(), array( 'partner_tag', 'marketplace' ) ) as $field ) {
		$keys[ $field ] = (string) $request[ $field ];
	}
	$validated = Service\call( 'POST', '/validate', array( 'body' => $keys ) );
	if ( is_wp_error( $validated ) ) {
		return $validated;
	}
	Sync\schedule_reimport();
	$accounts = get_accounts();
	return is_wp_error( $accounts ) ? $accounts : array(
		'status'   => $validated['status'],
		'message'  => $validated['message'],
		'accounts' => $accounts['accounts'],
	);
}

/**
 * @return array|WP_Error The accounts' states, as they are now, in words.
 */
function get_accounts() {
	$accounts = Accounts\refresh();
	return is_wp_error( $accounts ) ? $accounts : array( 'accounts' => array_map( __NAMESPACE__ . '\prepare_account', $accounts ) );
}

function prepare_account( array $account ): array {
	return array(
		'marketplace' => $account['marketplace'],
		'api'         => 'creators' === $account['api'] ? 'Creators API' : 'PA-API 5.0',
		'partner_tag' => $account['partner_tag'],
		'key'         => $account['key'],
		'healthy'        => Accounts\is_healthy( $account ),
		'state'       => Accounts\get_state_label( $account['state'] ),
		'since'       => Box\format_local_time( (int) strtotime( (string) $account['since'] ) ),
		'next_probe'  => Box\format_local_time( (int) strtotime( (string) $account['next_probe_at'] ) ),
		'action'      => Accounts\get_action( $account ),
		'amazon_code' => (string) ( $account['problem']['upstream']['code'] ?? '' ),
	);
}

/**
 * @return array|WP_Error
 */
function delete_account( WP_REST_Request $request ) {
	$forgotten = Service\call( 'DELETE', '/connections/' . $request['marketplace'] );
	return is_wp_error( $forgotten ) ? $forgotten : get_accounts();
}

/**
 * @return array|WP_Error
 */
function run_diagnostics( WP_REST_Request $request ) {
	return Service\call( 'GET', '/diagnostics', array( 'query' => array( 'marketplace' => (string) $request['marketplace'] ) ) );
}

/**
 * @return array|WP_Error
 */
function search( WP_REST_Request $request ) {
	$query = array();
	foreach ( SEARCH_FIELDS as $field ) {
		$query[ $field ] = (string) $request[ $field ];
	}
	$found = Service\call( 'GET', '/search', array( 'query' => $query ) );
	if ( is_wp_error( $found ) ) {
		return $found;
	}
	return array(
		'items' => array_map( __NAMESPACE__ . '\prepare_product', $found['items'] ),
		'total' => (int) $found['total'],
		'page'  => (int) $found['page'],
		'pages' => (int) $found['pages'],
	);
}

/**
 * Import products. What is answered at once is in the table at once.
 *
 * @return array|WP_Error `results`, or the `job_id` of a job.
 */
function import( WP_REST_Request $request ) {
	$found = Service\call(
		'POST',
		'/import',
		array(
			'body'    => array_filter(
				array(
					'items'       => $request['items'],
					'marketplace' => $request['marketplace'],
				)
			),
			'headers' => array_filter( array( 'Idempotency-Key' => $request['idempotency_key'] ) ),
		)
	);
	return is_wp_error( $found ) || isset( $found['job_id'] ) ? $found : store_results( $found );
}

/**
 * How far a job is; page by page its results, once it has ended.
 *
 * @return array|WP_Error
 */
function get_import_job( WP_REST_Request $request ) {
	$query = array(
		'limit'  => (string) $request['limit'],
		'cursor' => (string) $request['cursor'],
	);
	$found = Service\call( 'GET', '/import/' . $request['job'], array( 'query' => $query ) );
	return is_wp_error( $found ) ? $found : store_results( $found );
}

/**
 * Store the imported products, and make the posts that show them already show them anew.
 *
 * @param array $found What the service answers about an import.
 * @return array|WP_Error The same, with what became of each entry in the form for a page.
 */
function store_results( array $found ) {
	$changed = Products\store( array_column( $found['results'], 'product' ), Sync\get_state()['feed_generation'] );
	if ( is_wp_error( $changed ) ) {
		return $changed;
	}
	Placements\purge_post_caches( $changed );
	$found['results'] = array_map(
		static fn( $result ) => array(
			'input'   => (string) $result['input'],
			'asin'    => (string) $result['asin'],
			'status'  => (string) $result['status'],
			'detail'  => ServiceTexts\translate_text( (string) ( $result['problem']['detail'] ?? '' ) ),
			'action'  => ServiceTexts\translate_text( (string) ( $result['problem']['action'] ?? '' ) ),
			'product' => isset( $result['product'] ) ? prepare_product( $result['product'] ) : null,
		),
		$found['results']
	);
	return $found;
}

function prepare_product( array $product ): array {
	return Box\get_template_data( Products\sanitize_product( $product ) );
}

/**
 * @return array|WP_Error
 */
function remove_product( WP_REST_Request $request ) {
	$product = array(
		'asin'        => (string) $request['asin'],
		'marketplace' => (string) $request['marketplace'],
	);
	$removed = Service\call( 'DELETE', "/products/{$product['asin']}", array( 'query' => array( 'marketplace' => $product['marketplace'] ) ) );
	if ( is_wp_error( $removed ) && 'not_found' !== $removed->get_error_code() ) {
		return $removed;
	}
	$removed = Products\remove( array( $product ) );
	Placements\purge_post_caches( array( $product ) );
	return is_wp_error( $removed ) ? $removed : $product;
}

/**
 * Make the service check every price in its next round, read what it has found so far, and the rest after that.
 * A sync that is under way reads it as well.
 *
 * @return array|WP_Error When the sync ran.
 */
function refresh() {
	$asked = Service\call( 'POST', '/sync' );
	if ( is_wp_error( $asked ) ) {
		return $asked;
	}
	// With a word of its own: WordPress would take it and the going on of a long run for the same.
	wp_schedule_single_event( time() + SYNC_RUN_SECONDS, Sync\CONTINUE_HOOK, array( 'refresh' ) );
	$done = Sync\run();
	if ( is_wp_error( $done ) && 'sync_running' !== $done->get_error_code() ) {
		return $done;
	}
	return array( 'succeeded_at' => Box\format_local_time( Sync\get_state()['succeeded_at'] ) );
}
