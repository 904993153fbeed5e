<?php
/**
 * The author's own title, texts, badge and picture of a product, from the attributes of the block and the shortcode.
 *
 * A box shows them in place of Amazon's title and picture. They are no content from Amazon: a box of a product without
 * data that may be shown consists of them alone.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\OwnContent;

use AmzLinkr\PostLookup;

defined( 'ABSPATH' ) || exit;

/** The attributes of the author's own content. */
const ATTRIBUTES = array( 'title', 'text', 'bullets', 'pros', 'cons', 'badge', 'image' );

/** The maximum number of pictures of all posts of a loop that are loaded in advance. */
const MAX_PRELOADED_IMAGES = 200;

/** The maximum number of characters of texts that a page repeats, for each product or beside each of its values. */
const MAX_TITLE_CHARS = 500;
const MAX_LABEL_CHARS = 100;

add_filter( 'the_posts', __NAMESPACE__ . '\preload_for_posts' );
add_filter( 'the_content', __NAMESPACE__ . '\preload_images', 0 );
add_filter( 'widget_text', __NAMESPACE__ . '\preload_images', 0 );
add_filter( 'widget_block_content', __NAMESPACE__ . '\preload_images', 0 );

/**
 * Parses the attributes of a block or shortcode.
 *
 * With several products, each text consists of a part for each of them, with `|` between the parts.
 *
 * @param array $attributes `title`, `text`, `bullets`, `pros`, `cons`, `badge`, and `image`, the ID of a picture in the
 *                          media library.
 * @param int   $index      The index of the product.
 * @param int   $count      The number of products.
 * @return array `title`, `badge`, the lines of the `text`, the entries of `bullets`, `pros` and `cons`, and `image`: the
 *               ID, or 0 if it is not the ID of a picture.
 */
function parse( array $attributes, int $index = 0, int $count = 1 ): array {
	// The JSON of a block may contain values of any type.
	$attributes = array_filter( $attributes, 'is_scalar' );
	$parts      = array();
	foreach ( ATTRIBUTES as $name ) {
		$value          = (string) ( $attributes[ $name ] ?? '' );
		$parts[ $name ] = $count > 1 ? explode( '|', $value )[ $index ] ?? '' : $value;
	}
	return array(
		'title'   => shorten( sanitize_text_field( $parts['title'] ), MAX_TITLE_CHARS ),
		'text'    => split( $parts['text'], "\n" ),
		'bullets' => split( $parts['bullets'] ),
		'pros'    => split( $parts['pros'] ),
		'cons'    => split( $parts['cons'] ),
		'badge'   => shorten( sanitize_text_field( $parts['badge'] ), MAX_LABEL_CHARS ),
		'image'   => find_image( trim( $parts['image'] ) ),
	);
}

/**
 * Splits a text into lines or, if it is one line, at its semicolons.
 *
 * @param string $text      The text.
 * @param string $separator The separator of a text of one line.
 * @return string[] Texts that are not empty.
 */
function split( string $text, string $separator = ';' ): array {
	$text  = sanitize_textarea_field( $text );
	$lines = explode( false === strpos( $text, "\n" ) ? $separator : "\n", $text );
	return array_values( array_filter( array_map( 'trim', $lines ), 'strlen' ) );
}

/**
 * Shortens a text that is too long to be repeated.
 *
 * @param string $text The text.
 * @param int    $max  The maximum number of characters.
 */
function shorten( string $text, int $max ): string {
	return mb_strlen( $text ) > $max ? mb_substr( $text, 0, $max - 1 ) . '…' : $text;
}

/**
 * Returns whether an author has given more than a badge.
 *
 * @param array $own The result of parse().
 */
function is_given( array $own ): bool {
	return '' !== $own['title'] || $own['text'] || $own['image'] || $own['bullets'] || $own['pros'] || $own['cons'];
}

/**
 * Finds a picture in the media library.
 *
 * @param string $id An ID.
 * @return int The ID, or 0 if there is no such picture or it was moved to the trash.
 */
function find_image( string $id ): int {
	$post       = preg_match( '~^[1-9][0-9]{0,17}\z~', $id ) ? PostLookup\find( (int) $id ) : null;
	$is_visible = $post && 'attachment' === $post->post_type && in_array( $post->post_status, array( 'inherit', 'publish' ), true );
	return $is_visible && wp_attachment_is_image( $post ) ? $post->ID : 0;
}

/**
 * Adds an author's own content to the data of a box.
 *
 * The text in place of the picture never contains Amazon's title, because the picture stays when Amazon's data expires.
 *
 * @param array $own The result of parse().
 * @param array $box The data of Box\get_template_data().
 */
function add( array $own, array $box ): array {
	$alt = $own['image'] ? sanitize_text_field( (string) get_post_meta( $own['image'], '_wp_attachment_image_alt', true ) ) : '';
	return array(
		'has_own_title' => '' !== $own['title'],
		'own_text'      => $own['text'],
		'bullets'       => $own['bullets'],
		'pros'          => $own['pros'],
		'cons'          => $own['cons'],
		'badge'         => $own['badge'],
		'own_image'     => $own['image'],
		'own_image_alt' => '' !== $alt ? $alt : $box['link_text'],
	) + $box;
}

/**
 * Loads the first pictures in all posts of a loop with one query.
 *
 * @param \WP_Post[] $posts The posts.
 * @return \WP_Post[] The same posts.
 */
function preload_for_posts( $posts ) {
	if ( ! is_admin() ) {
		load_images( array_map( 'AmzLinkr\Placements\get_start', array_column( $posts, 'post_content' ) ), MAX_PRELOADED_IMAGES );
	}
	return $posts;
}

/**
 * Loads all pictures in a text, many with each query.
 *
 * The text may contain blocks of other plugins with an attribute of this name. Their pictures are loaded too.
 *
 * @param string $content The text.
 * @return string The same text.
 */
function preload_images( $content ) {
	load_images( array( (string) $content ), PHP_INT_MAX );
	return $content;
}

/**
 * Loads the pictures in texts.
 *
 * @param string[] $contents The texts. They are not joined, which would need as much memory again.
 * @param int      $max      The maximum number of pictures.
 */
function load_images( array $contents, int $max ): void {
	$ids = array();
	foreach ( $contents as $content ) {
		if ( count( $ids ) < $max && false !== strpos( $content, 'amzlinkr' ) && preg_match_all( '~\bimage(?:":\s*+"?|\s*+=\s*+["\']?)([\d| ]++)~i', $content, $found ) ) {
			preg_match_all( '~\b[1-9]\d{0,17}\b~', implode( ' ', $found[1] ), $numbers );
			$ids = array_slice( array_unique( array_merge( $ids, array_map( 'intval', $numbers[0] ) ) ), 0, $max );
		}
	}
	PostLookup\load( $ids );
}
