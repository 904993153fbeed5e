<?php
/**
 * Plugin Name:       AmzLinkr
 * Description:       Amazon products in your posts, with prices that stay correct.
 * Version:           0.2.0
 * Requires at least: 6.1
 * Requires PHP:      7.4
 * Author:            The AmzLinkr authors
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       amzlinkr
 * Domain Path:       /languages
 *
 * @package AmzLinkr
 */

namespace AmzLinkr;

defined( 'ABSPATH' ) || exit;

const VERSION = '0.2.0';
const FILE    = __FILE__;

$amzlinkr_modules = array(
	'options',
	'connection',
	'host-names',
	'service',
	'service-texts',
	'sentences',
	'verification-help',
	'sign-up',
	'accounts',
	'associates-central',
	'first-run',
	'products',
	'product-names',
	'builder-fields',
	'languages',
	'post-lookup',
	'post-search',
	'placements',
	'page-caches',
	'site-wide',
	'cache-purge',
	'lists',
	'list-placements',
	'tables',
	'list-labels',
	'list-sync',
	'sync-report',
	'sync-problems',
	'uses',
	'rewriting',
	'replacement',
	'migration-map',
	'migration-markup',
	'migration-displays',
	'migration-links',
	'migration-text',
	'migration-sources',
	'migration-affiliatex',
	'migration-attributes',
	'migration-convert',
	'migration-labels',
	'migration-places',
	'migration-findings',
	'migration-search',
	'migration-rewriting',
	'migration-undo',
	'migration-render',
	'sync',
	'attention',
	'product-list',
	'product-removal',
	'attention-mail',
	'attention-health',
	'audit',
	'withheld',
	'labels',
	'own-content',
	'kept-html',
	'page-budget',
	'display-options',
	'display-defaults',
	'template',
	'footer',
	'box',
	'display',
	'groups',
	'paragraphs',
	'table',
	'block',
	'list-block',
	'user-limits',
	'diagnosis-labels',
	'rest',
	'list-rest',
	'product-rest',
	'migration-rest',
	'link-only',
	'route-calls',
	'abilities',
	'clicks',
	'clicks-route',
	'clicks-markup',
	'site-health',
	'privacy',
	'disconnect',
);
foreach ( $amzlinkr_modules as $amzlinkr_module ) {
	require_once __DIR__ . "/includes/$amzlinkr_module.php";
}
if ( defined( 'WP_CLI' ) && WP_CLI ) {
	require_once __DIR__ . '/includes/cli.php';
}
if ( is_admin() ) {
	require_once __DIR__ . '/admin/admin.php';
	require_once __DIR__ . '/admin/actions.php';
	require_once __DIR__ . '/admin/amazon-links.php';
	require_once __DIR__ . '/admin/products-action.php';
	require_once __DIR__ . '/admin/first-run.php';
	require_once __DIR__ . '/admin/notices.php';
	require_once __DIR__ . '/admin/attention-widget.php';
	require_once __DIR__ . '/admin/replacement-action.php';
	require_once __DIR__ . '/admin/migration-action.php';
	require_once __DIR__ . '/admin/clicks-action.php';
	require_once __DIR__ . '/admin/languages-action.php';
}

add_action(
	'init',
	static function () {
		load_plugin_textdomain( 'amzlinkr', false, dirname( plugin_basename( FILE ) ) . '/languages' );
	}
);
register_activation_hook( FILE, __NAMESPACE__ . '\Tables\activate' );
register_activation_hook( FILE, __NAMESPACE__ . '\FirstRun\start' );
register_deactivation_hook( FILE, __NAMESPACE__ . '\Disconnect\deactivate' );
