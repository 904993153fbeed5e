<?php
/**
 * The words of lists: their states, their searches, and why a list or a change of it is not possible now.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\ListLabels;

use AmzLinkr\Accounts;
use AmzLinkr\Lists;
use AmzLinkr\Rest;
use AmzLinkr\SyncProblems;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/** The account states in which Amazon grants no access to its API, and may do so later. */
const STATES_WITHOUT_ACCESS = array( 'link_only', 'not_eligible', 'access_denied', 'retired' );

/**
 * Returns the label of a list's state.
 *
 * @param string $state A state of Lists\get_state().
 */
function get_state_label( string $state ): string {
	$labels = array(
		'current'  => __( 'Up to date', 'amzlinkr' ),
		'empty'    => __( 'Nothing found', 'amzlinkr' ),
		'expired'  => __( 'Expired', 'amzlinkr' ),
		'unfilled' => __( 'Not filled yet', 'amzlinkr' ),
	);
	return $labels[ $state ];
}

/**
 * Returns why a list has no products or is not refreshed, and what happens next.
 *
 * @param array $list A list of Lists\find().
 * @return string Sentences, or an empty string if the list has products and Amazon does not refuse its search.
 */
function get_reason( array $list ): string {
	$state   = Lists\get_state( $list );
	$refused = SyncProblems\describe_list( $list );
	if ( 'current' === $state || ( 'empty' === $state && '' !== $refused ) ) {
		return $refused;
	}
	if ( 'empty' === $state ) {
		return __( 'Amazon’s search finds nothing. Change the search, or wait: it is repeated with each refresh.', 'amzlinkr' );
	}
	if ( ! find_account( $list['marketplace'] ) ) {
		/* translators: %s: a marketplace like US */
		return sprintf( __( 'No Amazon account is connected for %s. Connect one under AmzLinkr → Settings → API. The list is filled automatically then.', 'amzlinkr' ), $list['marketplace'] );
	}
	if ( ! is_account_callable( $list['marketplace'] ) ) {
		return __( 'The list is filled automatically when Amazon grants the account access to its API.', 'amzlinkr' );
	}
	if ( '' !== $refused ) {
		return $refused;
	}
	if ( 'expired' === $state ) {
		return __( 'Amazon has not confirmed it for 24 hours. It is shown again after the next successful refresh.', 'amzlinkr' );
	}
	return __( 'The next refresh fills it, usually within 15 minutes.', 'amzlinkr' );
}

/**
 * Finds the account of a marketplace.
 *
 * @param string $marketplace A marketplace code.
 * @return array|null The account, or null if none is connected.
 */
function find_account( string $marketplace ): ?array {
	return array_column( Accounts\get_all(), null, 'marketplace' )[ $marketplace ] ?? null;
}

/**
 * Returns whether Amazon may grant the account of a marketplace access to its API now.
 *
 * @param string $marketplace A marketplace code.
 */
function is_account_callable( string $marketplace ): bool {
	$account = find_account( $marketplace );
	return $account && ! in_array( $account['state'], STATES_WITHOUT_ACCESS, true );
}

/**
 * Returns the search of a list in words.
 *
 * @param array $list A list of Lists\find().
 */
function describe_query( array $list ): string {
	$query    = $list['query'];
	$decimals = (int) ( Accounts\get_marketplaces()[ $list['marketplace'] ]['decimals'] ?? 2 );
	$parts    = array();
	foreach ( get_field_labels() as $field => $label ) {
		if ( isset( $query[ $field ] ) ) {
			$value = $query[ $field ];
			if ( 'sort' === $field ) {
				$value = get_sort_labels()[ $value ] ?? $value;
			} elseif ( in_array( $field, array( 'min_price', 'max_price' ), true ) ) {
				$value = number_format_i18n( $value / 10 ** $decimals, $decimals );
			}
			$parts[] = sprintf( $label, $value );
		}
	}
	if ( false === ( $query['in_stock'] ?? true ) ) {
		$parts[] = __( 'also out of stock', 'amzlinkr' );
	}
	return implode( ' · ', $parts );
}

/**
 * Returns the labels of Amazon's sort orders.
 *
 * @return string[] Labels by Amazon's names.
 */
