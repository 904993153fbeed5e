<?php
/**
 * Purges of the page caches of other plugins, by the hooks and functions that these plugins document.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\PageCaches;

use AmzLinkr\Uses;
use Throwable;

defined( 'ABSPATH' ) || exit;

/**
 * The page caches by their name.
 *
 * `post` is called with the ID of a post, `url` with a URL, `urls` with an array of URLs, and `site` without an argument
 * to purge all pages. Each is a function, or an array of `action` and the name of an action. A plugin that is not active
 * has neither. If `post` and `urls` are absent, the plugin has no purge of one page, and `site` takes its place. With
 * `wildcard`, a URL may end with an asterisk.
 */
const CACHES = array(
	'Breeze'           => array( 'site' => array( 'action', 'breeze_clear_all_cache' ) ),
	'Cache Enabler'    => array(
		'post'     => array( 'action', 'cache_enabler_clear_page_cache_by_post' ),
		'url'      => array( 'action', 'cache_enabler_clear_page_cache_by_url' ),
		'site'     => array( 'action', 'cache_enabler_clear_site_cache' ),
		'wildcard' => true,
	),
	'Elementor'        => array(
		'post' => 'AmzLinkr\BuilderFields\delete_cache',
		'site' => 'AmzLinkr\BuilderFields\delete_all_caches',
	),
	'Hummingbird'      => array(
		'post' => array( 'action', 'wphb_clear_page_cache' ),
		'site' => array( 'action', 'wphb_clear_page_cache' ),
	),
	'Jetpack Boost'    => array(
		'post' => array( 'action', 'jetpack_boost_clear_page_cache_post' ),
		'url'  => array( 'action', 'jetpack_boost_clear_page_cache_url' ),
		'site' => array( 'action', 'jetpack_boost_clear_page_cache_all' ),
	),
	'LiteSpeed Cache'  => array(
		'post' => array( 'action', 'litespeed_purge_post' ),
		'site' => array( 'action', 'litespeed_purge_all' ),
	),
	'Nginx Helper'     => array( 'site' => array( 'action', 'rt_nginx_helper_purge_all' ) ),
	// The function purges a URL and all below it, so the home page is the whole site.
	'SiteGround'       => array( 'site' => 'sg_cachepress_purge_cache' ),
	'Super Page Cache' => array(
		'urls' => array( 'action', 'swcfpc_purge_cache' ),
		'site' => array( 'action', 'swcfpc_purge_cache' ),
	),
	'W3 Total Cache'   => array(
		'post' => 'w3tc_flush_post',
		'site' => 'w3tc_flush_posts',
	),
	'WP Fastest Cache' => array(
		'post' => 'wpfc_clear_post_cache_by_id',
		'site' => 'wpfc_clear_all_cache',
	),
	'WP Rocket'        => array(
		'post' => 'rocket_clean_post',
		'site' => 'rocket_clean_domain',
	),
	// It purges a post and its archives when WordPress cleans its own cache of the post.
	'WP Super Cache'   => array(
		'post' => '__return_true',
		'site' => 'wp_cache_clear_cache',
	),
);

/** The action that fires when a product or list of all pages has changed, such as in a widget. */
const ALL_PAGES_ACTION = 'amzlinkr_all_pages_changed';

/** The name and time of the last purge of a page cache that failed. */
const FAILURE_OPTION = 'amzlinkr_page_cache_failure';

add_filter( 'cloudflare_purge_url_actions', __NAMESPACE__ . '\add_post_actions' );
add_filter( 'cloudflare_purge_everything_actions', __NAMESPACE__ . '\add_site_action' );

/**
 * Adds the actions after which the plugin of Cloudflare purges posts. Their first argument is the IDs of posts.
 *
 * @param string[] $actions The names of actions.
 */
function add_post_actions( $actions ): array {
	return array_merge( (array) $actions, array( 'amzlinkr_products_changed', 'amzlinkr_lists_changed' ) );
}

/**
 * Adds the action after which the plugin of Cloudflare purges all pages.
 *
 * @param string[] $actions The names of actions.
 */
function add_site_action( $actions ): array {
	return array_merge( (array) $actions, array( ALL_PAGES_ACTION ) );
}

/**
 * Returns the page caches.
 *
 * @return array[] Purges by the name of the cache, as in CACHES.
 */
function get_caches(): array {
	/**
	 * Filters the page caches that are purged.
	 *
	 * @param array[] $caches By the name of each cache, its functions: `post` takes the ID of a post, `url` a URL, `urls`
	 *                        an array of URLs, and `site` nothing. All are optional.
	 */
	return array_filter( (array) apply_filters( 'amzlinkr_page_caches', CACHES ), 'is_array' );
}

/**
 * Purges the page of a post from the page caches.
 *
 * @param int $post The ID of the post.
 */
function purge_post( int $post ): void {
	foreach ( is_done( 'site', false ) ? array() : get_caches() as $name => $cache ) {
		attempt( (string) $name, $cache['post'] ?? null, array( $post ) );
	}
}

