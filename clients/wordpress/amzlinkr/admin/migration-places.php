<?php
/**
 * The list of places with Amazon products: what was found in each, with the old and the new text.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Actions;
use AmzLinkr\MigrationAction;
use AmzLinkr\MigrationLabels;
use AmzLinkr\MigrationMap;
use AmzLinkr\MigrationPlaces;
use AmzLinkr\MigrationRewriting;
use AmzLinkr\Replacement;
use AmzLinkr\Uses;

defined( 'ABSPATH' ) || exit;

/** The maximum number of links of one place that are listed, and of bytes of a text that are shown without a click. */
const MAX_LISTED_LINKS = 20;
const MAX_SHOWN_BYTES  = 300;

/**
 * Prints links that select a kind of findings, with the number of places of each.
 *
 * @param int[]  $counts   The number of places by kind.
 * @param string $selected The selected kind, or an empty string for all.
 */
function print_migration_filter( array $counts, string $selected ): void {
	printf( '<nav aria-label="%s"><ul class="subsubsub amzlinkr-kinds">', esc_attr__( 'Kinds of findings', 'amzlinkr' ) );
	foreach ( array_merge( array( '' ), MigrationLabels\KINDS, array_keys( MigrationMap\PLUGINS ) ) as $kind ) {
		if ( '' === $kind || ! empty( $counts[ $kind ] ) ) {
			printf(
				'<li><a href="%s"%s>%s <span class="count">(%s)</span></a></li>',
				esc_url( MigrationAction\get_url( '' === $kind ? array() : array( 'kind' => $kind ) ) ),
				$kind === $selected ? ' class="current" aria-current="page"' : '',
				esc_html( MigrationLabels\get_kind( $kind ) ),
				esc_html( number_format_i18n( $counts[ $kind ] ?? 0 ) )
			);
		}
	}
	echo '</ul></nav><div class="clear"></div>';
}

/**
 * Prints places, with a form that changes the posts among them.
 *
 * @param string[] $places The names of the places.
 * @param string   $kind   The selected kind.
 */
function print_migration_places( array $places, string $kind ): void {
	if ( ! $places ) {
		printf( '<p>%s</p>', esc_html__( 'Nothing of this kind is left.', 'amzlinkr' ) );
		return;
	}
	$ready = 0;
	$until = microtime( true ) + Uses\get_max_seconds();
	Actions\print_form_start( 'rewrite_posts' );
	printf( '<input type="hidden" name="kind" value="%s">', esc_attr( $kind ) );
	echo '<ul class="amzlinkr-places">';
	foreach ( $places as $place ) {
		echo '<li>';
		if ( microtime( true ) >= $until ) {
			echo esc_html( $place ) . ' – ' . esc_html( Replacement\get_problem_text( 'later' ) );
		} elseif ( MigrationPlaces\can_see( $place ) ) {
			$ready += print_migration_place( $place ) ? 1 : 0;
		} else {
			/* translators: %s: the name of a place, such as post:12 */
			echo esc_html( sprintf( __( '%s: You are not allowed to edit it.', 'amzlinkr' ), $place ) );
		}
		echo '</li>';
	}
	echo '</ul>';
	if ( $ready ) {
		printf( '<p>%s</p>', esc_html__( 'Only the texts that are shown above are replaced. Each post keeps a revision of the content before.', 'amzlinkr' ) );
		/* translators: %d: a number of posts */
		submit_button( sprintf( __( 'Replace in the checked posts on this page (%d)', 'amzlinkr' ), $ready ), 'primary', 'confirm', false );
	}
	echo '</form>';
}

/**
 * Prints a place.
 *
 * @param string $place The name of the place.
 * @return bool Whether its post can be changed.
 */
function print_migration_place( string $place ): bool {
	list( $kind, $id ) = explode( ':', $place, 2 );
	$plan              = 'post' === $kind ? MigrationRewriting\plan( (int) $id ) : array(
		'problem'  => 'only_posts',
		'examined' => MigrationPlaces\examine( $place, MigrationPlaces\read( $place ) ?? array() ),
	);
	$is_ready          = '' === $plan['problem'];
	$title             = get_migration_title( $kind, $id );
	/* translators: %s: the title of a post */
	echo $is_ready ? sprintf( '<input type="checkbox" name="posts[]" value="%s" id="%s" checked> <label class="screen-reader-text" for="%2$s">%3$s</label>', esc_attr( "$id:{$plan['hash']}" ), esc_attr( "amzlinkr-place-$id" ), esc_html( sprintf( __( 'Replace in “%s”', 'amzlinkr' ), get_post_title( (int) $id ) ) ) ) : ''; // phpcs:ignore WordPress.Security.EscapeOutput -- escaped.
	echo '<strong>' . $title . '</strong>'; // phpcs:ignore WordPress.Security.EscapeOutput -- escaped in the function.
	if ( ! $is_ready && ! in_array( $plan['problem'], array( 'nothing', 'only_posts' ), true ) ) {
		echo ' – ' . esc_html( MigrationLabels\get_post_reason( $plan['problem'] ) );
	} elseif ( 'only_posts' === $plan['problem'] && $plan['examined']['found'] ) {
		echo ' – ' . esc_html__( 'Nothing is replaced here, because it keeps no revisions. Show the shortcodes with step 3, or edit it yourself.', 'amzlinkr' );
	}
	print_migration_found( $plan['examined']['found'], 'post' === $kind );
	print_migration_links( $plan['examined']['links'] );
	if ( 'widget' !== $kind ) {
		Uses\release( (int) $id );
	}
	return $is_ready;
}

