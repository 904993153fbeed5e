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

Actions\add( 'save_languages', Rest\CAPABILITY_MANAGE, __NAMESPACE__ . '\save_languages' );

/**
 * Saves the marketplaces of languages.
 */
function save_languages(): void {
	$map = wp_unslash( $_POST['languages'] ?? array() ); // phpcs:ignore WordPress.Security -- the caller has verified the nonce, and save() accepts known codes only.
	Languages\save( is_array( $map ) ? $map : array() );
	Actions\redirect_with_notice( __( 'Saved.', 'amzlinkr' ), 'amzlinkr-settings&tab=display' );
}
