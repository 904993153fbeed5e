<?php
/**
 * Parts of the page that finds Amazon products in posts: the search, the import, the plugins, and the results.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Actions;
use AmzLinkr\Box;
use AmzLinkr\MigrationAction;
use AmzLinkr\MigrationFindings;
use AmzLinkr\MigrationLabels;
use AmzLinkr\MigrationMap;
use AmzLinkr\MigrationRender;
use AmzLinkr\MigrationUndo;
use AmzLinkr\Rest;
use AmzLinkr\Uses;

defined( 'ABSPATH' ) || exit;

/**
 * Prints the state of the search and its buttons.
 *
 * @param array $state The state of MigrationSearch\get_state().
 * @param int   $count The number of places with findings.
 */
function print_migration_search( array $state, int $count ): void {
	$is_done = 'done' === ( $state['phase'] ?? '' );
	$texts   = array( __( 'Search my site', 'amzlinkr' ), __( 'Nothing was searched yet.', 'amzlinkr' ) );
	if ( $state && ! $is_done ) {
		/* translators: %d: a number */
		$texts = array( __( 'Continue the search', 'amzlinkr' ), sprintf( __( 'The search has not ended. Posts, widgets and pages of builders with Amazon products so far: %d', 'amzlinkr' ), $count ) );
	} elseif ( $is_done ) {
		/* translators: 1: a date and time, 2: a number */
		$texts = array( __( 'Search again', 'amzlinkr' ), sprintf( __( 'Last search: %1$s. Posts, widgets and pages of builders with Amazon products: %2$d', 'amzlinkr' ), Box\format_local_time( (int) $state['ended_at'] ), $count ) );
	}
	printf(
		'<p>%s</p><p><button type="button" class="button button-primary" id="amzlinkr-migration-search" data-restart="%s">%s</button></p><div id="amzlinkr-migration-searched"></div>',
		esc_html( $texts[1] ),
		esc_attr( $state && ! $is_done ? '' : '1' ),
		esc_html( $texts[0] )
	);
}

/**
 * Prints the number of products and the button that imports them.
 */
function print_migration_import(): void {
	$products = MigrationFindings\get_products();
	$new      = count( $products['new'] );
	/* translators: 1: a number, 2: a number */
	printf( '<p>%s</p>', esc_html( sprintf( __( 'Products to import: %1$d. Already imported: %2$d.', 'amzlinkr' ), $new, $products['known'] ) ) );
	if ( $new ) {
		/* translators: %d: a number */
		printf( '<p><button type="button" class="button button-primary" id="amzlinkr-migration-import">%s</button></p>', esc_html( sprintf( __( 'Import these products (%d)', 'amzlinkr' ), min( $new, MigrationFindings\MAX_PRODUCTS ) ) ) );
	}
	if ( $products['other'] ) {
		$numbers = array_map( static fn( $marketplace, $number ) => "$marketplace ($number)", array_keys( $products['other'] ), $products['other'] );
		/* translators: %s: marketplaces with numbers, such as “FR (3), IT (1)” */
		printf( '<p>%s</p>', esc_html( sprintf( __( 'Products of marketplaces without an Amazon account, which are not imported: %s. Enter keys or a tag for them under Settings → API.', 'amzlinkr' ), implode( ', ', $numbers ) ) ) );
	}
	echo '<div id="amzlinkr-imported"></div>';
}

/**
 * Prints the plugins that were found, and the switches that show displays in place of their shortcodes.
 *
 * @param int[] $counts The number of places by kind.
 */
