<?php
/**
 * Suggested text for the site's privacy policy.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Privacy;

defined( 'ABSPATH' ) || exit;

add_action( 'admin_init', __NAMESPACE__ . '\add_policy_text' );

/**
 * Adds the suggested text to WordPress's privacy policy guide.
 */
function add_policy_text(): void {
	$paragraphs = array(
		__( 'This site shows products from Amazon. When you open a page with products, your browser loads their pictures from Amazon’s servers. Amazon receives your IP address, your browser type, and the address of the page.', 'amzlinkr' ),
		__( 'If you follow a link to Amazon, the link contains an identifier of this site, so that we can earn a commission. Amazon may set cookies on its site.', 'amzlinkr' ),
		__( 'The AmzLinkr service keeps the prices up to date. It receives no data about visitors.', 'amzlinkr' ),
	);
	wp_add_privacy_policy_content( 'AmzLinkr', '<p>' . implode( '</p><p>', array_map( 'esc_html', $paragraphs ) ) . '</p>' );
}
