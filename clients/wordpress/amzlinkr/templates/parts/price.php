<?php
/**
 * The price of a product with its terms. To change it, copy this file to `amzlinkr/parts/price.php` in your theme.
 *
 * Keep `price_access` and `condition` beside the price: it is a price for members of Prime, or of a used product.
 *
 * @package AmzLinkr
 *
 * @var array $box The data that templates/product-box.php describes.
 */

defined( 'ABSPATH' ) || exit;
?>
<p class="amzlinkr-box__price">
	<strong style="<?php echo esc_attr( '--amzlinkr-price-length:' . mb_strlen( $box['price'] ) ); ?>"><?php echo esc_html( $box['price'] ); ?></strong>
	<?php if ( $box['price_access'] ) : ?>
		<span class="amzlinkr-box__access"><?php echo esc_html( $box['price_access'] ); ?></span>
	<?php endif; ?>
	<?php if ( $box['savings'] ) : ?>
		<span class="amzlinkr-box__savings"><bdi dir="ltr"><?php echo esc_html( $box['savings'] ); ?></bdi></span>
	<?php endif; ?>
	<?php if ( $box['list_price'] ) : ?>
		<span class="amzlinkr-box__reference"><?php echo esc_html( $box['list_price_label'] ); ?> <del><?php echo esc_html( $box['list_price'] ); ?></del></span>
	<?php endif; ?>
	<?php if ( $box['unit_price'] ) : ?>
		<span class="amzlinkr-box__unit"><?php echo esc_html( $box['unit_price'] ); ?></span>
	<?php endif; ?>
</p>
<?php if ( $box['condition'] ) : ?>
	<p class="amzlinkr-box__condition"><?php echo esc_html( $box['condition'] ); ?></p>
<?php endif; ?>
