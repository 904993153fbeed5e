<?php
/**
 * The price of a product, for a sentence. To change it, copy this file to `amzlinkr/price.php` in your theme.
 *
 * The rules in templates/product-box.php apply. In a sentence, use only elements that a paragraph may contain.
 *
 * @package AmzLinkr
 *
 * @var array $box The data that templates/product-box.php describes.
 */

use AmzLinkr\Template;

defined( 'ABSPATH' ) || exit;
?>
<span class="amzlinkr-inline amzlinkr-price"<?php Template\print_expiry( $box, true ); ?>><strong><?php echo esc_html( $box['price'] ); ?></strong><?php if ( $box['price_access'] || $box['condition'] ) : ?> <span class="amzlinkr-price__terms"><?php echo esc_html( implode( ', ', array_filter( array( $box['price_access'], $box['condition'] ), 'strlen' ) ) ); ?></span><?php endif; ?> <?php Template\print_part( 'parts/time-note', $box ); ?></span>
