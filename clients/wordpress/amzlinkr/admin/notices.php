<?php
/**
 * What is said above the pages: how an action ended, that the site has moved, what is wrong.
 */

namespace AmzLinkr\Notices;

use AmzLinkr\Actions;
use AmzLinkr\Connection;
use AmzLinkr\Rest;
use AmzLinkr\SiteHealth;
use WP_Error;

defined( 'ABSPATH' ) || exit;

add_action( 'admin_notices', __NAMESPACE__ . '\print_notices' );

/**
 * Leave a notice for the next page this person opens.
 *
 * @param string|WP_Error $result
 */
function save_notice( $result ): void {
	$failed = is_wp_error( $result );
	$notice = array(
		'type'   => $failed ? 'error' : 'success',
		'text'   => $failed ? $result->get_error_message() : $result,
		'action' => $failed ? (string) ( $result->get_error_data()['action'] ?? '' ) : '',
	);
	set_transient( 'amzlinkr_notice_' . get_current_user_id(), $notice, MINUTE_IN_SECONDS );
}

function print_notices(): void {
	$kept   = 'amzlinkr_notice_' . get_current_user_id();
	$notice = get_transient( $kept );
	if ( is_array( $notice ) ) {
		delete_transient( $kept );
		print_notice( $notice['type'], $notice['text'], $notice['action'] );
	}
	if ( ! current_user_can( Rest\CAPABILITY_MANAGE ) ) {
		return;
	}
	$screen = get_current_screen();
	if ( Connection\has_moved() ) {
		print_moved_notice();
	} elseif ( Connection\is_connected() && $screen && false !== strpos( $screen->id, 'amzlinkr' ) && SiteHealth\get_lost_connection_problem() ) {
		print_notice( 'error', SiteHealth\get_lost_connection_problem() );
	} elseif ( Connection\is_connected() && $screen && 'dashboard' === $screen->id && SiteHealth\get_problems() ) {
		print_notice( 'warning', __( 'AmzLinkr needs your attention.', 'amzlinkr' ), implode( ' ', SiteHealth\get_problems() ) );
	}
}

function print_notice( string $type, string $text, string $action = '' ): void {
	printf( '<div class="notice notice-%s amzlinkr-notice"><p><strong>%s</strong></p>', esc_attr( $type ), esc_html( $text ) );
	if ( '' !== $action ) {
		printf( '<p>%s</p>', esc_html( $action ) );
	}
	echo '</div>';
}

/**
 * Ask whether the site was moved or copied; until then nothing is sent.
 */
function print_moved_notice(): void {
	echo '<div class="notice notice-warning amzlinkr-notice"><p><strong>';
	/* translators: 1: the address before, 2: the address now */
	echo esc_html( sprintf( __( 'AmzLinkr: the address of this site has changed from %1$s to %2$s.', 'amzlinkr' ), Connection\get_connected_url(), Connection\get_current_url() ) );
	echo '</strong></p><p>' . esc_html__( 'Was it moved, or is this a copy? Until you say so, nothing is sent to the service, and the original is safe.', 'amzlinkr' ) . '</p>';
	$connection = Connection\get();
	Actions\print_form_start( 'connect' );
	foreach ( array( 'service_url', 'email' ) as $field ) {
		printf( '<input type="hidden" name="%s" value="%s">', esc_attr( $field ), esc_attr( $connection[ $field ] ) );
	}
	echo '<input type="hidden" name="consent" value="1">';
	echo '<p><label><input type="checkbox" name="leave_old" value="1"> ' . esc_html__( 'Delete at the service what it holds under the old address. Your products are imported again here, as soon as you have entered the Amazon keys.', 'amzlinkr' ) . '</label></p>';
	submit_button( __( 'It was moved: connect the new address', 'amzlinkr' ), 'primary', 'moved', false );
	echo '</form>';
	Actions\print_form_start( 'keep_as_copy' );
	submit_button( __( 'It is a copy: disconnect it here', 'amzlinkr' ), 'secondary', 'copy', false );
	echo '</form></div>';
}
