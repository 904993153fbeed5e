<?php
/**
 * The weekly e-mail about products that need attention.
 *
 * It contains ASINs and a link to the dashboard: Amazon's license permits no other content, and no links to Amazon.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\AttentionMail;

use AmzLinkr\Attention;
use AmzLinkr\Connection;
use AmzLinkr\Options;
use AmzLinkr\Sync;

defined( 'ABSPATH' ) || exit;

const HOOK        = 'amzlinkr_attention';
const OPTION      = 'amzlinkr_attention_mail';
const SENT_OPTION = 'amzlinkr_attention_sent';
const LOCK        = 'amzlinkr_attention_lock';

/** WP-Cron runs an event late or twice. Less than a week, so that a late run does not delay the next one. */
const MIN_INTERVAL_SECONDS = 6 * DAY_IN_SECONDS;

/** The maximum number of products of each kind that an e-mail names. */
const MAX_NAMED = 30;

/** The kinds that cause an e-mail. A product that waits for access to the API needs nothing from the owner. */
const MAILED_KINDS = array( 'missing', 'out_of_stock', 'no_offer', 'expired' );

add_action( 'init', __NAMESPACE__ . '\schedule' );
add_action( HOOK, __NAMESPACE__ . '\run', 10, 0 );

/**
 * Schedules the e-mail if the site is connected.
 */
function schedule(): void {
	if ( Connection\is_connected() && ! wp_next_scheduled( HOOK ) ) {
		wp_schedule_event( time() + DAY_IN_SECONDS, 'weekly', HOOK );
	}
}

/**
 * Returns whether the site's administrator receives the e-mail. This is the default.
 */
function is_switched_on(): bool {
	return 'no' !== get_option( OPTION );
}

/**
 * Saves whether the site's administrator receives the e-mail.
 *
 * @param bool $is_on Whether the e-mail is sent.
 */
function switch_on( bool $is_on ): void {
	update_option( OPTION, $is_on ? 'yes' : 'no', false );
}

/**
 * Sends the e-mail if products need attention. A copy of the site sends none.
 */
function run(): void {
	$is_active = Connection\is_connected() && ! Connection\has_moved() && is_switched_on();
	$lock      = $is_active ? Sync\acquire_lock( LOCK ) : '';
	if ( '' === $lock ) {
		return;
	}
	try {
		$counts = array_intersect_key( Attention\count_by_kind(), array_flip( MAILED_KINDS ) );
		if ( array_sum( $counts ) > 0 && (int) Options\get_uncached( SENT_OPTION ) <= time() - MIN_INTERVAL_SECONDS ) {
			// Recorded first: a failure does not prove that nothing was sent, and each retry could send it again.
			update_option( SENT_OPTION, time(), false );
			send();
		}
	} finally {
		Options\delete_row( LOCK, $lock );
	}
}

/**
 * Sends the e-mail to the site's administration address.
 */
function send(): void {
	$site = wp_specialchars_decode( (string) get_option( 'blogname' ), ENT_QUOTES );
	/* translators: %s: the name of a site */
	wp_mail( get_option( 'admin_email' ), sprintf( __( '[%s] AmzLinkr: products need attention', 'amzlinkr' ), $site ), implode( "\n\n", get_paragraphs() ) . "\n" );
}

/**
 * Returns the text of the e-mail.
 *
 * @return string[] Paragraphs.
 */
function get_paragraphs(): array {
	$lines = array();
	foreach ( array_filter( Attention\count_by_kind() ) as $kind => $count ) {
		$names   = array_map( static fn( $product ) => "{$product['asin']} ({$product['marketplace']})", Attention\find_page( array( $kind ), 1, MAX_NAMED ) );
		$lines[] = '- ' . Attention\get_label( $kind ) . ": $count\n  " . implode( ', ', $names ) . ( $count > MAX_NAMED ? ' …' : '' );
	}
	return array(
		/* translators: %s: the address of a site */
		sprintf( __( 'Some products of %s need attention:', 'amzlinkr' ), Connection\get_current_url() ),
		implode( "\n", $lines ),
		__( 'The posts that show them, and what to do:', 'amzlinkr' ),
		Attention\get_url(),
		__( 'This e-mail is sent once a week. You can switch it off here:', 'amzlinkr' ),
		admin_url( 'admin.php?page=amzlinkr-settings&tab=connection' ),
	);
}

/**
 * Deletes what was recorded when the connection ends.
 */
function reset(): void {
	array_map( 'delete_option', array( SENT_OPTION, LOCK ) );
}
