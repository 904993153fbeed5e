<?php
/**
 * Further texts of the service: of requests, lists, security events, and parts that it inserts into other texts.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\ServiceTexts;

defined( 'ABSPATH' ) || exit;

/**
 * Returns further texts without values, so that translation tools find them.
 *
 * @return string[] The texts. They must equal the texts of the service.
 */
function get_further_details(): array {
	return array(
		// Requests.
		__( 'The encoding of the body is invalid.', 'amzlinkr' ),
		__( 'The encoding of the query is invalid.', 'amzlinkr' ),
		__( 'This field is null.', 'amzlinkr' ),
		__( 'Omit the field, or send a value.', 'amzlinkr' ),
		__( 'This is not a problem code of the service.', 'amzlinkr' ),
		__( 'Send UTF-8.', 'amzlinkr' ),
		__( 'This parameter occurs more than once.', 'amzlinkr' ),
		__( 'Send it once.', 'amzlinkr' ),
		__( 'This field occurs more than once in its object.', 'amzlinkr' ),
		__( 'Send each field once.', 'amzlinkr' ),
		__( 'The request has no body.', 'amzlinkr' ),
		__( 'The body is not valid JSON.', 'amzlinkr' ),
		__( 'Send a JSON object in UTF-8.', 'amzlinkr' ),
		__( 'This value does not have the required form.', 'amzlinkr' ),
		__( 'This parameter is required.', 'amzlinkr' ),
		__( 'This parameter does not exist.', 'amzlinkr' ),
		__( 'Add it to the request.', 'amzlinkr' ),
		__( 'Remove it, or correct its name.', 'amzlinkr' ),
		__( 'Correct the named parameter and send the request again.', 'amzlinkr' ),
		__( 'This contains a character that is not text: U+0000, or half of a surrogate pair.', 'amzlinkr' ),
		__( 'Remove the character.', 'amzlinkr' ),
		__( 'An Idempotency-Key has 1 to 255 printable ASCII characters.', 'amzlinkr' ),
		__( 'This site no longer exists.', 'amzlinkr' ),
		// API keys and connections.
		__( 'This site has no such API key.', 'amzlinkr' ),
		__( 'A test API key can create test API keys only.', 'amzlinkr' ),
		__( 'Use a live API key.', 'amzlinkr' ),
		__( 'Use a live API key. It deletes the sandbox site too.', 'amzlinkr' ),
		__( 'A sandbox site cannot be deleted alone.', 'amzlinkr' ),
		__( 'This call deletes the site, its API keys, and all its products. It cannot be undone.', 'amzlinkr' ),
		__( 'GET /v1/connections lists the connections of the site.', 'amzlinkr' ),
		__( 'AWS does not accept another change of these Amazon keys at the moment.', 'amzlinkr' ),
		__( 'The keys that were stored before remain in use. Disconnect this marketplace and connect it again with the new keys, or enter them again later.', 'amzlinkr' ),
		__( 'The URL must not contain a user name.', 'amzlinkr' ),
		__( 'The URL must not contain ? or #.', 'amzlinkr' ),
		__( 'The path of the URL must not contain dots alone, %, ; or a PHP file.', 'amzlinkr' ),
		// Products, searches and lists.
		__( 'Use Any or New, or omit the condition.', 'amzlinkr' ),
		__( 'Use the letters of Amazon\'s name of a category, for example HomeAndKitchen.', 'amzlinkr' ),
		__( 'Use the ID of one browse node: up to 19 digits, for example 283155.', 'amzlinkr' ),
		__( 'This is not a list of one to ten browse node IDs, separated by commas.', 'amzlinkr' ),
		__( 'A browse node ID has up to 19 digits, for example ids=283155,1000.', 'amzlinkr' ),
		__( 'This is not a list of Amazon\'s delivery flags, separated by commas.', 'amzlinkr' ),
		__( 'Separate ASINs of 10 letters and digits by commas.', 'amzlinkr' ),
		__( 'Import this product in another request, or enter ASINs or product URLs only.', 'amzlinkr' ),
		__( 'Import these products again. If the account reaches Amazon\'s daily limit every day, import fewer products per day: the limit grows with the account\'s sales.', 'amzlinkr' ),
		__( 'The products of this site are being restored.', 'amzlinkr' ),
		__( 'The products changed each time they were read.', 'amzlinkr' ),
		__( 'The lists changed each time they were read.', 'amzlinkr' ),
		__( 'The site has no list with this name.', 'amzlinkr' ),
		__( 'Send the request again: it removes the others.', 'amzlinkr' ),
		__( 'Remove fewer products with one request, or wait for the number of seconds in the Retry-After header.', 'amzlinkr' ),
		// Security events.
		__( 'The site signed up again. All earlier API keys were revoked.', 'amzlinkr' ),
		__( 'The operator suspended the site.', 'amzlinkr' ),
		__( 'The operator lifted the suspension.', 'amzlinkr' ),
		// Parts of a text: what the service received from a site.
		__( 'it could not be reached', 'amzlinkr' ),
		__( 'its certificate was not accepted, or TLS failed', 'amzlinkr' ),
		__( 'it did not respond in time', 'amzlinkr' ),
		__( 'no content type', 'amzlinkr' ),
		__( 'an unreadable content type', 'amzlinkr' ),
		__( 'no readable address', 'amzlinkr' ),
		__( 'its own host', 'amzlinkr' ),
		// Parts of a text: the type of a value.
		__( 'text', 'amzlinkr' ),
		__( 'a whole number', 'amzlinkr' ),
		__( 'a number', 'amzlinkr' ),
		__( 'true or false', 'amzlinkr' ),
		__( 'a list', 'amzlinkr' ),
		__( 'an object', 'amzlinkr' ),
		// Parts of a text: what a limit counts, and its period.
		__( 'calls', 'amzlinkr' ),
		__( 'calls without API access', 'amzlinkr' ),
		__( 'removals', 'amzlinkr' ),
		__( 'jobs', 'amzlinkr' ),
		__( 'validations', 'amzlinkr' ),
		__( 'validations-keys', 'amzlinkr' ),
		__( 'sign-ups', 'amzlinkr' ),
		__( 'sign-ups of a domain', 'amzlinkr' ),
		__( 'verifications', 'amzlinkr' ),
		__( 'first verifications of a host', 'amzlinkr' ),
		__( 'further verifications', 'amzlinkr' ),
		__( 'further verifications of a host', 'amzlinkr' ),
		__( 'new sites', 'amzlinkr' ),
		__( 'new sites of a domain', 'amzlinkr' ),
		__( 'first new sites of a network', 'amzlinkr' ),
		__( 'first new sites of a provider', 'amzlinkr' ),
		__( 'syncs', 'amzlinkr' ),
		__( 'keys', 'amzlinkr' ),
		__( 'settings', 'amzlinkr' ),
		__( 'leak-reports', 'amzlinkr' ),
		__( 'hour', 'amzlinkr' ),
		__( 'day', 'amzlinkr' ),
	);
}

