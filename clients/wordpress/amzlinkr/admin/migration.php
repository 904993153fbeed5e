<?php
/**
 * The page “Find Amazon products in my posts”: search, import, displays in place of other plugins, and replacement in posts.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\MigrationFindings;
use AmzLinkr\MigrationLabels;
use AmzLinkr\MigrationMap;
use AmzLinkr\MigrationSearch;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/attention-parts.php';
require_once __DIR__ . '/migration-parts.php';
require_once __DIR__ . '/migration-places.php';

const PLACES_PER_PAGE = 50;

// phpcs:disable WordPress.Security.NonceVerification -- only selects what the page shows.
$amzlinkr_kind = sanitize_key( wp_unslash( $_GET['kind'] ?? '' ) );
$amzlinkr_page = (int) sanitize_key( wp_unslash( $_GET['paged'] ?? '1' ) );
// phpcs:enable WordPress.Security.NonceVerification
$amzlinkr_kind   = in_array( $amzlinkr_kind, array_merge( MigrationLabels\KINDS, array_keys( MigrationMap\PLUGINS ) ), true ) ? $amzlinkr_kind : '';
$amzlinkr_places = MigrationFindings\get_places();
$amzlinkr_counts = MigrationFindings\count_kinds( $amzlinkr_places );
$amzlinkr_shown  = array_keys( '' === $amzlinkr_kind ? $amzlinkr_places : array_filter( $amzlinkr_places, static fn( $kinds ) => in_array( $amzlinkr_kind, $kinds, true ) ) );
$amzlinkr_pages  = (int) ceil( count( $amzlinkr_shown ) / PLACES_PER_PAGE );
$amzlinkr_page   = max( 1, min( $amzlinkr_page, $amzlinkr_pages ) );
$amzlinkr_state  = MigrationSearch\get_state();

print_page_header( __( 'Find Amazon products in my posts', 'amzlinkr' ) );
print_migration_results();
?>
<p><?php esc_html_e( 'Finds links to Amazon, and the shortcodes and blocks of AAWP, ASA2, EasyAzon, Amazon Associates Link Builder, AffiliateX, Content Egg and Lasso, in posts, patterns, templates, widgets and pages of Elementor. The search changes nothing and opens no links.', 'amzlinkr' ); ?></p>
<h2><?php esc_html_e( '1. Search', 'amzlinkr' ); ?></h2>
<?php
print_migration_search( $amzlinkr_state, $amzlinkr_counts[''] );
if ( $amzlinkr_counts[''] ) :
	?>
	<h2><?php esc_html_e( '2. Import the products', 'amzlinkr' ); ?></h2>
	<?php print_migration_import(); ?>
	<h2><?php esc_html_e( '3. Show them, without a change of the posts', 'amzlinkr' ); ?></h2>
	<?php print_migration_plugins( $amzlinkr_counts ); ?>
	<h2><?php esc_html_e( '4. Or replace them in the posts', 'amzlinkr' ); ?></h2>
	<?php
	print_migration_filter( $amzlinkr_counts, $amzlinkr_kind );
	print_migration_places( array_slice( $amzlinkr_shown, ( $amzlinkr_page - 1 ) * PLACES_PER_PAGE, PLACES_PER_PAGE ), $amzlinkr_kind );
	$amzlinkr_links = array(
		'base'    => add_query_arg( 'paged', '%#%' ),
		'format'  => '',
		'current' => $amzlinkr_page,
		'total'   => $amzlinkr_pages,
	);
	?>
	<div class="tablenav"><div class="tablenav-pages"><?php echo wp_kses_post( (string) paginate_links( $amzlinkr_links ) ); ?></div></div>
	<?php
endif;
print_migration_undo();
