<?php
/**
 * HTML that is kept without its page: in feeds, REST responses, scheduled runs (such as newsletters), the dashboard,
 * remote publishing, commands, and whatever runs while a post is saved.
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

/** The hooks that run while a post is saved. What they render is sent to other places, such as e-mails and other sites. */
const SAVING = '~^(?:transition_post_status|wp_insert_post|wp_after_insert_post|save_post(?:_.+)?|(?:publish|future|private)_.+|.+_to_(?:publish|future|private))\z~';

add_filter( 'rest_request_before_callbacks', __NAMESPACE__ . '\enter_route', 0, 3 );
add_filter( 'rest_request_after_callbacks', __NAMESPACE__ . '\leave_route', PHP_INT_MAX );

/**
 * Returns whether HTML that is rendered now may be kept without its page.
 */
function is_kept(): bool {
	$routes  = get_routes();
	$is_kept = $routes ? 0 !== strpos( (string) end( $routes ), PREVIEWS ) : ! is_page_request() || is_saving();
	/**
	 * Filters whether displays are links, because the HTML may be kept without its page.
	 *
	 * @param bool   $is_kept Whether it may be kept.
	 * @param string $route   The REST route that is answered, or an empty string.
	 */
	return (bool) apply_filters( 'amzlinkr_is_kept_html', $is_kept, (string) end( $routes ) );
}

/**
 * Returns whether the request is for a page of this site, or for a part of one, and outside of a route.
 */
function is_page_request(): bool {
	foreach ( array( 'XMLRPC_REQUEST', 'REST_REQUEST', 'WP_CLI' ) as $constant ) {
		if ( defined( $constant ) && constant( $constant ) ) {
			return false;
		}
	}
	return ! is_feed() && ! wp_doing_cron() && ( wp_doing_ajax() ? is_sent_by_page() : ! is_admin() );
}

/**
 * Returns whether a page for visitors has sent this call of admin-ajax.php, such as one that loads further posts.
 *
 * A call without a referrer may be one by the server itself, with which plugins begin work in the background.
 */
function is_sent_by_page(): bool {
	$urls = array( $_SERVER['HTTP_REFERER'] ?? '', $_REQUEST['_wp_http_referer'] ?? '' ); // phpcs:ignore WordPress.Security -- only compared.
	$urls = array_filter( $urls, static fn( $url ) => '' !== $url );
	foreach ( $urls as $url ) {
		$path = is_string( $url ) ? (string) wp_parse_url( $url, PHP_URL_PATH ) . '/' : '/wp-admin/';
		if ( false !== strpos( $path, '/wp-admin/' ) || 0 === strpos( $path, (string) wp_parse_url( admin_url(), PHP_URL_PATH ) ) ) {
			return false;
		}
	}
	return (bool) $urls;
}

/**
 * Returns whether a post is saved now.
 */
function is_saving(): bool {
	global $wp_current_filter;
	return (bool) preg_grep( SAVING, (array) $wp_current_filter );
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
