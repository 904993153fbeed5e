<?php
/**
 * Parts of the page with the counted clicks: the choice of the period, and the tables.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Products;
use AmzLinkr\Uses;

defined( 'ABSPATH' ) || exit;

/** The maximum number of rows of each table. */
const MAX_CLICK_ROWS = 100;

const CLICK_PERIODS = array( 7, 30 );

/**
 * Prints links that select the period.
 *
 * @param int $selected The selected number of days.
 */
function print_click_periods( int $selected ): void {
	printf( '<nav aria-label="%s"><ul class="subsubsub amzlinkr-kinds">', esc_attr__( 'Period', 'amzlinkr' ) );
	foreach ( CLICK_PERIODS as $days ) {
		printf(
			'<li><a href="%s"%s>%s</a></li>',
			esc_url( admin_url( "admin.php?page=amzlinkr-clicks&days=$days" ) ),
			$days === $selected ? ' class="current" aria-current="page"' : '',
			/* translators: %d: a number of days */
			esc_html( sprintf( __( '%d days', 'amzlinkr' ), $days ) )
		);
	}
	echo '</ul></nav><div class="clear"></div>';
}

/**
 * Prints the clicks of each product.
 *
 * @param array[] $rows Rows of Clicks\get_sums() by product.
 */
function print_clicks_by_product( array $rows ): void {
	$stored = Products\load( array_column( $rows, 'asin' ) );
	$cells  = array();
	foreach ( $rows as $row ) {
		$product = $stored[ Uses\get_key( $row ) ] ?? null;
		$title   = $product ? Products\apply_expiry( $product )['title'] : '';
		$name    = "{$row['asin']} ({$row['marketplace']})";
		$cells[] = array( esc_html( '' !== $title ? "$title · $name" : $name ), $row['clicks'] );
	}
	print_click_table( 'amzlinkr-clicks-by-product', __( 'Product', 'amzlinkr' ), $cells );
}

/**
 * Prints the clicks of each post. Posts that the user may edit are links.
 *
 * @param array[] $rows Rows of Clicks\get_sums() by post.
 */
function print_clicks_by_post( array $rows ): void {
	$cells = array();
	foreach ( $rows as $row ) {
		$id    = (int) $row['post_id'];
		$title = get_the_title( $id );
		/* translators: %d: the ID of a post */
		$name    = esc_html( '' !== $title ? wp_strip_all_tags( $title ) : sprintf( __( 'Post %d', 'amzlinkr' ), $id ) );
		$cells[] = array( Uses\can_edit( $id ) ? sprintf( '<a href="%s">%s</a>', esc_url( (string) get_edit_post_link( $id, 'raw' ) ), $name ) : $name, $row['clicks'] );
	}
	print_click_table( 'amzlinkr-clicks-by-post', __( 'Post', 'amzlinkr' ), $cells );
}

/**
 * Prints a table of clicks.
 *
 * @param string  $id      The ID of the table.
 * @param string  $heading The heading of the first column.
 * @param array[] $cells   The HTML of the first cell and the number of clicks of each row.
 */
function print_click_table( string $id, string $heading, array $cells ): void {
	printf(
		'<table class="widefat fixed striped" id="%s"><thead><tr><th scope="col">%s</th><th scope="col">%s</th></tr></thead><tbody>',
		esc_attr( $id ),
		esc_html( $heading ),
		esc_html__( 'Clicks', 'amzlinkr' )
	);
	foreach ( $cells as list( $html, $clicks ) ) {
		printf( '<tr><td>%s</td><td>%s</td></tr>', wp_kses( $html, array( 'a' => array( 'href' => true ) ) ), esc_html( number_format_i18n( $clicks ) ) );
	}
	if ( ! $cells ) {
		printf( '<tr><td colspan="2">%s</td></tr>', esc_html__( 'No clicks were counted in this period.', 'amzlinkr' ) );
	}
	echo '</tbody></table>';
}
