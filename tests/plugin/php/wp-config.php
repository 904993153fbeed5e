<?php
/**
 * Configuration of a test site: defines the constants from settings.json in the site's folder.
 */

$settings = json_decode( file_get_contents( dirname( __DIR__ ) . '/settings.json' ), true );
foreach ( $settings as $name => $value ) {
	define( $name, $value );
}
$table_prefix = 'wp_';
require_once ABSPATH . 'wp-settings.php';
