<?php
/**
 * The part of Settings → Connection that lists the security events, with the switch for e-mails about new ones.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Actions;
use AmzLinkr\Audit;
use AmzLinkr\Box;
use AmzLinkr\ServiceTexts;

defined( 'ABSPATH' ) || exit;

$amzlinkr_refreshed = Audit\refresh( Audit\MAX_PAGE_SECONDS );
$amzlinkr_audit     = Audit\load();
if ( ! $amzlinkr_audit['is_supported'] ) {
	return;
}
?>
<h2><?php esc_html_e( 'Security events', 'amzlinkr' ); ?></h2>
<p><?php esc_html_e( 'The newest events of the last 90 days that concern the API keys, the Amazon keys and the settings of this site at the service.', 'amzlinkr' ); ?></p>
<?php if ( is_wp_error( $amzlinkr_refreshed ) ) : ?>
	<?php /* translators: %s: the reason, in a sentence */ ?>
	<p><?php echo esc_html( sprintf( __( 'The list may be out of date. %s', 'amzlinkr' ), $amzlinkr_refreshed->get_error_message() ) ); ?></p>
<?php endif; ?>
<?php if ( ! $amzlinkr_audit['events'] ) : ?>
	<p><?php esc_html_e( 'There are no events.', 'amzlinkr' ); ?></p>
<?php else : ?>
	<table class="widefat striped amzlinkr-stacked" id="amzlinkr-events" role="table">
		<thead role="rowgroup"><tr role="row">
			<th scope="col" role="columnheader"><?php esc_html_e( 'Date', 'amzlinkr' ); ?></th>
			<th scope="col" role="columnheader"><?php esc_html_e( 'Event', 'amzlinkr' ); ?></th>
			<th scope="col" role="columnheader"><?php esc_html_e( 'Actor', 'amzlinkr' ); ?></th>
			<th scope="col" role="columnheader"><?php esc_html_e( 'Details', 'amzlinkr' ); ?></th>
		</tr></thead>
		<tbody role="rowgroup">
		<?php foreach ( array_slice( $amzlinkr_audit['events'], 0, Audit\MAX_SHOWN ) as $amzlinkr_event ) : ?>
			<tr role="row">
				<td role="cell" data-label="<?php esc_attr_e( 'Date', 'amzlinkr' ); ?>"><?php echo esc_html( Box\format_local_time( $amzlinkr_event['at'] ) ); ?></td>
				<td role="cell" data-label="<?php esc_attr_e( 'Event', 'amzlinkr' ); ?>"><?php echo esc_html( Audit\get_label( $amzlinkr_event['event'] ) ); ?></td>
				<td role="cell" data-label="<?php esc_attr_e( 'Actor', 'amzlinkr' ); ?>"><?php echo esc_html( Audit\get_actor( $amzlinkr_event['actor'] ) ); ?></td>
				<td role="cell" data-label="<?php esc_attr_e( 'Details', 'amzlinkr' ); ?>"><?php echo esc_html( ServiceTexts\translate_text( $amzlinkr_event['detail'] ) ); ?></td>
			</tr>
		<?php endforeach; ?>
		</tbody>
	</table>
<?php endif; ?>
<?php Actions\print_form_start( 'save_notifications' ); ?>
	<?php /* translators: %s: an e-mail address */ ?>
	<p><label><input type="checkbox" name="audit" value="1" <?php checked( Audit\is_notifying() ); ?>> <?php echo esc_html( sprintf( __( 'Send an e-mail about new security events to %s, the administration address of this site.', 'amzlinkr' ), get_option( 'admin_email' ) ) ); ?></label></p>
	<?php submit_button( __( 'Save', 'amzlinkr' ), 'secondary', 'save', false ); ?>
</form>
