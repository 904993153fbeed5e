<?php
/**
 * The admin menu, its pages, and their scripts and styles.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Accounts;
use AmzLinkr\AssociatesCentral;
use AmzLinkr\Connection;
use AmzLinkr\Rest;
use AmzLinkr\SiteHealth;

use const AmzLinkr\FILE;
use const AmzLinkr\VERSION;

defined( 'ABSPATH' ) || exit;

/** The pages with a script of the same name in assets/. */
const SCRIPTED_PAGES = array( 'products', 'attention', 'search', 'import', 'lists', 'migration', 'settings' );

add_action( 'admin_menu', __NAMESPACE__ . '\add_menu' );
add_action( 'admin_enqueue_scripts', __NAMESPACE__ . '\enqueue_assets' );
add_filter( 'plugin_action_links_' . plugin_basename( FILE ), __NAMESPACE__ . '\add_settings_link' );

/**
 * Adds the menu: Products, Needs attention, Search, Import, Lists, Find in posts and Settings.
 *
 * Before the site is connected, the menu has only the page that connects it. If the connection is lost, this page
 * replaces the products.
 */
function add_menu(): void {
	if ( ! Connection\is_connected() ) {
		add_menu_page( 'AmzLinkr', 'AmzLinkr', Rest\CAPABILITY_MANAGE, 'amzlinkr', get_page_renderer( 'connect' ), 'dashicons-cart', 58 );
		return;
	}
	$products = get_page_renderer( shows_products() ? 'products' : 'connect' );
	add_menu_page( 'AmzLinkr', 'AmzLinkr', Rest\CAPABILITY_SEARCH, 'amzlinkr', $products, 'dashicons-cart', 58 );
	add_submenu_page( 'amzlinkr', __( 'Products', 'amzlinkr' ) . ' – AmzLinkr', __( 'Products', 'amzlinkr' ), Rest\CAPABILITY_SEARCH, 'amzlinkr', $products );
	$pages = array(
		array( __( 'Needs attention', 'amzlinkr' ), Rest\CAPABILITY_EDIT, 'amzlinkr-attention', 'attention' ),
		array( __( 'Search', 'amzlinkr' ), Rest\CAPABILITY_SEARCH, 'amzlinkr-search', 'search' ),
		array( __( 'Import', 'amzlinkr' ), Rest\CAPABILITY_IMPORT, 'amzlinkr-import', 'import' ),
		array( __( 'Lists', 'amzlinkr' ), Rest\CAPABILITY_SEARCH, 'amzlinkr-lists', 'lists' ),
		array( __( 'Find in posts', 'amzlinkr' ), Rest\CAPABILITY_EDIT, 'amzlinkr-migration', 'migration' ),
		array( __( 'Settings', 'amzlinkr' ), Rest\CAPABILITY_MANAGE, 'amzlinkr-settings', 'settings' ),
	);
	foreach ( $pages as list( $title, $capability, $slug, $name ) ) {
		add_submenu_page( 'amzlinkr', "$title – AmzLinkr", $title, $capability, $slug, get_page_renderer( $name ) );
	}
}

/**
 * Returns whether the first page of the menu lists the products. Otherwise it connects the site.
 */
function shows_products(): bool {
	$can_reconnect = current_user_can( Rest\CAPABILITY_MANAGE ) && ! Connection\has_moved() && SiteHealth\get_lost_connection_problem();
	return Connection\is_connected() && ! $can_reconnect;
}

/**
 * Returns a function that prints a page.
 *
 * @param string $name The name of the page's file without its extension.
 */
function get_page_renderer( string $name ): callable {
	return static function () use ( $name ) {
		echo '<div class="wrap amzlinkr">';
		require __DIR__ . "/$name.php";
		echo '</div>';
	};
}

/**
 * Enqueues the scripts and styles on the pages of the plugin.
 *
 * @param string $screen The hook suffix of the current page.
 */
