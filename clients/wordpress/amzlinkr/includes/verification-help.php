<?php
/**
 * Causes of a failed site verification, and what the owner can do about each.
 *
 * The service states in English what it received in place of the token.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\VerificationHelp;

use AmzLinkr\Sentences;
use WP_Error;

defined( 'ABSPATH' ) || exit;

const CODE = 'site_not_proven';

/** Parts of the service's text, and the cause that each stands for, in the order in which they are looked for. */
const CAUSES = array(
	'~host name of the site cannot be resolved~' => 'dns',
	'~not on the public internet~'               => 'private',
	'~certificate~'                              => 'tls',
	'~returned HTTP 3\d\d~'                      => 'redirect',
	'~returned HTTP 401~'                        => 'password',
	'~returned HTTP (?:403|406|429)~'            => 'firewall',
	'~returned HTTP 5\d\d~'                      => 'error',
	'~returned HTTP 200~'                        => 'other_page',
	'~did not respond in time~'                  => 'timeout',
	'~could not be reached~'                     => 'unreachable',
	'~returned HTTP 4\d\d~'                      => 'not_found',
);

/**
 * Adds the cause to the error of a verification, and what to do. Returns another error unaltered.
 *
 * @param WP_Error $error The error.
 */
function explain( WP_Error $error ): WP_Error {
	$data  = (array) $error->get_error_data();
	$cause = CODE === $error->get_error_code() ? find_cause( (string) ( $data['detail'] ?? '' ) ) : '';
	if ( '' === $cause ) {
		return $error;
	}
	list( $text, $todo ) = get_texts()[ $cause ];
	if ( 'redirect' === $cause ) {
		$text = sprintf( $text, find_target( (string) $data['detail'] ) );
	}
	$invite         = __( 'Or ask the operator of the service for an invite, and enter it here: the service then requests no page of this site.', 'amzlinkr' );
	$data['action'] = Sentences\join( $todo, $invite );
	return new WP_Error( CODE, Sentences\join( $text, $error->get_error_message() ), $data );
}

/**
 * Finds the cause in the service's text.
 *
 * The service requests a path and then a query. Many servers do not pass the path to WordPress, so what the query
 * returned comes first.
 *
 * @param string $detail The text, in English.
 * @return string A key of get_texts(), or an empty string.
 */
function find_cause( string $detail ): string {
	foreach ( array( get_query_part( $detail ), $detail ) as $text ) {
		foreach ( CAUSES as $pattern => $cause ) {
			if ( preg_match( $pattern, $text ) ) {
				return $cause;
			}
		}
	}
	return '';
}

/**
 * Finds the host to which the site redirects.
 *
 * @param string $detail The service's text, in English.
 */
function find_target( string $detail ): string {
	preg_match( '~a redirect to (?!its own host|no readable)([a-z0-9._:-]+)~', get_query_part( $detail ), $found );
	return isset( $found[1] ) ? $found[1] : __( 'another of its addresses', 'amzlinkr' );
}

/**
 * Returns what the service received at the query.
 *
 * @param string $detail The service's text, in English.
 */
function get_query_part( string $detail ): string {
	return substr( (string) strstr( $detail, 'At the challenge query, ' ), 0, 1000 );
}

/**
 * Returns a sentence about each cause, and what to do.
 *
 * @return array[]
 */
function get_texts(): array {
	return array(
		'dns'         => array(
			__( 'The service cannot find the host name of this site in the DNS.', 'amzlinkr' ),
			__( 'Check the site address under Settings → General. A new domain can take a few hours until it is known everywhere.', 'amzlinkr' ),
		),
		'private'     => array(
			__( 'This site is in a private network or on this computer, where the service cannot reach it.', 'amzlinkr' ),
			__( 'Connect the site at its public address.', 'amzlinkr' ),
		),
		'tls'         => array(
			__( 'The service does not accept the TLS certificate of this site.', 'amzlinkr' ),
			__( 'Ask your host for a certificate that is valid for this host name, with all intermediate certificates.', 'amzlinkr' ),
		),
		'redirect'    => array(
			/* translators: %s: a host name like www.example.com */
			__( 'The site redirects the service to %s.', 'amzlinkr' ),
			__( 'Enter the address that visitors see, with or without “www.”, under Settings → General, or exclude addresses with “amzlinkr” from the redirect. Then connect the site again.', 'amzlinkr' ),
		),
		'password'    => array(
			__( 'The site requires a password (HTTP 401), such as the password protection of a staging site.', 'amzlinkr' ),
			__( 'Switch the password protection off until the site is connected, or exclude addresses with “amzlinkr” from it.', 'amzlinkr' ),
		),
		'firewall'    => array(
			__( 'A firewall rejected the request of the service, such as that of Cloudflare, of your host or of a security plugin.', 'amzlinkr' ),
			__( 'Permit requests with the user agent “AmzLinkr site verification” there until the site is connected.', 'amzlinkr' ),
		),
		'error'       => array(
			__( 'The site reported an error, or is in maintenance mode.', 'amzlinkr' ),
			__( 'Open the site in a private window. When it works there, try again.', 'amzlinkr' ),
		),
		'other_page'  => array(
			__( 'The site returned another page, such as one of a page cache, a “coming soon” page or a check for bots.', 'amzlinkr' ),
			__( 'Purge the page cache, and switch such a page off until the site is connected.', 'amzlinkr' ),
		),
		'timeout'     => array(
			__( 'The site did not respond in time.', 'amzlinkr' ),
			__( 'Try again. If the problem persists, ask your host whether it delays requests of other servers.', 'amzlinkr' ),
		),
		'unreachable' => array(
			__( 'The service cannot connect to the server of this site.', 'amzlinkr' ),
			__( 'Ask your host whether a firewall blocks other servers or other countries.', 'amzlinkr' ),
		),
		'not_found'   => array(
			__( 'The server of this site did not pass the request to WordPress.', 'amzlinkr' ),
			__( 'Make sure that the site address under Settings → General is that of this site, and that no other site is served there.', 'amzlinkr' ),
		),
	);
}
