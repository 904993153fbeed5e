<?php
/**
 * Texts about the shortcodes and blocks of other plugins: why one is not replaced, and the kinds of findings.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\MigrationLabels;

use AmzLinkr\MigrationMap;
use AmzLinkr\Replacement;

defined( 'ABSPATH' ) || exit;

/** The kinds of findings besides the plugins, in the order of the page. */
const KINDS = array( 'ready', 'unsupported', 'link', 'page', 'short' );

/**
 * Returns the reason why a shortcode or block is not replaced, as a sentence.
 *
 * @param string $problem The problem of a result of MigrationConvert\convert().
 */
function get_reason( string $problem ): string {
	$reasons = array(
		'field'       => __( 'AmzLinkr has no such single field. It shows the price, the title, the savings, the picture, a link or a button.', 'amzlinkr' ),
		'history'     => __( 'It shows the history of a price, which Amazon’s license forbids.', 'amzlinkr' ),
		'text'        => __( 'It is a text with buttons. Add the block “Amazon product” with the display “Button” to your text.', 'amzlinkr' ),
		'table'       => __( 'Its table is stored by the other plugin. Create one with the block “Amazon comparison table”.', 'amzlinkr' ),
		'row'         => __( 'It is a table in which a product has no link to Amazon, or the same one as another product.', 'amzlinkr' ),
		'inner_text'  => __( 'There is a text or a picture between its beginning and its end, which would be lost.', 'amzlinkr' ),
		'search'      => __( 'It shows the results of a search. Create a list with the same keywords, with the block “Amazon list”.', 'amzlinkr' ),
		'collection'  => __( 'It names a collection, which is stored by the other plugin.', 'amzlinkr' ),
		'group'       => __( 'It names a group of links, which is stored by the other plugin.', 'amzlinkr' ),
		'unknown'     => __( 'This shortcode is not known.', 'amzlinkr' ),
		'no_product'  => __( 'It names no ASIN, or something else beside it.', 'amzlinkr' ),
		'several'     => __( 'It has links to several products, so its product is not certain.', 'amzlinkr' ),
		'marketplace' => __( 'It names a marketplace that AmzLinkr does not support.', 'amzlinkr' ),
		'nested'      => __( 'There are brackets in it, such as those of another shortcode.', 'amzlinkr' ),
		'attribute'   => __( 'It is in an attribute of HTML.', 'amzlinkr' ),
		'comment'     => __( 'It is in a comment, or in the settings of a block of another plugin.', 'amzlinkr' ),
		'code'        => __( 'It is in code or preformatted text.', 'amzlinkr' ),
		'encoding'    => __( 'It has characters that are not valid.', 'amzlinkr' ),
		'markup'      => __( 'It cannot be read with certainty.', 'amzlinkr' ),
		'too_many'    => __( 'There are too many shortcodes in it.', 'amzlinkr' ),
	);
	return $reasons[ $problem ] ?? $reasons['markup'];
}

/**
 * Returns the reason why a post is not changed, as a sentence.
 *
 * @param string $problem A result of MigrationRewriting.
 */
function get_post_reason( string $problem ): string {
	$reasons = array(
		'nothing'       => __( 'Nothing in it can be replaced.', 'amzlinkr' ),
		'too_much'      => __( 'There is too much to show it before the change. Edit it yourself.', 'amzlinkr' ),
		'changed_after' => __( 'It was edited after the change. Open the post, then Revisions.', 'amzlinkr' ),
		'no_undo'       => __( 'The revision before the change does not exist any more.', 'amzlinkr' ),
	);
	return $reasons[ $problem ] ?? Replacement\get_problem_text( $problem );
}

/**
 * Returns the text before a link.
 *
 * @param string $kind The kind of the link.
 */
function get_link_label( string $kind ): string {
	$labels = array(
		'link'  => __( 'Link to a product:', 'amzlinkr' ),
		'page'  => __( 'Link to Amazon without a product:', 'amzlinkr' ),
		'short' => __( 'Short link to an unknown product. Open it and paste the address of the product under AmzLinkr → Import:', 'amzlinkr' ),
	);
	return $labels[ $kind ] ?? $kind;
}

/**
 * Returns the name of a kind of findings.
 *
 * @param string $kind One of KINDS, or a key of MigrationMap\PLUGINS.
 */
function get_kind( string $kind ): string {
	$labels = array(
		''            => __( 'All', 'amzlinkr' ),
		'ready'       => __( 'Can be replaced', 'amzlinkr' ),
		'unsupported' => __( 'Not supported', 'amzlinkr' ),
		'link'        => __( 'Links to products', 'amzlinkr' ),
		'page'        => __( 'Other links to Amazon', 'amzlinkr' ),
		'short'       => __( 'Short links', 'amzlinkr' ),
	);
	return $labels[ $kind ] ?? MigrationMap\get_name( $kind );
}
