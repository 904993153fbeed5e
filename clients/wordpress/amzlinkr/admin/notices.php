<?php
/**
 * Notices above the admin pages: the result of an action, a changed site URL, and current problems.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Notices;

use AmzLinkr\Actions;
use AmzLinkr\Connection;
use AmzLinkr\Rest;
use AmzLinkr\SiteHealth;
use AmzLinkr\Tables;
use WP_Error;

defined( 'ABSPATH' ) || exit;

add_action( 'admin_notices', __NAMESPACE__ . '\print_notices' );

/**
 * Saves a notice for the next page that the current user opens.
 *
 * @param string|WP_Error $result The result of an action.
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

/**
 * Prints the notices of the current page.
 */
function print_notices(): void {
	$transient = 'amzlinkr_notice_' . get_current_user_id();
	$notice    = get_transient( $transient );
	if ( is_array( $notice ) ) {
		delete_transient( $transient );
		print_notice( $notice['type'], $notice['text'], $notice['action'] );
	}
	if ( ! current_user_can( Rest\CAPABILITY_MANAGE ) ) {
		return;
	}
	if ( Connection\has_moved() ) {
		print_moved_notice();
		return;
	}
	$screen = get_current_screen();
	if ( ! Connection\is_connected() || ! $screen ) {
		return;
	}
	if ( false !== strpos( $screen->id, 'amzlinkr' ) ) {
		$problem = SiteHealth\get_lost_connection_problem();
		foreach ( array_filter( array_merge( array( $problem ), Tables\get_problems() ) ) as $text ) {
			print_notice( 'error', $text );
		}
	} elseif ( 'dashboard' === $screen->id ) {
		$problems = SiteHealth\get_problems();
		if ( $problems ) {
			print_notice( 'warning', __( 'AmzLinkr needs your attention.', 'amzlinkr' ), implode( ' ', $problems ) );
		}
	}
}

/**
 * Prints a notice.
 *
 * @param string $type   `error`, `warning` or `success`.
 * @param string $text   A sentence.
 * @param string $action What the user should do, or an empty string.
 */
function print_notice( string $type, string $text, string $action = '' ): void {
	printf( '<div class="notice notice-%s amzlinkr-notice"><p><strong>%s</strong></p>', esc_attr( $type ), esc_html( $text ) );
	if ( '' !== $action ) {
		printf( '<p>%s</p>', esc_html( $action ) );
	}
	echo '</div>';
}

/**
 * Prints the question whether the site was moved or copied. Until it is answered, nothing is sent to the service.
 */
function print_moved_notice(): void {
	echo '<div class="notice notice-warning amzlinkr-notice"><p><strong>';
	/* translators: 1: the address before, 2: the address now */
	echo esc_html( sprintf( __( 'AmzLinkr: The address of this site has changed from %1$s to %2$s.', 'amzlinkr' ), Connection\get_connected_url(), Connection\get_current_url() ) );
	echo '</strong></p><p>' . esc_html__( 'Choose whether the site was moved or copied. Until then, nothing is sent to the service, and the original site is not affected.', 'amzlinkr' ) . '</p>';
	$connection = Connection\get();
	Actions\print_form_start( 'connect' );
	foreach ( array( 'service_url', 'email' ) as $field ) {
		printf( '<input type="hidden" name="%s" value="%s">', esc_attr( $field ), esc_attr( $connection[ $field ] ) );
	}
	echo '<input type="hidden" name="consent" value="1">';
	echo '<p><label><input type="checkbox" name="delete_old" value="1"> ' . esc_html__( 'Delete the data of the old address from the service. After you enter the Amazon keys again, your products are imported here again.', 'amzlinkr' ) . '</label></p>';
	submit_button( __( 'The site was moved: connect the new address', 'amzlinkr' ), 'primary', 'moved', false );
	echo '</form>';
	Actions\print_form_start( 'keep_as_copy' );
	echo '<p><label><input type="checkbox" name="is_copy" value="1" required> ' . esc_html__( 'The site at the old address stays, with its own database.', 'amzlinkr' ) . '</label></p>';
	submit_button( __( 'This is a copy: disconnect it', 'amzlinkr' ), 'secondary', 'copy', false );
	echo '</form>';
	if ( ! Connection\is_database_moved() ) {
		Actions\print_form_start( 'add_host_name' );
		echo '<p>' . esc_html__( 'wp-config.php or another plugin gives this site another address, and its database still contains the old one.', 'amzlinkr' ) . '</p>';
		submit_button( __( 'Both addresses lead to this site: continue', 'amzlinkr' ), 'secondary', 'same', false );
		echo '</form>';
	}
	echo '</div>';
}
