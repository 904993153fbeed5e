<?php
/**
 * The form that connects the site. No data is sent to the service before its submission.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Actions;
use AmzLinkr\Connection;
use AmzLinkr\Service;

defined( 'ABSPATH' ) || exit;

$amzlinkr_sent_data = array(
	__( 'Now: the address of this site and your e-mail address. To verify that the site is yours, the service then requests one page of it.', 'amzlinkr' ),
	__( 'When you save Amazon keys: the keys. The service tests them with Amazon and stores them encrypted. This site does not store them. If you have no keys yet: your Associate tag and its marketplace.', 'amzlinkr' ),
	__( 'When you search, import or save a list: your search terms and the products that you import. The service sends the requests to Amazon.', 'amzlinkr' ),
	__( 'Every ten minutes: a request for changed products. Once an hour: a request for security events. Once a day, and when you open the settings: a request for the state of your accounts and for the list of Amazon’s marketplaces.', 'amzlinkr' ),
	__( 'Never: data about your visitors, your posts or your other users.', 'amzlinkr' ),
);
$amzlinkr_values    = Connection\get() ?? array(
	'service_url' => defined( 'AMZLINKR_SERVICE_URL' ) ? AMZLINKR_SERVICE_URL : Service\PRESET_URL,
	'email'       => wp_get_current_user()->user_email,
);
?>
<?php Actions\print_form_start( 'connect' ); ?>
	<table class="form-table" role="presentation">
		<tr>
			<th scope="row"><label for="amzlinkr-service-url"><?php esc_html_e( 'Service URL', 'amzlinkr' ); ?></label></th>
			<td><input type="url" class="regular-text code" id="amzlinkr-service-url" name="service_url" required value="<?php echo esc_attr( $amzlinkr_values['service_url'] ); ?>">
			<p class="description"><?php esc_html_e( 'The URL of your AmzLinkr service. It ends with /v1. If you do not run the service yourself, ask its operator for the URL, the terms of use and the privacy policy.', 'amzlinkr' ); ?></p></td>
		</tr>
		<tr>
			<th scope="row"><label for="amzlinkr-email"><?php esc_html_e( 'E-mail address', 'amzlinkr' ); ?></label></th>
			<td><input type="email" class="regular-text" id="amzlinkr-email" name="email" required value="<?php echo esc_attr( $amzlinkr_values['email'] ); ?>"></td>
		</tr>
		<tr>
			<th scope="row"><label for="amzlinkr-invite"><?php esc_html_e( 'Invite', 'amzlinkr' ); ?></label></th>
			<td><input type="text" class="regular-text code" id="amzlinkr-invite" name="invite" autocomplete="off">
			<p class="description"><?php esc_html_e( 'Only if the operator of the service gave you an invite.', 'amzlinkr' ); ?></p></td>
		</tr>
		<tr>
			<th scope="row"><?php esc_html_e( 'Data sent to the service', 'amzlinkr' ); ?></th>
			<td>
				<ul class="ul-disc">
					<?php foreach ( $amzlinkr_sent_data as $amzlinkr_line ) : ?>
						<li><?php echo esc_html( $amzlinkr_line ); ?></li>
					<?php endforeach; ?>
				</ul>
				<label><input type="checkbox" name="consent" value="1" required> <?php esc_html_e( 'I agree that this data is sent to the service at the URL above.', 'amzlinkr' ); ?></label>
			</td>
		</tr>
	</table>
	<?php submit_button( __( 'Connect this site', 'amzlinkr' ) ); ?>
</form>
