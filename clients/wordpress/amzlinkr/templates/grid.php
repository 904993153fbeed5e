<?php
/**
 * A grid of products. To change it, copy this file to `amzlinkr/grid.php` in your theme.
 *
 * @package AmzLinkr
 *
 * @var array $box The data that templates/list.php describes, and `columns`: the number of columns on a wide screen, or 0
 *                 for as many as there is room for.
 */

use AmzLinkr\Template;

defined( 'ABSPATH' ) || exit;

$amzlinkr_class  = 'amzlinkr-list amzlinkr-grid';
$amzlinkr_class .= $box['style'] ? " is-style-{$box['style']}" : '';
?>
<div
	class="<?php echo esc_attr( $amzlinkr_class ); ?>"
	<?php Template\print_post(); ?>
	<?php if ( $box['until'] ) : ?>
		data-until="<?php echo esc_attr( $box['until'] ); ?>"
		data-fallback="<?php echo esc_attr( $box['fallback'] ); ?>"
	<?php endif; ?>
>
	<ul class="amzlinkr-grid__items" role="list" <?php echo $box['columns'] ? 'style="' . esc_attr( "--amzlinkr-columns:{$box['columns']}" ) . '"' : ''; ?>>
		<?php foreach ( $box['items'] as $amzlinkr_item ) : ?>
			<li class="amzlinkr-grid__item"><?php echo $amzlinkr_item; // phpcs:ignore WordPress.Security.EscapeOutput -- rendered by the template of the box. ?></li>
		<?php endforeach; ?>
	</ul>
	<?php Template\print_part( 'parts/group-details', $box ); ?>
</div>
