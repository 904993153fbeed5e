<?php
/**
 * Settings: API, Display, Connection.
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Accounts;
use AmzLinkr\Actions;
use AmzLinkr\Box;
use AmzLinkr\Connection;

defined( 'ABSPATH' ) || exit;

$tabs = array(
	'api'        => __( 'API', 'amzlinkr' ),
	'display'    => __( 'Display', 'amzlinkr' ),
	'connection' => __( 'Connection', 'amzlinkr' ),
);
$open = sanitize_key( wp_unslash( $_GET['tab'] ?? 'api' ) ); // phpcs:ignore WordPress.Security.NonceVerification -- only chooses what is shown.
$open = isset( $tabs[ $open ] ) ? $open : 'api';

print_page_header( __( 'Settings', 'amzlinkr' ) );
echo '<nav class="nav-tab-wrapper">';
foreach ( $tabs as $name => $label ) {
	printf(
		'<a class="nav-tab %s" href="%s">%s</a>',
		$name === $open ? 'nav-tab-active' : '',
		esc_url( admin_url( "admin.php?page=amzlinkr-settings&tab=$name" ) ),
		esc_html( $label )
	);
}
echo '</nav>';
require __DIR__ . "/settings-$open.php";
