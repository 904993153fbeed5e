<?php
/**
 * A comparison table. To change it, copy this file to `amzlinkr/table.php` in your theme.
 *
 * The rules in templates/product-box.php apply. Each element with data from Amazon has the attributes of
 * Template\print_expiry(), and the script removes it on its own.
 *
 * @package AmzLinkr
 *
 * @var array $box `products`: the data of the columns; `rows`, each with a `label`, `cells`, `best`, `is_own` and `is_offer`;
 *                 `has_buttons`; and the rest of what templates/list.php describes.
 */

use AmzLinkr\Template;

defined( 'ABSPATH' ) || exit;
?>
<div
	class="amzlinkr-list amzlinkr-table<?php echo $box['style'] ? esc_attr( " is-style-{$box['style']}" ) : ''; ?>"
	<?php Template\print_post(); ?>
	<?php if ( $box['until'] ) : ?>
		data-until="<?php echo esc_attr( $box['until'] ); ?>"
		data-fallback="<?php echo esc_attr( $box['fallback'] ); ?>"
	<?php endif; ?>
>
	<?php /* The keyboard scrolls an element with the focus. */ ?>
	<div class="amzlinkr-table__scroll" role="group" tabindex="0" aria-label="<?php esc_attr_e( 'Comparison of products', 'amzlinkr' ); ?>">
		<table>
			<thead>
				<tr>
					<td></td>
					<?php foreach ( $box['products'] as $amzlinkr_product ) : ?>
						<th scope="col">
							<?php if ( $amzlinkr_product['title'] || Template\has_picture( $amzlinkr_product ) ) : ?>
								<div class="amzlinkr-inline"<?php Template\print_expiry( $amzlinkr_product ); ?>>
									<?php if ( Template\has_picture( $amzlinkr_product ) ) : ?>
										<a class="amzlinkr-box__image"<?php Template\print_link( $amzlinkr_product ); ?><?php echo $amzlinkr_product['own_image'] ? ' data-own' : ''; ?><?php echo $amzlinkr_product['title'] ? ' tabindex="-1" aria-hidden="true"' : ''; ?>><?php Template\print_picture( $amzlinkr_product ); ?></a>
									<?php endif; ?>
									<?php if ( $amzlinkr_product['title'] ) : ?>
										<a class="amzlinkr-box__title"<?php Template\print_link( $amzlinkr_product ); ?><?php echo $amzlinkr_product['has_own_title'] ? ' data-own' : ''; ?>><?php echo esc_html( $amzlinkr_product['title'] ); ?></a>
									<?php endif; ?>
								</div>
							<?php else : ?>
								<a href="<?php echo esc_url( $amzlinkr_product['link'], array( 'https' ) ); ?>" rel="<?php echo esc_attr( Template\REL ); ?>" target="_blank"><?php echo esc_html( $amzlinkr_product['link_text'] ); ?></a>
							<?php endif; ?>
							<?php if ( $amzlinkr_product['badge'] ) : ?>
								<p class="amzlinkr-box__badge"><?php echo esc_html( $amzlinkr_product['badge'] ); ?></p>
							<?php endif; ?>
						</th>
					<?php endforeach; ?>
				</tr>
			</thead>
			<tbody>
				<?php foreach ( $box['rows'] as $amzlinkr_row ) : ?>
					<tr>
						<th scope="row"><?php echo esc_html( $amzlinkr_row['label'] ); ?></th>
						<?php foreach ( $amzlinkr_row['cells'] as $amzlinkr_index => $amzlinkr_cell ) : ?>
							<td<?php echo $amzlinkr_cell && $amzlinkr_index === $amzlinkr_row['best'] ? ' class="amzlinkr-table__best"' : ''; ?>>
								<?php
								if ( $amzlinkr_cell ) {
									Template\print_part(
										'parts/cell',
										array(
											'cell'    => $amzlinkr_cell,
											'is_best' => $amzlinkr_index === $amzlinkr_row['best'],
										) + $amzlinkr_row + $box['products'][ $amzlinkr_index ]
									);
								}
								?>
							</td>
						<?php endforeach; ?>
					</tr>
				<?php endforeach; ?>
				<?php if ( $box['has_buttons'] ) : ?>
					<tr class="amzlinkr-table__buttons">
						<td></td>
						<?php foreach ( $box['products'] as $amzlinkr_product ) : ?>
							<td><?php Template\print_part( 'button', $amzlinkr_product ); ?></td>
						<?php endforeach; ?>
					</tr>
				<?php endif; ?>
			</tbody>
		</table>
	</div>
	<?php Template\print_part( 'parts/group-details', $box ); ?>
</div>
