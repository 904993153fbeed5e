<?php
/**
 * REST routes for the admin pages and the editor. They call the service with the site's API key.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Rest;

use AmzLinkr\Accounts;
use AmzLinkr\Box;
use AmzLinkr\DiagnosisLabels;
use AmzLinkr\LinkOnly;
use AmzLinkr\Lists;
use AmzLinkr\Placements;
use AmzLinkr\Products;
use AmzLinkr\Service;
use AmzLinkr\ServiceTexts;
use AmzLinkr\Sync;
use AmzLinkr\SyncProblems;
use AmzLinkr\SyncReport;
use AmzLinkr\UserLimits;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

const API_NAMESPACE = 'amzlinkr/v1';

/** The service plans a price sync every five minutes. After this time it has read the new prices. */
const PRICE_SYNC_SECONDS = 6 * MINUTE_IN_SECONDS;

const CAPABILITY_MANAGE = 'manage_options';
const CAPABILITY_EDIT   = 'edit_others_posts';
const CAPABILITY_IMPORT = 'publish_posts';
const CAPABILITY_SEARCH = 'edit_posts';
const SEARCH_TERMS      = array( 'keywords', 'brand', 'author', 'artist', 'actor', 'title' );
const SEARCH_FILTERS    = array( 'marketplace', 'category', 'browse_node', 'sort', 'min_price', 'max_price', 'min_rating', 'min_saving', 'in_stock', 'condition', 'delivery' );
const SEARCH_FIELDS     = array( ...SEARCH_TERMS, ...SEARCH_FILTERS, 'page' );
const LIST_FIELDS       = array( ...SEARCH_TERMS, ...SEARCH_FILTERS, 'size' );
const KEY_FIELDS        = array(
	'paapi5'   => array( 'access_key', 'secret_key' ),
	'creators' => array( 'credential_id', 'credential_secret', 'credential_version' ),
);

/** The names of Amazon's APIs. An account without keys has none. */
const API_NAMES = array(
	'paapi5'   => 'PA-API 5.0',
	'creators' => 'Creators API',
);

/** The statuses of errors with which this site itself refuses a request. */
const REFUSALS = array(
	'user_limit_reached' => 429,
	'list_exists'        => 403,
);

/** The parameters in paths of routes, and the pattern of each. */
const URL_PARAMETERS = array(
	'marketplace' => '^[A-Z]{2}\z',
	'asin'        => '^[A-Z0-9]{10}\z',
	'job'         => '^[A-Za-z0-9_-]{1,100}\z',
	'name'        => '^[a-z0-9-]{1,64}\z',
);

/** The fields in the query or body that each route accepts, by the name of its function. */
const ACCEPTED_FIELDS = array(
	'save_keys'       => array( 'api', 'access_key', 'secret_key', 'credential_id', 'credential_secret', 'credential_version', 'partner_tag', 'marketplace' ),
	'run_diagnostics' => array( 'marketplace' ),
	'search'          => SEARCH_FIELDS,
	'import'          => array( 'items', 'marketplace', 'idempotency_key' ),
	'get_import_job'  => array( 'limit', 'cursor' ),
	'get_products'    => array( 'keywords' ),
	'put_list'        => LIST_FIELDS,
);

add_action( 'rest_api_init', __NAMESPACE__ . '\register_routes' );

/**
 * Registers the routes.
 */
function register_routes(): void {
	$routes = array(
		array( 'POST', '/accounts', CAPABILITY_MANAGE, 'save_keys' ),
		array( 'GET', '/accounts', CAPABILITY_MANAGE, 'get_accounts' ),
		array( 'DELETE', '/accounts/(?P<marketplace>[A-Z]{2})', CAPABILITY_MANAGE, 'delete_account' ),
		array( 'GET', '/diagnostics', CAPABILITY_MANAGE, 'run_diagnostics' ),
		array( 'GET', '/search', CAPABILITY_SEARCH, 'search' ),
		array( 'POST', '/import', CAPABILITY_IMPORT, 'import' ),
		array( 'GET', '/import/(?P<job>[\w-]+)', CAPABILITY_IMPORT, 'get_import_job' ),
		array( 'GET', '/products', CAPABILITY_SEARCH, 'get_products' ),
		array( 'DELETE', '/products/(?P<marketplace>[A-Z]{2})/(?P<asin>[A-Z0-9]{10})', CAPABILITY_EDIT, 'remove_product' ),
		array( 'POST', '/refresh', CAPABILITY_EDIT, 'refresh' ),
		array( 'GET', '/lists', CAPABILITY_SEARCH, 'get_lists' ),
		array( 'GET', '/lists/(?P<name>[a-z0-9-]{1,64})', CAPABILITY_IMPORT, 'get_list' ),
		array( 'PUT', '/lists/(?P<name>[a-z0-9-]{1,64})', CAPABILITY_IMPORT, 'put_list' ),
		array( 'DELETE', '/lists/(?P<name>[a-z0-9-]{1,64})', CAPABILITY_EDIT, 'delete_list' ),
	);
	foreach ( $routes as list( $method, $path, $capability, $handler ) ) {
		register_rest_route(
			API_NAMESPACE,
			$path,
			array(
				'methods'             => $method,
				'args'                => get_args( $path, ACCEPTED_FIELDS[ $handler ] ?? array() ),
				'permission_callback' => static fn() => current_user_can( $capability ),
				'callback'            => static fn( WP_REST_Request $request ) => to_rest_response( ( __NAMESPACE__ . "\\$handler" )( $request ) ),
			)
		);
	}
}

