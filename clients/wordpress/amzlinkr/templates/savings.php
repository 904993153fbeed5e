<?php
/**
 * The savings of a product in percent, for a sentence. To change it, copy this file to `amzlinkr/savings.php` in your theme.
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
<span class="amzlinkr-inline amzlinkr-savings"<?php Template\print_expiry( $box, true, false ); ?>><strong dir="ltr"><?php echo esc_html( $box['savings'] ); ?></strong> <?php Template\print_part( 'parts/time-note', $box ); ?></span>
