<?php
/**
 * The time and the disclaimer of prices and availability. To change them, copy this file to `amzlinkr/parts/details.php`
 * in your theme.
 *
 * Amazon requires the time beside a price or an availability. The disclaimer may stand behind a link. Print both only if
 * they are not empty: below several boxes they are printed once.
 *
 * @package AmzLinkr
 *
 * @var array $box The data that templates/product-box.php describes.
 */

defined( 'ABSPATH' ) || exit;

/* translators: %s: a date and time */
$amzlinkr_time = $box['as_of'] ? sprintf( __( 'as of %s', 'amzlinkr' ), $box['as_of'] ) : '';
if ( $box['disclaimer'] ) :
	?>
	<details class="amzlinkr-box__details">
		<summary>
			<?php if ( $amzlinkr_time ) : ?>
				<span class="amzlinkr-box__time"><?php echo esc_html( $amzlinkr_time ); ?></span>
			<?php endif; ?>
			<span class="amzlinkr-box__more"><?php esc_html_e( 'Details', 'amzlinkr' ); ?></span>
		</summary>
		<p class="amzlinkr-box__disclaimer"><?php echo esc_html( $box['disclaimer'] ); ?></p>
	</details>
<?php elseif ( $amzlinkr_time ) : ?>
	<p class="amzlinkr-box__time"><?php echo esc_html( $amzlinkr_time ); ?></p>
<?php endif; ?>
