<?php
// Runs code inside WordPress. Standard input: {"code", "values", "host"}; what the code returns is
// the last line of standard output, as JSON behind the word ANSWER.
$asked                     = json_decode( stream_get_contents( STDIN ), true );
$_SERVER['HTTP_HOST']      = $asked['host'];
$_SERVER['REQUEST_METHOD'] = 'GET';
$_SERVER['REQUEST_URI']    = '/';
require $argv[1] . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/admin.php';

$value = ( static function () use ( $asked ) {
	extract( $asked['values'] );
	return eval( $asked['code'] );
} )();
echo "\nANSWER", wp_json_encode( $value ), "\n";
