<?php
/**
 * The form action that replaces a product in posts. It requires a nonce and the capability to edit the posts of others.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\ReplacementAction;

use AmzLinkr\Actions;
use AmzLinkr\Attention;
use AmzLinkr\Replacement;
use AmzLinkr\Rest;
use AmzLinkr\Uses;

defined( 'ABSPATH' ) || exit;

/** The prefix of the transient with the results for the next page of a user. */
const RESULTS = 'amzlinkr_replaced_';

Actions\add( 'replace_product', Rest\CAPABILITY_EDIT, __NAMESPACE__ . '\replace_product' );

/**
 * Replaces a product in the posts that the user has confirmed, and redirects to the page with the results.
 *
 * @return never
 */
function replace_product(): void {
	$old = Replacement\parse_key( Actions\get_field( 'replace' ) );
	$new = Replacement\parse_key( Actions\get_field( 'with' ) );
	if ( ! $old || ! $new || ! Replacement\is_possible( $new, $old ) ) {
		wp_die( esc_html__( 'This product cannot take the place of the other one. Nothing was changed. Go back and choose another product.', 'amzlinkr' ), 400 );
	}
	$query = array(
		'replace' => Uses\get_key( $old ),
		'with'    => Uses\get_key( $new ),
	);
	$after = Actions\get_field( 'after' );
	if ( array( 0, 0 ) !== Uses\parse_position( $after ) ) {
		$query['after'] = $after;
	}
	set_transient( RESULTS . get_current_user_id(), Replacement\replace_in_posts( $old, $new, get_confirmed_posts() ), HOUR_IN_SECONDS );
	wp_safe_redirect( Attention\get_url( $query ) );
	exit;
}

/**
 * Returns the posts that the user has seen before the confirmation.
 *
 * @return string[] Hashes of contents by post ID.
 */
function get_confirmed_posts(): array {
	$hashes = array();
	foreach ( (array) wp_unslash( $_POST['posts'] ?? array() ) as $entry ) { // phpcs:ignore WordPress.Security -- the caller has verified the nonce, and the pattern sanitizes.
		if ( is_string( $entry ) && preg_match( '~^(\d{1,18}):([0-9a-f]{32})\z~', $entry, $parts ) ) {
			$hashes[ (int) $parts[1] ] = $parts[2];
		}
	}
	return $hashes;
}
