<?php
/**
 * Settings → Display: what every box says.
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
			<p class="description"><?php esc_html_e( 'Amazon asks for it on every site. Empty means the usual words.', 'amzlinkr' ); ?></p></td>
		</tr>
	</table>
	<p>
	<?php
	/* translators: %s: a file name */
	echo esc_html( sprintf( __( 'To change how a box looks, copy the plugin’s templates/product-box.php to %s in your theme.', 'amzlinkr' ), 'amzlinkr/product-box.php' ) );
	?>
	</p>
	<?php submit_button( __( 'Save', 'amzlinkr' ) ); ?>
</form>
