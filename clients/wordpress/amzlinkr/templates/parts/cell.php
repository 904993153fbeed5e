<?php
/**
 * A value in a comparison table. To change it, copy this file to `amzlinkr/parts/cell.php` in your theme.
 *
 * @package AmzLinkr
 *
 * @var array $box The data that templates/product-box.php describes, and of the cell: `cell`, a text or a list of texts;
 *                 `name`, the name of the row; `is_own`: whether it is the author's own content; `is_offer`; and `is_best`.
 */

use AmzLinkr\Template;

defined( 'ABSPATH' ) || exit;

if ( ! $box['cell'] ) {
	return;
}
?>
<div
	<?php if ( $box['is_own'] ) : ?>
		data-own
	<?php else : ?>
		class="amzlinkr-inline"
		<?php Template\print_expiry( $box, $box['is_offer'], false ); ?>
	<?php endif; ?>
>
	<?php if ( 'price' === $box['name'] ) : ?>
		<?php Template\print_part( 'parts/price', $box ); ?>
	<?php elseif ( is_array( $box['cell'] ) ) : ?>
		<div class="amzlinkr-box__<?php echo esc_attr( $box['name'] ); ?>">
			<ul role="list">
				<?php foreach ( $box['cell'] as $amzlinkr_line ) : ?>
					<li><?php echo esc_html( $amzlinkr_line ); ?></li>
				<?php endforeach; ?>
			</ul>
		</div>
	<?php elseif ( 'savings' === $box['name'] ) : ?>
		<span class="amzlinkr-box__savings"><bdi dir="ltr"><?php echo esc_html( $box['cell'] ); ?></bdi></span>
	<?php else : ?>
		<span><?php echo esc_html( $box['cell'] ); ?></span>
	<?php endif; ?>
	<?php if ( $box['is_best'] ) : ?>
		<span class="amzlinkr-table__mark"><?php esc_html_e( 'Best', 'amzlinkr' ); ?></span>
	<?php endif; ?>
</div>