function get_sort_labels(): array {
	return array(
		'Relevance'          => __( 'Relevance', 'amzlinkr' ),
		'Featured'           => __( 'Featured', 'amzlinkr' ),
		'Price:LowToHigh'    => __( 'Price, low to high', 'amzlinkr' ),
		'Price:HighToLow'    => __( 'Price, high to low', 'amzlinkr' ),
		'AvgCustomerReviews' => __( 'Customer reviews', 'amzlinkr' ),
		'NewestArrivals'     => __( 'Newest', 'amzlinkr' ),
	);
}

/**
 * Returns the labels of the fields of a search. Each has a placeholder for the value.
 *
 * @return string[] Labels by field.
 */
function get_field_labels(): array {
	return array(
		'keywords'    => '“%s”',
		/* translators: %s: a title */
		'title'       => __( 'Title: %s', 'amzlinkr' ),
		/* translators: %s: a name */
		'author'      => __( 'Author: %s', 'amzlinkr' ),
		/* translators: %s: a name */
		'artist'      => __( 'Artist: %s', 'amzlinkr' ),
		/* translators: %s: a name */
		'actor'       => __( 'Actor: %s', 'amzlinkr' ),
		/* translators: %s: a name */
		'brand'       => __( 'Brand: %s', 'amzlinkr' ),
		/* translators: %s: Amazon's name of a category */
		'category'    => __( 'Category: %s', 'amzlinkr' ),
		/* translators: %s: a number */
		'browse_node' => __( 'Browse node: %s', 'amzlinkr' ),
		/* translators: %s: a sort order */
		'sort'        => __( 'Sorted by: %s', 'amzlinkr' ),
		/* translators: %s: an amount */
		'min_price'   => __( 'from %s', 'amzlinkr' ),
		/* translators: %s: an amount */
		'max_price'   => __( 'up to %s', 'amzlinkr' ),
		/* translators: %s: a number of stars */
		'min_rating'  => __( '%s stars or more', 'amzlinkr' ),
		/* translators: %s: a number */
		'min_saving'  => __( 'at least %s %% off', 'amzlinkr' ),
		/* translators: %s: a condition, in Amazon's words */
		'condition'   => __( 'Condition: %s', 'amzlinkr' ),
		/* translators: %s: Amazon's names of delivery options */
		'delivery'    => __( 'Delivery: %s', 'amzlinkr' ),
	);
}

/**
 * Returns the error for a list that exists and that the current user may not change.
 *
 * @param string $name The name of the list.
 */
function get_exists_error( string $name ): WP_Error {
	return new WP_Error(
		'list_exists',
		/* translators: %s: the name of a list */
		sprintf( __( 'The list “%s” exists with another search. Posts of others may show it, so you may not change it.', 'amzlinkr' ), $name ),
		array( 'action' => __( 'Choose another name for your list, or ask an editor or administrator to change this one.', 'amzlinkr' ) )
	);
}

/**
 * Adds what users of this site can do to an error of the service about a list.
 *
 * @param WP_Error $error An error of Service\call().
 */
function explain_error( WP_Error $error ): WP_Error {
	$texts = array(
		'list_limit_reached' => array(
			__( 'This site has reached its maximum number of lists.', 'amzlinkr' ),
			current_user_can( Rest\CAPABILITY_EDIT )
				? __( 'Delete a list that you no longer show under AmzLinkr → Lists, then try again.', 'amzlinkr' )
				: __( 'Ask an editor or administrator to delete a list that no post shows, then try again.', 'amzlinkr' ),
		),
		'not_connected'      => array(
			__( 'No Amazon account is connected for this marketplace.', 'amzlinkr' ),
			__( 'Ask an administrator to connect one under AmzLinkr → Settings → API. An Associate tag is enough: the list is filled when Amazon grants access to its API.', 'amzlinkr' ),
		),
	);
	if ( ! isset( $texts[ $error->get_error_code() ] ) ) {
		return $error;
	}
	list( $message, $action ) = $texts[ $error->get_error_code() ];
	return new WP_Error( $error->get_error_code(), $message, compact( 'action' ) + (array) $error->get_error_data() );
}

/**
 * Returns the lists that could not be created at the service again, such as after a move.
 *
 * @param string[] $pending The reasons by name; see Sync\get_state().
 * @return string[] A description for each list.
 */
function get_pending_problems( array $pending ): array {
	$problems = array();
	foreach ( $pending as $name => $reason ) {
		/* translators: 1: the name of a list, 2: the reason, in sentences */
		$problems[] = trim( sprintf( __( 'The list “%1$s” must be created again at the service and is empty until then. %2$s', 'amzlinkr' ), $name, $reason ) );
	}
	return $problems;
}