/**
 * Returns the arguments of a route: its accepted fields, and the parameters in its path.
 *
 * @param string   $path   The path of the route, a regular expression with a named group for each parameter.
 * @param string[] $fields The accepted fields.
 * @return array[] Arguments of register_rest_route().
 */
function get_args( string $path, array $fields ): array {
	preg_match_all( '/\(\?P<(\w+)>/', $path, $found );
	$args = array();
	foreach ( array_intersect_key( get_field_schemas(), array_flip( $fields ) ) as $name => $schema ) {
		$args[ $name ] = array( 'validate_callback' => 'rest_validate_request_arg' ) + $schema;
	}
	foreach ( $found[1] as $name ) {
		$url_parameter = array(
			'type'              => 'string',
			'pattern'           => URL_PARAMETERS[ $name ],
			'required'          => true,
			'validate_callback' => __NAMESPACE__ . '\validate_url_parameter',
		);
		$args[ $name ] = $url_parameter;
	}
	return $args;
}

/**
 * Validates a parameter in the path of a route.
 *
 * WordPress prefers parameters of the same name in the query and the body. They are refused, so that a request
 * cannot look as if it named something else.
 *
 * @param mixed           $value   The value that WordPress prefers.
 * @param WP_REST_Request $request The request.
 * @param string          $name    The name of the parameter.
 * @return true|WP_Error
 */
function validate_url_parameter( $value, WP_REST_Request $request, string $name ) {
	if ( get_url_parameter( $request, $name ) !== $value ) {
		/* translators: %s: the name of a parameter */
		return new WP_Error( 'rest_invalid_param', sprintf( __( 'The parameter “%s” is a part of the URL. Remove it from the query and the body.', 'amzlinkr' ), $name ), array( 'status' => 400 ) );
	}
	return rest_validate_request_arg( $value, $request, $name );
}

/**
 * Returns a parameter in the path of a route. A query or body cannot replace it.
 *
 * @param WP_REST_Request $request The request.
 * @param string          $name    The name of the parameter.
 */
function get_url_parameter( WP_REST_Request $request, string $name ): string {
	return (string) $request->get_url_params()[ $name ];
}

/**
 * Returns the schema of each field. It checks types and formats; the service validates the values.
 *
 * @return array[] Schemas by field.
 */
function get_field_schemas(): array {
	$text    = array(
		'type'      => 'string',
		'maxLength' => 1000,
	);
	$count   = array(
		'type'    => 'integer',
		'minimum' => 1,
	);
	$schemas = array(
		'api'             => array( 'enum' => array_keys( KEY_FIELDS ) ) + $text,
		'marketplace'     => array( 'pattern' => '^([A-Z]{2})?\z' ) + $text,
		'category'        => array( 'pattern' => '^[A-Za-z]*\z' ) + $text,
		'sort'            => array( 'pattern' => '^[A-Za-z:]*\z' ) + $text,
		'in_stock'        => array( 'enum' => array( '', 'true', 'false' ) ) + $text,
		'browse_node'     => array( 'pattern' => '^[0-9]*\z' ) + $text,
		'condition'       => array( 'pattern' => '^[A-Za-z]*\z' ) + $text,
		'delivery'        => array( 'pattern' => '^[A-Za-z, ]*\z' ) + $text,
		'page'            => $count,
		'min_price'       => $count,
		'max_price'       => $count,
		'min_rating'      => array( 'maximum' => 4 ) + $count,
		'min_saving'      => array( 'maximum' => 99 ) + $count,
		'keywords'        => array( 'maxLength' => 2000 ) + $text,
		'limit'           => array( 'maximum' => 100 ) + $count,
		'size'            => array(
			'maximum'  => Lists\MAX_SIZE,
			'required' => true,
		) + $count,
		'items'           => array(
			'type'     => 'array',
			'items'    => array( 'maxLength' => 2000 ) + $text,
			'minItems' => 1,
			'maxItems' => 1000,
			'required' => true,
		),
		'idempotency_key' => array( 'pattern' => '^[A-Za-z0-9_-]{1,64}\z' ) + $text,
	);
	return $schemas + array_fill_keys( array_merge( SEARCH_TERMS, array( 'partner_tag', 'cursor' ), ...array_values( KEY_FIELDS ) ), $text );
}

