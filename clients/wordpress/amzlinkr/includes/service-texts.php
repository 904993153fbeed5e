<?php
/**
 * Translations of the texts of the service. The service sends texts in English only.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\ServiceTexts;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/service-details.php';

/**
 * Translates a text of the service. Sentences that are not listed below stay in English.
 *
 * @param string $text A title, detail, action or message.
 */
function translate_text( string $text ): string {
	// The service joins texts, such as a title and an action: translate the longest listed part, then the rest.
	$sentences  = '' === $text ? array() : preg_split( '/(?<=\.) /', $text );
	$translated = array();
	while ( $sentences ) {
		for ( $count = count( $sentences ); $count > 0; $count-- ) {
			$part   = implode( ' ', array_slice( $sentences, 0, $count ) );
			$result = translate_listed( $part );
			if ( $result === $part && '.' === substr( $part, -1 ) ) {
				$result = translate_listed( substr( $part, 0, -1 ) ) . '.'; // Titles are listed without a period.
			}
			if ( $result !== $part || 1 === $count ) {
				break;
			}
		}
		$translated[] = $result;
		array_splice( $sentences, 0, $count );
	}
	return implode( ' ', $translated );
}

/**
 * Translates a text that is listed below. Returns another text unaltered.
 *
 * @param string $text One or more sentences.
 */
function translate_listed( string $text ): string {
	$translation = '' === $text ? '' : translate( $text, 'amzlinkr' ); // phpcs:ignore WordPress.WP.I18n -- the texts are listed below.
	if ( $translation !== $text ) {
		return $translation;
	}
	$values = match_pattern( array_merge( get_patterns(), get_further_patterns() ), $text, $translation );
	if ( $values ) {
		return vsprintf( $translation, $values );
	}
	$values = match_pattern( get_nested_patterns(), $text, $translation );
	return $values ? vsprintf( $translation, array_map( __FUNCTION__, $values ) ) : $text;
}

/**
 * Finds the first pattern that a text matches.
 *
 * @param array[] $patterns    Texts with their translations.
 * @param string  $text        The text.
 * @param string  $translation Receives the translation of the pattern.
 * @return string[] The values, or an empty array if none matches.
 */
function match_pattern( array $patterns, string $text, ?string &$translation ): array {
	foreach ( $patterns as list( $pattern, $translation ) ) {
		$regex = '/^' . preg_replace( '/%(?:\d\\\\\$)?s/', '(.+)', preg_quote( $pattern, '/' ) ) . '$/Ds';
		if ( preg_match( $regex, $text, $values ) ) {
			return array_slice( $values, 1 );
		}
	}
	return array();
}

/**
 * Returns the title and the action of each problem, so that translation tools find them.
 *
 * @return array[] The title and the action by problem code. They must equal the texts of the service.
 */
