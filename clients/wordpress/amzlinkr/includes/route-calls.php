<?php
/**
 * Calls of the functions of REST routes by other code of the plugin, with the validation of the route.
 *
 * The caller checks the capability.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\RouteCalls;

use AmzLinkr\Rest;
use WP_Error;
use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/**
 * Calls the function of a REST route.
 *
 * @param string   $handler The name of the function.
 * @param string   $method  The HTTP method of the route.
 * @param array    $fields  The fields of the query or body.
 * @param string[] $url     The parameters in the path.
 * @return array|WP_Error The result of the function, or the error of an invalid field.
 */
function call( string $handler, string $method, array $fields, array $url = array() ) {
	$path    = implode( '/', array_map( static fn( $name ) => "(?P<$name>)", array_keys( $url ) ) );
	$request = new WP_REST_Request( $method, '/' . Rest\API_NAMESPACE );
	$request->set_attributes( array( 'args' => Rest\get_args( $path, Rest\ACCEPTED_FIELDS[ $handler ] ) ) );
	$request->set_url_params( $url );
	if ( 'GET' === $method ) {
		$request->set_query_params( $fields );
	} else {
		$request->set_body_params( $fields );
	}
	$valid = $request->has_valid_params();
	$valid = is_wp_error( $valid ) ? $valid : $request->sanitize_params();
	return is_wp_error( $valid ) ? explain_invalid_fields( $valid ) : ( "AmzLinkr\\Rest\\$handler" )( $request );
}

/**
 * Returns the error for fields with invalid values, with the reasons in its message.
 *
 * @param WP_Error $error An error of WordPress's validation.
 */
function explain_invalid_fields( WP_Error $error ): WP_Error {
	$data    = (array) $error->get_error_data();
	$reasons = array_filter( (array) ( $data['params'] ?? array() ), 'is_string' );
	return new WP_Error(
		'invalid_fields',
		$reasons ? implode( ' ', $reasons ) : $error->get_error_message(),
		array(
			'status' => 422,
			'action' => __( 'Correct the value. Nothing was sent.', 'amzlinkr' ),
		)
	);
}
