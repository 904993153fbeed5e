<?php
/**
 * Amazon accounts without API access: a tag without keys, imports that wait, and what is possible in place of a search.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\LinkOnly;

use AmzLinkr\Accounts;
use AmzLinkr\Products;
use AmzLinkr\Rest;
use AmzLinkr\Service;
use AmzLinkr\ServiceTexts;
use AmzLinkr\Sync;
use WP_Error;
use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/** The state of an account with a tag and without keys. */
const STATE = 'link_only';

/** The problems with which the service refuses a search because the account has no access to Amazon's API. */
const NO_ACCESS_CODES = array( 'amazon_no_credentials', 'amazon_not_eligible', 'amazon_access_denied', 'amazon_paapi_retired' );

const ROUTE = '/accounts/(?P<marketplace>[A-Z]{2})';

add_action( 'rest_api_init', __NAMESPACE__ . '\register_route' );

/**
 * Registers the route that saves a tag without keys.
 */
function register_route(): void {
	register_rest_route(
		Rest\API_NAMESPACE,
		ROUTE,
		array(
			'methods'             => 'PUT',
			'args'                => Rest\get_args( ROUTE, array( 'partner_tag' ) ),
			'permission_callback' => static fn() => current_user_can( Rest\CAPABILITY_MANAGE ),
			'callback'            => static fn( WP_REST_Request $request ) => Rest\to_rest_response( save_tag( $request ) ),
		)
	);
}

/**
 * Saves a tag without keys at the service.
 *
 * @param WP_REST_Request $request The marketplace and the Associate tag.
 * @return array|WP_Error `message`, `warning` and `accounts`.
 */
function save_tag( WP_REST_Request $request ) {
	$options = array(
		'path' => array( 'marketplace' => Rest\get_url_parameter( $request, 'marketplace' ) ),
		'body' => array( 'partner_tag' => trim( (string) $request['partner_tag'] ) ),
	);
	$saved   = Service\call( 'PUT', '/connections/{marketplace}', $options );
	if ( is_wp_error( $saved ) ) {
		return 'connection_has_credentials' === $saved->get_error_code() ? get_keys_error() : $saved;
	}
	if ( '' === Products\sanitize_text( $saved, 'state' ) ) {
		return Service\unreachable_error( 'HTTP 200' );
	}
	// Products of a site that has moved are then imported again, and wait.
	Sync\schedule_reimport();
	$accounts = Rest\get_accounts();
	return is_wp_error( $accounts ) ? $accounts : array(
		'message'  => __( 'The tag is saved. You can import products by their ASINs or Amazon URLs now. Boxes show your own content and a link with your tag.', 'amzlinkr' ),
		'warning'  => ServiceTexts\translate_text( Products\sanitize_text( $saved, 'warning' ) ),
		'accounts' => $accounts['accounts'],
	);
}

/**
 * Returns the error for a marketplace with keys, of which the tag belongs to the keys.
 */
function get_keys_error(): WP_Error {
	return new WP_Error(
		'connection_has_credentials',
		__( 'Amazon keys are stored for this marketplace. Nothing was changed.', 'amzlinkr' ),
		array( 'action' => __( 'To use another tag, enter the keys again with the new tag. To use a tag without keys, first delete the keys of this marketplace.', 'amzlinkr' ) )
	);
}

/**
 * Returns what follows after a tag was saved without keys.
 */
function get_next_step(): string {
	return __( 'Links have your tag, and boxes show your own content. When Amazon grants your account access to its API, enter the keys here: all products that you have imported by then are filled in automatically.', 'amzlinkr' );
}

/**
 * Returns the marketplaces that have a tag and no keys, so that they cannot be searched.
 *
 * @return string[] Marketplace codes.
 */
function get_marketplaces(): array {
	$accounts = array_filter( Accounts\get_all(), static fn( $account ) => STATE === $account['state'] );
	return array_column( $accounts, 'marketplace' );
}

/**
 * Returns what the current user can do in place of a search.
 */
function get_alternative(): string {
	return current_user_can( Rest\CAPABILITY_IMPORT )
		? __( 'Without a search, enter ASINs or Amazon URLs under AmzLinkr → Import, or in the block. Until Amazon’s API can be accessed, boxes show your own content and a link with your tag.', 'amzlinkr' )
		: __( 'Without a search, an author, editor or administrator of this site can import products by their ASINs or Amazon URLs.', 'amzlinkr' );
}

/**
 * Returns a note about the marketplaces that cannot be searched.
 *
 * @return string Sentences, or an empty string if all of them can be searched.
 */
function get_search_note(): string {
	$marketplaces = get_marketplaces();
	/* translators: 1: codes of marketplaces, 2: what the user can do */
	return $marketplaces ? sprintf( __( 'No search yet: %1$s. Amazon can be searched only with keys of its API. %2$s', 'amzlinkr' ), implode( ', ', $marketplaces ), get_alternative() ) : '';
}

/**
 * Adds to the error of a search what the current user can do, if the account has no access to Amazon's API.
 *
 * @param WP_Error $error An error of the service.
 */
function explain_search_error( WP_Error $error ): WP_Error {
	if ( ! in_array( $error->get_error_code(), NO_ACCESS_CODES, true ) ) {
		return $error;
	}
	$data = (array) $error->get_error_data();
	// Without keys, there is nothing else to do. In all other cases, the service states what restores the access.
	$restore = 'amazon_no_credentials' === $error->get_error_code() ? '' : $data['action'] ?? '';
	$action  = trim( "$restore " . get_alternative() );
	return new WP_Error( $error->get_error_code(), $error->get_error_message(), array( 'action' => $action ) + $data );
}

/**
 * Returns the error of a search in a marketplace without keys, which needs no call to the service.
 *
 * @param string $marketplace The code of the marketplace, or an empty string for the primary one.
 */
function find_search_error( string $marketplace ): ?WP_Error {
	$searched = strtoupper( '' !== $marketplace ? $marketplace : Accounts\get_primary_marketplace() );
	if ( ! in_array( $searched, get_marketplaces(), true ) ) {
		return null;
	}
	return new WP_Error(
		'amazon_no_credentials',
		__( 'Amazon can be searched only with keys of its API.', 'amzlinkr' ),
		array( 'action' => get_alternative() )
	);
}

/**
 * Returns the products of import results, to be stored.
 *
 * A result that waits may come without its product. The stored data of a known product then stays.
 *
 * @param array[] $results Import results in the format of the service.
 * @return array[] Products in the format of the service.
 */
function get_products( array $results ): array {
	$products = array();
	foreach ( $results as $result ) {
		$waiting = Products\sanitize_product( array( 'price_status' => 'waiting' ) + $result );
		if ( is_array( $result['product'] ?? null ) ) {
			$products[] = $result['product'];
		} elseif ( 'waiting' === ( $result['status'] ?? '' ) && ! Products\find( $waiting['asin'], $waiting['marketplace'] ) ) {
			$products[] = $waiting;
		}
	}
	return $products;
}
