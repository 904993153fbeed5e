<?php
/**
 * Parts of admin pages with the problems of the price sync: marketplaces that are not refreshed, and refused lists.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\LinkOnly;
use AmzLinkr\SyncProblems;

defined( 'ABSPATH' ) || exit;

/**
 * Prints why marketplaces are not refreshed, if there are any.
 *
 * A tag without keys is a choice of the owner. If there is no other reason, this is an information, not a warning.
 */
function print_marketplace_problems(): void {
	$texts     = SyncProblems\describe_marketplaces();
	$is_choice = ! array_diff( array_keys( $texts ), LinkOnly\get_marketplaces() );
	print_problem_list( 'amzlinkr-not-refreshed', $is_choice ? 'info' : 'warning', '', $texts );
}

/**
 * Prints the lists of which Amazon refuses the search, if there are any, with a link to the page that shows them.
 */
function print_list_problems(): void {
	print_problem_list( 'amzlinkr-refused-lists', 'warning', __( 'Lists of which Amazon refuses the search', 'amzlinkr' ), SyncProblems\name_lists() );
}

/**
 * Prints a notice in the page with a list of problems.
 *
 * @param string   $id      The ID of the element.
 * @param string   $type    `warning` or `info`.
 * @param string   $heading A heading with a link to the lists, or an empty string.
 * @param string[] $texts   The problems; without any, nothing is printed.
 */
function print_problem_list( string $id, string $type, string $heading, array $texts ): void {
	if ( ! $texts ) {
		return;
	}
	printf( '<div class="notice notice-%s inline" id="%s">', esc_attr( $type ), esc_attr( $id ) );
	if ( '' !== $heading ) {
		printf( '<p><strong>%s</strong> <a href="%s">%s</a></p>', esc_html( $heading ), esc_url( admin_url( 'admin.php?page=amzlinkr-lists' ) ), esc_html__( 'Show the lists', 'amzlinkr' ) );
	}
	echo '<ul>';
	foreach ( $texts as $text ) {
		printf( '<li>%s</li>', esc_html( $text ) );
	}
	echo '</ul></div>';
}
