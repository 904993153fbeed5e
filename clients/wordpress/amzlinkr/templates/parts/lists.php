<?php
/**
 * The author's bullet points, pros and cons. To change them, copy this file to `amzlinkr/parts/lists.php` in your theme.
 *
 * Keep the attribute `data-own`: the script keeps these elements when the data from Amazon expires.
 *
 * @package AmzLinkr
 *
 * @var array $box The data that templates/product-box.php describes.
 */

defined( 'ABSPATH' ) || exit;

$amzlinkr_labels = array(
	'bullets' => '',
	'pros'    => __( 'Pros', 'amzlinkr' ),
	'cons'    => __( 'Cons', 'amzlinkr' ),
);
foreach ( $amzlinkr_labels as $amzlinkr_name => $amzlinkr_label ) :
	if ( ! $box[ $amzlinkr_name ] ) {
		continue;
	}
	?>
	<div class="amzlinkr-box__<?php echo esc_attr( $amzlinkr_name ); ?>" data-own>
		<?php if ( $amzlinkr_label ) : ?>
			<p class="amzlinkr-box__label"><?php echo esc_html( $amzlinkr_label ); ?></p>
		<?php endif; ?>
		<ul role="list">
			<?php foreach ( $box[ $amzlinkr_name ] as $amzlinkr_line ) : ?>
				<li><?php echo esc_html( $amzlinkr_line ); ?></li>
			<?php endforeach; ?>
		</ul>
	</div>
<?php endforeach; ?>