function get_known_texts(): array {
	return array(
		'internal_error'              => array(
			__( 'An error occurred in the service', 'amzlinkr' ),
			__( 'Try again. If the problem persists, contact support with the request ID.', 'amzlinkr' ),
		),
		'bad_request'                 => array(
			__( 'The request could not be read', 'amzlinkr' ),
			__( 'Check the URL and the request against the API documentation.', 'amzlinkr' ),
		),
		'invalid_request'             => array(
			__( 'The request is not valid', 'amzlinkr' ),
			__( 'Correct the named field and send the request again.', 'amzlinkr' ),
		),
		'short_link'                  => array(
			__( 'Short links are not supported', 'amzlinkr' ),
			__( 'Open the link in a browser and paste the URL of the product page.', 'amzlinkr' ),
		),
		'invalid_cursor'              => array(
			__( 'The cursor is not valid', 'amzlinkr' ),
			__( 'Omit the cursor to start from the beginning.', 'amzlinkr' ),
		),
		'cursor_too_old'              => array(
			__( 'The cursor is too old', 'amzlinkr' ),
			__( 'Read the feed from the beginning, without a cursor, and delete the products that it does not contain.', 'amzlinkr' ),
		),
		'body_too_large'              => array(
			__( 'The request body is too large', 'amzlinkr' ),
			__( 'Send at most 64 KB. Split a long import into several requests.', 'amzlinkr' ),
		),
		'not_found'                   => array(
			__( 'Not found', 'amzlinkr' ),
			__( 'Check the URL. The resource may have been removed.', 'amzlinkr' ),
		),
		'not_accessible'              => array(
			__( 'Amazon does not provide this product through its API', 'amzlinkr' ),
			__( 'Choose another product. This product is available only on Amazon\'s own pages.', 'amzlinkr' ),
		),
		'api_key_missing'             => array(
			__( 'The API key is missing or incomplete', 'amzlinkr' ),
			__( 'Send the complete API key of the site in the header \'Authorization: Bearer <api key>\'. If you already did, copy the API key again.', 'amzlinkr' ),
		),
		'api_key_rejected'            => array(
			__( 'The API key is unknown, expired, or revoked', 'amzlinkr' ),
			__( 'Use another API key of this site, or sign up the site again. The site then gets a new API key and keeps its products, but the Amazon keys must be entered again.', 'amzlinkr' ),
		),
		'scope_insufficient'          => array(
			__( 'The API key may only read', 'amzlinkr' ),
			__( 'Use an API key with the scope \'full\'. A key with the scope \'read\' may only GET products, changes, lists, sync, and usage. POST /v1/keys creates keys of either scope.', 'amzlinkr' ),
		),
		'site_suspended'              => array(
			__( 'This site is suspended', 'amzlinkr' ),
			__( 'Contact the operator of this service. You can still export the data and delete the site.', 'amzlinkr' ),
		),
		'too_many_keys'               => array(
			__( 'The site already has two active API keys', 'amzlinkr' ),
			__( 'Revoke one of them first. GET /v1/keys lists them with the time of their last use; DELETE /v1/keys/{kid} revokes one immediately.', 'amzlinkr' ),
		),
		'rate_limited'                => array(
			__( 'Too many requests', 'amzlinkr' ),
			__( 'Wait for the number of seconds in the Retry-After header, then try again.', 'amzlinkr' ),
		),
		'connection_limit_reached'    => array(
			__( 'The maximum number of connections is reached', 'amzlinkr' ),
			__( 'Delete a connection that is no longer used (DELETE /v1/connections/{marketplace}), then save the Amazon keys again.', 'amzlinkr' ),
		),
		'connection_has_credentials'  => array(
			__( 'Amazon API credentials are stored for this marketplace', 'amzlinkr' ),
			__( 'To change the Associate tag, save the Amazon keys again with the new tag. To remove the credentials, delete the connection first.', 'amzlinkr' ),
		),
		'product_limit_reached'       => array(
			__( 'The site has reached its product limit', 'amzlinkr' ),
			__( 'Delete products that you no longer show, or import fewer products.', 'amzlinkr' ),
		),
		'list_limit_reached'          => array(
			__( 'The site has reached its list limit', 'amzlinkr' ),
			__( 'Delete a list that you no longer show (DELETE /v1/lists/{name}), then repeat.', 'amzlinkr' ),
		),
		'idempotency_mismatch'        => array(
			__( 'This Idempotency-Key was already used for a different request', 'amzlinkr' ),
			__( 'Use a new Idempotency-Key for a new request.', 'amzlinkr' ),
		),
		'not_connected'               => array(
			__( 'This marketplace has no connection', 'amzlinkr' ),
			__( 'An Associate tag is enough for links: PUT /v1/connections/{marketplace}, or Settings → API of the plugin. Prices and search need Amazon API credentials: POST /v1/validate.', 'amzlinkr' ),
		),
		'signup_not_found'            => array(
			__( 'This sign-up does not exist or has expired', 'amzlinkr' ),
			__( 'Start the sign-up again.', 'amzlinkr' ),
		),
		'invite_required'             => array(
			__( 'This service accepts sign-ups by invite only', 'amzlinkr' ),
			__( 'Ask the operator of this service for an invite, and sign up with it.', 'amzlinkr' ),
		),
		'invite_used'                 => array(
			__( 'The invite of this sign-up was already used or has expired', 'amzlinkr' ),
			__( 'Ask the operator of this service for a new invite and sign up with it.', 'amzlinkr' ),
		),
		'site_not_proven'             => array(
			__( 'The site did not return the challenge token', 'amzlinkr' ),
			__( 'Make sure that the site is reachable from the internet over HTTPS and that it returns exactly the token at the challenge path or query. Then verify again.', 'amzlinkr' ),
		),
		'store_unavailable'           => array(
			__( 'The service is temporarily unavailable', 'amzlinkr' ),
			__( 'No data was lost. Try again in a moment.', 'amzlinkr' ),
		),
		'service_read_only'           => array(
			__( 'The service is read-only at the moment', 'amzlinkr' ),
			__( 'No data was lost, and reading still works. Try again after the time in the Retry-After header; the operator of this service ends the read-only mode.', 'amzlinkr' ),
		),
		'amazon_keys_rejected'        => array(
			__( 'Amazon does not accept these keys', 'amzlinkr' ),
			__( 'Copy the full access key and secret key again, without spaces before or after them. If that does not help, create a new pair in Amazon Associates Central.', 'amzlinkr' ),
		),
		'amazon_partner_tag_rejected' => array(
			__( 'Amazon does not accept this Associate tag', 'amzlinkr' ),
			__( 'Use the Associate tag (tracking ID) of the same account and the same marketplace as the keys.', 'amzlinkr' ),
		),
		'amazon_throttled'            => array(
			__( 'The account has reached Amazon\'s request limit', 'amzlinkr' ),
			__( 'Wait a moment. Amazon initially allows an account 1 request per second. If this was the very first request: new keys take up to 48 hours to work, and accounts without recent sales get no requests.', 'amzlinkr' ),
		),
		'amazon_clock_skew'           => array(
			__( 'Amazon rejected the time of the request', 'amzlinkr' ),
			__( 'Nothing is wrong with your keys. Try again in a minute.', 'amzlinkr' ),
		),
		'amazon_access_denied'        => array(
			__( 'These keys have no access to Amazon\'s product API', 'amzlinkr' ),
			__( 'Sign in to Amazon Associates Central as the primary owner of the account and apply for API access under Tools. Keys from the AWS console (IAM) do not work.', 'amzlinkr' ),
		),
		'amazon_no_credentials'       => array(
			__( 'No Amazon API credentials are stored for this marketplace', 'amzlinkr' ),
			__( 'Import products by their ASINs or Amazon URLs. When Amazon has granted API access, enter the API credentials: the products are then retrieved automatically.', 'amzlinkr' ),
		),
		'amazon_not_eligible'         => array(
			__( 'This account is not eligible for Amazon\'s API', 'amzlinkr' ),
			__( 'Amazon requires 10 qualified sales in the last 30 days. Amazon restores access automatically about two days after the sales ship. The keys remain stored, and the service tries them again.', 'amzlinkr' ),
		),
		'amazon_paapi_retired'        => array(
			__( 'Amazon has retired PA-API 5.0 for this account', 'amzlinkr' ),
			__( 'Create Creators API credentials in Amazon Associates Central (Tools → Creators API) and enter their ID, secret, and version here for the same marketplace. Your products and the change feed do not change. PA-API keys no longer work.', 'amzlinkr' ),
		),
		'amazon_rejected_request'     => array(
			__( 'Amazon does not accept this request', 'amzlinkr' ),
			__( 'Change the category, sorting, or filter that the detail names, and try again.', 'amzlinkr' ),
		),
		'amazon_unavailable'          => array(
			__( 'Amazon is temporarily unavailable', 'amzlinkr' ),
			__( 'No data was lost. Try again in a few minutes.', 'amzlinkr' ),
		),
	);
}

