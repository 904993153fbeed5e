<?php
/**
 * Must-use plugin of the test sites: logs all outgoing requests and e-mails, and blocks those to other machines.
 */

add_filter(
	'pre_http_request',
	static function ( $response, $arguments, $url ) {
		$request = array(
			'method' => $arguments['method'],
			'url'    => $url,
		);
		file_put_contents( TEST_REQUEST_LOG, wp_json_encode( $request ) . "\n", FILE_APPEND | LOCK_EX );
		$host = wp_parse_url( $url, PHP_URL_HOST );
		if ( false !== $response || in_array( $host, array( '127.0.0.1', 'localhost' ), true ) ) {
			return $response;
		}
		// A response, not an error: WordPress logs a warning if wordpress.org cannot be reached.
		return array(
			'headers'  => array(),
			'body'     => '',
			'response' => array(
				'code'    => 503,
				'message' => 'Blocked by the tests',
			),
			'cookies'  => array(),
			'filename' => null,
		);
	},
	PHP_INT_MAX,
	3
);

add_filter(
	'pre_wp_mail',
	static function ( $result, $mail ) {
		file_put_contents( TEST_MAIL_LOG, wp_json_encode( $mail ) . "\n", FILE_APPEND | LOCK_EX );
		return ! defined( 'TEST_MAIL_FAILS' );
	},
	10,
	2
);

// The news widget logs a notice if its feed is empty.
add_action(
	'wp_dashboard_setup',
	static function () {
		remove_meta_box( 'dashboard_primary', 'dashboard', 'side' );
	}
);

// WordPress 6.1 passes null as user and password on its login page, which PHP 8.2 reports as deprecated.
add_action(
	'wp_authenticate',
	static function ( &$user, &$password ) {
		$user     = (string) $user;
		$password = (string) $password;
	},
	10,
	2
);
