<?php
/**
 * The part of Settings → Connection with the switch for the weekly e-mail about products that need attention.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Actions;
use AmzLinkr\Attention;
use AmzLinkr\AttentionMail;

defined( 'ABSPATH' ) || exit;
?>
<h2><?php esc_html_e( 'Weekly e-mail', 'amzlinkr' ); ?></h2>
<p><?php esc_html_e( 'It names the ASINs of products that are missing, out of stock, without an offer or expired, and is not sent if there are none.', 'amzlinkr' ); ?> <a href="<?php echo esc_url( Attention\get_url() ); ?>"><?php esc_html_e( 'Show these products', 'amzlinkr' ); ?></a></p>
<?php Actions\print_form_start( 'save_attention_mail' ); ?>
	<?php /* translators: %s: an e-mail address */ ?>
	<p><label><input type="checkbox" name="attention" value="1" <?php checked( AttentionMail\is_switched_on() ); ?>> <?php echo esc_html( sprintf( __( 'Send an e-mail about products that need attention to %s, the administration address of this site.', 'amzlinkr' ), get_option( 'admin_email' ) ) ); ?></label></p>
	<?php submit_button( __( 'Save', 'amzlinkr' ), 'secondary', 'save', false ); ?>
</form>
