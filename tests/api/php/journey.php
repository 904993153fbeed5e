<?php
/**
 * The life of a site with the PHP client of OpenAPI Generator.
 */

use AmzLinkr\Api\AmazonAccountsApi;
use AmzLinkr\Api\APIKeysApi;
use AmzLinkr\Api\CatalogApi;
use AmzLinkr\Api\ChangeFeedApi;
use AmzLinkr\Api\ProductsApi;
use AmzLinkr\Api\SignUpApi;
use AmzLinkr\Api\SiteApi;
use AmzLinkr\ApiException;
use AmzLinkr\Configuration;
use AmzLinkr\Model\ApiKeyRequest;
use AmzLinkr\Model\CreatorsCredentials;
use AmzLinkr\Model\ImportRequest;
use AmzLinkr\Model\ImportResultList;
use AmzLinkr\Model\Problem;
use AmzLinkr\Model\StartedImportJob;
use AmzLinkr\Model\SignupRequest;
use AmzLinkr\Model\VerifyRequest;

require 'GuzzleHttp/autoload.php';

set_error_handler(
	static function ( int $level, string $message, string $file, int $line ): bool {
		// Guzzle of Debian 12 is older than PHP 8.2.
		if ( E_DEPRECATED === $level ) {
			return true;
		}
		throw new ErrorException( $message, 0, $level, $file, $line );
	}
);

spl_autoload_register(
	static function ( string $name ): void {
		if ( 0 === strpos( $name, 'AmzLinkr\\' ) ) {
			require __DIR__ . '/client/lib/' . str_replace( '\\', '/', substr( $name, 9 ) ) . '.php';
		}
	}
);

/** Prints a step that succeeded. */
function expect( string $step, bool $condition ): void {
	if ( ! $condition ) {
		throw new RuntimeException( "$step: unexpected response" );
	}
	echo "$step\n";
}

/** Returns what the client throws for a response with another status than 2xx. */
function failure_of( callable $call ): ApiException {
	try {
		$call();
	} catch ( ApiException $failure ) {
		return $failure;
	}
	throw new RuntimeException( 'The call succeeded.' );
}

/** Returns the problem of a call that must fail with a status. */
function problem_of( int $status, callable $call ): Problem {
	$failure = failure_of( $call );
	if ( $failure->getCode() !== $status ) {
		throw $failure;
	}
	return $failure->getResponseObject();
}

/** Returns the configuration of calls with a key. The host is the one of the document. */
function with_key( string $api_key ): Configuration {
	return ( new Configuration() )->setAccessToken( $api_key );
}

$site_url = getenv( 'SITE_URL' );
$host     = substr( $site_url, strlen( 'http://' ) );
$sign_up  = new SignUpApi();
if ( getenv( 'API_URL' ) !== ( new Configuration() )->getHost() ) {
	throw new RuntimeException( 'The client has another host than the document.' );
}

$signup = $sign_up->startSignup(
	new SignupRequest( array( 'site_url' => $site_url, 'email' => 'owner@example.com' ) )
);
expect( 'sign-up', null !== $signup->getExpiresAt() );
$challenge = $signup->getChallenge();
( new GuzzleHttp\Client() )->put(
	$site_url . $challenge->getPath(),
	array( 'body' => $challenge->getToken() )
);
$verified = $sign_up->verifySignup(
	$signup->getSignupId(),
	new VerifyRequest( array( 'signup_secret' => $signup->getSignupSecret() ) )
);
expect( 'verify', $site_url === $verified->getSiteUrl() );

$owner       = with_key( $verified->getApiKey() );
$credentials = new CreatorsCredentials(
	array(
		'api'                => 'creators',
		'credential_id'      => getenv( 'CREDENTIAL_ID' ),
		'credential_secret'  => getenv( 'CREDENTIAL_SECRET' ),
		'credential_version' => getenv( 'CREDENTIAL_VERSION' ),
		'partner_tag'        => getenv( 'PARTNER_TAG' ),
		'marketplace'        => 'US',
	)
);
$validated   = ( new AmazonAccountsApi( null, $owner ) )->validateCredentials( $credentials );
expect( 'validate', null !== $validated->getConnection() );
expect( 'valid credentials', 'valid' === $validated->getStatus() );

