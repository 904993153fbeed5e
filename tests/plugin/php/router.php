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
// Sites in folders of a network share the files, as the rewrite rules of WordPress have it.
if ( preg_match( '#^/[\w-]+(/(?:wp-(?:content|admin|includes)/.*|[^/]+\.php))$#', $path, $shared ) ) {
	$file = $root . $shared[1] . ( str_ends_with( $shared[1], '/' ) ? 'index.php' : '' );
	if ( str_ends_with( $file, '.php' ) && is_file( $file ) ) {
		$_SERVER['SCRIPT_NAME']     = substr( $file, strlen( $root ) );
		$_SERVER['PHP_SELF']        = $_SERVER['SCRIPT_NAME'];
		$_SERVER['SCRIPT_FILENAME'] = $file;
		chdir( dirname( $file ) );
		require $file;
		return true;
	}
	if ( is_file( $file ) ) {
		$types = array( 'css' => 'text/css', 'js' => 'text/javascript', 'svg' => 'image/svg+xml' );
		header( 'Content-Type: ' . ( $types[ pathinfo( $file, PATHINFO_EXTENSION ) ] ?? mime_content_type( $file ) ) );
		readfile( $file );
		return true;
	}
}
$_SERVER['SCRIPT_NAME']     = '/index.php';
$_SERVER['PHP_SELF']        = '/index.php';
$_SERVER['SCRIPT_FILENAME'] = $root . '/index.php';
require $root . '/index.php';