/**
 * Returns other details, actions and messages, so that translation tools find them.
 *
 * @return string[] The texts. They must equal the texts of the service.
 */
function get_details(): array {
	return array(
		// Amazon keys.
		__( 'Access key and secret key are swapped.', 'amzlinkr' ),
		__( 'Credential ID and credential secret are swapped.', 'amzlinkr' ),
		__( 'Swap the two fields.', 'amzlinkr' ),
		__( 'This is a PA-API access key, not a Creators API credential.', 'amzlinkr' ),
		__( 'Amazon has retired PA-API keys. Create a credential in Associates Central (Tools → Creators API) and enter its ID, secret, and version.', 'amzlinkr' ),
		__( 'This is a Creators API credential, not a PA-API key.', 'amzlinkr' ),
		__( 'Choose the Creators API in the form and enter the credential ID, secret, and version.', 'amzlinkr' ),
		__( 'This is not a version of a Creators API credential.', 'amzlinkr' ),
		__( 'A credential ID that begins with amzn1. belongs to version 3, not 2.', 'amzlinkr' ),
		__( 'Enter the version that Amazon shows beside the credential: 3.1 (North America), 3.2 (Europe, Middle East, India), or 3.3 (Far East).', 'amzlinkr' ),
		__( 'This credential ID belongs to version 2. IDs of version 3 begin with amzn1.', 'amzlinkr' ),
		__( 'Enter the version that Amazon shows beside the credential: 2.1 (North America), 2.2 (Europe, Middle East, India), or 2.3 (Far East).', 'amzlinkr' ),
		__( 'A credential ID contains no spaces, accents, or line breaks, and is not empty.', 'amzlinkr' ),
		__( 'A credential secret contains no spaces, accents, or line breaks, and is not empty.', 'amzlinkr' ),
		__( 'Copy the full credential ID from Associates Central (Tools → Creators API).', 'amzlinkr' ),
		__( 'Copy the full credential secret from Associates Central (Tools → Creators API).', 'amzlinkr' ),
		__( 'Copy the credential ID and the secret again, without spaces before or after them, and check the version that is shown beside them in Amazon Associates Central (Tools → Creators API). The last digit of the version is the region: 1 for North America, 2 for Europe, the Middle East, and India, 3 for the Far East. If that does not help, create a new credential.', 'amzlinkr' ),
		__( 'Sign in to Amazon Associates Central as the primary owner of the account and open Tools → Creators API. Make sure that the application of this credential is active and belongs to the store of your Associate tag. A new credential can take up to 48 hours to work.', 'amzlinkr' ),
		__( 'An Amazon access key contains no spaces, accents, or unexpected punctuation marks.', 'amzlinkr' ),
		__( 'Copy the full access key from Associates Central, without spaces.', 'amzlinkr' ),
		__( 'Copy the access key again from Associates Central.', 'amzlinkr' ),
		__( 'An Amazon secret key contains no spaces, accents, or unexpected punctuation marks.', 'amzlinkr' ),
		__( 'Copy the full secret key from Associates Central, without spaces.', 'amzlinkr' ),
		__( 'Copy the secret key again from Associates Central.', 'amzlinkr' ),
		__( 'This is not an Associate tag.', 'amzlinkr' ),
		__( 'Use the tracking ID from Associates Central, for example mysite-20: 1 to 64 letters, digits, hyphens, dots, and underscores.', 'amzlinkr' ),
		__( 'This is not an Amazon marketplace.', 'amzlinkr' ),
		__( 'No marketplace of this site has a connection.', 'amzlinkr' ),
		__( 'Delete the keys at a site or marketplace that no longer needs them, or use other Amazon keys here.', 'amzlinkr' ),
		__( 'This service cannot store further Amazon keys.', 'amzlinkr' ),
		__( 'Contact the operator of this service.', 'amzlinkr' ),
		__( 'Your keys work. You can search and import products now.', 'amzlinkr' ),
		__( 'All imported products remain. Their prices are now refreshed with the new keys.', 'amzlinkr' ),
		// Calls to Amazon.
		__( 'There was no time left to call Amazon.', 'amzlinkr' ),
		__( 'Amazon did not respond in time.', 'amzlinkr' ),
		__( 'Amazon could not be reached.', 'amzlinkr' ),
		__( 'Amazon\'s response is too large.', 'amzlinkr' ),
		__( 'Amazon\'s response could not be read.', 'amzlinkr' ),
		__( 'Amazon\'s token response could not be read.', 'amzlinkr' ),
		__( 'Amazon refused the request without naming one of its products.', 'amzlinkr' ),
		__( 'Other requests of this Amazon account are already waiting.', 'amzlinkr' ),
		__( 'The daily limit of this Amazon account is reached.', 'amzlinkr' ),
		__( 'The calls that this Amazon account has left today are reserved for the refresh of prices.', 'amzlinkr' ),
		__( 'Try again after midnight UTC, when the count of Amazon\'s daily limit restarts. The products that the site has are not affected.', 'amzlinkr' ),
		__( 'Amazon rejects calls of this account.', 'amzlinkr' ),
		__( 'Another request changed this site at the same time.', 'amzlinkr' ),
		// Diagnostics.
		__( 'The account has access to the product API.', 'amzlinkr' ),
		__( 'Not checked.', 'amzlinkr' ),
		__( 'The test search found nothing. All earlier steps succeeded.', 'amzlinkr' ),
		__( 'The account works. Remove the product, or choose another product.', 'amzlinkr' ),
		// Search and import.
		__( 'An ASIN has 10 letters and digits, for example B08N5WRWNW.', 'amzlinkr' ),
		__( 'The service does not follow short links.', 'amzlinkr' ),
		__( 'This entry is empty.', 'amzlinkr' ),
		__( 'Enter an ASIN or a product URL.', 'amzlinkr' ),
		__( 'Use one entry for each product.', 'amzlinkr' ),
		__( 'Paste the URL of a product page on Amazon, or its ASIN.', 'amzlinkr' ),
		__( 'This Amazon URL names no product.', 'amzlinkr' ),
		__( 'Paste the URL of a product page. It contains /dp/ and ten letters and digits.', 'amzlinkr' ),
		__( 'Try again in a few minutes.', 'amzlinkr' ),
		__( 'Check the ASIN, or choose the marketplace that sells the product.', 'amzlinkr' ),
		__( 'This import job does not exist. Import jobs are kept for 24 hours.', 'amzlinkr' ),
		__( 'This product is not imported in this marketplace.', 'amzlinkr' ),
		__( 'Connect an Amazon account that has API access: the limit is then higher. Until then, delete products that you no longer show, or import fewer products.', 'amzlinkr' ),
		__( 'These keywords name a single product.', 'amzlinkr' ),
		__( 'Import the product (POST /v1/import). A list has the results of a search.', 'amzlinkr' ),
		__( 'This is not the name of a list.', 'amzlinkr' ),
		__( 'Use 1 to 64 lowercase letters, digits, and hyphens, for example best-grinders.', 'amzlinkr' ),
		__( 'The search is empty.', 'amzlinkr' ),
		__( 'Enter keywords, an ASIN, or a product URL.', 'amzlinkr' ),
		__( 'Enter at least one of keywords, brand, author, artist, actor, and title.', 'amzlinkr' ),
		__( 'The maximum price is below the minimum price.', 'amzlinkr' ),
		__( 'Swap the two prices, or omit one of them.', 'amzlinkr' ),
		// Sign-up.
		__( 'This is not an e-mail address that can receive mail.', 'amzlinkr' ),
		__( 'Use an address such as you@example.com, with at most 254 characters. Addresses with quotation marks, an IP address, or a reserved domain such as .test are not accepted.', 'amzlinkr' ),
		__( 'This invite is for another site, was used, or has expired.', 'amzlinkr' ),
		__( 'Copy the complete code again, or request a new invite from the operator.', 'amzlinkr' ),
		__( 'The host name of the site cannot be resolved.', 'amzlinkr' ),
		__( 'The site is not on the public internet.', 'amzlinkr' ),
		__( 'This is not a URL.', 'amzlinkr' ),
		__( 'The URL must begin with https://.', 'amzlinkr' ),
		__( 'The URL must not contain a port.', 'amzlinkr' ),
		__( 'The URL must contain a host name, not an IP address.', 'amzlinkr' ),
		__( 'The URL must contain the full public host name.', 'amzlinkr' ),
		__( 'The host name of this URL is not valid.', 'amzlinkr' ),
		__( 'Enter the URL of your site, for example https://example.com.', 'amzlinkr' ),
		// Fields of a request.
		__( 'This field is required.', 'amzlinkr' ),
		__( 'This field does not exist.', 'amzlinkr' ),
		__( 'This is empty.', 'amzlinkr' ),
		__( 'This list is empty.', 'amzlinkr' ),
		__( 'This value is not allowed.', 'amzlinkr' ),
	);
}

