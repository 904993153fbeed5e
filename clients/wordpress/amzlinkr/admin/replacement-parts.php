<?php
/**
 * Parts of the page that replaces a product: the products to choose from, the posts that change, and the results.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Actions;
use AmzLinkr\Attention;
use AmzLinkr\Products;
use AmzLinkr\Replacement;
use AmzLinkr\Uses;

use const AmzLinkr\ReplacementAction\RESULTS;

defined( 'ABSPATH' ) || exit;

/**
 * Prints the products that can take the place of another one.
 *
 * @param array  $old    The `asin` and `marketplace` of the product to replace.
 * @param string $search The search terms of the user.
 */
function print_replacement_candidates( array $old, string $search ): void {
	$found = Replacement\find_candidates( $search, $old );
	if ( ! $found ) {
		printf( '<p>%s</p>', esc_html__( 'No imported product matches. Import the product first, under AmzLinkr → Search or Import.', 'amzlinkr' ) );
		return;
	}
	echo '<ul class="amzlinkr-candidates">';
	foreach ( $found as $product ) {
		$name = trim( "{$product['title']} {$product['asin']} ({$product['marketplace']})" );
		$url  = Attention\get_url(
			array(
				'replace' => Uses\get_key( $old ),
				'with'    => Uses\get_key( $product ),
			)
		);
		printf(
			'<li><span>%s</span> <a class="button" href="%s">%s<span class="screen-reader-text">: %s</span></a></li>',
			esc_html( $name ),
			esc_url( $url ),
			esc_html__( 'Show which posts change', 'amzlinkr' ),
			esc_html( $name )
		);
	}
	echo '</ul>';
	if ( count( $found ) === Replacement\MAX_CANDIDATES ) {
		/* translators: %d: a number */
		printf( '<p>%s</p>', esc_html( sprintf( __( 'These are the first %d products. Search for others.', 'amzlinkr' ), Replacement\MAX_CANDIDATES ) ) );
	}
}

/**
 * Prints which posts change, and the form that confirms it.
 *
 * If the time was over before all posts were searched, the page states that, and another page continues the search.
 *
 * @param array  $old      The `asin` and `marketplace` of the product to replace.
 * @param array  $new      The `asin` and `marketplace` of the new product.
 * @param string $position The position at which the search continues, or an empty string.
 */
function print_replacement_plan( array $old, array $new, string $position ): void {
	list( $uses, $is_complete, $next ) = Uses\find( array( $old ), false, $position );

	$product = Products\find( $new['asin'], $new['marketplace'] );
	$plan    = Replacement\plan( $uses[ Uses\get_key( $old ) ], $old, $new );
	$changed = array_filter( $plan, static fn( $post ) => '' === $post['problem'] );
	$later   = array_filter( $plan, static fn( $post ) => 'later' === $post['problem'] );
	$others  = array_diff_key( $plan, $changed, $later );
	/* translators: %s: the name of a product */
	printf( '<h2>%s</h2>', esc_html( sprintf( __( 'The new product: %s', 'amzlinkr' ), trim( "{$product['title']} {$product['asin']} ({$product['marketplace']})" ) ) ) );
	if ( $later ) {
		$is_complete = $is_complete && count( $changed ) === Replacement\MAX_POSTS;
		$next        = Uses\get_position( (int) array_key_last( array_diff_key( $plan, $later ) ) );
	}
	if ( ! $is_complete ) {
		$query = array(
			'replace' => Uses\get_key( $old ),
			'with'    => Uses\get_key( $new ),
			'after'   => $next,
		);
		print_search_notice( Attention\get_url( $query ) );
	}
	if ( $changed ) {
		/* translators: %d: a number of posts */
		printf( '<h3>%s</h3>', esc_html( sprintf( __( 'Posts that change: %d', 'amzlinkr' ), count( $changed ) ) ) );
		print_planned_posts( $changed );
		print_replacement_form( $old, $new, $changed, $position );
	} else {
		printf( '<p>%s</p>', esc_html( $is_complete && '' === $position ? __( 'No post would change.', 'amzlinkr' ) : __( 'None of the searched posts would change.', 'amzlinkr' ) ) );
	}
	if ( $later ) {
		/* translators: 1: a number of posts in one step, 2: a number of posts */
		printf( '<p>%s</p>', esc_html( sprintf( __( 'Up to %1$d posts change in one step. Posts in later steps: %2$d', 'amzlinkr' ), Replacement\MAX_POSTS, count( $later ) ) ) );
	}
	if ( $others ) {
		/* translators: %d: a number of posts */
		printf( '<h3>%s</h3>', esc_html( sprintf( __( 'Posts that do not change: %d', 'amzlinkr' ), count( $others ) ) ) );
		print_planned_posts( $others );
	}
}

