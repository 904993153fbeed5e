<?php
/**
 * The texts that several products have in common: the time, the disclaimer and the Associate statement. To change them,
 * copy this file to `amzlinkr/parts/group-details.php` in your theme.
 *
 * @package AmzLinkr
 *
 * @var array $box `as_of`, `disclaimer` and `statement`; empty if the products print them.
 */

defined( 'ABSPATH' ) || exit;

/* translators: %s: a date and time */
$amzlinkr_time = $box['as_of'] ? sprintf( __( 'Prices and availability as of %s', 'amzlinkr' ), $box['as_of'] ) : '';
if ( '' === $box['disclaimer'] . $box['statement'] ) {
	return;
}
?>
<div class="amzlinkr-list__small">
	<?php if ( $box['disclaimer'] ) : ?>
		<details class="amzlinkr-box__details">
			<summary>
				<?php if ( $amzlinkr_time ) : ?>
					<span class="amzlinkr-box__time"><?php echo esc_html( $amzlinkr_time ); ?></span>
				<?php endif; ?>
				<span class="amzlinkr-box__more"><?php esc_html_e( 'Details', 'amzlinkr' ); ?></span>
			</summary>
			<p class="amzlinkr-list__disclaimer"><?php echo esc_html( $box['disclaimer'] ); ?></p>
		</details>
	<?php endif; ?>
	<?php if ( $box['statement'] ) : ?>
		<p class="amzlinkr-list__statement"><?php echo esc_html( $box['statement'] ); ?></p>
	<?php endif; ?>
</div>
