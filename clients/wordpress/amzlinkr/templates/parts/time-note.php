<?php
/**
 * The time of a price in a sentence, with a link to the disclaimer at the end of the page. To change it, copy this file to
 * `amzlinkr/parts/time-note.php` in your theme.
 *
 * Amazon requires both beside a price.
 *
 * @package AmzLinkr
 *
 * @var array $box The data that templates/product-box.php describes.
 */

use AmzLinkr\Footer;

defined( 'ABSPATH' ) || exit;

/* translators: %s: a date and time */
$amzlinkr_time = sprintf( __( 'as of %s', 'amzlinkr' ), $box['as_of'] );
?>
<small class="amzlinkr-time">(<?php echo esc_html( $amzlinkr_time ); ?> – <a href="#<?php echo esc_attr( Footer\require_disclaimer( $box ) ); ?>"><?php esc_html_e( 'Details', 'amzlinkr' ); ?><span class="amzlinkr-hidden"> <?php echo esc_html( $box['title'] ); ?></span></a>)</small>
