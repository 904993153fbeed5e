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
 * - Call Template\print_post() in the first element: without it, clicks on the links are not counted.
 * - Print `disclaimer`, `as_of` and `statement` only if they are not empty: several boxes have them once, below them.
 * - The parts in templates/parts can be changed on their own.
 *
 * @package AmzLinkr
 *
 * @var array $box Plain text and checked URLs: `asin`, `marketplace`, `title`, `brand`, `url`, `image`,
 *                 `image_width`, `image_height`, `price`, `price_access`, `list_price`, `list_price_label`,
 *                 `savings_percent`, `unit_price`, `condition`, `deal`, `deal_end`, `availability`, `order_quantity`, `as_of`,
 *                 `shown_until` and `offer_until` (Unix times), `disclaimer`, `statement`, `link` and `link_text` (the
 *                 link in place of an expired box). An empty value is not known, or may not be shown now. Of the
 *                 author: `has_own_title` (whether the title is the author's), the lines in `own_text`, the entries in
 *                 `bullets`, `pros` and `cons`, `badge`, `own_image` (the ID of a picture, or 0) and `own_image_alt`.
 *                 Of the display: `savings` (`savings_percent` as a text), `layout`, `style`, `size`, `button` (the label,
 *                 or empty), `hides_title` and `hides_button`.
 */

use AmzLinkr\Template;

defined( 'ABSPATH' ) || exit;

// The name of the button's link contains the title, so that it is unique among several boxes.
$amzlinkr_id    = wp_unique_id( "amzlinkr-{$box['asin']}-" );
$amzlinkr_class = 'amzlinkr-box';
if ( 'horizontal' !== $box['layout'] ) {
	$amzlinkr_class .= " amzlinkr-box--{$box['layout']}";
}
if ( $box['style'] ) {
	$amzlinkr_class .= " is-style-{$box['style']}";
}
if ( $box['size'] ) {
	$amzlinkr_class .= " amzlinkr-box--{$box['size']}";
}
?>
<div
	class="<?php echo esc_attr( $amzlinkr_class ); ?>"
	<?php Template\print_post(); ?>
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
	<?php if ( Template\has_picture( $box ) ) : ?>
		<?php /* The link of the title leads to the same page, so screen readers and the keyboard skip this one. */ ?>
		<a class="amzlinkr-box__image" <?php Template\print_link( $box ); ?> <?php echo $box['own_image'] ? 'data-own' : ''; ?> <?php echo $box['title'] && ! $box['hides_title'] ? 'tabindex="-1" aria-hidden="true"' : ''; ?>><?php Template\print_picture( $box ); ?></a>
	<?php endif; ?>
	<div class="amzlinkr-box__text">
		<?php if ( $box['badge'] ) : ?>
			<p class="amzlinkr-box__badge" data-own><?php echo esc_html( $box['badge'] ); ?></p>
		<?php endif; ?>
		<?php if ( $box['title'] ) : ?>
			<p class="amzlinkr-box__title<?php echo $box['hides_title'] ? ' amzlinkr-hidden' : ''; ?>" id="<?php echo esc_attr( "$amzlinkr_id-title" ); ?>" <?php echo $box['has_own_title'] ? 'data-own' : ''; ?>>
				<?php if ( $box['url'] && ! $box['hides_title'] ) : ?>
					<a href="<?php echo esc_url( $box['url'], array( 'https' ) ); ?>" rel="<?php echo esc_attr( Template\REL ); ?>" target="_blank"><?php echo esc_html( $box['title'] ); ?></a>
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
		<?php Template\print_part( 'parts/lists', $box ); ?>
		<?php if ( $box['deal'] ) : ?>
			<p class="amzlinkr-box__deal"><span><?php echo esc_html( $box['deal'] ); ?></span> <?php echo esc_html( $box['deal_end'] ); ?></p>
		<?php endif; ?>
		<?php if ( $box['price'] ) : ?>
			<?php Template\print_part( 'parts/price', $box ); ?>
		<?php endif; ?>
		<?php if ( $box['availability'] ) : ?>
			<p class="amzlinkr-box__availability"><?php echo esc_html( $box['availability'] ); ?></p>
		<?php endif; ?>
		<?php if ( $box['order_quantity'] ) : ?>
			<p class="amzlinkr-box__quantity"><?php echo esc_html( $box['order_quantity'] ); ?></p>
		<?php endif; ?>
		<?php if ( $box['price'] || $box['availability'] ) : ?>
			<?php Template\print_part( 'parts/details', $box ); ?>
		<?php endif; ?>
		<?php if ( $box['url'] && ! $box['hides_button'] ) : ?>
			<?php /* The classes are those of the block “Buttons”: the button looks like the buttons of the theme. */ ?>
			<p class="amzlinkr-box__buy wp-block-button">
				<a
					id="<?php echo esc_attr( "$amzlinkr_id-buy" ); ?>"
					class="wp-block-button__link wp-element-button"
					aria-labelledby="<?php echo esc_attr( "$amzlinkr_id-buy $amzlinkr_id-title" ); ?>"
					<?php Template\print_link( $box ); ?>
					data-later="<?php echo esc_attr( Template\get_button_label( $box, false ) ); ?>"
				>
					<?php echo esc_html( Template\get_button_label( $box, '' !== $box['price'] ) ); ?>
				</a>
			</p>
		<?php endif; ?>
		<?php if ( $box['statement'] ) : ?>
			<p class="amzlinkr-box__small"><span class="amzlinkr-box__statement"><?php echo esc_html( $box['statement'] ); ?></span></p>
		<?php endif; ?>
	</div>
</div>
