<?php
/**
 * HTML that is kept without its page: in feeds, REST responses, scheduled runs (such as newsletters), and the dashboard.
 *
 * Its readers may store it for longer than 24 hours, and it contains no script that removes expired data. So it contains
 * links in place of displays.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\KeptHtml;

defined( 'ABSPATH' ) || exit;

/** The beginning of the routes of which the HTML is a preview in the editor. */
const PREVIEWS = '/wp/v2/block-renderer/';

add_filter( 'rest_request_before_callbacks', __NAMESPACE__ . '\enter_route', 0, 3 );
add_filter( 'rest_request_after_callbacks', __NAMESPACE__ . '\leave_route', PHP_INT_MAX );

/**
 * Returns whether HTML that is rendered now may be kept without its page.
 */
function is_kept(): bool {
	$routes  = get_routes();
	$is_kept = $routes ? 0 !== strpos( (string) end( $routes ), PREVIEWS ) : is_feed() || wp_doing_cron() || ( is_admin() && ! wp_doing_ajax() );
	/**
	 * Filters whether displays are links, because the HTML may be kept without its page.
	 *
	 * @param bool   $is_kept Whether it may be kept.
	 * @param string $route   The REST route that is answered, or an empty string.
	 */
	return (bool) apply_filters( 'amzlinkr_is_kept_html', $is_kept, (string) end( $routes ) );
}

/**
 * Notes the beginning of a route. A route can call another one.
 *
 * @param mixed            $response The response so far.
 * @param array            $handler  The handler of the route.
 * @param \WP_REST_Request $request  The request.
 * @return mixed The same response.
 */
function enter_route( $response, $handler, $request ) {
	$routes   = &get_routes();
	$routes[] = $request->get_route();
	return $response;
}

/**
 * Notes the end of a route.
 *
 * @param mixed $response The response.
 * @return mixed The same response.
 */
function leave_route( $response ) {
	$routes = &get_routes();
	array_pop( $routes );
	return $response;
}

/**
 * Returns the routes that are answered now, from the outermost one.
 *
 * @return string[]
 */
function &get_routes(): array {
	static $routes = array();
	return $routes;
}
