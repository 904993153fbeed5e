<?php
/**
 * Links to the posts that contain something, for the users who may edit or read them.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Uses;

defined( 'ABSPATH' ) || exit;

/** The maximum number of posts that are named. */
const MAX_POST_LINKS = 10;

/**
 * Prints links to posts. Posts that the user may not edit are counted only.
 *
 * @param int[] $posts The IDs of the posts.
 */
function print_post_links( array $posts ): void {
	$links = array();
	foreach ( $posts as $post ) {
		if ( count( $links ) === MAX_POST_LINKS ) {
			break;
		}
		$url = get_edit_post_link( $post );
		if ( $url ) {
			$title   = get_the_title( $post );
			$links[] = sprintf( '<a href="%s">%s</a>', esc_url( $url ), esc_html( '' !== $title ? $title : "#$post" ) );
		}
		Uses\release( $post );
	}
	$more = count( $posts ) - count( $links );
	if ( $more > 0 && $links ) {
		/* translators: %d: a number of posts */
		$links[] = esc_html( sprintf( __( '%d more', 'amzlinkr' ), $more ) );
	} elseif ( $more > 0 ) {
		/* translators: %d: a number of posts */
		$links[] = esc_html( sprintf( __( '%d posts of others', 'amzlinkr' ), $more ) );
	}
	echo $links ? implode( ', ', $links ) : '–'; // phpcs:ignore WordPress.Security.EscapeOutput -- escaped above.
}
