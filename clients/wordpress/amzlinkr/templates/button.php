<?php
/**
 * A button that leads to a product. To change it, copy this file to `amzlinkr/button.php` in your theme.
 *
 * The rules in templates/product-box.php apply. In a sentence, use only elements that a paragraph may contain.
 * The hidden title makes the name of the link unique. The script removes it when the data from Amazon expires.
 *
 * @package AmzLinkr
 *
 * @var array $box The data that templates/product-box.php describes.
 */

use AmzLinkr\Template;

defined( 'ABSPATH' ) || exit;
?>
<span class="amzlinkr-inline amzlinkr-button wp-block-button"<?php Template\print_expiry( $box ); ?><?php echo $box['offer_until'] ? ' data-offer-until="' . esc_attr( $box['offer_until'] ) . '"' : ''; ?>><a class="wp-block-button__link wp-element-button"<?php Template\print_link( $box ); ?> data-own data-later="<?php echo esc_attr( Template\get_button_label( $box, false ) ); ?>"><?php echo esc_html( Template\get_button_label( $box, '' !== $box['price'] ) ); ?><?php if ( $box['title'] ) : ?><span class="amzlinkr-hidden"> <?php echo esc_html( $box['title'] ); ?></span><?php endif; ?></a></span>
