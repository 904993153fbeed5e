<?php
/**
 * The start of the pointer to the first step after the plugin is activated. admin/first-run.php prints it.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\FirstRun;

use AmzLinkr\Connection;

defined( 'ABSPATH' ) || exit;

/** The option with one of the states below. Without it, the plugin was not activated for this site alone. */
const OPTION = 'amzlinkr_first_run';

const PENDING = 'pending';
const DONE    = 'done';

/**
 * Requests the pointer when the plugin is activated for the first time.
 *
 * An activation for a network concerns sites of which the owners may not want the plugin: they get no pointer.
 *
 * @param bool $network_wide Whether the plugin is activated on all sites of a network.
 */
function start( bool $network_wide ): void {
	if ( ! $network_wide && ! Connection\is_connected() ) {
		add_option( OPTION, PENDING );
	}
}

/**
 * Returns whether the pointer is shown to administrators.
 */
function is_pending(): bool {
	return PENDING === get_option( OPTION );
}

/**
 * Ends the pointer. A later activation does not show it again.
 */
function finish(): void {
	update_option( OPTION, DONE );
}