/**
 * Converts a result to a response of WordPress's REST API.
 *
 * An error of the service gets the status 422 (invalid input) or 424 (all others). Its own status, such as 401,
 * would look like an error of this site. Only refusals of this site have other statuses.
 *
 * @param array|WP_Error $result The result of a route's function.
 * @return WP_REST_Response|WP_Error
 */
function to_rest_response( $result ) {
	if ( ! is_wp_error( $result ) ) {
		return rest_ensure_response( $result );
	}
	$problem = (array) $result->get_error_data();
	$status  = REFUSALS[ $result->get_error_code() ] ?? 424;
	return new WP_Error(
		$result->get_error_code(),
		$result->get_error_message(),
		array(
			'status'      => 422 === ( $problem['status'] ?? 0 ) ? 422 : $status,
			'action'      => (string) ( $problem['action'] ?? '' ),
			'field'       => (string) ( $problem['field'] ?? '' ),
			'retry_after' => (int) ( $problem['retry_after'] ?? 0 ),
			'amazon_code' => (string) ( $problem['amazon_code'] ?? '' ),
			'request_id'  => (string) ( $problem['request_id'] ?? '' ),
		)
	);
}

/**
 * Sends Amazon keys to the service, which tests and stores them. This site does not store them.
 *
 * @param WP_REST_Request $request The keys, the Associate tag and the marketplace.
 * @return array|WP_Error `status`, `message`, `warning` and `accounts`.
 */
function save_keys( WP_REST_Request $request ) {
	$api  = (string) $request['api'];
	$body = array( 'api' => $api );
	foreach ( array_merge( KEY_FIELDS[ $api ] ?? array(), array( 'partner_tag', 'marketplace' ) ) as $field ) {
		$body[ $field ] = (string) $request[ $field ];
	}
	$options    = array(
		'body'     => $body,
		'requires' => array( 'connection' ),
	);
	$validation = Service\call( 'POST', '/validate', $options );
	if ( is_wp_error( $validation ) ) {
		return $validation;
	}
	Sync\schedule_reimport();
	$accounts = get_accounts();
	return is_wp_error( $accounts ) ? $accounts : array(
		'status'   => Products\sanitize_text( $validation, 'status' ),
		'message'  => ServiceTexts\translate_text( Products\sanitize_text( $validation, 'message' ) ),
		'warning'  => ServiceTexts\translate_text( Products\sanitize_text( $validation['connection'], 'warning' ) ),
		'accounts' => $accounts['accounts'],
	);
}

/**
 * Returns the current states of the Amazon accounts.
 *
 * @return array|WP_Error `accounts`.
 */
function get_accounts() {
	$accounts = Accounts\refresh();
	return is_wp_error( $accounts ) ? $accounts : array( 'accounts' => array_map( __NAMESPACE__ . '\prepare_account', $accounts ) );
}

/**
 * Prepares an account for an admin page.
 *
 * @param array $account An account of Accounts\get_all().
 */
function prepare_account( array $account ): array {
	return array(
		'marketplace' => $account['marketplace'],
		'api'         => API_NAMES[ $account['api'] ?? '' ] ?? '–',
		'partner_tag' => $account['partner_tag'],
		'key'         => $account['key_hint'] ?? '',
		'class'       => Accounts\get_state_class( $account ),
		'link_only'   => LinkOnly\STATE === $account['state'],
		'state'       => Accounts\get_state_label( $account['state'] ),
		'since'       => Box\format_local_time( (int) strtotime( (string) $account['since'] ) ),
		'next_probe'  => Box\format_local_time( (int) strtotime( (string) ( $account['next_probe_at'] ?? '' ) ) ),
		'action'      => Accounts\get_action( $account ),
		'warning'     => SyncProblems\get_tag_warning( $account ),
		'amazon_code' => $account['amazon_code'] ?? '',
	);
}

