<?php
/**
 * The part of Settings → Display with the marketplace of each language. Sites with one language do not show it.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Accounts;
use AmzLinkr\Actions;
use AmzLinkr\Languages;

defined( 'ABSPATH' ) || exit;

$amzlinkr_languages = Languages\get_all();
if ( ! $amzlinkr_languages ) {
	return;
}
$amzlinkr_map = Languages\get_map();
?>
<h2><?php esc_html_e( 'Languages', 'amzlinkr' ); ?></h2>
<p><?php esc_html_e( 'Blocks and shortcodes without a marketplace show the product of the marketplace that you choose for the language of the page, if the product is imported there, otherwise that of your primary marketplace. Pages in caches change within twelve hours, or when you empty the cache.', 'amzlinkr' ); ?></p>
<?php Actions\print_form_start( 'save_languages' ); ?>
	<table class="form-table" role="presentation">
	<?php foreach ( $amzlinkr_languages as $amzlinkr_code => $amzlinkr_name ) : ?>
		<tr>
			<th scope="row"><label for="<?php echo esc_attr( "amzlinkr-language-$amzlinkr_code" ); ?>"><?php echo esc_html( $amzlinkr_name ); ?></label></th>
			<td><select id="<?php echo esc_attr( "amzlinkr-language-$amzlinkr_code" ); ?>" name="<?php echo esc_attr( "languages[$amzlinkr_code]" ); ?>">
				<?php /* translators: %s: a marketplace like US */ ?>
				<option value=""><?php echo esc_html( sprintf( __( 'Primary marketplace (%s)', 'amzlinkr' ), Accounts\get_primary_marketplace() ) ); ?></option>
				<?php foreach ( array_column( Accounts\get_all(), 'marketplace' ) as $amzlinkr_marketplace ) : ?>
					<option value="<?php echo esc_attr( $amzlinkr_marketplace ); ?>" <?php selected( $amzlinkr_marketplace, $amzlinkr_map[ $amzlinkr_code ] ?? '' ); ?>><?php echo esc_html( $amzlinkr_marketplace ); ?></option>
				<?php endforeach; ?>
			</select></td>
		</tr>
	<?php endforeach; ?>
	</table>
	<?php submit_button( __( 'Save', 'amzlinkr' ), 'secondary', 'save', false ); ?>
</form>
