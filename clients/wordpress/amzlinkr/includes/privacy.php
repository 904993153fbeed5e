<?php
/**
 * The text proposed for the site's privacy policy.
 */

namespace AmzLinkr\Privacy;

defined( 'ABSPATH' ) || exit;

add_action( 'admin_init', __NAMESPACE__ . '\add_policy_text' );

function add_policy_text(): void {
	$paragraphs = array(
		__( 'This site shows products from Amazon. Their pictures are loaded from Amazon’s servers when you open a page that shows them; Amazon then learns your IP address, your browser, and the page you are on.', 'amzlinkr' ),
		__( 'If you follow a link to Amazon, the link tells Amazon that you come from this site, so that we can earn a commission. Amazon sets cookies of its own there.', 'amzlinkr' ),
		__( 'Prices are kept up to date by the AmzLinkr service. It receives no data about visitors.', 'amzlinkr' ),
	);
	wp_add_privacy_policy_content( 'AmzLinkr', '<p>' . implode( '</p><p>', array_map( 'esc_html', $paragraphs ) ) . '</p>' );
}