/**
 * Returns texts that contain values.
 *
 * @return array[] Each text with its translation. Placeholders are in the order of the service's text.
 */
function get_patterns(): array {
	return array(
		/* translators: %s: a number */
		array( 'An Amazon access key has 20 characters; this value has %s.', __( 'An Amazon access key has 20 characters; this value has %s.', 'amzlinkr' ) ),
		/* translators: %s: a number */
		array( 'An Amazon secret key has 40 characters; this value has %s.', __( 'An Amazon secret key has 40 characters; this value has %s.', 'amzlinkr' ) ),
		/* translators: %s: version numbers */
		array( 'Enter the version that Amazon shows beside the credential: %s.', __( 'Enter the version that Amazon shows beside the credential: %s.', 'amzlinkr' ) ),
		/* translators: %s: codes of marketplaces */
		array( 'Use one of %s.', __( 'Use one of %s.', 'amzlinkr' ) ),
		/* translators: %s: a marketplace like Germany */
		array( 'The %s marketplace has no connection.', __( 'The %s marketplace has no connection.', 'amzlinkr' ) ),
		/* translators: %s: a marketplace like DE */
		array( 'The Amazon keys for %s were deleted.', __( 'The Amazon keys for %s were deleted.', 'amzlinkr' ) ),
		/* translators: 1: codes of marketplaces, 2: a marketplace like DE, 3: a marketplace like Germany */
		array( 'Tags with this suffix usually belong to another marketplace (%1$s); this marketplace is %2$s. Enter the tag of your %3$s account, or choose the marketplace of the tag.', __( 'Tags with this suffix usually belong to another marketplace (%1$s); this marketplace is %2$s. Enter the tag of your %3$s account, or choose the marketplace of the tag.', 'amzlinkr' ) ),
		/* translators: 1 and 2: a marketplace like Germany */
		array( 'Amazon issued this credential for another region than %1$s\'s. If Amazon rejects it later, create a credential in the Associates account of %2$s.', __( 'Amazon issued this credential for another region than %1$s\'s. If Amazon rejects it later, create a credential in the Associates account of %2$s.', 'amzlinkr' ) ),
		/* translators: %s: the end of a key */
		array( 'Amazon issued a token for the keys %s.', __( 'Amazon issued a token for the keys %s.', 'amzlinkr' ) ),
		/* translators: %s: the end of a key */
		array( 'Amazon accepted the signature of the keys %s.', __( 'Amazon accepted the signature of the keys %s.', 'amzlinkr' ) ),
		/* translators: %s: an Associate tag */
		array( 'The tag %s belongs to the account.', __( 'The tag %s belongs to the account.', 'amzlinkr' ) ),
		/* translators: %s: an Amazon site like www.amazon.de */
		array( '%s accepted the request.', __( '%s accepted the request.', 'amzlinkr' ) ),
		/* translators: %s: an ASIN */
		array( 'Amazon returned %s.', __( 'Amazon returned %s.', 'amzlinkr' ) ),
		/* translators: %s: an ASIN */
		array( 'Amazon did not return %s. All earlier steps succeeded.', __( 'Amazon did not return %s. All earlier steps succeeded.', 'amzlinkr' ) ),
		/* translators: %s: a number */
		array( 'The entry is longer than %s characters.', __( 'The entry is longer than %s characters.', 'amzlinkr' ) ),
		/* translators: %s: a text that the owner entered */
		array( '“%s” is neither an ASIN nor an Amazon product URL.', __( '“%s” is neither an ASIN nor an Amazon product URL.', 'amzlinkr' ) ),
		/* translators: %s: a text that the owner entered */
		array( '“%s” is not a URL.', __( '“%s” is not a URL.', 'amzlinkr' ) ),
		/* translators: 1: an ASIN, 2: another ASIN */
		array( 'This entry names several products: %1$s and %2$s.', __( 'This entry names several products: %1$s and %2$s.', 'amzlinkr' ) ),
		/* translators: %s: a number */
		array( 'These Amazon keys are already stored %s times, for different sites and marketplaces. This is the maximum.', __( 'These Amazon keys are already stored %s times, for different sites and marketplaces. This is the maximum.', 'amzlinkr' ) ),
		/* translators: %s: a host name */
		array( '%s is not one of the 22 Amazon marketplaces.', __( '%s is not one of the 22 Amazon marketplaces.', 'amzlinkr' ) ),
		/* translators: %s: an ASIN */
		array( 'Amazon does not provide %s through its API.', __( 'Amazon does not provide %s through its API.', 'amzlinkr' ) ),
		/* translators: %s: an ASIN */
		array( 'Amazon\'s response for %s could not be read.', __( 'Amazon\'s response for %s could not be read.', 'amzlinkr' ) ),
		/* translators: 1: an ASIN, 2: a marketplace like DE */
		array( 'Amazon has no product %1$s in the %2$s marketplace.', __( 'Amazon has no product %1$s in the %2$s marketplace.', 'amzlinkr' ) ),
		/* translators: 1: a number, 2: a number, 3: a number */
		array( 'The site has %1$s of at most %2$s products. This import would add %3$s products.', __( 'The site has %1$s of at most %2$s products. This import would add %3$s products.', 'amzlinkr' ) ),
		/* translators: %s: a number */
		array( 'This is shorter than %s characters.', __( 'This is shorter than %s characters.', 'amzlinkr' ) ),
		/* translators: %s: a number */
		array( 'This is longer than %s characters.', __( 'This is longer than %s characters.', 'amzlinkr' ) ),
		/* translators: %s: a number */
		array( 'This list has more than %s entries.', __( 'This list has more than %s entries.', 'amzlinkr' ) ),
		/* translators: %s: a number */
		array( 'This must be %s or more.', __( 'This must be %s or more.', 'amzlinkr' ) ),
		/* translators: %s: a number */
		array( 'This must be %s or less.', __( 'This must be %s or less.', 'amzlinkr' ) ),
	);
}
