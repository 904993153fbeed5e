<?php
/**
 * Plugin Name: Ground check
 * Description: Does a little of everything that the tests of a plugin stand on.
 * Version: 1.0.0
 */

register_activation_hook(
	__FILE__,
	static function () {
		wp_schedule_event( time() + HOUR_IN_SECONDS, 'hourly', 'ground_hourly' );
	}
);

add_action(
	'ground_hourly',
	static function () {
		update_option( 'ground_runs', 1 + (int) get_option( 'ground_runs' ) );
	}
);

// A picture from elsewhere, as those of products are.
add_shortcode( 'ground', static fn() => '<img id="ground" src="https://pictures.example/1.jpg" alt="One">' );
