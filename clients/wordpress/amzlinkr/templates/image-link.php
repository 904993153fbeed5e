<?php
/**
 * The picture of a product with a link. To change it, copy this file to `amzlinkr/image-link.php` in your theme.
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
<span class="amzlinkr-inline amzlinkr-image-link<?php echo $box['size'] ? esc_attr( " amzlinkr-box--{$box['size']}" ) : ''; ?>"<?php Template\print_expiry( $box ); ?>><a class="amzlinkr-box__image"<?php Template\print_link( $box ); ?><?php echo $box['own_image'] ? ' data-own' : ''; ?>><?php Template\print_picture( $box ); ?></a></span>
