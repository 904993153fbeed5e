<?php
/**
 * Settings → Connection: the connected service, and the form that disconnects the site.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Actions;
use AmzLinkr\Box;
use AmzLinkr\Connection;
use AmzLinkr\SiteHealth;

defined( 'ABSPATH' ) || exit;

$amzlinkr_connection = Connection\get();
$amzlinkr_rows       = array(
	array( __( 'Service URL', 'amzlinkr' ), $amzlinkr_connection['service_url'] ),
	array( __( 'Site ID', 'amzlinkr' ), $amzlinkr_connection['site_id'] ),
	array( __( 'Address of this site', 'amzlinkr' ), Connection\get_connected_url() ),
	array( __( 'E-mail address', 'amzlinkr' ), $amzlinkr_connection['email'] ),
	array( __( 'Connected since', 'amzlinkr' ), Box\format_local_time( $amzlinkr_connection['connected_at'] ) ),
	array( __( 'API key', 'amzlinkr' ), is_wp_error( Connection\get_api_key() ) ? Connection\get_api_key()->get_error_message() : __( 'stored encrypted, never shown', 'amzlinkr' ) ),
);
?>
<table class="form-table" role="presentation">
	<?php foreach ( $amzlinkr_rows as list( $amzlinkr_label, $amzlinkr_value ) ) : ?>
		<tr><th scope="row"><?php echo esc_html( $amzlinkr_label ); ?></th><td><?php echo esc_html( $amzlinkr_value ); ?></td></tr>
	<?php endforeach; ?>
</table>
<?php if ( SiteHealth\get_lost_connection_problem() ) : ?>
	<h2><?php esc_html_e( 'Connect this site again', 'amzlinkr' ); ?></h2>
	<?php require __DIR__ . '/connect-form.php'; ?>
<?php endif; ?>
<?php require __DIR__ . '/attention-mail.php'; ?>
<?php require __DIR__ . '/security-events.php'; ?>
<h2><?php esc_html_e( 'Disconnect', 'amzlinkr' ); ?></h2>
<?php Actions\print_form_start( 'disconnect' ); ?>
	<fieldset>
		<label><input type="radio" name="mode" value="disconnect" checked> <?php esc_html_e( 'Disconnect: The service deletes your Amazon keys and revokes the API key of this site. It keeps the list of your products. After you connect again, enter the Amazon keys again.', 'amzlinkr' ); ?></label><br>
		<label><input type="radio" name="mode" value="delete"> <?php esc_html_e( 'Delete: The service deletes all data of this site.', 'amzlinkr' ); ?></label><br>
		<label><input type="radio" name="mode" value="local"> <?php esc_html_e( 'Disconnect here only: Use this if the service cannot be reached, or if this site is a copy of another site.', 'amzlinkr' ); ?></label>
	</fieldset>
	<p class="description"><?php esc_html_e( 'Boxes stay in your posts. They show no prices and link to Amazon with your tag. Disconnect before you delete the plugin: the deletion of the plugin sends nothing to the service.', 'amzlinkr' ); ?></p>
	<?php submit_button( __( 'Disconnect this site', 'amzlinkr' ), 'delete' ); ?>
</form>
