<?php
/**
 * Joins texts of the service and of this plugin to sentences. Titles of problems have no period at their end.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Sentences;

use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * Joins texts. A text without a mark at its end gets a period.
 *
 * @param string ...$texts The texts. Empty ones are omitted.
 */
function join( string ...$texts ): string {
	$texts = array_filter( array_map( 'trim', $texts ), 'strlen' );
	return implode( ' ', array_map( static fn( $text ) => preg_match( '~[.!?:;…。]["”“’)\]]?\z~u', $text ) ? $text : "$text.", $texts ) );
}

/**
 * Returns the message of an error and what to do.
 *
 * @param WP_Error $error The error.
 */
function describe( WP_Error $error ): string {
	return join( $error->get_error_message(), (string) ( ( (array) $error->get_error_data() )['action'] ?? '' ) );
}
