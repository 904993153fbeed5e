<?php
/**
 * Router of PHP's built-in web server: serves existing files and passes all other requests to WordPress.
 */

$root = $_SERVER['DOCUMENT_ROOT'];
$path = rawurldecode( parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH ) ?: '/' );

if ( preg_match( '#/\.(?!well-known/)#', $path ) ) {
	http_response_code( 403 );
	return true;
}
if ( is_dir( $root . $path ) && ! str_ends_with( $path, '/' ) ) {
	header( 'Location: ' . $path . '/', true, 301 );
	return true;
}
if ( is_file( $root . $path ) || is_file( $root . $path . 'index.php' ) ) {
	return false;
}
$_SERVER['SCRIPT_NAME']     = '/index.php';
$_SERVER['PHP_SELF']        = '/index.php';
$_SERVER['SCRIPT_FILENAME'] = $root . '/index.php';
require $root . '/index.php';
