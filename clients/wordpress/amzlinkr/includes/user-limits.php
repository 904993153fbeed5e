<?php
/**
 * Limits of users who may not edit the posts of others: their searches and imports per hour.
 *
 * All users of a site share the daily requests that Amazon grants to the site's account.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\UserLimits;

use AmzLinkr\Options;
use AmzLinkr\Rest;
use WP_Error;
use WP_User;

defined( 'ABSPATH' ) || exit;

/** The requests to Amazon per hour of a user who may not edit the posts of others. */
const REQUESTS_PER_HOUR = 120;

/** The service requests this number of products from Amazon in one request. */
const PRODUCTS_PER_REQUEST = 10;

const COUNTER = 'amzlinkr_requests_of_user_';

add_action( 'deleted_user', static fn( $user ) => delete_option( COUNTER . $user ) );

/**
 * Counts a search of the current user.
 *
 * @return WP_Error|null The error `user_limit_reached`, or null if the user may search.
 */
function count_search(): ?WP_Error {
	return count_requests( 1 );
}

/**
 * Counts an import of the current user.
 *
 * @param int $products The number of products.
 * @return WP_Error|null The error `user_limit_reached`, or null if the user may import them.
 */
function count_import( int $products ): ?WP_Error {
	return count_requests( (int) ceil( $products / PRODUCTS_PER_REQUEST ) );
}

/**
 * Counts requests to Amazon of the current user. Refused ones do not count.
 *
 * @param int $requests The number of requests, at least 1.
 */
function count_requests( int $requests ): ?WP_Error {
	$user  = wp_get_current_user();
	$limit = get_limit( $user );
	if ( $limit < 0 || Options\add_in_hour( COUNTER . $user->ID, $requests, $limit ) ) {
		return null;
	}
	return new WP_Error(
		'user_limit_reached',
		/* translators: %d: a number */
		sprintf( __( 'This would exceed your limit of %d requests to Amazon per hour. A search counts as one request, and an import as one for every ten products.', 'amzlinkr' ), $limit ),
		array(
			'action'      => __( 'Wait until the next full hour, import fewer products in one step, or ask an editor or administrator of this site.', 'amzlinkr' ),
			'retry_after' => HOUR_IN_SECONDS - time() % HOUR_IN_SECONDS,
		)
	);
}

/**
 * Returns how many requests to Amazon a user may cause per hour.
 *
 * @param WP_User $user The user.
 * @return int The number; negative without a limit.
 */
function get_limit( WP_User $user ): int {
	$limit = user_can( $user, Rest\CAPABILITY_EDIT ) ? -1 : REQUESTS_PER_HOUR;
	/**
	 * Filters how many requests to Amazon a user may cause per hour.
	 *
	 * @param int     $limit The number of requests; 0 for none, negative for no limit.
	 * @param WP_User $user  The user.
	 */
	return (int) apply_filters( 'amzlinkr_hourly_limit', $limit, $user );
}
