<?php
/**
 * Limits of users who are not administrators: their requests to Amazon and their other calls to the service per hour.
 *
 * All users of a site share the daily requests that Amazon grants to the site's account, and all of them and the sync
 * share the hourly calls that the service grants to the site.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\UserLimits;

use AmzLinkr\Accounts;
use AmzLinkr\Options;
use AmzLinkr\Rest;
use WP_Error;
use WP_User;

defined( 'ABSPATH' ) || exit;

/** The requests to Amazon per hour of a user who may not edit the posts of others. */
const REQUESTS_PER_HOUR = 120;

/** The service requests this number of products from Amazon in one request. */
const PRODUCTS_PER_REQUEST = 10;

/**
 * The calls to the service per hour that cause no request to Amazon, such as those for the state of an import, of a user
 * who may not edit the posts of others. The service permits a site 5,000 calls per hour, those of the sync included.
 */
const CALLS_PER_HOUR = 600;

/**
 * The calls to the service per hour, requests to Amazon included, that all users without the right to manage the site share
 * while none of its Amazon accounts has ever worked. The service then permits 50 calls per hour, and 1,000 more per day.
 */
const SHARED_CALLS_PER_HOUR = 40;

/**
 * The imports of more than PRODUCTS_PER_REQUEST products per hour that all users without the right to manage the site share,
 * and before an account has ever worked. The service permits a site 200 of them per day, and before API access 100.
 */
const SHARED_JOBS_PER_HOUR = 6;
const JOBS_BEFORE_ACCESS   = 3;

/** The limits of a user who may edit the posts of others are this many times higher. */
const EDITOR_FACTOR = 4;

/**
 * An entry of which the marketplace is certain: an ASIN, or the address of a product, which alone names the marketplace.
 *
 * The service decodes percent-encoding, HTML entities and other dots, and reads addresses in parameters and among words.
 * This pattern contains no such character before the ASIN, and no end of an entity behind it.
 */
const CERTAIN_ENTRY = '~^(?:[a-z0-9]{10}|https?://(?:www\.)?(amazon\.[a-z]{2,3}(?:\.[a-z]{2})?)/(?:(?:[\w.+,-]|%[89a-f][0-9a-f])+/)?(?:dp|gp/product)/[a-z0-9]{10}(?:[/?#][!-:<-\~]*)?)\z~i';

const COUNTER      = 'amzlinkr_requests_of_user_';
const CALL_COUNTER = 'amzlinkr_calls_of_user_';
const ALL_COUNTER  = 'amzlinkr_calls_of_users';
const JOB_COUNTER  = 'amzlinkr_jobs_of_users';

add_action( 'deleted_user', __NAMESPACE__ . '\delete_counters' );

/**
 * Deletes the counters of a user.
 *
 * @param int $user The ID of the user.
 */
function delete_counters( int $user ): void {
	delete_option( COUNTER . $user );
	delete_option( CALL_COUNTER . $user );
}

/**
 * Counts a search of the current user.
 *
 * @return WP_Error|null The error `user_limit_reached`, or null if the user may search.
 */
function count_search(): ?WP_Error {
	return count_requests( 1 );
}

/**
 * Counts an import of the current user. The service requests the products of each marketplace apart.
 *
 * Only the service can read the marketplaces of some entries. They count as the most requests that they can cause in
 * the connected marketplaces: one product in each, and the others in tens.
 *
 * @param string[] $items The entries: ASINs, or texts with addresses of Amazon.
 * @return WP_Error|null The error `user_limit_reached`, or null if the user may import them.
 */
function count_import( array $items ): ?WP_Error {
	$names     = array_map( __NAMESPACE__ . '\name_marketplace', $items );
	$requests  = array_map( static fn( $products ) => (int) ceil( $products / PRODUCTS_PER_REQUEST ), array_count_values( array_filter( $names, 'is_string' ) ) );
	$uncertain = count( array_keys( $names, null, true ) );
	$spread    = min( $uncertain, max( 1, count( Accounts\get_all() ) ) );
	$refused   = count_requests( array_sum( $requests ) + intdiv( $uncertain + ( PRODUCTS_PER_REQUEST - 1 ) * $spread, PRODUCTS_PER_REQUEST ) );
	return $refused ?? ( count( $items ) > PRODUCTS_PER_REQUEST ? count_job() : null );
}

/**
 * Counts an import that the service processes as a job.
 *
 * @return WP_Error|null The error `user_limit_reached`, or null if the import is possible.
 */
function count_job(): ?WP_Error {
	$limit = Accounts\has_had_access() ? SHARED_JOBS_PER_HOUR : JOBS_BEFORE_ACCESS;
	if ( get_limit( wp_get_current_user() ) < 0 || Options\add_in_hour( JOB_COUNTER, 1, $limit ) ) {
		return null;
	}
	return limit_error(
		/* translators: 1: a number, 2: a number */
		sprintf( __( 'All users who are not administrators share %1$d imports of more than %2$d products per hour. This limit is reached.', 'amzlinkr' ), $limit, PRODUCTS_PER_REQUEST ),
		__( 'Wait until the next full hour, import fewer products in one step, or ask an administrator of this site.', 'amzlinkr' )
	);
}