/**
 * Deletes the Amazon keys for a marketplace at the service.
 *
 * @param WP_REST_Request $request The marketplace.
 * @return array|WP_Error The remaining `accounts`.
 */
function delete_account( WP_REST_Request $request ) {
	$marketplace = get_url_parameter( $request, 'marketplace' );
	$deleted     = Service\call( 'DELETE', '/connections/{marketplace}', array( 'path' => array( 'marketplace' => $marketplace ) ) );
	return is_wp_error( $deleted ) ? $deleted : get_accounts();
}

/**
 * Runs the diagnostics of the service.
 *
 * @param WP_REST_Request $request The marketplace.
 * @return array|WP_Error The `steps` with their results.
 */
function run_diagnostics( WP_REST_Request $request ) {
	$options = array(
		'query'    => array( 'marketplace' => (string) $request['marketplace'] ),
		'requires' => array( 'steps' ),
	);
	$report  = Service\call( 'GET', '/diagnostics', $options );
	if ( is_wp_error( $report ) ) {
		return $report;
	}
	foreach ( $report['steps'] as &$step ) {
		$step['label']  = DiagnosisLabels\get_label( Products\sanitize_text( $step, 'step' ) );
		$step['detail'] = ServiceTexts\translate_text( Products\sanitize_text( $step, 'detail' ) );
		$step['action'] = ServiceTexts\translate_text( Products\sanitize_text( $step, 'action' ) );
	}
	return $report;
}

/**
 * Searches Amazon.
 *
 * @param WP_REST_Request $request The search fields.
 * @return array|WP_Error `items`, `total`, `page` and `pages`.
 */
function search( WP_REST_Request $request ) {
	$query = array();
	foreach ( SEARCH_FIELDS as $field ) {
		$query[ $field ] = (string) $request[ $field ];
	}
	$refused = LinkOnly\find_search_error( $query['marketplace'] ?? '' ) ?? UserLimits\count_search();
	if ( $refused ) {
		return $refused;
	}
	$found = Service\call(
		'GET',
		'/search',
		array(
			'query'    => $query,
			'requires' => array( 'items' ),
		)
	);
	if ( is_wp_error( $found ) ) {
		return LinkOnly\explain_search_error( $found );
	}
	return array(
		'items' => array_map( __NAMESPACE__ . '\prepare_product', array_values( $found['items'] ) ),
		'total' => Products\sanitize_count( $found, 'total' ),
		'page'  => Products\sanitize_count( $found, 'page' ),
		'pages' => Products\sanitize_count( $found, 'pages' ),
	);
}

/**
 * Imports products. Products that the service imports inline are stored before the response.
 *
 * @param WP_REST_Request $request The entries, their marketplace and an idempotency key.
 * @return array|WP_Error `results`, or the `job_id` of an import job.
 */