/**
 * Returns further texts that contain values.
 *
 * @return array[] Each text with its translation; see get_patterns().
 */
function get_further_patterns(): array {
	return array(
		/* translators: %s: a condition, in Amazon's words */
		array( 'The Creators API does not search for products of the condition %s.', __( 'The Creators API does not search for products of the condition %s.', 'amzlinkr' ) ),
		/* translators: %s: the ending of a tag, such as 20 */
		array( 'Associate tags usually end with a hyphen and two digits, for example mysite-%s. Compare the tag with Associates Central: sales through a wrong tag earn no commission.', __( 'Associate tags usually end with a hyphen and two digits, for example mysite-%s. Compare the tag with Associates Central: sales through a wrong tag earn no commission.', 'amzlinkr' ) ),
		/* translators: 1: codes of marketplaces, 2: a marketplace like DE */
		array( 'Tags with this suffix usually belong to another marketplace (%1$s); this marketplace is %2$s. Compare the tag with Associates Central: sales through a tag of another marketplace earn no commission.', __( 'Tags with this suffix usually belong to another marketplace (%1$s); this marketplace is %2$s. Compare the tag with Associates Central: sales through a tag of another marketplace earn no commission.', 'amzlinkr' ) ),
		/* translators: %s: a number */
		array( 'The import job waited %s hours for the account.', __( 'The import job waited %s hours for the account.', 'amzlinkr' ) ),
		/* translators: %s: a number */
		array( 'The entries have more than %s characters in all.', __( 'The entries have more than %s characters in all.', 'amzlinkr' ) ),
		/* translators: %s: a text that was sent */
		array( '“%s” is not an ASIN.', __( '“%s” is not an ASIN.', 'amzlinkr' ) ),
		/* translators: %s: a number */
		array( 'These are more than %s ASINs.', __( 'These are more than %s ASINs.', 'amzlinkr' ) ),
		/* translators: %s: values */
		array( 'Use one or several of %s.', __( 'Use one or several of %s.', 'amzlinkr' ) ),
		/* translators: %s: a number */
		array( 'The terms of this list have %s bytes as JSON.', __( 'The terms of this list have %s bytes as JSON.', 'amzlinkr' ) ),
		/* translators: %s: a number */
		array( 'Use at most %s bytes in all terms together. Letters beyond ASCII have two to four bytes.', __( 'Use at most %s bytes in all terms together. Letters beyond ASCII have two to four bytes.', 'amzlinkr' ) ),
		/* translators: 1: a number, 2: a number */
		array( '%1$s of %2$s products are removed.', __( '%1$s of %2$s products are removed.', 'amzlinkr' ) ),
		/* translators: 1: a number, 2: a number */
		array( 'The site has %1$s of at most %2$s lists.', __( 'The site has %1$s of at most %2$s lists.', 'amzlinkr' ) ),
		/* translators: %s: a number */
		array( 'Wait for the number of seconds in the Retry-After header: %s calls an hour are always possible. A successful call to Amazon ends this limit: enter Amazon API credentials with POST /v1/validate, which is not subject to it.', __( 'Wait for the number of seconds in the Retry-After header: %s calls an hour are always possible. A successful call to Amazon ends this limit: enter Amazon API credentials with POST /v1/validate, which is not subject to it.', 'amzlinkr' ) ),
		/* translators: %s: full or read */
		array( 'The site already has two active API keys with the scope \'%s\'.', __( 'The site already has two active API keys with the scope \'%s\'.', 'amzlinkr' ) ),
		/* translators: %s: a host name */
		array( 'Repeat the call with ?confirm=%s to confirm.', __( 'Repeat the call with ?confirm=%s to confirm.', 'amzlinkr' ) ),
		/* translators: 1: the public ID of an API key, 2: live or test, 3: full or read */
		array( 'API key %1$s was created (%2$s, %3$s).', __( 'API key %1$s was created (%2$s, %3$s).', 'amzlinkr' ) ),
		/* translators: %s: the public ID of an API key */
		array( 'API key %s was revoked.', __( 'API key %s was revoked.', 'amzlinkr' ) ),
		/* translators: %s: the public ID of an API key */
		array( 'API key %s was reported as leaked and revoked.', __( 'API key %s was reported as leaked and revoked.', 'amzlinkr' ) ),
		/* translators: %s: a marketplace like DE */
		array( 'The partner tag of the marketplace %s changed.', __( 'The partner tag of the marketplace %s changed.', 'amzlinkr' ) ),
		/* translators: %s: a marketplace like DE */
		array( 'The Amazon credentials of the marketplace %s changed.', __( 'The Amazon credentials of the marketplace %s changed.', 'amzlinkr' ) ),
		/* translators: %s: a marketplace like DE */
		array( 'The connection of the marketplace %s was deleted.', __( 'The connection of the marketplace %s was deleted.', 'amzlinkr' ) ),
		/* translators: %s: names of settings */
		array( 'Changed: %s.', __( 'Changed: %s.', 'amzlinkr' ) ),
	);
}

