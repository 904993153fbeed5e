<?php
/**
 * Every request WordPress makes is written down, and those to other machines are answered here.
 * An answer, and not an error: WordPress complains in its log of wordpress.org being out of reach.
 */

add_filter(
	'pre_http_request',
	static function ( $answer, $arguments, $url ) {
		$asked = array(
			'method' => $arguments['method'],
			'url'    => $url,
		);
		file_put_contents( GROUND_REQUESTS, wp_json_encode( $asked ) . "\n", FILE_APPEND | LOCK_EX );
		$host = wp_parse_url( $url, PHP_URL_HOST );
		if ( false !== $answer || in_array( $host, array( '127.0.0.1', 'localhost' ), true ) ) {
			return $answer;
		}
		return array(
			'headers'  => array(),
			'body'     => '',
			'response' => array(
				'code'    => 503,
				'message' => 'No way out of the tests',
			),
			'cookies'  => array(),
			'filename' => null,
		);
	},
	PHP_INT_MAX,
	3
);

add_filter( 'pre_wp_mail', '__return_true' );

// The news on the dashboard log a notice when there are none.
add_action(
	'wp_dashboard_setup',
	static function () {
		remove_meta_box( 'dashboard_primary', 'dashboard', 'side' );
	}
);

// WordPress 6.1 shows its login page by logging in with neither, and PHP 8.2 complains of null.
add_action(
	'wp_authenticate',
	static function ( &$user, &$password ) {
		$user     = (string) $user;
		$password = (string) $password;
	},
	10,
	2
);
