<?php
/**
 * Parts of the pages about products that need attention: the filter, a row, and lists of posts.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Attention;
use AmzLinkr\Uses;

defined( 'ABSPATH' ) || exit;

/** The maximum number of posts that a row names. */
const MAX_NAMED_POSTS = 5;

/**
 * Prints links that select one kind or all, with the number of products of each.
 *
 * @param int[]    $counts   Numbers by kind.
 * @param string[] $selected The kinds that the page lists.
 */
function print_attention_filter( array $counts, array $selected ): void {
	printf( '<nav aria-label="%s"><ul class="subsubsub amzlinkr-kinds">', esc_attr__( 'Kinds of products', 'amzlinkr' ) );
	foreach ( array_merge( array( '' ), Attention\KINDS ) as $kind ) {
		$is_selected = '' === $kind ? count( $selected ) > 1 : array( $kind ) === $selected;
		printf(
			'<li><a href="%s"%s>%s <span class="count">(%s)</span></a></li>',
			esc_url( Attention\get_url( '' === $kind ? array() : array( 'kind' => $kind ) ) ),
			$is_selected ? ' class="current" aria-current="page"' : '',
			esc_html( '' === $kind ? __( 'All', 'amzlinkr' ) : Attention\get_label( $kind ) ),
			esc_html( number_format_i18n( '' === $kind ? array_sum( $counts ) : $counts[ $kind ] ) )
		);
	}
	echo '</ul></nav><div class="clear"></div>';
}

/**
 * Prints the row of a product.
 *
 * @param array  $product     The `asin`, `marketplace` and `kind`.
 * @param string $title       Its title that may be shown now, or an empty string.
 * @param int[]  $posts       The IDs of the posts that show it.
 * @param bool   $is_complete Whether all posts were searched.
 */
function print_attention_row( array $product, string $title, array $posts, bool $is_complete ): void {
	$name   = "{$product['asin']} ({$product['marketplace']})";
	$unused = $is_complete ? __( 'No post shows it. You can remove it.', 'amzlinkr' ) : __( 'No searched post shows it.', 'amzlinkr' );
	$action = $posts ? Attention\get_action( $product['kind'] ) : $unused;
	$cells  = array(
		array( __( 'Product', 'amzlinkr' ), '<strong>' . esc_html( '' !== $title ? $title : $name ) . '</strong>' . ( '' !== $title ? '<br>' . esc_html( $name ) : '' ) ),
		array( __( 'State', 'amzlinkr' ), '<strong>' . esc_html( Attention\get_label( $product['kind'] ) ) . '</strong><br>' . esc_html( Attention\get_explanation( $product['kind'] ) ) ),
		array( __( 'Used in', 'amzlinkr' ), $posts || $is_complete ? get_post_list( $posts ) : '–' ),
		array( __( 'What to do', 'amzlinkr' ), esc_html( $action ) . get_attention_controls( $product, $name, $posts, $is_complete ) ),
	);
	echo '<tr role="row">';
	foreach ( $cells as list( $label, $html ) ) {
		printf( '<td role="cell" data-label="%s">%s</td>', esc_attr( $label ), $html ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped above and in the functions.
	}
	echo '</tr>';
}

/**
 * Returns the link that replaces a product, and the button that removes one that no post shows.
 *
 * @param array  $product     The `asin`, `marketplace` and `kind`.
 * @param string $name        The name of the product for screen readers.
 * @param int[]  $posts       The IDs of the posts that show it.
 * @param bool   $is_complete Whether all posts were searched.
 * @return string HTML.
 */
function get_attention_controls( array $product, string $name, array $posts, bool $is_complete ): string {
	$hidden_name = '<span class="screen-reader-text"> ' . esc_html( $name ) . '</span>';
	if ( $posts && in_array( $product['kind'], Attention\REPLACEABLE_KINDS, true ) ) {
		$url = Attention\get_url( array( 'replace' => Uses\get_key( $product ) ) );
		return sprintf( '<br><a class="button" href="%s">%s%s</a>', esc_url( $url ), esc_html__( 'Replace in all posts', 'amzlinkr' ), $hidden_name );
	}
	return $posts || ! $is_complete ? '' : sprintf(
		'<br><button type="button" class="button-link button-link-delete" data-marketplace="%s" data-asin="%s">%s%s</button>',
		esc_attr( $product['marketplace'] ),
		esc_attr( $product['asin'] ),
		esc_html__( 'Remove', 'amzlinkr' ),
		$hidden_name
	);
}

/**
 * Returns a list of posts with links to their editors.
 *
 * Of posts that the current user cannot edit, it states the number only.
 *
 * @param int[] $posts The IDs of posts.
 * @return string HTML.
 */
function get_post_list( array $posts ): string {
	$items = array();
	foreach ( $posts as $post ) {
		if ( count( $items ) === MAX_NAMED_POSTS ) {
			break;
		}
		if ( Uses\can_edit( $post ) ) {
			$items[] = get_post_link( $post );
		}
		Uses\release( $post );
	}
	$more = count( $posts ) - count( $items );
	if ( $items && $more > 0 ) {
		/* translators: %d: a number of posts */
		$items[] = esc_html( sprintf( __( 'and %d more', 'amzlinkr' ), $more ) );
	} elseif ( $more > 0 ) {
		/* translators: %d: a number of posts */
		$items[] = esc_html( sprintf( __( '%d that you cannot edit', 'amzlinkr' ), $more ) );
	}
	return $items ? '<ul class="amzlinkr-uses"><li>' . implode( '</li><li>', $items ) . '</li></ul>' : esc_html__( 'no post', 'amzlinkr' );
}

/**
 * Returns the link to the editor of a post, with its type and status.
 *
 * @param int $id The ID of a post.
 * @return string HTML.
 */
function get_post_link( int $id ): string {
	/* translators: %d: the ID of a post */
	$title  = get_post_title( $id ) ? get_post_title( $id ) : sprintf( __( 'Post %d, without a title', 'amzlinkr' ), $id );
	$url    = (string) get_edit_post_link( $id, 'raw' );
	$type   = get_post_type_object( (string) get_post_type( $id ) );
	$status = get_post_status_object( (string) get_post_status( $id ) );
	$labels = array_filter( array( $type ? $type->labels->singular_name : '', $status && 'publish' !== $status->name ? $status->label : '' ) );
	$name   = '' !== $url ? sprintf( '<a href="%s">%s</a>', esc_url( $url ), esc_html( $title ) ) : esc_html( $title );
	return $name . ' <span class="description">' . esc_html( implode( ', ', $labels ) ) . '</span>';
}

/**
 * Returns the title of a post as plain text.
 *
 * @param int $id The ID of a post.
 */
function get_post_title( int $id ): string {
	return html_entity_decode( wp_strip_all_tags( get_the_title( $id ) ), ENT_QUOTES, 'UTF-8' );
}