function import( WP_REST_Request $request ) {
	$refused = UserLimits\count_import( $request['items'] );
	if ( $refused ) {
		return $refused;
	}
	$response = Service\call(
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
	if ( is_wp_error( $response ) || ! isset( $response['job_id'] ) ) {
		return is_wp_error( $response ) ? $response : store_results( $response );
	}
	$job = Products\sanitize_identifier( $response, 'job_id', URL_PARAMETERS['job'] );
	return '' === $job ? Service\unreachable_error( 'job_id' ) : array( 'job_id' => $job );
}

/**
 * Returns the progress of an import job and, after its end, a page of its results.
 *
 * @param WP_REST_Request $request The ID of the job, the size of the page and its cursor.
 * @return array|WP_Error The job, with `results`.
 */
function get_import_job( WP_REST_Request $request ) {
	$refused = UserLimits\count_call();
	if ( $refused ) {
		return $refused;
	}
	$options = array(
		'path'  => array( 'job' => get_url_parameter( $request, 'job' ) ),
		'query' => array(
			'limit'  => (string) $request['limit'],
			'cursor' => (string) $request['cursor'],
		),
	);
	$job     = Service\call( 'GET', '/import/{job}', $options );
	return is_wp_error( $job ) ? $job : store_results( $job );
}

/**
 * Stores imported products and purges the caches of the posts that contain them.
 *
 * @param array $response A response of the service with `results`.
 * @return array|WP_Error The response, with results for an admin page.
 */
function store_results( array $response ) {
	if ( ! is_array( $response['results'] ?? null ) ) {
		return Service\unreachable_error( 'HTTP 200' );
	}
	$results = array_filter( $response['results'], 'is_array' );
	$changed = Products\store( LinkOnly\get_products( $results ), Sync\get_state()['feed_generation'] );
	if ( is_wp_error( $changed ) ) {
		return $changed;
	}
	Placements\purge_post_caches( $changed );
	$response['results'] = array_map( __NAMESPACE__ . '\prepare_result', array_values( $results ) );
	return $response;
}

/**
 * Prepares the result of an import for an admin page or the editor.
 *
 * @param array $result A result in the format of the service.
 */
function prepare_result( array $result ): array {
	$status  = Products\sanitize_text( $result, 'status' );
	$problem = is_array( $result['problem'] ?? null ) ? $result['problem'] : array();
	return array(
		'input'       => Products\sanitize_text( $result, 'input' ),
		'asin'        => Products\sanitize_identifier( $result, 'asin', URL_PARAMETERS['asin'] ),
		'marketplace' => Products\sanitize_identifier( $result, 'marketplace', URL_PARAMETERS['marketplace'] ),
		'status'      => $status,
		'detail'      => $problem ? ServiceTexts\translate_text( Products\sanitize_text( $problem, 'detail' ) ) : get_result_label( $status ),
		'action'      => ServiceTexts\translate_text( Products\sanitize_text( $problem, 'action' ) ),
		'product'     => is_array( $result['product'] ?? null ) ? prepare_product( $result['product'] ) : null,
	);
}

/**
 * Returns the label of an import result that has no problem.
 *
 * @param string $status A status of the service.
 */
function get_result_label( string $status ): string {
	$labels = array(
		'imported'  => __( 'Imported.', 'amzlinkr' ),
		'waiting'   => __( 'Accepted. The product is retrieved when the account has access to Amazon’s API.', 'amzlinkr' ),
		'not_found' => __( 'Amazon does not have this product.', 'amzlinkr' ),
	);
	return $labels[ $status ] ?? $status;
}

/**
 * Prepares a product for an admin page or the editor.
 *
 * @param array $product A product in the format of the service.
 */
function prepare_product( array $product ): array {
	return Box\get_template_data( Products\sanitize_product( $product ) );
}

/**
 * Removes a product from the service and from this site.
 *
 * The posts of a product that neither of them has are not searched.
 *
 * @param WP_REST_Request $request The ASIN and the marketplace.
 * @return array|WP_Error The `asin` and `marketplace` of the product.
 */
function remove_product( WP_REST_Request $request ) {
	$refused = UserLimits\count_call();
	if ( $refused ) {
		return $refused;
	}
	$product = array(
		'asin'        => get_url_parameter( $request, 'asin' ),
		'marketplace' => get_url_parameter( $request, 'marketplace' ),
	);
	$options = array(
		'path'  => array( 'asin' => $product['asin'] ),
		'query' => array( 'marketplace' => $product['marketplace'] ),
	);
	$deleted = Service\call( 'DELETE', '/products/{asin}', $options );
	if ( is_wp_error( $deleted ) && 'not_found' !== $deleted->get_error_code() ) {
		return $deleted;
	}
	$is_known = ! is_wp_error( $deleted ) || Products\find( $product['asin'], $product['marketplace'] );
	$removed  = Products\remove( array( $product ) );
	if ( $is_known ) {
		Placements\purge_post_caches( array( $product ) );
	}
	return is_wp_error( $removed ) ? $removed : $product;
}

/**
 * Requests a price sync at the service, runs the sync of this site, and schedules another run for the new prices.
 *
 * @return array|WP_Error `succeeded_at`, the formatted time of the last successful run, and `problems`, descriptions
 *                        of what is not refreshed.
 */
function refresh() {
	$refused = UserLimits\count_call();
	if ( $refused ) {
		return $refused;
	}
	// The service refuses more than 60 of these calls per hour: that also limits the runs of the sync.
	$requested = Service\call( 'POST', '/sync' );
	if ( is_wp_error( $requested ) ) {
		return $requested;
	}
	SyncReport\save( $requested );
	// The argument keeps this event apart from the continuation of a long run: WordPress drops an event with the
	// same hook and arguments within ten minutes.
	wp_schedule_single_event( time() + PRICE_SYNC_SECONDS, Sync\CONTINUE_HOOK, array( 'refresh' ) );
	$result = Sync\run();
	if ( is_wp_error( $result ) && 'sync_running' !== $result->get_error_code() ) {
		return $result;
	}
	return array(
		'succeeded_at' => Box\format_local_time( Sync\get_state()['succeeded_at'] ),
		'problems'     => array_merge( array_values( SyncProblems\describe_marketplaces() ), SyncProblems\name_lists() ),
	);
}
