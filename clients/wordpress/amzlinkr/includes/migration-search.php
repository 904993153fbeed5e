<?php
/**
 * The search for Amazon products in all places, in slices of limited time. The next slice continues where one has ended,
 * also after a failed request.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\MigrationSearch;

use AmzLinkr\Accounts;
use AmzLinkr\MigrationFindings;
use AmzLinkr\MigrationLinks;
use AmzLinkr\MigrationMap;
use AmzLinkr\MigrationPlaces;
use AmzLinkr\Options;
use AmzLinkr\PostSearch;
use AmzLinkr\Uses;

defined( 'ABSPATH' ) || exit;

/** The row with the state of the search: its ID, phase, position, number of slices, and times. */
const STATE = 'amzlinkr_migration_search';

/** The phases, in their order. */
const PHASES = array( 'posts', 'elementor', 'widgets', 'done' );

/** The time of one slice. It ends later only if one post takes longer. */
const MAX_SECONDS = 4;

/** The number of posts with data of Elementor that one query finds. */
const ELEMENTOR_PER_STEP = 50;

/**
 * Returns the state of the search.
 *
 * @return array `id`, `phase`, `after` (the ID of the last post that was searched), `slices`, `searched` (the number of
 *               places with findings), `started_at` and `ended_at`; empty before the first search.
 */
function get_state(): array {
	$state = json_decode( (string) Options\get_row( STATE ), true );
	return is_array( $state ) && isset( $state['id'], $state['phase'], $state['after'], $state['slices'] ) ? $state : array();
}

/**
 * Begins a new search. Its first slice replaces the findings of the last one.
 */
function begin(): void {
	$state = array(
		'id'         => wp_generate_password( 12, false ),
		'phase'      => PHASES[0],
		'after'      => 0,
		'slices'     => 0,
		'found'      => 0,
		'started_at' => time(),
		'ended_at'   => 0,
	);
	Options\write_row( STATE, (string) wp_json_encode( $state ), true );
	MigrationFindings\delete_all();
}

/**
 * Searches further places.
 *
 * The findings are written before the state. A slice that fails is repeated and writes the same row. Of two slices at the
 * same time, only the first one changes the state.
 *
 * @return array The new state; empty if no search has begun.
 */
function run_slice(): array {
	$before = (string) Options\get_row( STATE );
	$state  = get_state();
	if ( ! $state || 'done' === $state['phase'] ) {
		return $state;
	}
	$until   = microtime( true ) + MAX_SECONDS;
	$found   = array();
	$collect = static function ( string $place, ?array $texts ) use ( &$found ): void {
		add( $found, $place, $texts );
	};
	do {
		$search                         = __NAMESPACE__ . "\\search_{$state['phase']}";
		list( $state['after'], $ended ) = $search( (int) $state['after'], $until, $collect );
		if ( $ended ) {
			$state['phase'] = PHASES[ (int) array_search( $state['phase'], PHASES, true ) + 1 ];
			$state['after'] = 0;
		}
	} while ( 'done' !== $state['phase'] && microtime( true ) < $until );
	$state['ended_at'] = 'done' === $state['phase'] ? time() : 0;
	MigrationFindings\write_slice( (string) $state['id'], (int) $state['slices'], $found );
	$state['found'] += count( $found );
	++$state['slices'];
	return replace_state( $before, $state ) ? $state : get_state();
}

/**
 * Replaces the state, unless another slice has replaced it.
 *
 * @param string $before The row before.
 * @param array  $state  The new state.
 */
function replace_state( string $before, array $state ): bool {
	global $wpdb;
	$values = array( 'option_value' => wp_json_encode( $state ) );
	$where  = array(
		'option_name'  => STATE,
		'option_value' => $before,
	);
	return 1 === $wpdb->update( $wpdb->options, $values, $where ); // phpcs:ignore WordPress.DB -- bypasses all caches.
}

/**
 * Adds the findings of a place, or of a part of one.
 *
 * @param array[]       $found The `kinds` and `products` by the name of the place, as keys.
 * @param string        $place The name of the place.
 * @param string[]|null $texts Its texts; null for a place that takes too long to be searched.
 */
