<?php
/**
 * Runs code inside WordPress.
 *
 * Standard input, as JSON: `code`, `values` and `host`. The last line of standard output is the result of the
 * code as JSON, after the word RESULT.
 */

$input                     = json_decode( stream_get_contents( STDIN ), true );
$_SERVER['HTTP_HOST']      = $input['host'];
$_SERVER['REQUEST_METHOD'] = 'GET';
$_SERVER['REQUEST_URI']    = '/';
require $argv[1] . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/admin.php';

$result = ( static function () use ( $input ) {
	extract( $input['values'] );
	return eval( $input['code'] );
} )();
echo "\nRESULT", wp_json_encode( $result ), "\n";
