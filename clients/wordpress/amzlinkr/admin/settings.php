<?php
/**
 * The settings page with the tabs API, Display and Connection.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Withheld;

defined( 'ABSPATH' ) || exit;

$amzlinkr_tabs = array(
	'api'        => __( 'API', 'amzlinkr' ),
	'display'    => __( 'Display', 'amzlinkr' ),
	'connection' => __( 'Connection', 'amzlinkr' ),
);
$amzlinkr_open = sanitize_key( wp_unslash( $_GET['tab'] ?? 'api' ) ); // phpcs:ignore WordPress.Security.NonceVerification -- only selects the tab to show.
$amzlinkr_open = isset( $amzlinkr_tabs[ $amzlinkr_open ] ) ? $amzlinkr_open : 'api';

print_page_header( __( 'Settings', 'amzlinkr' ) );
echo '<nav class="nav-tab-wrapper">';
foreach ( $amzlinkr_tabs as $amzlinkr_name => $amzlinkr_label ) {
	printf(
		'<a class="nav-tab %s" href="%s">%s</a>',
		$amzlinkr_name === $amzlinkr_open ? 'nav-tab-active' : '',
		esc_url( admin_url( "admin.php?page=amzlinkr-settings&tab=$amzlinkr_name" ) ),
		esc_html( $amzlinkr_label )
	);
}
echo '</nav>';
foreach ( Withheld\get_descriptions() as $amzlinkr_description ) {
	printf( '<div class="notice notice-warning inline amzlinkr-withheld"><p>%s</p></div>', esc_html( $amzlinkr_description ) );
}
require __DIR__ . "/settings-$amzlinkr_open.php";
