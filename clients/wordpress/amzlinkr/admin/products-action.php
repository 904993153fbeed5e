<?php
/**
 * The actions of the list of products, and the screen options of its page.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\ProductsAction;

use AmzLinkr\Admin;
use AmzLinkr\Admin\Products_Table;
use AmzLinkr\Notices;
use AmzLinkr\ProductList;
use AmzLinkr\ProductNames;
use AmzLinkr\ProductRemoval;
use AmzLinkr\Rest;
use WP_Error;

defined( 'ABSPATH' ) || exit;

const SCREEN = 'toplevel_page_amzlinkr';

/** The nonce of each form and link of the page, as WP_List_Table names it. */
const NONCE = 'bulk-products';

/** The capability that each action requires. */
const CAPABILITIES = array(
	'remove'    => Rest\CAPABILITY_EDIT,
	'refresh'   => Rest\CAPABILITY_EDIT,
	'shortcode' => Rest\CAPABILITY_SEARCH,
);

/** The user option of the number of products on a page, and its limits. */
const PAGE_SIZE_OPTION  = 'amzlinkr_products_per_page';
const DEFAULT_PAGE_SIZE = 20;
const MAX_PAGE_SIZE     = 200;

add_action( 'load-' . SCREEN, __NAMESPACE__ . '\prepare_page' );
add_filter( 'set_screen_option_' . PAGE_SIZE_OPTION, static fn( $screen_option, $option, $value ) => max( 1, min( MAX_PAGE_SIZE, (int) $value ) ), 10, 3 );

/**
 * Runs the action of a submitted form, or prepares the screen options of the page.
 */
function prepare_page(): void {
	if ( ! Admin\shows_products() ) {
		return;
	}
	// phpcs:disable WordPress.Security.NonceVerification -- run() verifies it, and a form without an action only selects what the page shows.
	$fields = wp_unslash( $_REQUEST ); // phpcs:ignore WordPress.Security -- each field is checked below.
	$action = get_action( $fields );
	if ( '' !== $action || isset( $_POST['shown'] ) ) {
		if ( '' !== $action ) {
			run( $action, $fields );
		}
		wp_safe_redirect( get_return_url( $fields ) );
		exit;
	}
	// phpcs:enable WordPress.Security.NonceVerification
	add_screen_option(
		'per_page',
		array(
			'option'  => PAGE_SIZE_OPTION,
			'default' => DEFAULT_PAGE_SIZE,
		)
	);
	require_once __DIR__ . '/class-products-table.php';
	// The constructor adds the columns to the screen options.
	new Products_Table();
}

/**
 * Returns the action that a request names. The button of the filter names none.
 *
 * @param array $fields The unslashed fields of the request.
 * @return string A key of CAPABILITIES, or an empty string.
 */
function get_action( array $fields ): string {
	foreach ( array( 'action', 'action2' ) as $name ) {
		$action = $fields[ $name ] ?? '';
		if ( is_string( $action ) && isset( CAPABILITIES[ $action ] ) ) {
			return isset( $fields['filter_action'] ) ? '' : $action;
		}
	}
	return '';
}

/**
 * Runs an action and saves a notice about its result.
 *
 * @param string $action A key of CAPABILITIES.
 * @param array  $fields The unslashed fields of the request.
 */
function run( string $action, array $fields ): void {
	check_admin_referer( NONCE );
	if ( ! current_user_can( CAPABILITIES[ $action ] ) ) {
		wp_die( esc_html__( 'You are not allowed to do this. Ask an administrator of this site.', 'amzlinkr' ), 403 );
	}
	$products = parse_products( $fields['product'] ?? array() );
	if ( 'refresh' === $action ) {
		$result = Rest\refresh();
		Notices\save_notice( is_wp_error( $result ) ? $result : __( 'The service checks all prices within five minutes. The next sync then brings the changes to this site.', 'amzlinkr' ) );
	} elseif ( ! $products ) {
		Notices\save_notice( new WP_Error( 'no_products', __( 'No products are selected. Nothing was changed.', 'amzlinkr' ) ) );
	} elseif ( 'remove' === $action ) {
		save_removal_notice( ...ProductRemoval\remove( $products ) );
	} else {
		/* translators: %s: a shortcode */
		Notices\save_notice( sprintf( __( 'A shortcode with these products: %s', 'amzlinkr' ), get_shortcode( $products ) ) );
	}
}

/**
 * Saves a notice about a removal.
 *
 * @param int           $count The number of removed products.
 * @param WP_Error|null $error The error that ended the removal.
 */
function save_removal_notice( int $count, ?WP_Error $error ): void {
	/* translators: %d: a number */
	$text = sprintf( __( 'Products removed: %d.', 'amzlinkr' ), $count );
	if ( $error && $count ) {
		$error = new WP_Error( $error->get_error_code(), "$text {$error->get_error_message()}", $error->get_error_data() );
	}
	Notices\save_notice( $error ?? $text );
}

/**
 * Parses the selected products.
 *
 * @param mixed $keys Keys such as `US:B0…`.
 * @return array[] Products with `asin` and `marketplace`, each once.
 */
function parse_products( $keys ): array {
	$products = array();
	foreach ( array_slice( (array) $keys, 0, MAX_PAGE_SIZE ) as $key ) {
		if ( is_string( $key ) && preg_match( '~^([A-Z]{2}):([A-Z0-9]{10})\z~', $key, $parts ) ) {
			$products[ $key ] = array( 'asin' => $parts[2], 'marketplace' => $parts[1] );
		}
	}
	return array_values( $products );
}

/**
 * Returns the shortcode of products. The marketplace of the first one applies to all entries that are not URLs.
 *
 * @param array[] $products Products with `asin` and `marketplace`.
 */
function get_shortcode( array $products ): string {
	$marketplace = $products[0]['marketplace'];
	$entries     = array_map( static fn( $product ) => $product['marketplace'] === $marketplace ? $product['asin'] : ProductNames\get_address( $product ), $products );
	return sprintf( '[amzlinkr asin="%s" marketplace="%s"]', implode( ',', array_slice( array_filter( $entries ), 0, ProductNames\MAX_PRODUCTS ) ), $marketplace );
}

/**
 * Returns the URL of the page after a form, with the filters and the order of its fields.
 *
 * @param array $fields The unslashed fields of the request.
 */
function get_return_url( array $fields ): string {
	$filters = ProductList\parse( $fields );
	// Other filters have other pages.
	$is_same = ( $fields['shown'] ?? '' ) === get_shown( $filters );
	$page    = $is_same && is_string( $fields['paged'] ?? null ) ? (int) $fields['paged'] : 0;
	return ProductList\get_url( array( 'paged' => $page > 1 ? (string) $page : '' ) + $filters );
}

/**
 * Returns a text that differs for other filters.
 *
 * @param string[] $filters The result of ProductList\parse().
 */
function get_shown( array $filters ): string {
	return md5( implode( "\n", array( $filters['s'], $filters['status'], $filters['marketplace'] ) ) );
}