/**
 * Returns texts of which the values are texts of the service, or what others sent. The first are translated too.
 *
 * @return array[] Each text with its translation; see get_patterns().
 */
function get_nested_patterns(): array {
	return array(
		/* translators: 1 and 2: what the service received, translated */
		array( 'The site did not return the token. At the challenge path, %1$s. At the challenge query, %2$s.', __( 'The site did not return the token. At the challenge path, %1$s. At the challenge query, %2$s.', 'amzlinkr' ) ),
		/* translators: 1: the number of a status, 2: a host */
		array( 'it returned HTTP %1$s, a redirect to %2$s, which is not followed', __( 'it returned HTTP %1$s, a redirect to %2$s, which is not followed', 'amzlinkr' ) ),
		/* translators: 1: the number of a status, 2: a content type */
		array( 'it returned HTTP %1$s with %2$s, but not exactly the token', __( 'it returned HTTP %1$s with %2$s, but not exactly the token', 'amzlinkr' ) ),
		/* translators: 1: the number of a status, 2: a content type */
		array( 'it returned HTTP %1$s with %2$s', __( 'it returned HTTP %1$s with %2$s', 'amzlinkr' ) ),
		/* translators: %s: a content type */
		array( 'content type %s', __( 'content type %s', 'amzlinkr' ) ),
		/* translators: 1: a type, 2: another type */
		array( 'This must be %1$s, not %2$s.', __( 'This must be %1$s, not %2$s.', 'amzlinkr' ) ),
		/* translators: %s: a type */
		array( 'This must be %s.', __( 'This must be %s.', 'amzlinkr' ) ),
		/* translators: 1: a number, 2: what is counted, 3: hour or day */
		array( 'The limit of %1$s %2$s per %3$s is reached.', __( 'The limit of %1$s %2$s per %3$s is reached.', 'amzlinkr' ) ),
		/* translators: %s: a number */
		array( '%s seconds', __( '%s seconds', 'amzlinkr' ) ),
	);
}
