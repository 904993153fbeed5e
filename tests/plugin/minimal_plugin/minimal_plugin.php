<?php
/**
 * Plugin Name: Minimal plugin
 * Description: Uses activation, scheduled events and a shortcode, to test the test environment.
 * Version: 1.0.0
 */

register_activation_hook(
	__FILE__,
	static function () {
		wp_schedule_event( time() + HOUR_IN_SECONDS, 'hourly', 'minimal_hourly' );
	}
);

add_action(
	'minimal_hourly',
	static function () {
		update_option( 'minimal_runs', 1 + (int) get_option( 'minimal_runs' ) );
	}
);

// An image from another host, like the images of products.
add_shortcode( 'minimal', static fn() => '<img id="minimal" src="https://pictures.example/1.jpg" alt="Test">' );
