<?php
/**
 * Settings → API: the Amazon keys. The script settings.js sends the form, and this site stores no keys.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Accounts;

defined( 'ABSPATH' ) || exit;

if ( ! Accounts\get_marketplaces() ) {
	// The list could not be loaded when the site was connected. Without it, no marketplace can be selected.
	Accounts\refresh_marketplaces();
}
// The labels of this form are the names that Amazon and its documentation use.
$amzlinkr_key_fields = array(
	'creators' => array(
		array( 'credential_id', __( 'Credential ID', 'amzlinkr' ), 'text' ),
		array( 'credential_secret', __( 'Secret', 'amzlinkr' ), 'password' ),
		array( 'credential_version', __( 'Version', 'amzlinkr' ), 'text' ),
	),
	'paapi5'   => array(
		array( 'access_key', __( 'Access Key', 'amzlinkr' ), 'text' ),
		array( 'secret_key', __( 'Secret Key', 'amzlinkr' ), 'password' ),
	),
);
?>
<div id="amzlinkr-accounts"></div>
<h2><?php esc_html_e( 'Amazon keys', 'amzlinkr' ); ?></h2>
<p><?php esc_html_e( 'The service tests the keys with one request to Amazon and stores them encrypted. They are never written to the database of this site. Enter only keys of your own Associates account.', 'amzlinkr' ); ?></p>
<div id="amzlinkr-validated"></div>
<form id="amzlinkr-keys" class="amzlinkr-form" autocomplete="off">
	<table class="form-table" role="presentation">
		<tr>
			<th scope="row"><?php esc_html_e( 'API', 'amzlinkr' ); ?></th>
			<td><fieldset>
				<legend class="screen-reader-text"><?php esc_html_e( 'API', 'amzlinkr' ); ?></legend>
				<label><input type="radio" name="api" value="creators" checked> <?php esc_html_e( 'Creators API (current keys)', 'amzlinkr' ); ?></label><br>
				<label><input type="radio" name="api" value="paapi5"> <?php esc_html_e( 'PA-API 5.0 (older keys)', 'amzlinkr' ); ?></label><br>
				<label><input type="radio" name="api" value="none"> <?php esc_html_e( 'I have no API access yet', 'amzlinkr' ); ?></label>
				<p class="description" data-api="none" hidden><?php esc_html_e( 'Save your Associate tag alone. You can then import products by their ASINs or Amazon URLs and put them into posts with your own title, text and picture: visitors see a link with your tag. When you have keys, enter them here. Nothing is lost, and the boxes are filled in automatically.', 'amzlinkr' ); ?></p>
			</fieldset></td>
		</tr>
		<?php foreach ( $amzlinkr_key_fields as $amzlinkr_api => $amzlinkr_api_fields ) : ?>
			<?php foreach ( $amzlinkr_api_fields as list( $amzlinkr_name, $amzlinkr_label, $amzlinkr_type ) ) : ?>
				<tr data-api="<?php echo esc_attr( $amzlinkr_api ); ?>" <?php echo 'creators' === $amzlinkr_api ? '' : 'hidden'; ?>>
					<th scope="row"><label for="amzlinkr-<?php echo esc_attr( $amzlinkr_name ); ?>"><?php echo esc_html( $amzlinkr_label ); ?></label></th>
					<td><input type="<?php echo esc_attr( $amzlinkr_type ); ?>" class="regular-text code" id="amzlinkr-<?php echo esc_attr( $amzlinkr_name ); ?>" name="<?php echo esc_attr( $amzlinkr_name ); ?>" autocomplete="off" spellcheck="false"></td>
				</tr>
			<?php endforeach; ?>
		<?php endforeach; ?>
		<tr>
			<th scope="row"><label for="amzlinkr-partner_tag"><?php esc_html_e( 'Associate Tag', 'amzlinkr' ); ?></label></th>
			<td><input type="text" class="regular-text code" id="amzlinkr-partner_tag" name="partner_tag" placeholder="mysite-20" spellcheck="false"></td>
		</tr>
		<tr>
			<th scope="row"><label for="amzlinkr-marketplace"><?php esc_html_e( 'Amazon Locale', 'amzlinkr' ); ?></label></th>
			<td>
				<?php print_marketplace_select( 'marketplace', array_keys( Accounts\get_marketplaces() ) ); ?>
				<p class="description"><?php print_associates_link( Accounts\get_primary_marketplace() ); ?></p>
			</td>
		</tr>
	</table>
	<p class="submit"><button type="submit" class="button button-primary"><?php esc_html_e( 'Save', 'amzlinkr' ); ?></button></p>
</form>
<h2><?php esc_html_e( 'Diagnostics', 'amzlinkr' ); ?></h2>
<p><?php esc_html_e( 'Tests each step from the keys to a product and shows the step that fails.', 'amzlinkr' ); ?></p>
<p><button type="button" class="button" id="amzlinkr-diagnose"><?php esc_html_e( 'Run diagnostics', 'amzlinkr' ); ?></button></p>
<div id="amzlinkr-diagnosis"></div>
<h2><?php esc_html_e( 'Amazon’s license', 'amzlinkr' ); ?></h2>
<p><?php esc_html_e( 'Amazon licenses product data to an associate for the associate’s own site, and forbids the disclosure or transfer of private API keys. Its Associates Program Policies (IP License, version of April 14, 2026) name no exception for a hosted service that calls Amazon with the keys of others. Check the current text.', 'amzlinkr' ); ?></p>
<ul class="amzlinkr-license">
	<li><?php esc_html_e( 'Run the service yourself, for your own sites. Before you use the service of another operator, ask Amazon for permission in writing.', 'amzlinkr' ); ?></li>
	<li><?php esc_html_e( 'Enter only keys of your own Associates account.', 'amzlinkr' ); ?></li>
	<li><?php esc_html_e( 'Build no price history and no price alerts from Amazon’s data, and put no product data into e-mail.', 'amzlinkr' ); ?></li>
	<li><?php esc_html_e( 'If a key leaks, replace it in your Amazon account immediately and inform Amazon.', 'amzlinkr' ); ?></li>
	<li><?php esc_html_e( 'Amazon’s guide for the refresh of offers is 1 hour. If the service is set to refresh every 2 to 12 hours (refresh_hours), it exceeds this guide.', 'amzlinkr' ); ?></li>
</ul>
<p><?php esc_html_e( 'AmzLinkr is not affiliated with Amazon, and this text is not legal advice.', 'amzlinkr' ); ?></p>
