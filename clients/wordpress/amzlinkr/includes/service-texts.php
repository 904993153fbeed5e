<?php
/**
 * Translatable copies of the service's most frequent problem texts. The service sends texts in English only.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\ServiceTexts;

defined( 'ABSPATH' ) || exit;

/**
 * Translates a text of the service. A text that is not listed below stays in English.
 *
 * @param string $text A title, detail or action of a problem.
 */
function translate_text( string $text ): string {
	return '' === $text ? '' : translate( $text, 'amzlinkr' ); // phpcs:ignore WordPress.WP.I18n -- get_known_texts() lists the texts.
}

/**
 * Returns the texts, so that translation tools find them. Each text must equal the text of the service.
 *
 * @return array[] The title and the action by problem code.
 */
function get_known_texts(): array {
	return array(
		'internal_error'              => array(
			__( 'Something went wrong on our side', 'amzlinkr' ),
			__( 'Try again; if it stays, tell support the request id.', 'amzlinkr' ),
		),
		'invalid_request'             => array(
			__( 'The request is not valid', 'amzlinkr' ),
			__( 'Correct the named field and send the request again.', 'amzlinkr' ),
		),
		'not_found'                   => array(
			__( 'Not found', 'amzlinkr' ),
			__( 'Check the address; it may have been removed.', 'amzlinkr' ),
		),
		'site_suspended'              => array(
			__( 'This site is suspended', 'amzlinkr' ),
			__( 'Write to the operator of this service. Taking everything out and leaving still work.', 'amzlinkr' ),
		),
		'rate_limited'                => array(
			__( 'Too many requests', 'amzlinkr' ),
			__( 'Wait as long as Retry-After says, then try again.', 'amzlinkr' ),
		),
		'product_limit_reached'       => array(
			__( 'The site has as many products as it may', 'amzlinkr' ),
			__( 'Delete products you do not show any more, or import fewer.', 'amzlinkr' ),
		),
		'not_connected'               => array(
			__( 'No Amazon keys for this marketplace', 'amzlinkr' ),
			__( 'Enter your Amazon keys for this marketplace under Settings → API and save.', 'amzlinkr' ),
		),
		'signup_not_found'            => array(
			__( 'This sign-up does not exist or has expired', 'amzlinkr' ),
			__( 'Start the sign-up again.', 'amzlinkr' ),
		),
		'site_not_proven'             => array(
			__( 'The site did not answer the challenge', 'amzlinkr' ),
			__( 'Make sure the site is reachable from the internet over https and answers the challenge path or query with exactly the token, then verify again.', 'amzlinkr' ),
		),
		'store_unavailable'           => array(
			__( 'The service is busy', 'amzlinkr' ),
			__( 'Nothing is lost. Try again in a moment.', 'amzlinkr' ),
		),
		'amazon_keys_rejected'        => array(
			__( 'Amazon does not accept these keys', 'amzlinkr' ),
			__( 'Copy the full access key and secret key again, without spaces before or after them. If that does not help, make a new pair in Amazon Associates Central.', 'amzlinkr' ),
		),
		'amazon_partner_tag_rejected' => array(
			__( 'Amazon does not accept this Associate tag', 'amzlinkr' ),
			__( 'Use the Associate tag (tracking id) of the same account and the same marketplace as the keys.', 'amzlinkr' ),
		),
		'amazon_throttled'            => array(
			__( 'Amazon\'s limit for this account is reached', 'amzlinkr' ),
			__( 'Wait a moment: Amazon allows an account 1 request a second at first. If it was the very first request, new keys take up to 48 hours to work, and accounts without recent sales have no requests.', 'amzlinkr' ),
		),
		'amazon_clock_skew'           => array(
			__( 'Amazon and this service disagree about the time', 'amzlinkr' ),
			__( 'Nothing is wrong with your keys. Try again in a minute.', 'amzlinkr' ),
		),
		'amazon_access_denied'        => array(
			__( 'These keys have no access to Amazon\'s product API', 'amzlinkr' ),
			__( 'Sign in to Amazon Associates Central with the account\'s primary owner and apply for API access under Tools; keys from the AWS console (IAM) do not work.', 'amzlinkr' ),
		),
		'amazon_not_eligible'         => array(
			__( 'Amazon has paused this account\'s API access', 'amzlinkr' ),
			__( 'Amazon asks for 10 qualified sales in the last 30 days. Access comes back by itself about two days after the sales ship; the keys stay stored and are tried again.', 'amzlinkr' ),
		),
		'amazon_paapi_retired'        => array(
			__( 'Amazon has retired PA-API 5.0 for this account', 'amzlinkr' ),
			__( 'Make Creators API credentials in Amazon Associates Central (Tools → Creators API) and enter their id, secret and version here for the same marketplace: your products and the change feed stay as they are. PA-API keys no longer work.', 'amzlinkr' ),
		),
		'amazon_rejected_request'     => array(
			__( 'Amazon does not accept this request', 'amzlinkr' ),
			__( 'Change the category, sorting or filter that the detail names, and try again.', 'amzlinkr' ),
		),
		'amazon_unavailable'          => array(
			__( 'Amazon does not answer properly right now', 'amzlinkr' ),
			__( 'Nothing is lost. Try again in a few minutes.', 'amzlinkr' ),
		),
	);
}