/**
 * Purges the other pages that show posts, and those caches that have no purge of one page. Each only once in a run.
 *
 * @param int[] $posts The IDs of the posts.
 */
function purge_other_pages( array $posts ): void {
	global $wp_rewrite;
	if ( ! $posts || is_done( 'site', false ) ) {
		return;
	}
	foreach ( get_caches() as $name => $cache ) {
		if ( ! isset( $cache['post'] ) && ! isset( $cache['urls'] ) && ! is_done( "site of $name" ) ) {
			attempt( (string) $name, $cache['site'] ?? null, array() );
		}
		if ( is_active( $cache['urls'] ?? null ) ) {
			attempt( (string) $name, $cache['urls'], array( find_pages( $posts, true ) ) );
		}
		foreach ( is_active( $cache['url'] ?? null ) ? find_pages( $posts, false ) : array() as $url ) {
			$urls = empty( $cache['wildcard'] ) ? array( $url ) : array( $url, trailingslashit( $url ) . "$wp_rewrite->pagination_base/*" );
			foreach ( is_done( "$name $url" ) ? array() : $urls as $purged ) {
				attempt( (string) $name, $cache['url'], array( $purged ) );
			}
		}
	}
}

/**
 * Purges all pages from the page caches, only once in a run.
 */
function purge_site(): void {
	if ( is_done( 'site' ) ) {
		return;
	}
	foreach ( get_caches() as $name => $cache ) {
		attempt( (string) $name, $cache['site'] ?? null, array() );
	}
	/**
	 * Fires when a product or list has changed that any page can show, such as in a widget or template part.
	 *
	 * Page caches should purge all pages.
	 */
	$announce = static fn() => do_action( 'amzlinkr_all_pages_changed' );
	attempt( ALL_PAGES_ACTION, $announce, array() );
}

/**
 * Returns whether something was done before in this run, and remembers it.
 *
 * @param string $what     What was done; an empty string to begin a new run.
 * @param bool   $remember Whether to remember it.
 */
function is_done( string $what, bool $remember = true ): bool {
	static $done = array();
	if ( '' === $what ) {
		$done = array();
		return false;
	}
	$key    = get_current_blog_id() . " $what";
	$before = isset( $done[ $key ] );
	if ( $remember ) {
		$done[ $key ] = true;
	}
	return $before;
}

/**
 * Begins a new run: all pages may be purged once more.
 */
function begin_run(): void {
	is_done( '' );
}

/**
 * Returns whether the plugin of a purge is active.
 *
 * @param mixed $purge A purge as in CACHES.
 */
function is_active( $purge ): bool {
	return is_array( $purge ) && 'action' === ( $purge[0] ?? '' ) ? has_action( (string) ( $purge[1] ?? '' ) ) : is_callable( $purge );
}

/**
 * Calls a function of another plugin. Its error does not end the run.
 *
 * @param string $name      The name of the cache.
 * @param mixed  $purge     A purge as in CACHES.
 * @param array  $arguments Its arguments.
 */
function attempt( string $name, $purge, array $arguments ): void {
	if ( ! is_active( $purge ) ) {
		return;
	}
	try {
		if ( is_array( $purge ) && 'action' === $purge[0] ) {
			do_action( $purge[1], ...$arguments ); // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- an action of another plugin, or one above.
		} else {
			$purge( ...$arguments );
		}
	} catch ( Throwable $error ) {
		// The message can contain anything, so it is not stored.
		update_option( FAILURE_OPTION, array( $name, time() ), false );
	}
}

/**
 * Finds the pages that can show the content of posts: the home page and their archives.
 *
 * @param int[] $posts    The IDs of the posts.
 * @param bool  $with_own Whether their own pages are included.
 * @return string[] URLs, each once.
 */
function find_pages( array $posts, bool $with_own ): array {
	$urls  = array( home_url( '/' ) => true );
	$blog  = (int) get_option( 'page_for_posts' );
	$urls += $blog ? array( (string) get_permalink( $blog ) => true ) : array();
	foreach ( $posts as $id ) {
		$post = get_post( $id );
		if ( ! $post ) {
			continue;
		}
		$found = array( get_post_type_archive_link( $post->post_type ), $with_own ? get_permalink( $post ) : '' );
		if ( 'post' === $post->post_type ) {
			list( $year, $month, $day ) = array_map( 'intval', explode( '-', substr( $post->post_date, 0, 10 ) ) );
			array_push( $found, get_author_posts_url( (int) $post->post_author ), get_year_link( $year ), get_month_link( $year, $month ), get_day_link( $year, $month, $day ) );
		}
		$terms = wp_get_object_terms( $post->ID, get_taxonomies( array( 'publicly_queryable' => true ) ) );
		foreach ( is_array( $terms ) ? $terms : array() as $term ) {
			$found[] = get_term_link( $term );
		}
		$urls += array_fill_keys( array_filter( $found, 'is_string' ), true );
		Uses\release( (int) $id );
	}
	return array_values( array_filter( array_keys( $urls ), 'strlen' ) );
}
