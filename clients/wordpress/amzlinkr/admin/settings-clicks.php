<?php
/**
 * The part of Settings → Display with the switch for the counting of clicks.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Actions;
use AmzLinkr\Clicks;

defined( 'ABSPATH' ) || exit;
?>
<h2><?php esc_html_e( 'Clicks', 'amzlinkr' ); ?></h2>
<p><?php esc_html_e( 'This site can count how often visitors follow links to Amazon: by day, product and post. Nothing about the visitor is stored, no cookie is set, and nothing is sent to others. The links stay unaltered, as Amazon requires. Browsers that send “Do Not Track” or “Global Privacy Control” are not counted.', 'amzlinkr' ); ?></p>
<?php Actions\print_form_start( 'save_clicks' ); ?>
	<p><label><input type="checkbox" name="clicks" value="1" <?php checked( Clicks\load()['is_on'] ); ?>> <?php esc_html_e( 'Count clicks on links to Amazon. The numbers are under AmzLinkr → Clicks.', 'amzlinkr' ); ?></label></p>
	<?php submit_button( __( 'Save', 'amzlinkr' ), 'secondary', 'save', false ); ?>
</form>
