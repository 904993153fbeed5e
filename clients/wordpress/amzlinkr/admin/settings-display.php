<?php
/**
 * Settings → Display: the defaults of displays, and the Associate statement in all of them.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Actions;
use AmzLinkr\Box;
use AmzLinkr\DisplayDefaults;

defined( 'ABSPATH' ) || exit;

Actions\print_form_start( 'save_display' );
?>
	<table class="form-table" role="presentation">
		<?php
		$amzlinkr_rows     = array(
			'style'   => __( 'Style', 'amzlinkr' ),
			'layout'  => __( 'Layout of a box', 'amzlinkr' ),
			'several' => __( 'Several products', 'amzlinkr' ),
		);
		$amzlinkr_defaults = DisplayDefaults\get();
		foreach ( $amzlinkr_rows as $amzlinkr_name => $amzlinkr_label ) :
			?>
		<tr>
			<th scope="row"><label for="<?php echo esc_attr( "amzlinkr-$amzlinkr_name" ); ?>"><?php echo esc_html( $amzlinkr_label ); ?></label></th>
			<td><select id="<?php echo esc_attr( "amzlinkr-$amzlinkr_name" ); ?>" name="<?php echo esc_attr( $amzlinkr_name ); ?>">
			<?php foreach ( DisplayDefaults\get_labels()[ $amzlinkr_name ] as $amzlinkr_value => $amzlinkr_text ) : ?>
				<option value="<?php echo esc_attr( $amzlinkr_value ); ?>" <?php selected( $amzlinkr_defaults[ $amzlinkr_name ], $amzlinkr_value ); ?>><?php echo esc_html( $amzlinkr_text ); ?></option>
			<?php endforeach; ?>
			</select></td>
		</tr>
		<?php endforeach; ?>
		<tr>
			<th scope="row"><label for="amzlinkr-button"><?php esc_html_e( 'Label of the button', 'amzlinkr' ); ?></label></th>
			<td><input type="text" class="regular-text" id="amzlinkr-button" name="button" value="<?php echo esc_attr( $amzlinkr_defaults['button'] ); ?>" placeholder="<?php esc_attr_e( 'Buy on Amazon', 'amzlinkr' ); ?>">
			<p class="description"><?php esc_html_e( 'The settings above apply to each block and shortcode without a choice.', 'amzlinkr' ); ?></p></td>
		</tr>
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
<?php require __DIR__ . '/settings-languages.php'; ?>
<?php require __DIR__ . '/settings-countries.php'; ?>
<?php require __DIR__ . '/settings-clicks.php'; ?>
