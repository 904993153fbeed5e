<?php
/**
 * A product box. To change it, copy this file to `amzlinkr/product-box.php` in your theme.
 *
 * Rules for a changed copy:
 * - Escape each value, as below.
 * - Keep `url` unchanged: it is Amazon's link with the site's Associate tag.
 * - Keep the `data-` attributes and the classes of the parts. The script product-box.js uses them in pages that were
 *   cached or kept open for too long: it removes the offer when its deal ends, and replaces a box by a link when its
 *   data expires. If `data-link` does not lead to Amazon, it removes the box.
 * - Show `price_access` beside the price: the price is for members of Prime only.
 * - Keep the attribute `data-own` at the author's own content, and set it nowhere else: the script keeps these elements
 *   when the data from Amazon expires.
 * - Print `disclaimer` and `statement` only if they are not empty: a list of boxes prints them once below its boxes.
 *
 * @package AmzLinkr
 *
 * @var array $box Plain text and checked URLs: `asin`, `marketplace`, `title`, `brand`, `url`, `image`,
 *                 `image_width`, `image_height`, `price`, `price_access`, `list_price`, `list_price_label`,
 *                 `savings_percent`, `unit_price`, `condition`, `deal`, `availability`, `order_quantity`, `as_of`,
 *                 `shown_until` and `offer_until` (Unix times), `disclaimer`, `statement`, `link` and `link_text` (the
 *                 link in place of an expired box). An empty value is not known, or may not be shown now. Of the
 *                 author: `has_own_title` (whether the title is the author's), the lines in `own_text`, `own_image`
 *                 (the ID of a picture, or 0) and `own_image_alt`.
 */

defined( 'ABSPATH' ) || exit;

$amzlinkr_rel = 'sponsored nofollow noopener';
// The name of the button's link contains the title, so that it is unique among several boxes.
$amzlinkr_id = wp_unique_id( "amzlinkr-{$box['asin']}-" );
?>
<div
	class="amzlinkr-box"
	data-asin="<?php echo esc_attr( $box['asin'] ); ?>"
	<?php if ( $box['shown_until'] ) : ?>
		data-until="<?php echo esc_attr( $box['shown_until'] ); ?>"
	<?php endif; ?>
	<?php if ( $box['offer_until'] ) : ?>
		data-offer-until="<?php echo esc_attr( $box['offer_until'] ); ?>"
	<?php endif; ?>
	data-link="<?php echo esc_url( $box['link'], array( 'https' ) ); ?>"
	data-link-text="<?php echo esc_attr( $box['link_text'] ); ?>"
