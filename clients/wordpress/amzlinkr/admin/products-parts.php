<?php
/**
 * Parts of the list of products: its cells, the links of a row, and the filter by marketplace.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Accounts;
use AmzLinkr\Attention;
use AmzLinkr\Box;
use AmzLinkr\Labels;
use AmzLinkr\ProductList;
use AmzLinkr\ProductNames;
use AmzLinkr\Products;
use AmzLinkr\ProductsAction;
use AmzLinkr\Rest;
use AmzLinkr\Uses;

defined( 'ABSPATH' ) || exit;

/**
 * Prints the filter by marketplace.
 *
 * @param string[] $codes  Marketplace codes.
 * @param string   $chosen The chosen code, or an empty string for all.
 */
function print_marketplace_filter( array $codes, string $chosen ): void {
	echo '<div class="alignleft actions"><label class="screen-reader-text" for="amzlinkr-marketplace">' . esc_html__( 'Filter by marketplace', 'amzlinkr' ) . '</label>';
	echo '<select name="marketplace" id="amzlinkr-marketplace"><option value="">' . esc_html__( 'All marketplaces', 'amzlinkr' ) . '</option>';
	foreach ( $codes as $code ) {
		$name = Accounts\get_marketplaces()[ $code ]['name'] ?? $code;
		printf( '<option value="%s" %s>%s</option>', esc_attr( $code ), selected( $code, $chosen, false ), esc_html( $name ) );
	}
	echo '</select>';
	submit_button( __( 'Filter', 'amzlinkr' ), '', 'filter_action', false, array( 'id' => 'amzlinkr-filter' ) );
	echo '</div>';
}

/**
 * Prints hidden fields of a form.
 *
 * @param string[] $values Values by name.
 * @param string[] $names  The names of the fields. Empty fields are omitted.
 */
function print_hidden_fields( array $values, array $names ): void {
	foreach ( array_filter( array_intersect_key( $values, array_flip( $names ) ), 'strlen' ) as $name => $value ) {
		printf( '<input type="hidden" name="%s" value="%s">', esc_attr( $name ), esc_attr( $value ) );
	}
}

/**
 * Prints the checkbox of a product.
 *
 * @param array $product A product of Products_Table.
 */
function print_checkbox( array $product ): void {
	printf(
		'<label class="screen-reader-text" for="amzlinkr-%1$s">%2$s</label><input type="checkbox" name="product[]" value="%1$s" id="amzlinkr-%1$s">',
		esc_attr( Uses\get_key( $product ) ),
		/* translators: %s: the name of a product */
		esc_html( sprintf( __( 'Select %s', 'amzlinkr' ), get_product_name( $product ) ) )
	);
}

/**
 * Prints a cell of a product.
 *
 * @param array  $product     A product of Products_Table.
 * @param string $column      The name of the column.
 * @param bool   $is_complete Whether all posts were searched.
 */
function print_product_cell( array $product, string $column, bool $is_complete ): void {
	$box    = Box\get_template_data( $product['shown'] );
	$reason = Products\is_withheld( $product['shown'] ) ? Labels\get_withheld_reason( $product['shown']['price_status'] ) : '';
	$cells  = array(
		'price'     => array( $box['price'] ? trim( "{$box['price']} {$box['price_access']}" ) : '–', $box['availability'] ),
		'status'    => array( ProductList\get_label( $product['status'] ), $reason ),
		'seen'      => array( $box['as_of'] ? $box['as_of'] : '–', '' ),
		'added'     => array( $product['added_at'] ? (string) wp_date( get_option( 'date_format' ), $product['added_at'] ) : '–', '' ),
		'shortcode' => array( ProductsAction\get_shortcode( array( $product ) ), '' ),
	);
	if ( 'product' === $column ) {
		print_product_name( $product, $box );
	} elseif ( 'uses' === $column ) {
		echo get_uses_list( $product['posts'], $is_complete ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped in the function.
	} elseif ( isset( $cells[ $column ] ) ) {
		list( $text, $description ) = $cells[ $column ];
		printf( 'shortcode' === $column ? '<code>%s</code>' : '%s', esc_html( $text ) );
		echo '' === $description ? '' : '<br><span class="description">' . esc_html( $description ) . '</span>';
	}
}

/**
 * Prints the picture, the title, the brand and the ASIN of a product.
 *
 * @param array $product A product of Products_Table.
 * @param array $box     The data that may be shown of it now.
 */
function print_product_name( array $product, array $box ): void {
	if ( '' !== $box['image'] ) {
		printf( '<img src="%s" alt="" loading="lazy">', esc_url( $box['image'], array( 'https' ) ) );
	}
	$names = array_filter( array( $box['brand'], "{$product['asin']} ({$product['marketplace']})" ), 'strlen' );
	printf( '<strong>%s</strong>', esc_html( get_product_name( $product ) ) );
	printf( '<br><span class="description">%s</span>', esc_html( implode( ' · ', $names ) ) );
}

/**
 * Returns the title of a product that may be shown now, or its ASIN.
 *
 * @param array $product A product of Products_Table.
 */
function get_product_name( array $product ): string {
	return '' !== $product['shown']['title'] ? $product['shown']['title'] : $product['asin'];
}

/**
 * Returns the number of the posts that show a product, and links to the first of them.
 *
 * @param int[] $posts       The IDs of the posts.
 * @param bool  $is_complete Whether all posts were searched.
 * @return string HTML.
 */
function get_uses_list( array $posts, bool $is_complete ): string {
	if ( ! $posts ) {
		return $is_complete ? esc_html__( 'no post', 'amzlinkr' ) : '–';
	}
	/* translators: %s: a number */
	$number = sprintf( __( 'Posts: %s', 'amzlinkr' ), number_format_i18n( count( $posts ) ) );
	return esc_html( $number ) . get_post_list( $posts );
}

/**
 * Returns the links below the name of a product: Amazon's page, its replacement, and its removal.
 *
 * The link to Amazon has no tag: Amazon pays nothing for purchases by the owner.
 *
 * @param array    $product A product of Products_Table.
 * @param string[] $filters The filters of the page, to which the removal returns.
 * @return string[] HTML by name.
 */
function get_product_actions( array $product, array $filters ): array {
	$name    = '<span class="screen-reader-text"> ' . esc_html( get_product_name( $product ) ) . '</span>';
	$key     = Uses\get_key( $product );
	$actions = array();
	if ( current_user_can( Rest\CAPABILITY_EDIT ) && $product['posts'] && in_array( $product['status'], Attention\REPLACEABLE_KINDS, true ) ) {
		$actions['replace'] = sprintf( '<a href="%s">%s%s</a>', esc_url( Attention\get_url( array( 'replace' => $key ) ) ), esc_html__( 'Replace in all posts', 'amzlinkr' ), $name );
	}
	$address = ProductNames\get_address( $product );
	if ( '' !== $address ) {
		$actions['view'] = get_amazon_link( $address, __( 'View on Amazon', 'amzlinkr' ), $name );
	}
	if ( current_user_can( Rest\CAPABILITY_EDIT ) ) {
		$url = ProductList\get_url( array( 'action' => 'remove', 'product[]' => $key ) + $filters );

		$actions['delete'] = sprintf( '<a class="submitdelete" href="%s">%s%s</a>', esc_url( wp_nonce_url( $url, ProductsAction\NONCE ) ), esc_html__( 'Remove', 'amzlinkr' ), $name );
	}
	return $actions;
}
