<?php
/**
 * Links to Amazon in a text: products, other pages, and short links. Short links are not followed.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\MigrationLinks;

use AmzLinkr\Accounts;

defined( 'ABSPATH' ) || exit;

/** Texts of which a content with a link contains at least one. */
const TEXTS = array( 'amazon.', 'amzn.', '//a.co/', '//amzlink.to/', '//link.amazon/' );

/** The hosts of short links. Their subdomains are short links too. */
const SHORT_HOSTS = '(?:amzn\.(?:to|eu|asia|in|ae)|a\.co|link\.amazon|amzlink\.to|amazon\.app\.link)';

/** Further hosts of stores, and their marketplaces. */
const OTHER_HOSTS = array(
	'amzn.com'  => 'US',
	'amazon.jp' => 'JP',
);

/** A link. All repetitions are bounded or possessive, so the time is linear in the length of the text. */
const LINK = '~https?://((?:[a-z0-9-]{1,63}\.){0,4}(?:amazon\.[a-z]{2,3}(?:\.[a-z]{2})?|' . SHORT_HOSTS . '|amzn\.com))(?![a-z0-9@-]|\.[a-z0-9-])(?::\d{1,5})?(/[^\s"\'<>\[\]\\\\]{0,2000}+)?~i';

/** An ASIN: of a product, or the ISBN-10 of a book. */
const ASIN = '(?:B[0-9A-Z]{9}|[0-9]{9}[0-9X])';

/** The part of a path that names a product. */
const PATH = '~/(?:dp(?:/product)?|gp/(?:product(?:/glance)?|aw/d|offer-listing|video/detail)|exec/obidos/(?:ASIN|tg/detail/-)|o/ASIN|d|product)/(' . ASIN . ')(?![0-9A-Z])~i';

/**
 * Finds the links to Amazon in a text.
 *
 * @param string $text The text.
 * @return array[] Of each link the `kind` (`link` to a product, `page`, or `short`), the `url`, the `asin` and the
 *                 `marketplace`, both empty if it leads to no product.
 */
function find( string $text ): array {
	$found = array();
	preg_match_all( LINK, $text, $matches, PREG_SET_ORDER );
	foreach ( $matches as $match ) {
		$url  = html_entity_decode( rtrim( $match[0], '.,;:!?)' ), ENT_QUOTES, 'UTF-8' );
		$link = read( strtolower( $match[1] ), rawurldecode( (string) strtok( $match[2] ?? '', '?#' ) ) );
		if ( $link ) {
			$found[] = array( 'url' => $url ) + $link;
		}
	}
	return $found;
}

/**
 * Reads the parts of a link.
 *
 * @param string $host The host, in lower case.
 * @param string $path The path without its query.
 * @return array|null The result of find() without `url`; null if the host is not one of Amazon's.
 */
function read( string $host, string $path ): ?array {
	if ( preg_match( '~(?:^|\.)' . SHORT_HOSTS . '\z~', $host ) ) {
		return get_result( 'short' );
	}
	$marketplace = get_marketplace( $host );
	if ( '' === $marketplace ) {
		return null;
	}
	if ( preg_match( PATH, $path, $found ) || preg_match( '~^/(' . ASIN . ')/?\z~i', $path, $found ) ) {
		return get_result( 'link', strtoupper( $found[1] ), $marketplace );
	}
	return get_result( preg_match( '~(?:^|\.)amzn\.com\z~', $host ) ? 'short' : 'page' );
}

/**
 * Returns a result of read().
 *
 * @param string $kind        The kind.
 * @param string $asin        The ASIN.
 * @param string $marketplace The marketplace.
 */
function get_result( string $kind, string $asin = '', string $marketplace = '' ): array {
	return compact( 'kind', 'asin', 'marketplace' );
}

/**
 * Returns the marketplace of a host of Amazon, with any subdomain.
 *
 * @param string $host The host, in lower case.
 * @return string A marketplace code, or an empty string.
 */
function get_marketplace( string $host ): string {
	$domains = OTHER_HOSTS;
	foreach ( Accounts\get_marketplaces() as $code => $marketplace ) {
		$domains[ (string) preg_replace( '~^www\.~', '', $marketplace['domain'] ) ] = (string) $code;
	}
	for ( $name = $host; '' !== $name; $name = (string) substr( strstr( $name, '.' ) . '', 1 ) ) {
		if ( isset( $domains[ $name ] ) ) {
			return $domains[ $name ];
		}
	}
	return '';
}
