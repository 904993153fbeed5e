<?php
/**
 * Settings → Display: the Associate statement in all boxes.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Actions;
use AmzLinkr\Box;

defined( 'ABSPATH' ) || exit;

Actions\print_form_start( 'save_display' );
?>
	<table class="form-table" role="presentation">
		<tr>
			<th scope="row"><label for="amzlinkr-statement"><?php esc_html_e( 'Associate statement', 'amzlinkr' ); ?></label></th>
			<td><input type="text" class="large-text" id="amzlinkr-statement" name="statement" value="<?php echo esc_attr( Box\get_statement() ); ?>">
			<p class="description"><?php esc_html_e( 'Amazon requires this statement on every site. Leave the field empty to use Amazon’s default text.', 'amzlinkr' ); ?></p></td>
		</tr>
	</table>
	<p>
	<?php
	/* translators: %s: a file name */
	echo esc_html( sprintf( __( 'To change the layout of the boxes, copy templates/product-box.php from the plugin to %s in your theme.', 'amzlinkr' ), 'amzlinkr/product-box.php' ) );
	?>
	</p>
	<?php submit_button( __( 'Save', 'amzlinkr' ) ); ?>
</form>
