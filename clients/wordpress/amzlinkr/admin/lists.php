<?php
/**
 * The page that lists the lists. The script lists.js deletes them.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Box;
use AmzLinkr\ListLabels;
use AmzLinkr\ListPlacements;
use AmzLinkr\Lists;
use AmzLinkr\Rest;
use AmzLinkr\SyncProblems;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/post-links.php';
require_once __DIR__ . '/search-notice.php';

$amzlinkr_lists    = Lists\get_all();
$amzlinkr_may_edit = current_user_can( Rest\CAPABILITY_EDIT );

list( $amzlinkr_uses, $amzlinkr_is_complete ) = ListPlacements\find_uses( array_map( 'strval', array_column( $amzlinkr_lists, 'name' ) ) );

print_page_header( __( 'Lists', 'amzlinkr' ) );
?>
<p><?php esc_html_e( 'A list is a saved search. Its products are refreshed automatically. Create and change lists in the editor, with the block “Amazon list”, and show them in any number of posts.', 'amzlinkr' ); ?></p>
<?php
if ( ! $amzlinkr_is_complete ) {
	print_search_notice();
}
?>
<div id="amzlinkr-lists-changed"></div>
<table class="widefat striped amzlinkr-stacked" id="amzlinkr-lists">
	<thead><tr>
		<th scope="col"><?php esc_html_e( 'Name and shortcode', 'amzlinkr' ); ?></th>
		<th scope="col"><?php esc_html_e( 'Search', 'amzlinkr' ); ?></th>
		<th scope="col"><?php esc_html_e( 'Products', 'amzlinkr' ); ?></th>
		<th scope="col"><?php esc_html_e( 'State', 'amzlinkr' ); ?></th>
		<th scope="col"><?php esc_html_e( 'Used in', 'amzlinkr' ); ?></th>
		<?php if ( $amzlinkr_may_edit ) : ?>
			<th scope="col"><span class="screen-reader-text"><?php esc_html_e( 'Delete', 'amzlinkr' ); ?></span></th>
		<?php endif; ?>
	</tr></thead>
	<tbody>
	<?php foreach ( $amzlinkr_lists as $amzlinkr_list ) : ?>
		<?php
		$amzlinkr_posts = $amzlinkr_uses[ $amzlinkr_list['name'] ] ?? array();
		/* translators: %d: a number of posts */
		$amzlinkr_count = sprintf( $amzlinkr_is_complete ? '%d' : __( 'at least %d', 'amzlinkr' ), count( $amzlinkr_posts ) );
		?>
		<tr>
			<td data-label="<?php esc_attr_e( 'Name and shortcode', 'amzlinkr' ); ?>">
				<strong><?php echo esc_html( $amzlinkr_list['name'] ); ?></strong><br>
				<code><?php echo esc_html( "[amzlinkr_list name=\"{$amzlinkr_list['name']}\"]" ); ?></code>
			</td>
			<td data-label="<?php esc_attr_e( 'Search', 'amzlinkr' ); ?>"><?php echo esc_html( ListLabels\describe_query( $amzlinkr_list ) ); ?> (<?php echo esc_html( $amzlinkr_list['marketplace'] ); ?>)</td>
			<td data-label="<?php esc_attr_e( 'Products', 'amzlinkr' ); ?>">
				<?php
				/* translators: 1: the number of products found, 2: the size of the list */
				echo esc_html( sprintf( __( '%1$d of %2$d', 'amzlinkr' ), count( $amzlinkr_list['items'] ), $amzlinkr_list['size'] ) );
				?>
			</td>
			<td data-label="<?php esc_attr_e( 'State', 'amzlinkr' ); ?>">
				<strong><?php echo esc_html( '' === SyncProblems\describe_list( $amzlinkr_list ) ? ListLabels\get_state_label( Lists\get_state( $amzlinkr_list ) ) : __( 'Refused by Amazon', 'amzlinkr' ) ); ?></strong><br>
				<span class="description">
					<?php echo esc_html( ListLabels\get_reason( $amzlinkr_list ) ); ?>
					<?php
					if ( $amzlinkr_list['refreshed_at'] ) {
						/* translators: %s: a date and time */
						echo esc_html( sprintf( __( 'Last refresh: %s', 'amzlinkr' ), Box\format_local_time( $amzlinkr_list['refreshed_at'] ) ) );
					}
					?>
				</span>
			</td>
			<td data-label="<?php esc_attr_e( 'Used in', 'amzlinkr' ); ?>"><?php print_post_links( $amzlinkr_posts ); ?></td>
			<?php if ( $amzlinkr_may_edit ) : ?>
				<td>
					<button
						type="button"
						class="button-link button-link-delete"
						data-name="<?php echo esc_attr( $amzlinkr_list['name'] ); ?>"
						data-uses="<?php echo esc_attr( $amzlinkr_count ); ?>"
						<?php /* translators: %s: the name of a list */ ?>
						aria-label="<?php echo esc_attr( sprintf( __( 'Delete the list “%s”', 'amzlinkr' ), $amzlinkr_list['name'] ) ); ?>"
					><?php esc_html_e( 'Delete', 'amzlinkr' ); ?></button>
				</td>
			<?php endif; ?>
		</tr>
	<?php endforeach; ?>
	<?php if ( ! $amzlinkr_lists ) : ?>
		<tr><td colspan="6"><?php esc_html_e( 'There are no lists.', 'amzlinkr' ); ?></td></tr>
	<?php endif; ?>
	</tbody>
</table>
