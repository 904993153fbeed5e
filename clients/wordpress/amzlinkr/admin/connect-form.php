<?php
/**
 * The form that connects the site. Before it is sent, nobody is contacted.
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Actions;
use AmzLinkr\Connection;

defined( 'ABSPATH' ) || exit;

$sent = array(
	__( 'Now: the address of this site and your e-mail address. The service then opens a page of this site once, to see that it is yours.', 'amzlinkr' ),
	__( 'When you save Amazon keys: these keys. The service tries them with Amazon, and keeps them sealed; this site does not keep them.', 'amzlinkr' ),
	__( 'When you search or import: what you search for, and which products you import. The service asks Amazon for you.', 'amzlinkr' ),
	__( 'Every ten minutes: the question what has changed. Once a day, and when you open the settings: the question how your accounts are, and for the list of Amazon’s shops.', 'amzlinkr' ),
	__( 'Never: anything about your visitors, your posts or your other users.', 'amzlinkr' ),
);
$before = Connection\get() ?? array(
	'service_url' => defined( 'AMZLINKR_SERVICE_URL' ) ? AMZLINKR_SERVICE_URL : '',
	'email'       => wp_get_current_user()->user_email,
);
?>
<?php Actions\print_form_start( 'connect' ); ?>
	<table class="form-table" role="presentation">
		<tr>
			<th scope="row"><label for="amzlinkr-service-url"><?php esc_html_e( 'Service URL', 'amzlinkr' ); ?></label></th>
			<td><input type="url" class="regular-text code" id="amzlinkr-service-url" name="service_url" required value="<?php echo esc_attr( $before['service_url'] ); ?>">
			<p class="description"><?php esc_html_e( 'Whoever runs the service gave it to you. It ends with /v1. Its terms and its privacy policy are theirs too: ask them if you do not have them.', 'amzlinkr' ); ?></p></td>
		</tr>
		<tr>
			<th scope="row"><label for="amzlinkr-email"><?php esc_html_e( 'E-mail address', 'amzlinkr' ); ?></label></th>
			<td><input type="email" class="regular-text" id="amzlinkr-email" name="email" required value="<?php echo esc_attr( $before['email'] ); ?>"></td>
		</tr>
		<tr>
			<th scope="row"><label for="amzlinkr-invite"><?php esc_html_e( 'Invitation', 'amzlinkr' ); ?></label></th>
			<td><input type="text" class="regular-text code" id="amzlinkr-invite" name="invite" autocomplete="off">
			<p class="description"><?php esc_html_e( 'Only if you were given one.', 'amzlinkr' ); ?></p></td>
		</tr>
		<tr>
			<th scope="row"><?php esc_html_e( 'What is sent to the service', 'amzlinkr' ); ?></th>
			<td>
				<ul class="ul-disc"><?php foreach ( $sent as $amzlinkr_line ) { printf( '<li>%s</li>', esc_html( $amzlinkr_line ) ); } ?></ul>
				<label><input type="checkbox" name="consent" value="1" required> <?php esc_html_e( 'I agree that this is sent to the service at the address above.', 'amzlinkr' ); ?></label>
			</td>
		</tr>
	</table>
	<?php submit_button( __( 'Connect this site', 'amzlinkr' ) ); ?>
</form>
