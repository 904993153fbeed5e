<?php
/**
 * Settings → Connection: which service, since when, and how to leave.
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Actions;
use AmzLinkr\Box;
use AmzLinkr\Connection;
use AmzLinkr\SiteHealth;

defined( 'ABSPATH' ) || exit;

$connection = Connection\get();
$known      = array(
	array( __( 'Service URL', 'amzlinkr' ), $connection['service_url'] ),
	array( __( 'Connected as', 'amzlinkr' ), $connection['site_id'] ),
	array( __( 'Address of this site', 'amzlinkr' ), Connection\get_connected_url() ),
	array( __( 'E-mail address', 'amzlinkr' ), $connection['email'] ),
	array( __( 'Connected since', 'amzlinkr' ), Box\format_local_time( $connection['connected_at'] ) ),
	array( __( 'API key', 'amzlinkr' ), is_wp_error( Connection\get_api_key() ) ? Connection\get_api_key()->get_error_message() : __( 'stored encrypted, never shown', 'amzlinkr' ) ),
);
?>
<table class="form-table" role="presentation">
	<?php foreach ( $known as list( $amzlinkr_label, $amzlinkr_value ) ) : ?>
		<tr><th scope="row"><?php echo esc_html( $amzlinkr_label ); ?></th><td><?php echo esc_html( $amzlinkr_value ); ?></td></tr>
	<?php endforeach; ?>
</table>
<?php if ( SiteHealth\get_lost_connection_problem() ) : ?>
	<h2><?php esc_html_e( 'Connect this site again', 'amzlinkr' ); ?></h2>
	<?php require __DIR__ . '/connect-form.php'; ?>
<?php endif; ?>
<h2><?php esc_html_e( 'Disconnect', 'amzlinkr' ); ?></h2>
<?php Actions\print_form_start( 'disconnect' ); ?>
	<fieldset>
		<label><input type="radio" name="how" value="disconnect" checked> <?php esc_html_e( 'Disconnect: the service forgets your Amazon keys, and this site’s API key ends. It keeps the list of your products for when you connect again; you enter the Amazon keys once more then.', 'amzlinkr' ); ?></label><br>
		<label><input type="radio" name="how" value="leave"> <?php esc_html_e( 'Leave: the service deletes everything it holds of this site.', 'amzlinkr' ); ?></label><br>
		<label><input type="radio" name="how" value="here"> <?php esc_html_e( 'Forget it here only: if the service cannot be reached, or this is a copy of another site.', 'amzlinkr' ); ?></label>
	</fieldset>
	<p class="description"><?php esc_html_e( 'Boxes stay in your posts. From then on they show no prices, and link to Amazon with your tag. Do this before you delete the plugin: deleting it tells the service nothing.', 'amzlinkr' ); ?></p>
	<?php submit_button( __( 'Disconnect this site', 'amzlinkr' ), 'delete' ); ?>
</form>
