<?php
/**
 * The form actions of the migration. Each requires a nonce and a capability; the posts also require the right to edit them.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\MigrationAction;

use AmzLinkr\Actions;
use AmzLinkr\MigrationRender;
use AmzLinkr\MigrationRewriting;
use AmzLinkr\MigrationUndo;
use AmzLinkr\Notices;
use AmzLinkr\ReplacementAction;
use AmzLinkr\Rest;

defined( 'ABSPATH' ) || exit;

/** The prefix of the transient with the results for the next page of a user. */
const RESULTS = 'amzlinkr_migrated_';

/** The actions, and the capability of each. */
const ACTIONS = array(
	'rewrite_posts' => Rest\CAPABILITY_EDIT,
	'undo_rewrite'  => Rest\CAPABILITY_EDIT,
	'save_render'   => Rest\CAPABILITY_MANAGE,
);

foreach ( ACTIONS as $amzlinkr_action => $amzlinkr_capability ) {
	Actions\add( $amzlinkr_action, $amzlinkr_capability, __NAMESPACE__ . "\\$amzlinkr_action" );
}

/**
 * Returns the address of the page.
 *
 * @param string[] $query Further query arguments.
 */
function get_url( array $query = array() ): string {
	return add_query_arg( array( 'page' => 'amzlinkr-migration' ) + $query, admin_url( 'admin.php' ) );
}

/**
 * Changes the posts that the user has seen and confirmed.
 */
function rewrite_posts(): void {
	save_results( 'rewritten', MigrationRewriting\rewrite( ReplacementAction\get_confirmed_posts() ) );
}

/**
 * Undoes the changes of the posts that the user has chosen.
 */
function undo_rewrite(): void {
	$posts = array_filter( (array) wp_unslash( $_POST['posts'] ?? array() ), 'is_string' ); // phpcs:ignore WordPress.Security -- the nonce is verified before each action, and the numbers are sanitized.
	save_results( 'undone', MigrationUndo\undo( array_filter( array_map( 'absint', $posts ) ) ) );
}

/**
 * Saves the plugins of which the shortcodes and blocks are shown.
 */
function save_render(): void {
	$plugins = array_filter( (array) wp_unslash( $_POST['plugins'] ?? array() ), 'is_string' ); // phpcs:ignore WordPress.Security -- the nonce is verified before each action, and only known keys are used.
	MigrationRender\set_plugins( $plugins );
	Notices\save_notice( __( 'Saved.', 'amzlinkr' ) );
	redirect();
}

/**
 * Saves the results of an action for the next page.
 *
 * @param string   $action  `rewritten` or `undone`.
 * @param string[] $results The results by post ID.
 */
function save_results( string $action, array $results ): void {
	set_transient( RESULTS . get_current_user_id(), compact( 'action', 'results' ), HOUR_IN_SECONDS );
	redirect();
}

/**
 * Redirects to the page.
 *
 * @return never
 */
function redirect(): void {
	wp_safe_redirect( get_url( array( 'kind' => sanitize_key( wp_unslash( $_POST['kind'] ?? '' ) ) ) ) ); // phpcs:ignore WordPress.Security.NonceVerification -- verified before each action.
	exit;
}