/**
 * Counts the first refresh of a list that the current user creates or changes.
 *
 * @param int $size The number of products of the list.
 * @return WP_Error|null The error `user_limit_reached`, or null if the user may save it.
 */
function count_list( int $size ): ?WP_Error {
	return count_requests( (int) ceil( $size / PRODUCTS_PER_REQUEST ) );
}

/**
 * Names the marketplace of an entry.
 *
 * @param string $item An ASIN, or a text with an address of Amazon.
 * @return string|null A domain, an empty string for the marketplace of the import, or null if it is not certain.
 */
function name_marketplace( string $item ): ?string {
	return preg_match( CERTAIN_ENTRY, trim( $item ), $found ) ? strtolower( $found[1] ?? '' ) : null;
}

/**
 * Counts a call to the service by the current user that causes no request to Amazon.
 *
 * @return WP_Error|null The error `user_limit_reached`, or null if the user may call.
 */
function count_call(): ?WP_Error {
	return count_calls( 1 );
}

/**
 * Counts a call to the service that the service counts as several.
 *
 * @param int $calls The number of calls, at least 1.
 * @return WP_Error|null The error `user_limit_reached`, or null if the user may call.
 */
function count_calls( int $calls ): ?WP_Error {
	$user  = wp_get_current_user();
	$limit = CALLS_PER_HOUR * get_factor( $user );
	if ( get_limit( $user ) < 0 ) {
		return null;
	}
	if ( Options\add_in_hour( CALL_COUNTER . $user->ID, $calls, $limit ) ) {
		return count_shared_calls( $calls );
	}
	return limit_error(
		/* translators: %d: a number */
		sprintf( __( 'Your limit of %d calls to the service per hour is reached.', 'amzlinkr' ), $limit ),
		__( 'Wait until the next full hour. Imports continue, and the next sync brings their products to this site.', 'amzlinkr' )
	);
}

/**
 * Counts requests to Amazon of the current user. Refused ones do not count.
 *
 * @param int $requests The number of requests, at least 1.
 */
function count_requests( int $requests ): ?WP_Error {
	$user  = wp_get_current_user();
	$limit = get_limit( $user );
	if ( $limit < 0 ) {
		return null;
	}
	if ( Options\add_in_hour( COUNTER . $user->ID, $requests, $limit ) ) {
		return count_shared_calls( 1 );
	}
	return limit_error(
		/* translators: %d: a number */
		sprintf( __( 'This would exceed your limit of %d requests to Amazon per hour. A search counts as one request, and an import or a list as one for every ten products of a marketplace.', 'amzlinkr' ), $limit ),
		__( 'Wait until the next full hour, import fewer products in one step, or ask an editor or administrator of this site.', 'amzlinkr' )
	);
}

/**
 * Counts calls against the limit of all users of a site without access to Amazon's API.
 *
 * @param int $calls The number of calls, at least 1.
 * @return WP_Error|null The error `user_limit_reached`, or null if the calls are possible.
 */
function count_shared_calls( int $calls ): ?WP_Error {
	if ( Accounts\has_had_access() || Options\add_in_hour( ALL_COUNTER, $calls, SHARED_CALLS_PER_HOUR ) ) {
		return null;
	}
	return limit_error(
		/* translators: %d: a number */
		sprintf( __( 'Until an Amazon account of this site has access to Amazon’s API, all users who are not administrators share %d calls to the service per hour. This limit is reached.', 'amzlinkr' ), SHARED_CALLS_PER_HOUR ),
		__( 'Wait until the next full hour, or ask an administrator of this site.', 'amzlinkr' )
	);
}

/**
 * Returns the error of a reached limit.
 *
 * @param string $message What the limit is.
 * @param string $action  What the user can do.
 */
function limit_error( string $message, string $action ): WP_Error {
	$retry_after = HOUR_IN_SECONDS - time() % HOUR_IN_SECONDS;
	return new WP_Error( 'user_limit_reached', $message, compact( 'action', 'retry_after' ) );
}

/**
 * Returns how many requests to Amazon a user may cause per hour.
 *
 * @param WP_User $user The user.
 * @return int The number; negative without a limit.
 */
function get_limit( WP_User $user ): int {
	$limit = user_can( $user, Rest\CAPABILITY_MANAGE ) ? -1 : REQUESTS_PER_HOUR * get_factor( $user );
	/**
	 * Filters how many requests to Amazon a user may cause per hour. Without a limit, other calls have none either.
	 *
	 * @param int     $limit The number of requests; 0 for none, negative for no limit.
	 * @param WP_User $user  The user.
	 */
	return (int) apply_filters( 'amzlinkr_hourly_limit', $limit, $user );
}

/**
 * Returns how many times higher the limits of a user are.
 *
 * @param WP_User $user The user.
 */
function get_factor( WP_User $user ): int {
	return user_can( $user, Rest\CAPABILITY_EDIT ) ? EDITOR_FACTOR : 1;
}
