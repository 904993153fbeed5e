<?php
/**
 * The public REST route that receives clicks. It needs no nonce, because pages in caches contain an old one.
 *
 * It reads no cookie and no address of the visitor. Whatever is sent, the response is the same.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Clicks;

use AmzLinkr\Accounts;
use AmzLinkr\Lists;
use AmzLinkr\Options;
use AmzLinkr\Products;
use AmzLinkr\Rest;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

const ROUTE          = '/clicks';
const MAX_BODY_CHARS = 500;

/** A stranger can send any ASIN. A search for one in all lists reads the whole table, so that their number is limited. */
const MAX_SEARCHES_PER_MINUTE = 30;

const SEARCH_COUNTER = 'amzlinkr_click_searches_per_minute';

add_action( 'rest_api_init', __NAMESPACE__ . '\register_route' );

/**
 * Registers the route while clicks are counted.
 */
function register_route(): void {
	if ( ! is_on() ) {
		return;
	}
	$fields = array(
		'asin' => array(
			'type'    => 'string',
			'pattern' => Rest\URL_PARAMETERS['asin'],
		),
		'host' => array(
			'type'      => 'string',
			'pattern'   => '^[a-z0-9.-]+\z',
			'maxLength' => 100,
		),
		'post' => array(
			'type'    => 'integer',
			'minimum' => 1,
		),
	);
	$common = array(
		'required'          => true,
		'validate_callback' => 'rest_validate_request_arg',
	);
	register_rest_route(
		Rest\API_NAMESPACE,
		ROUTE,
		array(
			'methods'             => 'POST',
			'args'                => array_map( static fn( $field ) => $field + $common, $fields ),
			// Visitors send clicks. They can read nothing.
			'permission_callback' => '__return_true',
			'callback'            => __NAMESPACE__ . '\receive',
		)
	);
}

/**
 * Receives a click.
 *
 * @param WP_REST_Request $request The ASIN, the host of the link, and the ID of the post.
 */
function receive( WP_REST_Request $request ): WP_REST_Response {
	$asin        = (string) $request['asin'];
	$marketplace = find_marketplace( (string) $request['host'] );
	$post_id     = (int) $request['post'];
	if ( '' !== $marketplace && is_countable_request( $request ) && is_public_post( $post_id ) && is_known_product( $asin, $marketplace ) ) {
		count_click( $asin, $marketplace, $post_id );
	}
	return new WP_REST_Response( null, 204 );
}

/**
 * Returns whether a request may be counted: not from another site, not too large, and not of a visitor who objects.
 *
 * @param WP_REST_Request $request The request.
 */
function is_countable_request( WP_REST_Request $request ): bool {
	$objects = '1' === $request->get_header( 'dnt' ) || '1' === $request->get_header( 'sec_gpc' );
	return ! $objects && 'cross-site' !== $request->get_header( 'sec_fetch_site' ) && strlen( (string) $request->get_body() ) <= MAX_BODY_CHARS;
}

/**
 * Finds the marketplace of a link.
 *
 * @param string $host The host of the link, such as `www.amazon.de`.
 * @return string A marketplace code, or an empty string.
 */
function find_marketplace( string $host ): string {
	foreach ( Accounts\get_marketplaces() as $code => $marketplace ) {
		if ( $host === $marketplace['domain'] ) {
			return (string) $code;
		}
	}
	return '';
}

/**
 * Returns whether a product is imported, was counted today, or is in a list.
 *
 * The first two are found by a key. ASINs that are not found there share a limit of searches. Junk can use it up, and then
 * prevents no more than the first click of a day on a product that is in a list only.
 *
 * @param string $asin        An ASIN.
 * @param string $marketplace A marketplace code.
 */
function is_known_product( string $asin, string $marketplace ): bool {
	global $wpdb;
	if ( Products\find( $asin, $marketplace ) || was_counted_today( $asin, $marketplace ) ) {
		return true;
	}
	if ( ! Options\add_in_window( SEARCH_COUNTER, 1, MAX_SEARCHES_PER_MINUTE, MINUTE_IN_SECONDS ) ) {
		return false;
	}
	$table = Lists\get_table_name();
	return (bool) $wpdb->get_var( $wpdb->prepare( "SELECT 1 FROM $table WHERE marketplace = %s AND items LIKE %s LIMIT 1", $marketplace, '%"asin":"' . $wpdb->esc_like( $asin ) . '"%' ) ); // phpcs:ignore WordPress.DB -- the plugin's own table.
}

/**
 * Returns whether a click on a product was counted today.
 *
 * @param string $asin        An ASIN.
 * @param string $marketplace A marketplace code.
 */
function was_counted_today( string $asin, string $marketplace ): bool {
	global $wpdb;
	$table = get_table_name();
	return (bool) $wpdb->get_var( $wpdb->prepare( "SELECT 1 FROM $table WHERE day = %s AND marketplace = %s AND asin = %s LIMIT 1", array( (string) wp_date( 'Y-m-d' ), $marketplace, $asin ) ) ); // phpcs:ignore WordPress.DB -- the plugin's own table.
}