function enqueue_assets( string $screen ): void {
	if ( false === strpos( $screen, 'amzlinkr' ) ) {
		return;
	}
	wp_enqueue_style( 'amzlinkr-admin', plugins_url( 'assets/admin.css', FILE ), array(), VERSION );
	enqueue_script( 'amzlinkr-admin', 'admin', array( 'wp-a11y', 'wp-api-fetch', 'wp-i18n' ) );
	wp_add_inline_script( 'amzlinkr-admin', 'var amzlinkrData = ' . wp_json_encode( get_script_data(), JSON_HEX_TAG | JSON_HEX_AMP ) . ';', 'before' );
	foreach ( SCRIPTED_PAGES as $page ) {
		enqueue_script( "amzlinkr-$page", $page, array( 'amzlinkr-admin' ) );
	}
}

/**
 * Enqueues a script with its translations.
 *
 * @param string   $handle       The handle of the script.
 * @param string   $file         The name of its file in assets/ without its extension.
 * @param string[] $dependencies The handles of other scripts.
 */
function enqueue_script( string $handle, string $file, array $dependencies ): void {
	wp_enqueue_script( $handle, plugins_url( "assets/$file.js", FILE ), $dependencies, VERSION, true );
	wp_set_script_translations( $handle, 'amzlinkr', dirname( FILE ) . '/languages' );
}

/**
 * Returns the data for the scripts. It contains no secrets.
 *
 * @return array `accounts`, `associates` (links by marketplace code), `decimals` (of prices, likewise) and `mayImport`.
 */
function get_script_data(): array {
	return array(
		'accounts'   => current_user_can( Rest\CAPABILITY_MANAGE ) ? array_map( 'AmzLinkr\Rest\prepare_account', Accounts\get_all() ) : array(),
		'associates' => AssociatesCentral\get_links(),
		'decimals'   => array_column( Accounts\get_marketplaces(), 'decimals', 'code' ),
		'mayImport'  => current_user_can( Rest\CAPABILITY_IMPORT ),
	);
}

/**
 * Adds a link to the settings on the Plugins page.
 *
 * @param string[] $links The links of the plugin.
 */
function add_settings_link( array $links ): array {
	$url = admin_url( Connection\is_connected() ? 'admin.php?page=amzlinkr-settings' : 'admin.php?page=amzlinkr' );
	array_unshift( $links, sprintf( '<a href="%s">%s</a>', esc_url( $url ), esc_html__( 'Settings', 'amzlinkr' ) ) );
	return $links;
}

/**
 * Prints the header of a page: its title and the states of the Amazon accounts.
 *
 * @param string $title        The title.
 * @param bool   $needs_script Whether the page requires JavaScript.
 */
function print_page_header( string $title, bool $needs_script = true ): void {
	printf( '<h1>%s</h1><hr class="wp-header-end">', esc_html( $title ) );
	echo '<ul class="amzlinkr-states" aria-label="' . esc_attr__( 'Amazon accounts', 'amzlinkr' ) . '">';
	foreach ( Accounts\get_all() as $account ) {
		printf(
			'<li class="%s">%s: %s</li>',
			esc_attr( Accounts\get_state_class( $account ) ),
			esc_html( $account['marketplace'] ),
			esc_html( Accounts\get_state_label( $account['state'] ) )
		);
	}
	if ( ! Accounts\get_all() ) {
		echo '<li class="is-broken">' . esc_html__( 'No Amazon account is connected. Enter your Amazon keys, or your Associate tag alone, under Settings → API.', 'amzlinkr' ) . '</li>';
	}
	echo '</ul>';
	if ( $needs_script ) {
		echo '<noscript><p>' . esc_html__( 'These pages require JavaScript. Enable it in your browser.', 'amzlinkr' ) . '</p></noscript>';
	}
}

/**
 * Prints a select field of marketplaces.
 *
 * @param string   $name  The name of the field.
 * @param string[] $codes Marketplace codes, such as `US` and `DE`.
 */
function print_marketplace_select( string $name, array $codes ): void {
	printf( '<select name="%1$s" id="amzlinkr-%1$s">', esc_attr( $name ) );
	foreach ( $codes as $code ) {
		$unknown     = array(
			'name'   => $code,
			'domain' => '',
		);
		$marketplace = Accounts\get_marketplaces()[ $code ] ?? $unknown;
		printf(
			'<option value="%s" %s>%s</option>',
			esc_attr( $code ),
			selected( $code, Accounts\get_primary_marketplace(), false ),
			esc_html( trim( "{$marketplace['name']} ({$marketplace['domain']})" ) )
		);
	}
	echo '</select>';
}