/**
 * Prints posts with what would happen to each.
 *
 * @param array[] $posts Entries of Replacement\plan().
 */
function print_planned_posts( array $posts ): void {
	echo '<ul class="amzlinkr-posts">';
	foreach ( $posts as $id => $post ) {
		$is_hidden = 'not_allowed' === $post['problem'];
		/* translators: %d: the ID of a post */
		echo '<li>' . ( $is_hidden ? esc_html( sprintf( __( 'Post %d', 'amzlinkr' ), $id ) ) : get_post_link( $id ) ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped in the function.
		if ( '' !== $post['problem'] ) {
			echo ' – ' . esc_html( Replacement\get_problem_text( $post['problem'] ) );
		} elseif ( $post['own'] ) {
			/* translators: %s: titles and other texts */
			echo '<br>' . esc_html( sprintf( __( 'Your own title, text and picture stay. Check them afterwards: %s', 'amzlinkr' ), '“' . implode( '”, “', $post['own'] ) . '”' ) );
		}
		echo '</li>';
		Uses\release( $id );
	}
	echo '</ul>';
}

/**
 * Prints the form that confirms the replacement in the posts that the user sees.
 *
 * @param array   $old      The `asin` and `marketplace` of the product to replace.
 * @param array   $new      The `asin` and `marketplace` of the new product.
 * @param array[] $posts    Entries of Replacement\plan() that change.
 * @param string  $position The position at which the search of the page has begun.
 */
function print_replacement_form( array $old, array $new, array $posts, string $position ): void {
	printf( '<p>%s</p>', esc_html__( 'Only the ASIN and, if necessary, the marketplace of these blocks and shortcodes are replaced. Each post keeps a revision. To undo a change, open the post, then Revisions, and restore the one before it.', 'amzlinkr' ) );
	Actions\print_form_start( 'replace_product' );
	printf( '<input type="hidden" name="replace" value="%s">', esc_attr( Uses\get_key( $old ) ) );
	printf( '<input type="hidden" name="with" value="%s">', esc_attr( Uses\get_key( $new ) ) );
	printf( '<input type="hidden" name="after" value="%s">', esc_attr( $position ) );
	foreach ( $posts as $id => $post ) {
		printf( '<input type="hidden" name="posts[]" value="%s">', esc_attr( "$id:{$post['hash']}" ) );
	}
	/* translators: %d: a number of posts */
	submit_button( sprintf( __( 'Replace in these posts (%d)', 'amzlinkr' ), count( $posts ) ), 'primary', 'confirm', false );
	echo '</form>';
}

/**
 * Prints what the last replacement by the current user has done, once.
 */
function print_replacement_results(): void {
	$results = get_transient( RESULTS . get_current_user_id() );
	if ( ! is_array( $results ) ) {
		return;
	}
	delete_transient( RESULTS . get_current_user_id() );
	$changed = array_keys( $results, '', true );
	printf( '<div class="notice notice-%s inline"><p><strong>', $changed ? 'success' : 'error' );
	/* translators: %d: a number of posts */
	echo esc_html( sprintf( __( 'Posts that were changed: %d', 'amzlinkr' ), count( $changed ) ) ) . '</strong></p>';
	if ( $changed ) {
		printf( '<p>%s</p>', esc_html__( 'To undo a change, open the post, then Revisions, and restore the one before it.', 'amzlinkr' ) );
	}
	echo '<ul class="amzlinkr-posts">';
	foreach ( $results as $id => $problem ) {
		/* translators: %d: the ID of a post */
		$link = Uses\can_edit( $id ) ? get_post_link( $id ) : esc_html( sprintf( __( 'Post %d', 'amzlinkr' ), $id ) );
		echo '<li>' . $link; // phpcs:ignore WordPress.Security.EscapeOutput -- escaped in the function.
		echo '' === $problem ? get_undo_link( $id ) : ' – ' . esc_html( Replacement\get_problem_text( $problem ) ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped in the function.
		echo '</li>';
		Uses\release( $id );
	}
	echo '</ul></div>';
}

/**
 * Returns the link to the revisions of a post.
 *
 * @param int $id The ID of a post.
 * @return string HTML, or an empty string without revisions.
 */
function get_undo_link( int $id ): string {
	$query     = array(
		'numberposts' => 1,
		'fields'      => 'ids',
	);
	$revisions = wp_get_post_revisions( $id, $query );
	$newest    = reset( $revisions );
	return $newest ? sprintf(
		' – <a href="%s">%s<span class="screen-reader-text">: %s</span></a>',
		esc_url( add_query_arg( 'revision', $newest, admin_url( 'revision.php' ) ) ),
		esc_html__( 'Revisions', 'amzlinkr' ),
		esc_html( get_post_title( $id ) )
	) : '';
}
