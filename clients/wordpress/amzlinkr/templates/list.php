<?php
/**
 * A numbered list of products. To change it, copy this file to `amzlinkr/list.php` in your theme.
 *
 * Keep the class and the `data-` attributes of the first element: the script product-list.js replaces an expired list.
 *
 * @package AmzLinkr
 *
 * @var array $box `items`: the HTML of the products; `style`; `until`: the Unix time at which the list expires, or 0;
 *                 `fallback`: the author's text in place of an expired list; and the texts of parts/group-details.php.
 */

use AmzLinkr\Template;

defined( 'ABSPATH' ) || exit;
?>
<div
	class="amzlinkr-list<?php echo $box['style'] ? esc_attr( " is-style-{$box['style']}" ) : ''; ?>"
	<?php Template\print_post(); ?>
	<?php if ( $box['until'] ) : ?>
		data-until="<?php echo esc_attr( $box['until'] ); ?>"
		data-fallback="<?php echo esc_attr( $box['fallback'] ); ?>"
	<?php endif; ?>
>
	<?php /* Browsers do not announce a list without its own markers, unless it has this role. */ ?>
	<ol class="amzlinkr-list__items" role="list">
		<?php foreach ( $box['items'] as $amzlinkr_item ) : ?>
			<li class="amzlinkr-list__item"><?php echo $amzlinkr_item; // phpcs:ignore WordPress.Security.EscapeOutput -- rendered by the template of the box. ?></li>
		<?php endforeach; ?>
	</ol>
	<?php Template\print_part( 'parts/group-details', $box ); ?>
</div>
