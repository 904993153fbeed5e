<?php
/**
 * The title of a product, for a sentence. To change it, copy this file to `amzlinkr/title.php` in your theme.
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
<span class="amzlinkr-inline amzlinkr-title"<?php Template\print_expiry( $box ); ?>><span<?php echo $box['has_own_title'] ? ' data-own' : ''; ?>><?php echo esc_html( $box['title'] ); ?></span></span>