/**
 * Returns the title of a place, with a link to its editor.
 *
 * @param string $kind The kind of the place.
 * @param string $id   The rest of its name.
 * @return string HTML.
 */
function get_migration_title( string $kind, string $id ): string {
	if ( 'widget' === $kind ) {
		/* translators: %s: the name of a widget, such as text-3 */
		return sprintf( '<a href="%s">%s</a>', esc_url( admin_url( 'widgets.php' ) ), esc_html( sprintf( __( 'Widget %s', 'amzlinkr' ), $id ) ) );
	}
	return get_post_link( (int) $id ) . ( 'elementor' === $kind ? ' ' . esc_html__( '(page builder Elementor)', 'amzlinkr' ) : '' );
}

/**
 * Prints the shortcodes and blocks of a place, with the text in place of each or the reason why it stays.
 *
 * @param array[] $all      The `found` of a plan, or of MigrationPlaces\examine().
 * @param bool    $has_plan Whether it is of a plan.
 */
function print_migration_found( array $all, bool $has_plan ): void {
	echo $all ? '<ul>' : '';
	foreach ( $all as $found ) {
		$name = '' === $found['plugin'] ? $found['name'] : MigrationMap\get_name( $found['plugin'] );
		echo '<li>' . esc_html( $name ) . ': ';
		print_migration_text( $found['text'] );
		if ( '' !== $found['result']['problem'] ) {
			echo '<br><strong>' . esc_html__( 'Not supported', 'amzlinkr' ) . '</strong>: ' . esc_html( MigrationLabels\get_reason( $found['result']['problem'] ) );
		} elseif ( $has_plan && null !== $found['replacement'] ) {
			echo '<br>' . esc_html__( 'New:', 'amzlinkr' ) . ' ';
			print_migration_text( $found['replacement'] );
		}
		if ( '' === $found['result']['problem'] && $found['result']['lost'] ) {
			/* translators: %s: the names of attributes, such as template, grid */
			echo '<br>' . esc_html( wp_check_invalid_utf8( sprintf( __( 'Without an equivalent: %s', 'amzlinkr' ), implode( ', ', $found['result']['lost'] ) ), true ) );
		}
		echo '</li>';
	}
	echo $all ? '</ul>' : '';
}

/**
 * Prints a text of a post as text. A long one opens with a click.
 *
 * @param string $text The text.
 */
function print_migration_text( string $text ): void {
	$text = wp_check_invalid_utf8( $text, true );
	if ( strlen( $text ) <= MAX_SHOWN_BYTES ) {
		echo '<code>' . esc_html( $text ) . '</code>';
		return;
	}
	printf( '<details><summary><code>%s…</code></summary><code>%s</code></details>', esc_html( mb_substr( $text, 0, 100 ) ), esc_html( $text ) );
}

/**
 * Prints the links of a place. A short link opens in the browser only when the user clicks it.
 *
 * @param array[] $links The `links` of MigrationPlaces\examine().
 */
function print_migration_links( array $links ): void {
	$links = array_values( array_unique( $links, SORT_REGULAR ) );
	echo $links ? '<ul>' : '';
	foreach ( array_slice( $links, 0, MAX_LISTED_LINKS ) as $link ) {
		$url = wp_check_invalid_utf8( $link['url'], true );
		echo '<li>' . esc_html( MigrationLabels\get_link_label( $link['kind'] ) ) . ' ';
		printf( '<a href="%s" target="_blank" rel="noopener noreferrer nofollow"><code>%s</code></a>', esc_url( $url, array( 'https', 'http' ) ), esc_html( $url ) );
		echo '' === $link['asin'] ? '' : ' ' . esc_html( "{$link['asin']} ({$link['marketplace']})" );
		echo '</li>';
	}
	if ( count( $links ) > MAX_LISTED_LINKS ) {
		/* translators: %d: a number */
		echo '<li>' . esc_html( sprintf( __( 'and %d more', 'amzlinkr' ), count( $links ) - MAX_LISTED_LINKS ) ) . '</li>';
	}
	echo $links ? '</ul>' : '';
}
