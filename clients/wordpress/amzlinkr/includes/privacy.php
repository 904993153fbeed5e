<?php
/**
 * Suggested text for the site's privacy policy.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Privacy;

use AmzLinkr\Clicks;

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
	if ( Clicks\load()['is_on'] ) {
		$paragraphs[] = __( 'This site counts how often links to Amazon are followed, by day, product and page. Nothing about you is stored: no IP address, no cookie and no identifier. If your browser sends “Do Not Track” or “Global Privacy Control”, your clicks are not counted.', 'amzlinkr' );
	}
	wp_add_privacy_policy_content( 'AmzLinkr', '<p>' . implode( '</p><p>', array_map( 'esc_html', $paragraphs ) ) . '</p>' );
}
