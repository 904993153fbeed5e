<?php
/**
 * The names of the steps of a diagnosis in the language of the user.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\DiagnosisLabels;

defined( 'ABSPATH' ) || exit;

/**
 * Returns the name of a step.
 *
 * @param string $step The step, as the service names it. One that a later version adds stays as it is.
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