>
	<?php if ( $box['own_image'] && $box['url'] ) : ?>
		<a class="amzlinkr-box__image" href="<?php echo esc_url( $box['url'], array( 'https' ) ); ?>" rel="<?php echo esc_attr( $amzlinkr_rel ); ?>" target="_blank" data-own>
			<?php echo wp_get_attachment_image( $box['own_image'], 'medium', false, array( 'alt' => $box['own_image_alt'] ) ); ?>
		</a>
	<?php elseif ( $box['image'] && $box['url'] ) : ?>
		<a class="amzlinkr-box__image" href="<?php echo esc_url( $box['url'], array( 'https' ) ); ?>" rel="<?php echo esc_attr( $amzlinkr_rel ); ?>" target="_blank">
			<img src="<?php echo esc_url( $box['image'], array( 'https' ) ); ?>" alt="<?php echo esc_attr( $box['title'] ); ?>" width="<?php echo esc_attr( $box['image_width'] ); ?>" height="<?php echo esc_attr( $box['image_height'] ); ?>" loading="lazy">
		</a>
	<?php endif; ?>
	<div class="amzlinkr-box__text">
		<?php if ( '' !== $box['title'] ) : ?>
			<p class="amzlinkr-box__title" id="<?php echo esc_attr( "$amzlinkr_id-title" ); ?>" <?php echo $box['has_own_title'] ? 'data-own' : ''; ?>>
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
		<?php foreach ( $box['own_text'] as $amzlinkr_line ) : ?>
			<p class="amzlinkr-box__own" data-own><?php echo esc_html( $amzlinkr_line ); ?></p>
		<?php endforeach; ?>
		<?php if ( $box['deal'] ) : ?>
			<p class="amzlinkr-box__deal"><?php echo esc_html( $box['deal'] ); ?></p>
		<?php endif; ?>
		<?php if ( $box['price'] ) : ?>
			<p class="amzlinkr-box__price">
				<strong><?php echo esc_html( $box['price'] ); ?></strong>
				<?php if ( $box['price_access'] ) : ?>
					<span class="amzlinkr-box__access"><?php echo esc_html( $box['price_access'] ); ?></span>
				<?php endif; ?>
				<?php if ( $box['list_price'] ) : ?>
					<span class="amzlinkr-box__reference"><?php echo esc_html( $box['list_price_label'] ); ?> <del><?php echo esc_html( $box['list_price'] ); ?></del></span>
				<?php endif; ?>
				<?php if ( $box['savings_percent'] ) : ?>
					<span class="amzlinkr-box__savings"><?php echo esc_html( "−{$box['savings_percent']} %" ); ?></span>
				<?php endif; ?>
				<?php if ( $box['unit_price'] ) : ?>
					<span class="amzlinkr-box__unit"><?php echo esc_html( $box['unit_price'] ); ?></span>
				<?php endif; ?>
			</p>
		<?php endif; ?>
		<?php if ( $box['condition'] ) : ?>
			<p class="amzlinkr-box__condition"><?php echo esc_html( $box['condition'] ); ?></p>
		<?php endif; ?>
		<?php if ( $box['availability'] ) : ?>
			<p class="amzlinkr-box__availability"><?php echo esc_html( $box['availability'] ); ?></p>
		<?php endif; ?>
		<?php if ( $box['order_quantity'] ) : ?>
			<p class="amzlinkr-box__quantity"><?php echo esc_html( $box['order_quantity'] ); ?></p>
		<?php endif; ?>
		<?php if ( $box['price'] || $box['availability'] ) : ?>
			<?php /* translators: %s: a date and time */ ?>
			<p class="amzlinkr-box__time"><?php echo esc_html( sprintf( __( 'as of %s', 'amzlinkr' ), $box['as_of'] ) ); ?></p>
		<?php endif; ?>
		<?php if ( $box['url'] ) : ?>
			<p class="amzlinkr-box__buy">
				<a
					id="<?php echo esc_attr( "$amzlinkr_id-buy" ); ?>"
					aria-labelledby="<?php echo esc_attr( "$amzlinkr_id-buy $amzlinkr_id-title" ); ?>"
					href="<?php echo esc_url( $box['url'], array( 'https' ) ); ?>"
					rel="<?php echo esc_attr( $amzlinkr_rel ); ?>"
					target="_blank"
					data-later="<?php esc_attr_e( 'See price on Amazon', 'amzlinkr' ); ?>"
				>
					<?php echo esc_html( $box['price'] ? __( 'Buy on Amazon', 'amzlinkr' ) : __( 'See price on Amazon', 'amzlinkr' ) ); ?>
				</a>
			</p>
		<?php endif; ?>
		<?php if ( $box['disclaimer'] || $box['statement'] ) : ?>
			<p class="amzlinkr-box__small">
				<?php if ( $box['disclaimer'] ) : ?>
					<span class="amzlinkr-box__disclaimer"><?php echo esc_html( $box['disclaimer'] ); ?></span>
				<?php endif; ?>
				<?php if ( $box['statement'] ) : ?>
					<span class="amzlinkr-box__statement"><?php echo esc_html( $box['statement'] ); ?></span>
				<?php endif; ?>
			</p>
		<?php endif; ?>
	</div>
</div>
