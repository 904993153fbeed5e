<?php
/**
 * A link with the title of a product as its text. To change it, copy this file to `amzlinkr/text-link.php` in your theme.
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
<span class="amzlinkr-inline amzlinkr-text-link"<?php Template\print_expiry( $box ); ?>><a<?php Template\print_link( $box ); ?><?php echo $box['has_own_title'] ? ' data-own' : ''; ?>><?php echo esc_html( $box['title'] ); ?></a></span>
