<?php
/**
 * The form action that saves the marketplace of each language.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Actions;
use AmzLinkr\Languages;
use AmzLinkr\Rest;

defined( 'ABSPATH' ) || exit;

add_action( 'admin_post_amzlinkr_save_languages', __NAMESPACE__ . '\save_languages' );

/**
 * Saves the marketplaces of languages.
 */
function save_languages(): void {
	check_admin_referer( 'amzlinkr_save_languages' );
	if ( ! current_user_can( Rest\CAPABILITY_MANAGE ) ) {
		wp_die( esc_html__( 'You are not allowed to do this. Ask an administrator of this site.', 'amzlinkr' ), 403 );
	}
	$map = wp_unslash( $_POST['languages'] ?? array() ); // phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- save() accepts known codes only.
	Languages\save( is_array( $map ) ? $map : array() );
	Actions\redirect_with_notice( __( 'Saved.', 'amzlinkr' ), 'amzlinkr-settings&tab=display' );
}
