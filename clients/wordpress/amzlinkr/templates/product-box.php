<?php
/**
 * A product box. To change it, copy this file to `amzlinkr/product-box.php` in your theme.
 *
 * Rules for a changed copy:
 * - Escape each value, as below.
 * - Keep `url` unchanged: it is Amazon's link with the site's Associate tag.
 * - Keep `data-until`, `data-later` and the classes of price, availability and time. The script product-box.js uses
 *   them to remove expired data from pages that were cached for too long.
 *
 * @package AmzLinkr
 *
 * @var array $box Plain text and checked URLs: `asin`, `marketplace`, `title`, `brand`, `url`, `image`,
 *                 `image_width`, `image_height`, `price`, `list_price`, `savings_percent`, `availability`, `as_of`,
 *                 `shown_until` (a Unix time), `disclaimer`, `statement`. An empty value is not known, or may not
 *                 be shown now.
 */

defined( 'ABSPATH' ) || exit;

$amzlinkr_rel = 'sponsored nofollow noopener';
?>
<div
	class="amzlinkr-box"
	data-asin="<?php echo esc_attr( $box['asin'] ); ?>"
	<?php if ( $box['shown_until'] ) : ?>
		data-until="<?php echo esc_attr( $box['shown_until'] ); ?>"
	<?php endif; ?>
>
	<?php if ( $box['image'] && $box['url'] ) : ?>
		<a class="amzlinkr-box__image" href="<?php echo esc_url( $box['url'], array( 'https' ) ); ?>" rel="<?php echo esc_attr( $amzlinkr_rel ); ?>" target="_blank">
			<img src="<?php echo esc_url( $box['image'], array( 'https' ) ); ?>" alt="<?php echo esc_attr( $box['title'] ); ?>" width="<?php echo esc_attr( $box['image_width'] ); ?>" height="<?php echo esc_attr( $box['image_height'] ); ?>" loading="lazy">
		</a>
	<?php endif; ?>
	<div class="amzlinkr-box__text">
		<?php if ( $box['title'] ) : ?>
			<p class="amzlinkr-box__title">
				<?php if ( $box['url'] ) : ?>
					<a href="<?php echo esc_url( $box['url'], array( 'https' ) ); ?>" rel="<?php echo esc_attr( $amzlinkr_rel ); ?>" target="_blank"><?php echo esc_html( $box['title'] ); ?></a>
				<?php else : ?>
					<?php echo esc_html( $box['title'] ); ?>
				<?php endif; ?>
			</p>
		<?php endif; ?>
		<?php if ( $box['brand'] ) : ?>
			<p class="amzlinkr-box__brand"><?php echo esc_html( $box['brand'] ); ?></p>
		<?php endif; ?>
		<?php if ( $box['price'] ) : ?>
			<p class="amzlinkr-box__price">
				<strong><?php echo esc_html( $box['price'] ); ?></strong>
				<?php if ( $box['list_price'] ) : ?>
					<del><?php echo esc_html( $box['list_price'] ); ?></del>
				<?php endif; ?>
				<?php if ( $box['savings_percent'] ) : ?>
					<span class="amzlinkr-box__savings"><?php echo esc_html( "−{$box['savings_percent']} %" ); ?></span>
				<?php endif; ?>
			</p>
		<?php endif; ?>
		<?php if ( $box['availability'] ) : ?>
			<p class="amzlinkr-box__availability"><?php echo esc_html( $box['availability'] ); ?></p>
		<?php endif; ?>
		<?php if ( $box['price'] || $box['availability'] ) : ?>
			<?php /* translators: %s: a date and time */ ?>
			<p class="amzlinkr-box__time"><?php echo esc_html( sprintf( __( 'as of %s', 'amzlinkr' ), $box['as_of'] ) ); ?></p>
		<?php endif; ?>
		<?php if ( $box['url'] ) : ?>
			<p class="amzlinkr-box__buy">
				<a
					href="<?php echo esc_url( $box['url'], array( 'https' ) ); ?>"
					rel="<?php echo esc_attr( $amzlinkr_rel ); ?>"
					target="_blank"
					<?php if ( $box['shown_until'] ) : ?>
						data-later="<?php esc_attr_e( 'See price on Amazon', 'amzlinkr' ); ?>"
					<?php endif; ?>
				>
					<?php echo esc_html( $box['price'] ? __( 'Buy on Amazon', 'amzlinkr' ) : __( 'See price on Amazon', 'amzlinkr' ) ); ?>
				</a>
			</p>
		<?php endif; ?>
		<p class="amzlinkr-box__small">
			<?php if ( $box['disclaimer'] ) : ?>
				<span class="amzlinkr-box__disclaimer"><?php echo esc_html( $box['disclaimer'] ); ?></span>
			<?php endif; ?>
			<span class="amzlinkr-box__statement"><?php echo esc_html( $box['statement'] ); ?></span>
		</p>
	</div>
</div>
