<?php
/**
 * The menu, its pages, and the scripts they need.
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Accounts;
use AmzLinkr\Connection;
use AmzLinkr\Rest;
use AmzLinkr\SiteHealth;

use const AmzLinkr\FILE;
use const AmzLinkr\VERSION;

defined( 'ABSPATH' ) || exit;

const PAGES = array( 'connect', 'products', 'search', 'import', 'settings' );

add_action( 'admin_menu', __NAMESPACE__ . '\add_menu' );
add_action( 'admin_enqueue_scripts', __NAMESPACE__ . '\enqueue' );
add_filter( 'plugin_action_links_' . plugin_basename( FILE ), __NAMESPACE__ . '\add_link' );

/**
 * AmzLinkr → Products, Search, Import, Settings; until the site is connected, one page to connect it, which
 * also takes the place of the products once the service does not know the site any more.
 */
function add_menu(): void {
	if ( ! Connection\is_made() ) {
		add_menu_page( 'AmzLinkr', 'AmzLinkr', Rest\FOR_OWNERS, 'amzlinkr', page( 'connect' ), 'dashicons-cart', 58 );
		return;
	}
	$may_connect = current_user_can( Rest\FOR_OWNERS ) && ! Connection\is_elsewhere() && SiteHealth\lost();
	$products    = page( $may_connect ? 'connect' : 'products' );
	add_menu_page( 'AmzLinkr', 'AmzLinkr', Rest\FOR_WRITERS, 'amzlinkr', $products, 'dashicons-cart', 58 );
	add_submenu_page( 'amzlinkr', __( 'Products', 'amzlinkr' ) . ' – AmzLinkr', __( 'Products', 'amzlinkr' ), Rest\FOR_WRITERS, 'amzlinkr', $products );
	$pages = array(
		array( __( 'Search', 'amzlinkr' ), Rest\FOR_WRITERS, 'amzlinkr-search', 'search' ),
		array( __( 'Import', 'amzlinkr' ), Rest\FOR_AUTHORS, 'amzlinkr-import', 'import' ),
		array( __( 'Settings', 'amzlinkr' ), Rest\FOR_OWNERS, 'amzlinkr-settings', 'settings' ),
	);
	foreach ( $pages as list( $title, $capability, $slug, $name ) ) {
		add_submenu_page( 'amzlinkr', "$title – AmzLinkr", $title, $capability, $slug, page( $name ) );
	}
}

/**
 * What shows a page: its name is the name of its file.
 */
function page( string $name ): callable {
	return static function () use ( $name ) {
		echo '<div class="wrap amzlinkr">';
		require __DIR__ . "/$name.php";
		echo '</div>';
	};
}

function enqueue( string $screen ): void {
	if ( false === strpos( $screen, 'amzlinkr' ) ) {
		return;
	}
	wp_enqueue_style( 'amzlinkr-admin', plugins_url( 'assets/admin.css', FILE ), array(), VERSION );
	enqueue_script( 'amzlinkr-admin', 'admin', array( 'wp-a11y', 'wp-api-fetch', 'wp-i18n' ) );
	wp_add_inline_script( 'amzlinkr-admin', 'var amzlinkrData = ' . wp_json_encode( data(), JSON_HEX_TAG | JSON_HEX_AMP ) . ';', 'before' );
	foreach ( PAGES as $page ) {
		if ( file_exists( dirname( FILE ) . "/assets/$page.js" ) ) {
			enqueue_script( "amzlinkr-$page", $page, array( 'amzlinkr-admin' ) );
		}
	}
}

function enqueue_script( string $handle, string $file, array $needs ): void {
	wp_enqueue_script( $handle, plugins_url( "assets/$file.js", FILE ), $needs, VERSION, true );
	wp_set_script_translations( $handle, 'amzlinkr', dirname( FILE ) . '/languages' );
}

/**
 * What the pages' scripts begin with; nothing of it is secret.
 */
function data(): array {
	return array(
		'accounts'  => current_user_can( Rest\FOR_OWNERS ) ? array_map( 'AmzLinkr\Rest\described', Accounts\all() ) : array(),
		'decimals'  => array_column( Accounts\marketplaces(), 'decimals', 'code' ),
		'mayImport' => current_user_can( Rest\FOR_AUTHORS ),
	);
}

function add_link( array $links ): array {
	$url = admin_url( Connection\is_made() ? 'admin.php?page=amzlinkr-settings' : 'admin.php?page=amzlinkr' );
	array_unshift( $links, sprintf( '<a href="%s">%s</a>', esc_url( $url ), esc_html__( 'Settings', 'amzlinkr' ) ) );
	return $links;
}

/**
 * The head of a page: its title, and the state of each Amazon account, always in sight.
 */
function head( string $title ): void {
	printf( '<h1>%s</h1><hr class="wp-header-end">', esc_html( $title ) );
	echo '<ul class="amzlinkr-states" aria-label="' . esc_attr__( 'Amazon accounts', 'amzlinkr' ) . '">';
	foreach ( Accounts\all() as $account ) {
		printf(
			'<li class="%s">%s: %s</li>',
			Accounts\is_fine( $account ) ? 'is-fine' : 'is-broken',
			esc_html( $account['marketplace'] ),
			esc_html( Accounts\in_words( $account['state'] ) )
		);
	}
	if ( ! Accounts\all() ) {
		echo '<li class="is-broken">' . esc_html__( 'No Amazon account is connected yet: enter its keys under Settings → API.', 'amzlinkr' ) . '</li>';
	}
	echo '</ul><noscript><p>' . esc_html__( 'These pages need JavaScript.', 'amzlinkr' ) . '</p></noscript>';
}

/**
 * A select of marketplaces.
 *
 * @param array $codes Which, like `array( 'US', 'DE' )`.
 */
function marketplace_select( string $name, array $codes ): void {
	printf( '<select name="%1$s" id="amzlinkr-%1$s">', esc_attr( $name ) );
	foreach ( $codes as $code ) {
		$marketplace = Accounts\marketplaces()[ $code ] ?? array( 'name' => $code, 'domain' => '' );
		printf(
			'<option value="%s" %s>%s</option>',
			esc_attr( $code ),
			selected( $code, Accounts\primary(), false ),
			esc_html( trim( "{$marketplace['name']} ({$marketplace['domain']})" ) )
		);
	}
	echo '</select>';
}
