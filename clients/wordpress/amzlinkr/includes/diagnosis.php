<?php
/**
 * The steps of the service's diagnostics, in the language of the user.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Diagnosis;

use AmzLinkr\Products;
use AmzLinkr\ServiceTexts;

defined( 'ABSPATH' ) || exit;

/**
 * Prepares a step for an admin page.
 *
 * @param array $step A step of `GET /v1/diagnostics`.
 * @return array The step with a translated `detail` and `action`, and its `label`.
 */
function prepare_step( array $step ): array {
	$texts = array( 'label' => get_label( Products\sanitize_text( $step, 'step' ) ) );
	foreach ( array( 'detail', 'action' ) as $field ) {
		$texts[ $field ] = ServiceTexts\translate_text( Products\sanitize_text( $step, $field ) );
	}
	return $texts + $step;
}

/**
 * Returns the label of a step. Unknown steps keep the name that the service sends.
 *
 * @param string $step The name of a step.
 */
function get_label( string $step ): string {
	$labels = array(
		'token'       => __( 'Keys', 'amzlinkr' ),
		'eligibility' => __( 'Access to the API', 'amzlinkr' ),
		'tag'         => __( 'Associate tag', 'amzlinkr' ),
		'marketplace' => __( 'Marketplace', 'amzlinkr' ),
		'item'        => __( 'Product', 'amzlinkr' ),
	);
	return $labels[ $step ] ?? $step;
}