function print_migration_plugins( array $counts ): void {
	$on     = MigrationRender\get_plugins();
	$listed = array_filter( array_keys( MigrationMap\PLUGINS ), static fn( $plugin ) => ! empty( $counts[ $plugin ] ) || in_array( $plugin, $on, true ) );
	if ( ! $listed ) {
		printf( '<p>%s</p>', esc_html__( 'No shortcodes or blocks of the supported plugins were found.', 'amzlinkr' ) );
		return;
	}
	$can_switch = current_user_can( Rest\CAPABILITY_MANAGE );
	printf( '<p>%s</p>', esc_html__( 'AmzLinkr can show its own displays in their place while the other plugin is not active. The posts are not changed, and you can switch it off at any time. A shortcode that an active plugin uses stays with that plugin.', 'amzlinkr' ) );
	if ( $can_switch ) {
		Actions\print_form_start( 'save_render' );
	}
	echo '<ul class="amzlinkr-posts">';
	foreach ( $listed as $plugin ) {
		printf(
			'<li><label><input type="checkbox" name="plugins[]" value="%s"%s%s> %s</label> %s</li>',
			esc_attr( $plugin ),
			checked( in_array( $plugin, $on, true ), true, false ),
			disabled( $can_switch, false, false ),
			esc_html( MigrationMap\get_name( $plugin ) ),
			esc_html( MigrationRender\is_active( $plugin ) ? __( '(The plugin is active, so nothing changes until you deactivate it.)', 'amzlinkr' ) : '' )
		);
	}
	echo '</ul>';
	if ( $can_switch ) {
		submit_button( __( 'Save', 'amzlinkr' ), 'secondary', 'save', false );
		echo '</form>';
	}
}

/**
 * Prints what the last action of the current user has done, once.
 */
function print_migration_results(): void {
	$last = get_transient( MigrationAction\RESULTS . get_current_user_id() );
	if ( ! is_array( $last ) ) {
		return;
	}
	delete_transient( MigrationAction\RESULTS . get_current_user_id() );
	$changed = array_keys( $last['results'], '', true );
	printf( '<div class="notice notice-%s inline"><p><strong>', $changed ? 'success' : 'error' );
	/* translators: %d: a number of posts */
	$text = 'undone' === $last['action'] ? __( 'Posts with an undone change: %d', 'amzlinkr' ) : __( 'Posts that were changed: %d', 'amzlinkr' );
	echo esc_html( sprintf( $text, count( $changed ) ) ) . '</strong></p>';
	if ( $changed && 'rewritten' === $last['action'] ) {
		printf( '<p>%s</p>', esc_html__( 'Look at one of them. You can undo the change below.', 'amzlinkr' ) );
	}
	printf( '<details%s><summary>%s</summary><ul class="amzlinkr-posts">', count( $changed ) < count( $last['results'] ) ? ' open' : '', esc_html__( 'Posts', 'amzlinkr' ) );
	foreach ( $last['results'] as $id => $problem ) {
		/* translators: %d: the ID of a post */
		$link = Uses\can_edit( $id ) ? get_post_link( $id ) : esc_html( sprintf( __( 'Post %d', 'amzlinkr' ), $id ) );
		echo '<li>' . $link; // phpcs:ignore WordPress.Security.EscapeOutput -- escaped in the function.
		echo '' === $problem ? '' : ' – ' . esc_html( MigrationLabels\get_post_reason( $problem ) );
		echo '</li>';
		Uses\release( $id );
	}
	echo '</ul></details></div>';
}

/**
 * Prints the posts with a change that can be undone.
 */
function print_migration_undo(): void {
	$posts = array_filter( MigrationUndo\find_posts(), 'AmzLinkr\Uses\can_edit' );
	if ( ! $posts ) {
		return;
	}
	printf( '<h2>%s</h2>', esc_html__( 'Undo', 'amzlinkr' ) );
	/* translators: %d: a number of posts */
	printf( '<p>%s</p>', esc_html( sprintf( __( 'Changed posts: %d. An undo restores the content before the change, unless a post was edited since.', 'amzlinkr' ), MigrationUndo\count_posts() ) ) );
	Actions\print_form_start( 'undo_rewrite' );
	printf( '<details><summary>%s</summary>', esc_html__( 'Choose the posts', 'amzlinkr' ) );
	echo '<ul class="amzlinkr-posts">';
	foreach ( $posts as $id ) {
		printf( '<li><label><input type="checkbox" name="posts[]" value="%d" checked> %s</label></li>', (int) $id, esc_html( get_post_title( $id ) ? get_post_title( $id ) : "#$id" ) );
		Uses\release( $id );
	}
	echo '</ul></details>';
	submit_button( __( 'Undo the change of these posts', 'amzlinkr' ), 'secondary', 'undo', false );
	echo '</form>';
}
