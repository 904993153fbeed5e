<?php
// The settings of this one site are in a file beside it, made for it alone.
$settings = json_decode( file_get_contents( dirname( __DIR__ ) . '/settings.json' ), true );
foreach ( $settings as $name => $value ) {
	define( $name, $value );
}
$table_prefix = 'wp_';
require_once ABSPATH . 'wp-settings.php';
