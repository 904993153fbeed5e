<?php
/**
 * Texts at the end of a page: the disclaimers of prices in sentences, and the Associate statement.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Footer;

use AmzLinkr\Box;

defined( 'ABSPATH' ) || exit;

/**
 * Prints the Associate statement at the end of the page.
 */
function require_statement(): void {
	add_text( '', Box\get_statement() );
}

/**
 * Prints the disclaimer of a price at the end of the page.
 *
 * @param array $box The data of Box\get_template_data().
 * @return string The ID of the text, to which the price links.
 */
function require_disclaimer( array $box ): string {
	$id = 'amzlinkr-details-' . strtolower( $box['marketplace'] );
	add_text( $id, $box['disclaimer'] );
	return $id;
}

/**
 * Adds a text to the end of the page, once.
 *
 * @param string $id   The ID of its element, or an empty string.
 * @param string $text The text.
 */
function add_text( string $id, string $text ): void {
	$texts        = &get_texts();
	$texts[ $id ] = $text;
	add_action( 'wp_footer', __NAMESPACE__ . '\print_texts' );
}

/**
 * Returns the texts of the page.
 *
 * @return string[] Texts by the ID of their element.
 */
function &get_texts(): array {
	static $texts = array();
	return $texts;
}

/**
 * Prints the texts.
 */
function print_texts(): void {
	echo '<div class="amzlinkr-footnotes">';
	foreach ( array_filter( get_texts(), 'strlen' ) as $id => $text ) {
		printf( '<p%s>%s</p>', '' === $id ? '' : ' id="' . esc_attr( $id ) . '"', esc_html( $text ) );
	}
	echo '</div>';
}
