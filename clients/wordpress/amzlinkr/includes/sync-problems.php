<?php
/**
 * The words for the problems of a sync report that still stand: for marketplaces, lists and tags.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\SyncProblems;

use AmzLinkr\Accounts;
use AmzLinkr\Box;
use AmzLinkr\LinkOnly;
use AmzLinkr\ListLabels;
use AmzLinkr\Lists;
use AmzLinkr\Sentences;
use AmzLinkr\ServiceTexts;
use AmzLinkr\SyncReport;

defined( 'ABSPATH' ) || exit;

/** The code of marketplaces with products or lists and without a connection. */
const NOT_CONNECTED = 'not_connected';

/**
 * Returns the problems of marketplaces that still stand.
 *
 * @return array[] The `code` and `action` by marketplace code, in the words of the service.
 */
function find_current(): array {
	$current = array();
	foreach ( SyncReport\load()['problems'] as $marketplace => $problem ) {
		if ( is_current( $problem['code'], ListLabels\find_account( (string) $marketplace ) ) ) {
			$current[ $marketplace ] = $problem;
		}
	}
	return $current;
}

/**
 * Returns whether a problem agrees with the account, of which this site has a newer state than the report.
 *
 * @param string     $code    The code of the problem.
 * @param array|null $account The account, or null if none is connected.
 */
function is_current( string $code, ?array $account ): bool {
	if ( NOT_CONNECTED === $code || ! $account ) {
		return NOT_CONNECTED === $code && ! $account;
	}
	return ! Accounts\is_healthy( $account ) && ( 'amazon_no_credentials' === $code ) === ( LinkOnly\STATE === $account['state'] );
}

/**
 * Returns why marketplaces are not refreshed, and what to do.
 *
 * @return string[] A description by marketplace code.
 */
function describe_marketplaces(): array {
	$texts = array();
	foreach ( find_current() as $marketplace => $problem ) {
		$account               = ListLabels\find_account( (string) $marketplace );
		$reason                = $account ? Accounts\get_state_label( $account['state'] ) : __( 'No Amazon account is connected.', 'amzlinkr' );
		$texts[ $marketplace ] = Sentences\join(
			/* translators: %s: a marketplace like US */
			sprintf( __( '%s is not refreshed.', 'amzlinkr' ), $marketplace ),
			$reason,
			ServiceTexts\translate_text( $problem['action'] )
		);
	}
	return $texts;
}

/**
 * Returns the problems of marketplaces that no account of this site shows: those without an account.
 *
 * @return string[] A description by marketplace code.
 */
function describe_unconnected(): array {
	$unconnected = array_filter( find_current(), static fn( $problem ) => NOT_CONNECTED === $problem['code'] );
	return array_intersect_key( describe_marketplaces(), $unconnected );
}

/**
 * Returns why Amazon refuses the search of a list, and what to do.
 *
 * @param array $list A list of Lists\find() or Lists\get_all().
 * @return string Sentences, or an empty string if its last refresh was not refused.
 */
function describe_list( array $list ): string {
	$problem = SyncReport\load()['list_problems'][ $list['name'] ] ?? null;
	// A refresh after the problem was not refused.
	if ( ! $problem || $list['refreshed_at'] > $problem['at'] ) {
		return '';
	}
	return Sentences\join(
		/* translators: %s: a date and time */
		$problem['at'] ? sprintf( __( 'Amazon refused the search (%s).', 'amzlinkr' ), Box\format_local_time( $problem['at'] ) ) : __( 'Amazon refused the search.', 'amzlinkr' ),
		ServiceTexts\translate_text( $problem['detail'] ),
		ServiceTexts\translate_text( $problem['action'] )
	);
}

/**
 * Returns the lists of which Amazon refuses the search.
 *
 * @return string[] A description by name.
 */
function describe_lists(): array {
	$texts = array();
	foreach ( SyncReport\load()['list_problems'] ? Lists\get_all() : array() as $list ) {
		$texts[ $list['name'] ] = describe_list( $list );
	}
	return array_filter( $texts, 'strlen' );
}

/**
 * Returns the lists of which Amazon refuses the search, each with its name.
 *
 * @return string[] Descriptions.
 */
function name_lists(): array {
	$texts = array();
	foreach ( describe_lists() as $name => $text ) {
		/* translators: 1: the name of a list, 2: the reason and what to do, in sentences */
		$texts[] = sprintf( __( 'List “%1$s”: %2$s', 'amzlinkr' ), $name, $text );
	}
	return $texts;
}

/**
 * Returns what is unusual about the tag of an account. Amazon tests the tags of accounts with keys.
 *
 * @param array $account An account.
 * @return string Sentences, or an empty string.
 */
function get_tag_warning( array $account ): string {
	return LinkOnly\STATE === ( $account['state'] ?? '' ) ? ServiceTexts\translate_text( $account['warning'] ?? '' ) : '';
}