function add( array &$found, string $place, ?array $texts ): void {
	$examined = MigrationPlaces\examine( $place, $texts ?? array() );
	$kinds    = null === $texts ? array( 'unsupported' ) : MigrationPlaces\get_kinds( $place, $examined );
	if ( ! $kinds ) {
		return;
	}
	$entry = $found[ $place ] ?? array(
		'kinds'    => array(),
		'products' => array(),
	);
	foreach ( MigrationPlaces\get_products( $examined ) as $product ) {
		$product['marketplace']                        = '' !== $product['marketplace'] ? $product['marketplace'] : Accounts\get_primary_marketplace();
		$entry['products'][ Uses\get_key( $product ) ] = true;
	}
	$entry['kinds'] += array_fill_keys( $kinds, true );
	$found[ $place ] = $entry;
}

/**
 * Returns the texts of which each content with a finding contains at least one.
 *
 * @return string[]
 */
function get_texts(): array {
	return array_merge( MigrationMap\get_texts( array_keys( MigrationMap\PLUGINS ) ), MigrationLinks\TEXTS );
}

/**
 * Searches posts of all types, also patterns and templates.
 *
 * @param int      $after   The ID after which the search begins.
 * @param float    $until   The Unix time after which it stops.
 * @param callable $collect A function that takes the name of a place and its texts.
 * @return array The ID of the last post that was searched, and whether all were.
 */
function search_posts( int $after, float $until, callable $collect ): array {
	$visit = static fn( object $post ) => $collect( "post:{$post->ID}", array( $post->post_content ) );

	list( $last, $ended, $partly ) = PostSearch\visit( Uses\CONDITION, get_texts(), $visit, $after, $until );
	if ( $partly && $partly !== $after + 1 ) {
		// The next slice begins with this post, of which only the first parts were searched.
		return array( $partly - 1, false );
	}
	if ( $partly ) {
		$collect( "post:$partly", null );
	}
	return array( $last, $ended );
}

/**
 * Searches the data of Elementor.
 *
 * @param int      $after   The ID of the post after which the search begins.
 * @param float    $until   The Unix time after which it stops.
 * @param callable $collect A function that takes the name of a place and its texts.
 * @return array The ID of the last post that was searched, and whether all were.
 */
function search_elementor( int $after, float $until, callable $collect ): array {
	do {
		$rows = find_elementor( $after );
		foreach ( $rows as $row ) {
			$after = (int) $row->post_id;
			$texts = $row->bytes > MigrationPlaces\MAX_ELEMENTOR_BYTES ? null : MigrationPlaces\read_elementor( read_elementor( (int) $row->meta_id ) );
			if ( $texts ) {
				$collect( "elementor:$after", $texts );
			}
			if ( microtime( true ) >= $until ) {
				return array( $after, false );
			}
		}
	} while ( count( $rows ) === ELEMENTOR_PER_STEP );
	return array( $after, true );
}

/**
 * Finds the next posts with data of Elementor. Revisions have such data too.
 *
 * @param int $after The ID of the post after which they begin.
 * @return object[] `post_id`, `meta_id` and `bytes`.
 */
function find_elementor( int $after ): array {
	global $wpdb;
	$condition = Uses\CONDITION;
	return (array) $wpdb->get_results( $wpdb->prepare( "SELECT post_id, MAX(meta_id) AS meta_id, MAX(LENGTH(meta_value)) AS bytes FROM $wpdb->postmeta JOIN $wpdb->posts ON ID = post_id WHERE meta_key = %s AND post_id > %d AND $condition GROUP BY post_id ORDER BY post_id LIMIT %d", MigrationPlaces\ELEMENTOR_FIELD, $after, ELEMENTOR_PER_STEP ) ); // phpcs:ignore WordPress.DB -- requires the current data; the condition is a literal.
}

/**
 * Reads the data of Elementor of one post, without any cache: all of them would need too much memory.
 *
 * @param int $meta_id The ID of the field.
 */
function read_elementor( int $meta_id ): string {
	global $wpdb;
	return (string) $wpdb->get_var( $wpdb->prepare( "SELECT meta_value FROM $wpdb->postmeta WHERE meta_id = %d", $meta_id ) ); // phpcs:ignore WordPress.DB -- requires the current data.
}

/**
 * Searches widgets, which are few.
 *
 * @param int      $after   Not used.
 * @param float    $until   Not used.
 * @param callable $collect A function that takes the name of a place and its texts.
 * @return array As search_posts() returns it.
 */
function search_widgets( int $after, float $until, callable $collect ): array {
	foreach ( MigrationPlaces\list_widgets() as $place ) {
		$collect( $place, MigrationPlaces\read( $place ) ?? array() );
	}
	return array( 0, true );
}