$catalog = new CatalogApi( null, $owner );
$asins   = array();
foreach ( array( 1, 2 ) as $page ) {
	$found = $catalog->searchProducts( keywords: 'coffee grinder', page: $page );
	foreach ( $found->getItems() as $item ) {
		$asins[ $item->getAsin() ] = true;
	}
	expect( "search page $page", $page === $found->getPage() );
}
$asins = array_keys( $asins );
expect( 'more than ten products', count( $asins ) > 10 );

$products = new ProductsApi( null, $owner );
$items    = array_merge( array_slice( $asins, 0, 2 ), array( 'https://amzn.to/3xYz' ) );
$imported = $products->importProducts( new ImportRequest( array( 'items' => $items ) ) );
expect( 'import', $imported instanceof ImportResultList );
$results  = $imported->getResults();
$statuses = array_map( static fn( $result ) => $result->getStatus(), $results );
expect(
	'imported and failed entries',
	array( 'imported', 'imported', 'failed' ) === $statuses
		&& 'short_link' === $results[2]->getProblem()->getCode()
);

$started = $products->importProducts( new ImportRequest( array( 'items' => $asins ) ) );
expect( 'import job', $started instanceof StartedImportJob );
$status = ( new GuzzleHttp\Client() )->get(
	$started->getStatusUrl(),
	array( 'headers' => array( 'Authorization' => 'Bearer ' . $verified->getApiKey() ) )
);
expect( 'absolute status_url', 200 === $status->getStatusCode() );
$deadline = time() + 60;
do {
	usleep( 300000 );
	$job = $products->getImportJob( $started->getJobId() );
} while ( ! in_array( $job->getStatus(), array( 'done', 'failed' ), true ) && time() < $deadline );
expect(
	'finished job',
	'done' === $job->getStatus() && count( $asins ) === $job->getDone() && 0 === $job->getFailed()
);

$feed   = new ChangeFeedApi( null, $owner );
$added  = array();
$cursor = null;
do {
	$page = $feed->listChanges( limit: 7, cursor: $cursor );
	foreach ( $page->getChanges() as $change ) {
		if ( 'added' === $change->getKind() && 0 === strpos( $change->getProduct()->getUrl(), 'https://' ) ) {
			$added[] = $change->getAsin();
		}
	}
	$cursor = $page->getNextCursor();
} while ( $page->getHasMore() );
expect( 'changes', array() === array_diff( $asins, $added ) );

$problem = problem_of( 404, static fn() => $products->getProduct( 'B000000000' ) );
expect( 'problem', 'not_found' === $problem->getCode() && '' !== $problem->getAction() );

list( $first, , $headers ) = $products->listProductsWithHttpInfo( limit: 3 );
expect( 'products', 3 === count( $first->getProducts() ) && $first->getHasMore() );
$etag  = $headers['ETag'][0];
$again = failure_of( static fn() => $products->listProducts( limit: 3, if_none_match: $etag ) );
expect( '304', 304 === $again->getCode() );

$api_keys = new APIKeysApi( null, $owner );
$key      = $api_keys->createApiKey( new ApiKeyRequest( array( 'scope' => 'read' ) ) );
expect( 'key', 'read' === $key->getScope() );
$keys = $api_keys->listApiKeys()->getKeys();
expect( 'keys', 2 === count( $keys ) );
$scopes = array_map( static fn( $entry ) => $entry->getScope(), $keys );
sort( $scopes );
expect(
	'two keys',
	array( 'full', 'read' ) === $scopes
		&& 1 === count( array_filter( $keys, static fn( $entry ) => $entry->getCurrent() ) )
);
$reader  = new ChangeFeedApi( null, with_key( $key->getApiKey() ) );
$problem = problem_of( 403, static fn() => $reader->requestSync() );
expect( 'scope of the key', 'scope_insufficient' === $problem->getCode() );
list( , $status ) = $api_keys->deleteApiKeyWithHttpInfo( $key->getKid() );
expect( 'revoked key', 204 === $status );

$site    = new SiteApi( null, $owner );
$deleted = $site->deleteSite( $host );
expect( 'deletion', 'leaving' === $deleted->getStatus() );
expect( 'deleted host', $host === $deleted->getHost() );
$problem = problem_of( 401, static fn() => $site->getSite() );
expect( '401', 'api_key_rejected' === $problem->getCode() );

$later   = ( new Configuration() )->setHost( getenv( 'FUTURE_URL' ) );
$changes = ( new ChangeFeedApi( null, $later ) )->listChanges()->getChanges();
expect( 'unknown values', 2 === count( $changes ) && null !== $changes[1]->getAsin() );
